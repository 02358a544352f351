import type { Row } from "../engine/engine.ts";
import { GatebookError } from "../model/error.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const historyCommand = defineCommand({
  usage: "history",
  describe: "Nights, restatements and what people recorded, in order of time",
  options: {
    ...workspaceOptions,
    limit: { type: "number", default: 40, describe: "Newest entries to show" },
    json: { type: "boolean", default: false, describe: "JSON instead of lines" },
  },
  examples: [["gatebook history --limit 10", "what happened of late, and who did it"]],
  run: async (options, context) => {
    const [{ loadConfig }, { openWarehouse }, { readHistory }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../warehouse/store.ts"),
      import("../ledger/record.ts"),
    ]);
    const { limit, json } = options;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new GatebookError("usage", `--limit ${limit} is not a number of entries`, {
        hint: "a whole number from 1 on: --limit 40",
      });
    }
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const engine = await openWarehouse(config.root);
    try {
      const all = await readHistory(engine, config.rollout.name);
      const shown = all.slice(-limit);
      const { print, remark } = context.terminal;
      print(json ? historyJson(shown) : historyText(shown, config.rollout.name));
      if (shown.length < all.length)
        remark(`${all.length - shown.length} earlier entries (--limit ${all.length} shows all)`);
      return 0;
    } finally {
      engine.close();
    }
  },
});

function historyJson(rows: readonly Row[]): string {
  const entries = rows.map(({ recorded_at: recordedAt, ...rest }) => ({ ...rest, recordedAt }));
  return JSON.stringify(entries, null, 2);
}

const COLUMNS = ["day", "what", "action", "gate"] as const;

/** One line per entry with its detail whole: a reason that is cut off is none. */
function historyText(rows: readonly Row[], rollout: string): string {
  if (rows.length === 0) return `The ledger of ${rollout} is empty: gatebook run writes the first night.`;
  const cells = rows.map((row) => COLUMNS.map((column) => cell(row, column)).map(numbered(row)));
  const widths = COLUMNS.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? "").length)));
  return rows
    .map((row, at) => {
      const head = (cells[at] ?? []).map((text, index) => text.padEnd(widths[index] ?? 0));
      const person = cell(row, "person");
      return [...head, `${cell(row, "detail")}${person === "" ? "" : `, by ${person}`}`].join("  ");
    })
    .join("\n");
}

/** "recorded" → "recorded 3": what `gatebook record undo` takes. */
function numbered(row: Row): (text: string, index: number) => string {
  const number = cell(row, "number");
  return (text, index) => (COLUMNS[index] === "what" && number !== "" ? `${text} ${number}` : text);
}

function cell(row: Row, column: string): string {
  const value = row[column] ?? null;
  return value === null ? "" : String(value).replaceAll("\n", " ");
}
