/** What one save came to. */
import type { Result } from "../model/result.ts";
import type { Catalog } from "../queries/catalog/catalog.ts";
import type { Finding } from "../queries/validation/finding.ts";
import { anchor } from "../report/view/text.ts";
import type { Note } from "./follow.ts";

export interface Pass {
  /** "15:04:05" */
  readonly at: string;
  /** Paths that were saved, came or went; none at the start. */
  readonly files: readonly string[];
  readonly newWarehouse: boolean;
  /** "relation author_days", "metric ctr", "cell top_authors": what was run for it. */
  readonly ran: readonly string[];
  readonly durationMs: number;
  /** All that is wrong now and has no place of its own in the report. */
  readonly problems: readonly Finding[];
  /** Of this save alone. */
  readonly notes: readonly Note[];
  /** Id of what was edited, in the page; null: nothing to scroll to. */
  readonly focus: string | null;
  readonly result: Result;
}

/** More pieces than these are counted, not named. */
const NAMED = 6;

/** "15:04:05 · queries/metrics/ctr.sql · ran metric ctr · 48 ms" */
export function statusText(pass: Omit<Pass, "focus">): string {
  const { at, files, ran, newWarehouse, durationMs } = pass;
  const warehouse = newWarehouse ? ["a new warehouse"] : [];
  const opened = files.length === 0 && !newWarehouse ? ["opened"] : files;
  const named = ran.length > NAMED ? `ran ${ran.length} queries` : `ran ${ran.join(", ")}`;
  const work = ran.length === 0 ? "nothing run again" : named;
  return [at, ...warehouse, ...opened, work, `${Math.round(durationMs)} ms`].join(" · ");
}

/** Where the page scrolls after a save: to the file that was edited, else to the first thing that it changed. */
export function focusOf({ files, notes }: Pick<Pass, "files" | "notes">, catalog: Catalog): Pass["focus"] {
  const shown = [...catalog.cells, ...catalog.metrics, ...catalog.checks];
  const edited = shown.find(({ path, chart }) => files.includes(path) || files.includes(chart?.path ?? path));
  if (edited !== undefined) return anchor(edited.kind, edited.name);
  const places = notes.filter(({ subject }) => subject !== "verdict").map((note) => note.anchor);
  return places.find((place) => place !== null) ?? null;
}
