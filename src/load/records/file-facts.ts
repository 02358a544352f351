/** What is counted about a file while its load is being recorded. */
import type { Engine } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";
import { assignRowIds } from "../events/row-units.ts";
import type { LoadPlan } from "../plan.ts";

/** A condition on event_rows. */
export const NEGATIVE_DWELL = "dwell_seconds < 0";

/** What is stated for an oddity that does not reject the row; returns the notes that count it. The rows stand in load_days. */
export async function mendRows(engine: Engine, plan: LoadPlan, sha256: string): Promise<string[]> {
  const mine = `file_id = ${plan.fileId}`;
  const notes: string[] = [];
  const [odd] = await engine.rows(
    `SELECT count(*) FILTER (${NEGATIVE_DWELL}) AS negative FROM event_rows WHERE ${mine}`,
  );
  const negative = Number(odd?.["negative"]);
  if (negative > 0) {
    await engine.execute(`UPDATE event_rows SET dwell_seconds = NULL WHERE ${mine} AND ${NEGATIVE_DWELL}`);
    notes.push(`dwell negative in ${rowsText(negative)}: taken as not known`);
  }
  const [days] = await engine.rows(`SELECT sum(misdated) AS rows FROM load_days WHERE ${mine}`);
  const differing = Number(days?.["rows"]);
  if (differing > 0)
    notes.push(`event_date differs from occurred_at in ${rowsText(differing)}: event_date counts`);
  const lonely = await assignRowIds(engine, plan.fileId, sha256);
  if (lonely > 0) notes.push(`${rowsText(lonely)} without user, session and event id: each its own unit`);
  return notes;
}

function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/** Rows that are events, duplicates among them, and their days. */
export async function acceptedRows(
  engine: Engine,
  fileId: number,
): Promise<{ readonly rows: number; readonly first: Day | null; readonly last: Day | null }> {
  const [row] =
    await engine.rows(`SELECT coalesce(sum(accepted), 0) AS rows, min(event_date) AS first, max(event_date) AS last
    FROM load_days WHERE file_id = ${fileId}`);
  const day = (name: string): Day | null => (row?.[name] == null ? null : String(row[name]));
  return { rows: Number(row?.["rows"]), first: day("first"), last: day("last") };
}

/** What probably stands behind many rejects of one kind. */
export function likelyCauses(rejects: Rejects): string[] {
  const causes: readonly (readonly [string, string])[] = [
    ["bad_encoding", "is not UTF-8 throughout: options.encoding can say latin-1"],
    [
      "not_a_time",
      "has times that are not ISO 8601: options.time_format can say epoch_seconds or epoch_millis",
    ],
    ["unknown_event_type", "has event types of its own: event_types can map them, e.g. feed_click: click"],
  ];
  return causes.flatMap(([reason, cause]) => ((rejects.byReason[reason] ?? 0) > 0 ? [cause] : []));
}

export interface Rejects {
  readonly rows: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly retryFrom: Day | null;
}

export async function rejectsOf(engine: Engine, fileId: number): Promise<Rejects> {
  const rows = await engine.rows(`SELECT reason, count(*) AS rows FROM reject_rows
    WHERE file_id = ${fileId} GROUP BY reason ORDER BY reason`);
  const byReason = Object.fromEntries(rows.map((row) => [String(row["reason"]), Number(row["rows"])]));
  const total = rows.reduce((sum, row) => sum + Number(row["rows"]), 0);
  if (!("future_date" in byReason)) return { rows: total, byReason, retryFrom: null };
  // 'infinity' is a date to the engine, and its day never comes
  const [first] = await engine.rows(
    "SELECT min(event_date) AS day FROM bad_rows WHERE reason = 'future_date' AND isfinite(event_date)",
  );
  return { rows: total, byReason, retryFrom: first?.["day"] == null ? null : String(first["day"]) };
}
