import type { Row } from "../engine/engine.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { besideHead } from "./terminal/table.ts";
import { wholeFrom } from "./terminal/values.ts";
import { readConfig, withWarehouse } from "./terminal/workspace.ts";

export const historyCommand = defineCommand({
  options: {
    ...shared("config"),
    limit: {
      type: "string",
      default: "40",
      parse: wholeFrom(1),
      describe: "How many entries to print, counted from the newest",
    },
    ...shared("json"),
  },
  examples: [["gatebook history --limit 10", "what happened recently, and who did it"]],
  run: async (options, context) => {
    const { readHistory } = await import("../ledger/record.ts");
    const { root, rollout } = await readConfig(options, context);
    const all = await withWarehouse(root, (engine) => readHistory(engine, rollout.name));
    const shown = all.slice(-options.limit);
    const entries = shown.map(({ recorded_at: recordedAt, ...rest }) => ({ ...rest, recordedAt }));
    answer(context, options.json, entries, (columns) => historyText(shown, rollout.name, columns));
    if (shown.length < all.length)
      context.terminal.remark(
        `${all.length - shown.length} earlier entries (--limit ${all.length} shows all)`,
      );
    return 0;
  },
});

/** An entry with its whole detail, since a reason that is cut off is of no use: a line each, on a terminal broken beside its head. */
function historyText(rows: readonly Row[], rollout: string, columns: number): string {
  if (rows.length === 0) return `The ledger of ${rollout} is empty: gatebook run writes the first night.`;
  const heads = rows.map((row) => [cell(row, "day"), what(row), cell(row, "action"), cell(row, "gate")]);
  const widths = [0, 1, 2, 3].map((at) => Math.max(...heads.map((head) => (head[at] ?? "").length)));
  const lines = rows.map((row, index) => {
    const head = widths.map((width, at) => `${(heads[index]?.[at] ?? "").padEnd(width)}  `).join("");
    const person = cell(row, "person");
    const detail = `${cell(row, "detail")}${person === "" ? "" : `, by ${person}`}`;
    return besideHead(head, detail, columns);
  });
  return lines.join("\n");
}

/** "recorded" → "recorded 3": the number that `gatebook record undo` takes. */
function what(row: Row): string {
  return `${cell(row, "what")} ${cell(row, "number")}`.trim();
}

function cell(row: Row, column: string): string {
  return String(row[column] ?? "").replaceAll("\n", " ");
}
