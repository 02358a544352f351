/** Cells and outputs of a Jupyter notebook (nbformat 4.5), and Python literals of any text. */

import { gzipSync } from "node:zlib";
import { invisible, spelledOut } from "../../text/invisible.ts";
import type { Json } from "../charts/spec.ts";

export interface Output {
  readonly output_type: "execute_result" | "display_data" | "error";
  readonly [key: string]: Json | undefined;
}

export interface NotebookCell {
  readonly id: string;
  readonly cell_type: "markdown" | "code";
  readonly metadata: Readonly<Record<string, Json>>;
  readonly source: readonly string[];
  readonly outputs?: readonly Output[];
  readonly execution_count?: number | null;
}

export function markdownCell(id: string, text: string): NotebookCell {
  return { id: cellId(id), cell_type: "markdown", metadata: {}, source: lines(text) };
}

/** `count` is the number in `In [1]`; null where nothing was run. */
export function codeCell(
  id: string,
  code: string,
  ran: { readonly count: number | null; readonly outputs: readonly Output[] },
): NotebookCell {
  return {
    id: cellId(id),
    cell_type: "code",
    metadata: {},
    execution_count: ran.count,
    outputs: ran.outputs,
    source: lines(code),
  };
}

/** A picture that outlives a run: the cell holds what it shows. */
export function chartCell(id: string, output: Output, count: number): NotebookCell {
  const packed = gzipSync(JSON.stringify(output["data"]), { level: 9 }).toString("base64");
  const cell = codeCell(id, `show_chart("${packed}")`, { count, outputs: [output] });
  return { ...cell, metadata: { jupyter: { source_hidden: true } } };
}

/** nbformat: 1 to 64 letters, digits, hyphens and underscores. The same name gives the same id every night. */
function cellId(name: string): string {
  return name.replace(/[^\w-]/g, "-").slice(0, 64);
}

/** Ids cut to the same text are numbered. */
export function withUniqueIds(cells: readonly NotebookCell[]): readonly NotebookCell[] {
  const taken = new Set<string>();
  return cells.map((cell) => {
    let id = cell.id;
    for (let number = 2; taken.has(id); number += 1) id = `${cell.id.slice(0, 60)}-${number}`;
    taken.add(id);
    return { ...cell, id };
  });
}

/** Lines with their line ends, as Jupyter itself writes them, so that two notebooks can be compared. */
function lines(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}

/** A Python string literal over several lines that is exactly `text`, whatever is in it. */
export function pythonText(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"""', '\\"\\"\\"')
    .replaceAll("\r", "\\r")
    .replace(invisible, spelledOut)
    .replace(/"$/, '\\"');
  return `"""${escaped}"""`;
}
