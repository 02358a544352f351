/** Two versions of a text in, the lines between their common beginning and end out. */
import { visible } from "../view/text.ts";

export interface TextChange {
  readonly path: string;
  readonly state: "added" | "removed" | "changed";
  /** First line that differs, from 1. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Null where they are equal; a text that is null is not there. */
export function buildTextChange(
  path: string,
  before: string | null,
  after: string | null,
): TextChange | null {
  if (before === after) return null;
  const state = before === null ? "added" : after === null ? "removed" : "changed";
  const [old, now] = [linesOf(before), linesOf(after)];
  const start = commonStart(old, now);
  const end = commonStart(old.slice(start).toReversed(), now.slice(start).toReversed());
  return {
    path: visible(path),
    state,
    line: start + 1,
    removed: old.slice(start, old.length - end),
    added: now.slice(start, now.length - end),
  };
}

function linesOf(text: string | null): readonly string[] {
  if (text === null) return [];
  return visible(text).replace(/\n$/, "").split("\n");
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  const at = left.findIndex((line, index) => line !== right[index]);
  return at === -1 ? Math.min(left.length, right.length) : at;
}
