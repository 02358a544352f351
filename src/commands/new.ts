import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../model/config.ts";
import { reservedTables } from "../model/table-names.ts";
import type { CatalogFile } from "../queries/catalog/catalog.ts";
import type { NewFile } from "../workspace/new-query.ts";
import { type DraftKind, draftKinds, queryPath } from "../workspace/query-drafts.ts";
import { draftStaging } from "./sources/new-source.ts";
import { defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { readConfig } from "./terminal/workspace.ts";

export const newCommand = defineCommand({
  positionals: {
    kind: {
      type: "string",
      choices: [...draftKinds, "source"] as const,
      demandOption: true,
      describe: "Kind of the file",
    },
    name: {
      type: "string",
      demandOption: true,
      describe:
        "Its name, e.g. deep_scroll_share; for a source that of rollout.yaml, whose newest export is looked at",
    },
  },
  options: {
    ...shared("config"),
    shape: {
      type: "string",
      choices: ["ratio", "concentration"],
      default: "ratio",
      describe: "For a metric: numerator over denominator, or the share of the heaviest keys",
    },
  },
  examples: [
    ["gatebook new metric deep_scroll_share", "queries/metrics/deep_scroll_share.sql"],
    [
      "gatebook new source feed_events",
      "queries/sources/feed_events.sql, from the columns of its newest export",
    ],
  ],
  run: async (options, context) => {
    const [{ catalogFiles, readCatalog }, { configuredCatalog }, { packageRoot }, { writeNewQuery }] =
      await Promise.all([
        import("../queries/catalog/catalog.ts"),
        import("../queries/catalog/configured-catalog.ts"),
        import("../runs/check/catalog.ts"),
        import("../workspace/new-query.ts"),
      ]);
    const { kind, name, shape } = options;
    const config = await readConfig(options, context);
    if (kind === "source") return await draftStaging(config, name, context);
    const files = catalogFiles(configuredCatalog(readCatalog(config.root, packageRoot), config));
    const becomesTable = kind === "relation" || kind === "dimension";
    const taken = takenNames(config, files, becomesTable ? reservedTables : []);
    const inherited = inheritedFiles(kind, config.root, files);
    const [path, ...others] = writeNewQuery({ root: config.root, kind, name, shape, taken, inherited });
    const { note } = context.terminal;
    note(`Wrote ${path}.`);
    if (others.length > 0) {
      const files = others.length === 1 ? "the shipped file is" : `the ${others.length} shipped files are`;
      note(`The workspace had no ${dirname(path)}/ of its own: ${files} copied beside it and still count.`);
    }
    note(["Next:", ...nextSteps(kind, name, path)].join("\n"));
    return 0;
  },
});

function takenNames(
  config: Config,
  files: readonly CatalogFile[],
  reserved: readonly string[],
): ReadonlyMap<string, string> {
  return new Map([
    ...reserved.map((table) => [table, "a table of gatebook's own"] as const),
    ...config.sources.map(
      (source) =>
        [source.name, `a ${source.kind === "lookup" ? "lookup" : "source"} of rollout.yaml`] as const,
    ),
    ...files.map((file) => [file.name, file.path] as const),
  ]);
}

/** A first file of a folder would hide the shipped ones of that folder; relations are replaced one by one. */
function inheritedFiles(kind: DraftKind, root: string, files: readonly CatalogFile[]): readonly NewFile[] {
  if (kind === "relation" || existsSync(dirname(join(root, queryPath(kind, "any"))))) return [];
  return files
    .filter((file) => file.kind === kind && file.isShipped)
    .flatMap(({ path, sql, chart }) => [{ path, text: sql }, ...(chart === null ? [] : [chart])]);
}

function nextSteps(kind: DraftKind, name: string, path: string): readonly string[] {
  const edit = `  edit ${path}; it runs as it is; its comments say what to change`;
  const steps = [edit, "  gatebook check", `  gatebook query ${name}`];
  switch (kind) {
    case "metric":
      return [
        ...steps,
        "It is informational until rollout.yaml says how much worse is too much. To make it a guardrail, add under thresholds:",
        `  ${name}: { drop: { warning: 3%, rollback: 5% } }     # rise instead of drop when less is better`,
      ];
    case "check":
      return [...steps, "It only warns until its header says @effect block."];
    case "cell":
      return [...steps, "The next run shows it in the report, table and chart."];
    case "dimension":
      return [
        edit,
        "  gatebook check",
        `  gatebook run       # builds the table ${name}, and cuts every ratio guardrail by it`,
      ];
    case "relation":
      return [
        edit,
        "  gatebook check     # warns until a metric, check or cell reads it",
        `  gatebook run       # builds the table ${name}`,
      ];
    default:
      return kind satisfies never;
  }
}
