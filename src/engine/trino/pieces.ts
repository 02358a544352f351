/** A statement put together of our text and an analyst's, so that a place in the whole is found again in the file. */
import type { Place } from "../../model/error.ts";
import type { QueryFile } from "../engine.ts";

/** `from`: where the text begins in the analyst's file, in UTF-16 units. */
export type Piece = string | { readonly text: string; readonly from: number };
export type Pieces = readonly Piece[];

export function textOf(pieces: Pieces): string {
  return pieces.map(pieceText).join("");
}

function pieceText(piece: Piece): string {
  return typeof piece === "string" ? piece : piece.text;
}

/** The pieces between two offsets into their text. */
export function slice(pieces: Pieces, start: number, end: number): Pieces {
  const found: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const text = pieceText(piece);
    const [low, high] = [Math.max(start - at, 0), Math.min(end - at, text.length)];
    if (low < high) {
      const part = text.slice(low, high);
      found.push(typeof piece === "string" ? part : { text: part, from: piece.from + low });
    }
    at += text.length;
  }
  return found;
}

/** `line` and `column` from 1 into the whole text, the column in code points → the place in the file; only its name where it is ours. */
export function placeInFile(
  pieces: Pieces,
  { file, sql }: Pick<QueryFile, "file" | "sql">,
  { line, column }: { readonly line: number; readonly column: number },
): Place {
  let at = offsetOf(textOf(pieces), line, column);
  for (const piece of pieces) {
    const { length } = pieceText(piece);
    if (at < length) return typeof piece === "string" ? { file } : { file, ...lineOf(sql, piece.from + at) };
    at -= length;
  }
  const last = pieces.at(-1);
  return last === undefined || typeof last === "string"
    ? { file }
    : { file, ...lineOf(sql, last.from + last.text.length) };
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const characters = [...(lines[line - 1] ?? "")].slice(0, column - 1);
  return before + characters.join("").length;
}

function lineOf(sql: string, offset: number): { readonly line: number; readonly column: number } {
  const head = sql.slice(0, offset);
  const start = head.lastIndexOf("\n") + 1;
  return { line: head.split("\n").length, column: [...head.slice(start)].length + 1 };
}
