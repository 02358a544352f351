/** Files of a new workspace that the package does not have itself: its README, what git is told, its package.json, its nightly examples. */
import { nightlyFiles } from "./nightly.ts";

const gitignore = `# Too large for git. Of .gatebook/ the ledger cannot be made again from the exports: keep a copy of it, and of reports/.
.gatebook/
reports/
exports/
node_modules/
`;

const gitattributes = `# The same bytes on every system: results name rollout.yaml and queries by their hash.
* text=auto eol=lf
`;

const readme = `# A rollout, judged every night

This folder is a gatebook workspace: it compares a candidate ranking algorithm with its baseline and says hold, promote
or roll back, in a report that opens anywhere.

## First commands

\`\`\`sh
gatebook sample                   # seven days of exports to try it on, in exports/
gatebook run --date 2026-02-07    # the verdict, and reports/clip-cosine-v2/2026-02-07/report.html
gatebook check                    # after every edit: finds mistakes without data
\`\`\`

Other samples show other verdicts: \`gatebook sample --scenario warning\`, \`rollback\`, \`severe\`, \`broken-ingestion\`,
\`sample-ratio\` or \`thin\`. What was planted in a sample is in \`exports/truth.json\`.

## With your own exports

1. Remove the sample's \`exports/\`, \`reports/\` and \`.gatebook/\`: its nights are none of yours.
2. In \`rollout.yaml\`, name your algorithms, the active gate and the day it started, and the files of your exports; \`gatebook check\` says
   what they lack, and \`gatebook new source NAME\` drafts the query for an export of another shape.
3. \`gatebook run --try\` judges yesterday and leaves no night in the ledger, as often as you like; \`gatebook run\` is the night that counts,
   and \`gatebook run --date 2026-03-01\` that of any other day. \`gatebook show\` prints the newest one again.
4. \`npm install\` fetches the gatebook of \`package.json\` for the jobs in \`nightly/\`: they run that one and never ask a registry for another.
5. What people do is recorded beside the verdicts: \`gatebook record\` with \`promote\`, \`rollback\`, \`clear\`, \`accept\`, \`complete\` or
   \`undo\`. The report prints each line ready to paste; it is signed with \`GATEBOOK_BY\`, else git's user.name.

## What is where

| path | what it is |
|---|---|
| \`rollout.yaml\` | algorithms, gates, thresholds, sources, expected settings |
| \`rollout.schema.json\` | what editors complete and check \`rollout.yaml\` by; \`gatebook schema --out rollout.schema.json\` renews it |
| \`queries/relations/\` | shared tables built from the events |
| \`queries/metrics/\` | one file, one metric; its thresholds are in \`rollout.yaml\` |
| \`queries/checks/\` | one file, one check of the data |
| \`queries/cells/\` | anything else you want to see in the report |
| \`queries/sources/\` | optional: turns an export of another shape into events; its README has the columns of an event |
| \`nightly/\` | examples of how to run this every night: cron with a mail, systemd, a container, GitHub Actions; its README is the operator's page: back up, restore, upgrade, alerts |
| \`package.json\` | the gatebook that judges here, by its exact version; \`npm install\` once, and keep \`package-lock.json\` with it |
| \`reports/\` | made by gatebook: one folder a night, and \`latest/\` |
| \`.gatebook/\` | made by gatebook, and to be kept: the store with the ledger, and \`warehouse.duckdb\` to open in any DuckDB client |

Every file under \`queries/\` is one plain SELECT: open \`.gatebook/warehouse.duckdb\` and run it there.
`;

/** What npm installs in the workspace: this gatebook and no other, tonight and in a year. */
export function manifestText(version: string): string {
  return `${JSON.stringify({ private: true, dependencies: { gatebook: version } }, null, 2)}\n`;
}

/** By path relative to the workspace. */
export const scaffoldFiles: Readonly<Record<string, string>> = {
  ".gitattributes": gitattributes,
  ".gitignore": gitignore,
  "README.md": readme,
  ...nightlyFiles,
};
