/** One day's two export files before they are written: rows, and lines that are not rows. */
import type { Day } from "../../model/words.ts";
import { type FeedRow, feedRows, type SaveRow, saveRows } from "../traffic/rows.ts";
import type { ScheduledDay } from "../traffic/schedule.ts";
import type { DayTraffic } from "../traffic/traffic.ts";
import type { Defect, FileTruth } from "../truth.ts";

export interface ExportFile<Row> {
  readonly path: string;
  readonly source: string;
  readonly rows: readonly Row[];
  /** Rows after the day's own: copies, late and foreign rows. */
  readonly extraRows: readonly Row[];
  /** Lines in the middle of the file that a reader must reject. */
  readonly brokenLines: readonly string[];
  readonly duplicates: number;
  readonly conflicts: number;
  /** Rows to be rejected, broken lines included. */
  readonly rejected: number;
}

export interface DayExport {
  readonly day: ScheduledDay;
  readonly feed: ExportFile<FeedRow>;
  /** Null: the file is missing. */
  readonly saves: ExportFile<SaveRow> | null;
  readonly defects: readonly Defect[];
}

export function feedPath(date: Day): string {
  return `exports/feed_events/${date}.csv`;
}

export function savesPath(date: Day): string {
  return `exports/user_discovery_events/date=${date}/part-0.jsonl.gz`;
}

export function exportDay(day: ScheduledDay, traffic: DayTraffic): DayExport {
  const sound = { extraRows: [], brokenLines: [], duplicates: 0, conflicts: 0, rejected: 0 };
  const feed = { path: feedPath(day.date), source: "feed_events", rows: feedRows(day, traffic) };
  const saves = {
    path: savesPath(day.date),
    source: "user_discovery_events",
    rows: saveRows(day, traffic),
  };
  return { day, feed: { ...feed, ...sound }, saves: { ...saves, ...sound }, defects: [] };
}

export function fileTruth(file: ExportFile<unknown>): FileTruth {
  const { path, source, duplicates, conflicts, rejected } = file;
  const rows = file.rows.length + file.extraRows.length + file.brokenLines.length;
  return { path, source, rows, loaded: rows - duplicates - rejected, duplicates, conflicts, rejected };
}
