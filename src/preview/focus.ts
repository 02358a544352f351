/** Where the eye goes after a save: to the file that was edited, else to the first thing that it changed. Pure. */
import type { Catalog } from "../queries/catalog/catalog.ts";
import { anchor } from "../report/view/text.ts";
import type { Note } from "./follow.ts";

export interface FocusRequest {
  /** Paths that were saved. */
  readonly files: readonly string[];
  readonly catalog: Catalog;
  readonly notes: readonly Note[];
}

/** An id in the page, or null: to stay where one is. */
export function focusOf({ files, catalog, notes }: FocusRequest): string | null {
  const shown = [...catalog.cells, ...catalog.metrics, ...catalog.checks];
  const edited = shown.find(({ path, chart }) => files.includes(path) || files.includes(chart?.path ?? path));
  if (edited !== undefined) return anchor(edited.kind, edited.name);
  const places = notes.filter(({ subject }) => subject !== "verdict").map((note) => note.anchor);
  return places.find((place) => place !== null) ?? null;
}
