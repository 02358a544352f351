/** Files of a new workspace that the package does not have itself: its README, its .gitignore, its nightly examples. */

const gitignore = `# Too large for git. Of .gatebook/ the ledger cannot be made again from the exports: keep a copy of it, and of reports/.
.gatebook/
reports/
exports/
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
3. \`gatebook run\` judges yesterday; \`gatebook run --date 2026-03-01\` any other day.
4. What people do is recorded beside the verdicts: \`gatebook record\` with \`promote\`, \`rollback\`, \`clear\`, \`accept\`, \`complete\` or
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
| \`nightly/\` | examples of how to run this every night |
| \`reports/\` | made by gatebook: one folder a night, and \`latest/\` |
| \`.gatebook/\` | made by gatebook, and to be kept: the store with the ledger, and \`warehouse.duckdb\` to open in any DuckDB client |

Every file under \`queries/\` is one plain SELECT: open \`.gatebook/warehouse.duckdb\` and run it there.
`;

const crontab = `# Every night at 04:30, when the exports of the day before are there. Add it with: crontab -e
# Exit codes: 0 judged, 20 roll back (cron mails what is printed), 2 to 5 something needs a person.
30 4 * * *  cd "$HOME/rollout" && npx --yes gatebook run --quiet --fail-on rollback

# Keep .gatebook/ of this folder with your backups: it has the ledger (gatebook restore --from brings a copy back).
# What you then do is recorded in the same folder, by the line that the report prints: gatebook record promote --reason "..."

# In the first 24 hours of a gate, at midday and in the evening as well:
# 0 12,20 * * *  cd "$HOME/rollout" && npx --yes gatebook run --quiet --phase first-24h --fail-on rollback
`;

const pipeline = `# The nightly run as a GitHub workflow: copy it to .github/workflows/nightly.yml of this folder's repository.
# The job fails on a rollback and on nothing milder; the report is kept either way.
name: nightly
on:
  schedule:
    - cron: "30 4 * * *"
  workflow_dispatch:
permissions:
  contents: read
  actions: read
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      # .gatebook has the ledger: rollbacks that nobody has cleared, gates, what people recorded, and the sums of days whose
      # exports are gone. Without it a run takes the ledger over from reports/, as far as a report remembers it; without both it
      # knows of no rollback and begins with a first night.
      - uses: actions/cache@v4
        id: memory
        with:
          path: |
            .gatebook
            reports
          key: gatebook-\${{ github.run_id }}
          restore-keys: gatebook-
      # A cache is dropped after a week without use; the newest report is kept for longer.
      - if: steps.memory.outputs.cache-matched-key == ''
        run: gh run download --name report --dir reports || echo "no earlier report, this is a first night"
        env:
          GH_TOKEN: \${{ github.token }}
      - name: Fetch the exports
        run: echo "copy yesterday's files into exports/ here, e.g. from a bucket"
      - run: npx --yes gatebook run --fail-on rollback
      - if: always()
        run: cat reports/*/latest/report.md >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: report
          path: reports
`;

/** By path relative to the workspace. */
export const scaffoldFiles: Readonly<Record<string, string>> = {
  ".gitignore": gitignore,
  "README.md": readme,
  "nightly/crontab.example": crontab,
  "nightly/github-workflow.example.yml": pipeline,
};
