/** A table for the terminal: numbers to the right, nulls visible, wide tables folded into one block per row. */

import type { Column } from "../../engine/engine.ts";
import type { Scalar, Unit } from "../../model/words.ts";
import { percentText } from "../../text/numbers.ts";
import { printable } from "./errors.ts";

const MOST_WIDTH = 60;

/** Heads of columns: of text, and of numbers, which are aligned to the right. */
export const left = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type: "VARCHAR" }));
export const right = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type: "DOUBLE" }));

export interface TableOptions {
  /** Width of the terminal. */
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
  const lines = [head, ...types, ...body];
  const widths = head.map((_, index) =>
    Math.min(MOST_WIDTH, Math.max(...lines.map((line) => width(line[index] ?? "")))),
  );
  const total = widths.reduce((sum, one) => sum + one + 2, 0);
  if (total > options.columns + 2 && rows.length > 0) return folded(head, types[0] ?? [], body);
  const format = (line: readonly string[]): string =>
    line
      .map((text, index) => pad(text, widths[index] ?? 0, isNumeric[index] === true))
      .join("  ")
      .trimEnd();
  const rule = widths.map((one) => "─".repeat(one)).join("  ");
  return [format(head), ...types.map(format), rule, ...body.map(format)].join("\n");
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

function pad(text: string, to: number, right: boolean): string {
  const cut = width(text) > to ? `${[...text].slice(0, to - 1).join("")}…` : text;
  const space = " ".repeat(Math.max(0, to - width(cut)));
  return right ? space + cut : cut + space;
}

function width(text: string): number {
  return [...text].length;
}
