/** Every command, in the order in which `--help` shows them. What one of them takes and does is loaded when it is named. */
import type { Command } from "./terminal/command.ts";

export interface CommandEntry {
  /** As yargs wants it, e.g. "compare <baseline> <candidate>". */
  readonly usage: string;
  readonly describe: string;
  readonly load: () => Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
  {
    usage: "init [directory]",
    describe: "Create a workspace: rollout.yaml, queries, examples of nightly jobs",
    load: async () => (await import("./init.ts")).initCommand,
  },
  {
    usage: "sample",
    describe: "Write deterministic exports with a known truth into exports/",
    load: async () => (await import("./sample.ts")).sampleCommand,
  },
  {
    usage: "run",
    describe: "Run the whole night: load, measure, judge, report",
    load: async () => (await import("./run.ts")).runCommand,
  },
  {
    usage: "aggregate",
    describe: "Load the exports and rebuild the relations, without a verdict",
    load: async () => (await import("./aggregate.ts")).aggregateCommand,
  },
  {
    usage: "evaluate",
    describe: "Print every metric per algorithm over a window, from the published warehouse",
    load: async () => (await import("./evaluate.ts")).evaluateCommand,
  },
  {
    usage: "compare [baseline] [candidate]",
    describe: "Compare any two algorithm versions over a window, without the ledger",
    load: async () => (await import("./compare.ts")).compareCommand,
  },
  {
    usage: "new <kind> <name>",
    describe:
      "Add a metric, check, cell, relation, dimension or staging file: a file in queries/ that passes check",
    load: async () => (await import("./new.ts")).newCommand,
  },
  {
    usage: "check",
    describe: "Check rollout.yaml, SQL, charts and templates without data",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    usage: "query <name>",
    describe: "Run one SQL file (name, path, or - for standard input) on the published warehouse",
    load: async () => (await import("./query.ts")).queryCommand,
  },
  {
    usage: "watch",
    describe: "Serve a local page of the report that follows every save: what it changed, and where it fails",
    load: async () => (await import("./watch.ts")).watchCommand,
  },
  {
    usage: "render <result>",
    describe: "Render a report again from its result.json, without DuckDB",
    load: async () => (await import("./render.ts")).renderCommand,
  },
  {
    usage: "diff <before> <after>",
    describe: "What differs between two results: verdict, metrics, thresholds, checks, loads, SQL",
    load: async () => (await import("./diff.ts")).diffCommand,
  },
  {
    usage: "replay <result>",
    describe: "Reproduce a recorded result and compare to the last digit: exit 0 identical, 3 otherwise",
    load: async () => (await import("./replay.ts")).replayCommand,
  },
  {
    usage: "backtest",
    describe: "Judge the ledger's nights again with other thresholds, and list the verdicts that flip",
    load: async () => (await import("./backtest.ts")).backtestCommand,
  },
  {
    usage: "calibrate",
    describe:
      "Measure how often this config would roll back a harmless candidate: an A/A test of the baseline",
    load: async () => (await import("./calibrate.ts")).calibrateCommand,
  },
  {
    usage: "preflight",
    describe:
      "Compare the app's settings with rollout.yaml (exit 3 when one is not as expected or cannot be read)",
    load: async () => (await import("./preflight.ts")).preflightCommand,
  },
  {
    usage: "record <kind> [what]",
    describe: "Write to the ledger what a person did, and why",
    load: async () => (await import("./record.ts")).recordCommand,
  },
  {
    usage: "verify-rollback",
    describe:
      "Prove from later events and saved feed responses that a rollback took effect (exit 0 proved, 3 too little data to prove it, 20 the candidate is still served)",
    load: async () => (await import("./verify-rollback.ts")).verifyRollbackCommand,
  },
  {
    usage: "show [date]",
    describe: "Print the summary of the newest night again, or of another one, as the ledger keeps it",
    load: async () => (await import("./show.ts")).showCommand,
  },
  {
    usage: "history",
    describe: "List nights, restatements and what people recorded, in order of time",
    load: async () => (await import("./history.ts")).historyCommand,
  },
  {
    usage: "restore",
    describe:
      "Restore a lost or damaged ledger from the warehouse, a backup or a report; or start a new one on purpose",
    load: async () => (await import("./restore.ts")).restoreCommand,
  },
  {
    usage: "prune",
    describe: "Make the store smaller: delete old single events and reports; relations and the ledger stay",
    load: async () => (await import("./prune.ts")).pruneCommand,
  },
  {
    usage: "schema",
    describe: "Print the JSON Schema of rollout.yaml, for editors, or of result.json",
    load: async () => (await import("./schema.ts")).schemaCommand,
  },
];

/** The word that calls it. */
export function nameOf({ usage }: CommandEntry): string {
  return usage.split(" ")[0] ?? usage;
}
