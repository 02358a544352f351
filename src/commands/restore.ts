import { resolve } from "node:path";
import { GatebookError } from "../model/error.ts";
import type { Restored } from "../runs/store/restore.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { parseDuration } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const restoreCommand = defineCommand({
  usage: "restore",
  describe:
    "Bring a lost or damaged ledger back from the warehouse, a backup or a report; or start a new one on purpose",
  options: {
    ...workspaceOptions,
    from: {
      type: "string",
      describe:
        "A warehouse.duckdb, a copy of one, or a result.json (default: the warehouse, then the reports)",
    },
    none: { type: "boolean", default: false, describe: "Take nothing over: a new ledger (with --reason)" },
    reason: { type: "string", describe: "With --none: why, in one sentence" },
    by: { type: "string", describe: "With --none: who decided it (default: GATEBOOK_BY, else the user)" },
    out: { type: "string", describe: "Folder of the reports (default: reports/ in the workspace)" },
    "dry-run": {
      type: "boolean",
      default: false,
      describe: "Say what would be taken over, and change nothing",
    },
    json: { type: "boolean", default: false, describe: "JSON instead of text" },
    wait: { type: "string", default: "10m", describe: "How long to wait while a run holds the store" },
  },
  examples: [
    ["gatebook restore --dry-run", "what would be taken over, and from where"],
    [
      "gatebook restore --from reports/clip-cosine-v2/latest/result.json",
      "the ledger that a report remembers",
    ],
    ['gatebook restore --none --reason "the sample is replaced by real exports"', "a new ledger"],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { restore }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../runs/store/restore.ts"),
    ]);
    const { file, reports } = workspacePaths(options.config, options.out, context);
    const none = freshStart(options, context.env);
    const waitMs = parseDuration(options.wait, "wait");
    const onWait = (text: string): void => context.progress({ stage: "wait", text });
    const from = options.from === undefined ? null : resolve(context.cwd, options.from);
    const { dryRun } = options;
    const request = { config: loadConfig(file), reports, from, none, dryRun, limits: { waitMs, onWait } };
    const restored = await restore(request, context);
    context.terminal.print(
      options.json ? JSON.stringify({ dryRun, ...restored }, null, 2) : restoredText(restored, dryRun),
    );
    return 0;
  },
});

interface FreshStart {
  readonly none: boolean;
  readonly from: string | undefined;
  readonly reason: string | undefined;
  readonly by: string | undefined;
}

function freshStart(
  { none, from, reason, by }: FreshStart,
  env: Readonly<Record<string, string | undefined>>,
): { readonly reason: string; readonly by: string } | null {
  const usage = (message: string, hint: string): GatebookError =>
    new GatebookError("usage", message, { hint });
  if (!none) {
    if (reason === undefined && by === undefined) return null;
    throw usage(
      "--reason and --by only work with --none",
      "what is taken over says itself where it comes from",
    );
  }
  if (from !== undefined) throw usage("--from and --none exclude each other", "leave one of them out");
  if (reason === undefined || reason.trim() === "")
    throw usage("--reason is missing", 'starting a new ledger needs a reason: --reason "new exports"');
  const person = by ?? env["GATEBOOK_BY"] ?? env["USER"] ?? "";
  if (person.trim() === "") throw usage("--by is missing", "name who decided it");
  return { reason: reason.trim(), by: person.trim() };
}

function restoredText(restored: Restored, dryRun: boolean): string {
  const { text, changed, nights, lastNight, records, latched, setAside } = restored;
  const until = lastNight === null ? "" : ` up to ${lastNight}`;
  const holds = `${nights} nights${until}, ${records} records`;
  const lines = [
    `${dryRun && changed ? "Would be done: " : ""}${text}`,
    `The ledger ${dryRun && changed ? "would hold" : "holds"} ${holds}.`,
    ...(latched === null ? [] : [`Latched: the rollback of ${latched.since} (${latched.key}).`]),
    ...(dryRun ? [] : setAside.map((file) => `Set aside: ${file}`)),
  ];
  return lines.join("\n");
}
