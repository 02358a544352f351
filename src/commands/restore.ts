import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Restored } from "../runs/store/restore.ts";
import { plural } from "../text/words.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { shared } from "./terminal/options.ts";
import { parsePath } from "./terminal/values.ts";
import { readConfig, waiting, workspacePaths } from "./terminal/workspace.ts";

export const restoreCommand = defineCommand({
  options: {
    ...shared("config"),
    from: {
      type: "string",
      describe:
        "A warehouse.duckdb, a copy of one, a result.json, or a folder with one of them (default: the warehouse, then the reports)",
      parse: parsePath,
    },
    none: { type: "boolean", default: false, describe: "Start an empty ledger (with --reason)" },
    reason: { type: "string", describe: "With --none: why, in one sentence" },
    by: { type: "string", describe: "With --none: who decided it (default: GATEBOOK_BY, else the user)" },
    ...shared("out", "dry-run", "json", "wait"),
  },
  examples: [
    ["gatebook restore --dry-run", "what would be restored, and from where"],
    [
      "gatebook restore --from reports/clip-cosine-v2/latest/result.json",
      "the ledger as a report contains it",
    ],
    ['gatebook restore --none --reason "the sample is replaced by real exports"', "a new ledger"],
  ],
  run: async (options, context) => {
    const { restore } = await import("../runs/store/restore.ts");
    const { reports } = workspacePaths(options, context);
    const none = freshStart(options, context.env);
    const from = options.from === undefined ? null : await copyAt(resolve(context.cwd, options.from));
    const { dryRun } = options;
    const config = await readConfig(options, context);
    const request = { config, reports, from, none, dryRun, limits: waiting(options.wait, context) };
    const restored = await restore(request, context);
    answer(context, options.json, { dryRun, ...restored }, () => restoredText(restored, dryRun));
    return 0;
  },
});

/** Of a folder the file in it: a backup's warehouse, or the result of a night. */
async function copyAt(path: string): Promise<string> {
  const { resultFile } = await import("../result/read-result.ts");
  const warehouse = join(path, "warehouse.duckdb");
  return existsSync(warehouse) ? warehouse : resultFile(path);
}

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
  if (!none) {
    if (reason === undefined && by === undefined) return null;
    throw usageError("--reason and --by only work with --none", "a restored ledger already has its reasons");
  }
  if (from !== undefined) throw usageError("--from and --none exclude each other", "leave one of them out");
  if (reason === undefined || reason.trim() === "")
    throw usageError("--reason is missing", 'starting a new ledger needs a reason: --reason "new exports"');
  const person = by ?? env["GATEBOOK_BY"] ?? env["USER"] ?? "";
  if (person.trim() === "") throw usageError("--by is missing", "name who decided it");
  return { reason: reason.trim(), by: person.trim() };
}

function restoredText(restored: Restored, dryRun: boolean): string {
  const { text, changed, nights, lastNight, records, latched, setAside } = restored;
  const until = lastNight === null ? "" : ` up to ${lastNight}`;
  const isPlan = dryRun && changed;
  const lines = [
    `${isPlan ? "Would be done: " : ""}${text}`,
    `The ledger ${isPlan ? "would have" : "has"} ${plural(nights, "night")}${until}, ${plural(records, "record")}.`,
    ...(latched === null ? [] : [`Latched: the rollback of ${latched.since} (${latched.key}).`]),
    ...(dryRun ? [] : setAside.map((file) => `Set aside: ${file}`)),
  ];
  return lines.join("\n");
}
