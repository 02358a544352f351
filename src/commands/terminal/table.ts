/**
 * A table for the terminal: numbers to the right, nulls visible. One that is too wide is wrapped within its cells, and where even that
 * is too wide folded into one block per row. Without a width, as in a pipe, a row is a line.
 */

import type { Column } from "../../engine/engine.ts";
import type { Scalar, Unit } from "../../model/words.ts";
import { percentText } from "../../text/numbers.ts";
import { printable } from "./errors.ts";

const MOST_WIDTH = 60;
const GAP = "  ";

/** Heads of columns: of text, and of numbers, which are aligned to the right. */
export const left = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type: "VARCHAR" }));
export const right = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type: "DOUBLE" }));

export interface TableOptions {
  /** Width of the terminal; of a pipe infinite. */
  readonly columns: number;
  readonly showTypes?: boolean;
  /** By column, shown beside its type. */
  readonly units?: ReadonlyMap<string, Unit>;
}

export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly Scalar[])[],
  options: TableOptions,
): string {
  const isNumeric = columns.map(({ type }) => /INT|DECIMAL|DOUBLE|FLOAT/.test(type));
  const head = columns.map(({ name }) => name);
  const types = options.showTypes === true ? [columns.map((column) => typeText(column, options.units))] : [];
  const body = rows.map((row) =>
    row.map((value, index) => unitText(value, options.units?.get(head[index] ?? ""))),
  );
  const widths = fittingWidths([head, ...types, ...body], options.columns);
  if (widths === null && rows.length > 0) return folded(head, types[0] ?? [], body);
  const format = (line: readonly string[]): string => {
    const cells = line.map((text, index) => wrapped(clipped(text), widths?.[index] ?? MOST_WIDTH));
    const height = Math.max(...cells.map(({ length }) => length));
    const lineOf = (at: number): string =>
      cells
        .map((parts, index) => pad(parts[at] ?? "", widths?.[index] ?? 0, isNumeric[index] === true))
        .join(GAP)
        .trimEnd();
    return Array.from({ length: height }, (_, at) => lineOf(at)).join("\n");
  };
  const rule = head.map((_, index) => "─".repeat(widths?.[index] ?? 0)).join(GAP);
  return [format(head), ...types.map(format), rule, ...body.map(format)].join("\n");
}

/** As wide as the longest cells, the widest columns narrowed until all fit; null where words would have to be broken. */
function fittingWidths(lines: readonly (readonly string[])[], most: number): readonly number[] | null {
  const column = (size: (text: string) => number) =>
    (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => size(clipped(line[at] ?? "")))));
  const widths = column(width);
  const least = column((text) => Math.max(0, ...pieces(text).map((piece) => width(piece.trimEnd()))));
  let over = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - most;
  for (; over > 0; over -= 1) {
    const room = widths.map((one, at) => (one > (least[at] ?? 0) ? one : 0));
    const widest = room.indexOf(Math.max(...room));
    if (room[widest] === 0) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Lines of at most `to` characters, broken at spaces and after _ and /; a longer word is a line of its own. */
function wrapped(text: string, to: number): readonly string[] {
  const lines = [""];
  for (const piece of pieces(text)) {
    const longer = (lines.at(-1) ?? "") + piece;
    if (width(longer.trimEnd()) <= to || lines.at(-1) === "") lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines.map((line) => line.trimEnd());
}

/** Of a text beside its head, however narrow the terminal is. */
const LEAST_ROOM = 20;

/** The text in lines of at most `columns` characters, the first of them behind the head, the others below its end. */
export function besideHead(head: string, text: string, columns: number): string {
  const room = Math.max(LEAST_ROOM, columns - head.length);
  return head + wrapped(text, room).join(`\n${" ".repeat(head.length)}`);
}

function pieces(text: string): readonly string[] {
  return text.match(/[^\s_/]*[_/]+|[^\s_/]+\s*|\s+/g) ?? [];
}

/** The same as Markdown, never folded: plain enough to paste into a runbook. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((line) => width(line[at] ?? ""))));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((to, at) => pad(cells[at] ?? "", to, false)).join(" | ")} |`;
  const rule = `|${widths.map((to) => "-".repeat(to + 2)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** null → ∅, 0.0312345678 → 0.0312346, control characters as text. */
export function cellText(value: Scalar): string {
  if (value === null) return "∅";
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return printable(String(value)).replaceAll("\n", "⏎").replaceAll("\t", " ");
}

/** A share as it is in the report: 0.0626078 → "6.26%"; JSON and CSV have the number itself. */
function unitText(value: Scalar, unit: Unit | undefined): string {
  return unit === "percent" && typeof value === "number" ? percentText(value) : cellText(value);
}

/** DOUBLE with @unit percent → "double, percent" */
function typeText({ name, type }: Column, units: TableOptions["units"]): string {
  const unit = units?.get(name);
  const short = type.startsWith("ENUM(") ? "enum" : type.toLowerCase().slice(0, 20);
  return unit === undefined ? short : `${short}, ${unit}`;
}

function folded(
  head: readonly string[],
  types: readonly string[],
  body: readonly (readonly string[])[],
): string {
  const nameWidth = Math.max(...head.map(width));
  const typeWidth = Math.max(0, ...types.map(width));
  return body
    .map((row, index) =>
      [
        `── row ${index + 1}`,
        ...head.map((name, at) =>
          [
            pad(name, nameWidth, false),
            ...types.slice(at, at + 1).map((type) => pad(type, typeWidth, false)),
            row[at] ?? "",
          ].join("  "),
        ),
      ].join("\n"),
    )
    .join("\n");
}

function clipped(text: string): string {
  return width(text) > MOST_WIDTH ? `${[...text].slice(0, MOST_WIDTH - 1).join("")}…` : text;
}

function pad(text: string, to: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, to - width(text)));
  return right ? space + text : text + space;
}

function width(text: string): number {
  return [...text].length;
}
