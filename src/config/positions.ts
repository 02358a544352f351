/** The place of a key or a value in a YAML file, found by its path in the parsed value. */
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Place } from "../model/error.ts";

export type Path = readonly PropertyKey[];

export interface Positions {
  /** Place of the value at `path`; of its key when the value is empty; of the nearest enclosing key when it is missing. */
  value(path: Path): Place;
  /** Place of the key that ends `path`. */
  key(path: Path): Place;
}

interface NodeAtPath {
  readonly key: unknown;
  readonly value: unknown;
}

export function positionsOf(document: Document.Parsed, lines: LineCounter, file: string): Positions {
  const place = (offset: number | null): Place => {
    if (offset === null) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  return {
    value: (path) => {
      const { key, value } = follow(document, path);
      const empty = isScalar(value) && value.value === null;
      return place((empty ? null : start(value)) ?? start(key) ?? start(value));
    },
    key: (path) => {
      const { key, value } = follow(document, path);
      return place(start(key) ?? start(value));
    },
  };
}

/** Walks as far along the path as the document goes. */
function follow(document: Document.Parsed, path: Path): NodeAtPath {
  let at: NodeAtPath = { key: null, value: document.contents };
  for (const step of path) {
    const next = child(document, at.value, step);
    if (next === null) return { key: at.key, value: at.key === null ? at.value : null };
    // A list item has no key of its own: a missing value inside it is shown at the item.
    at = next.key === null ? { key: next.value, value: next.value } : next;
  }
  return at;
}

function child(document: Document.Parsed, parent: unknown, step: PropertyKey): NodeAtPath | null {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { key: null, value: item };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

function start(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}
