/** Kept results as nights: which rollout, which day, in which order. Pure. */
import type { NightResult } from "../../model/result.ts";
import type { Phase } from "../../model/words.ts";

export interface IndexEntry {
  /** Folder of the report, relative to index.html, "/" separated, e.g. "clip-cosine-v2/2026-02-07/". */
  readonly path: string;
  readonly result: NightResult;
}

export interface IndexNight {
  readonly date: string;
  readonly phase: Phase;
  readonly link: string;
  readonly result: NightResult;
}

export interface RolloutNights {
  readonly name: string;
  /** Oldest first; never empty together with `others`. */
  readonly nights: readonly IndexNight[];
  /** Reports over a window that somebody asked for: no nights, and outside of every trend. */
  readonly others: readonly IndexNight[];
}

/** The rollout with the newest report first. */
export function rolloutNights(entries: readonly IndexEntry[]): readonly RolloutNights[] {
  const sorted = [...entries].sort((a, b) => compare(orderOf(a), orderOf(b)));
  const names = [...new Set(sorted.map((entry) => entry.result.rollout.name))];
  return names
    .map((name) => ({ name, own: sorted.filter((entry) => entry.result.rollout.name === name) }))
    .map(({ name, own }) => ({
      name,
      newest: own.map(orderOf).at(-1) ?? "",
      nights: own.filter(isNight).map(night),
      others: own.filter((entry) => !isNight(entry)).map(night),
    }))
    .sort((a, b) => compare(b.newest, a.newest));
}

function orderOf({ path, result }: IndexEntry): string {
  return `${result.window.reportDate} ${result.window.asOf} ${path}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A night's folder is its date, in the first 24 hours followed by the time. */
function isNight({ path, result }: IndexEntry): boolean {
  const folder = path.replace(/\/$/, "").split("/").at(-1) ?? "";
  const { reportDate } = result.window;
  return folder === reportDate || (folder.startsWith(`${reportDate}-first-24h`) && !folder.endsWith("-try"));
}

function night({ path, result }: IndexEntry): IndexNight {
  const folder = path.split("/").map(encodeURIComponent).join("/");
  return { date: result.window.reportDate, phase: result.phase, link: `${folder}report.html`, result };
}

/** One night a date: the daily one, else the last of the first 24 hours. */
export function nightsByDate(nights: readonly IndexNight[]): ReadonlyMap<string, IndexNight> {
  const byDate = new Map<string, IndexNight>();
  for (const one of nights) {
    if (one.phase === "daily" || byDate.get(one.date)?.phase !== "daily") byDate.set(one.date, one);
  }
  return byDate;
}
