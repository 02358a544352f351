/** What is counted about a file while its load is being recorded. */
import type { Engine } from "../../engine/engine.ts";
import type { Config } from "../../model/config.ts";
import type { Day } from "../../model/words.ts";
import type { BoundRelation } from "../events/binding.ts";
import { NAN_DWELL } from "../events/canonical-sql.ts";
import { assignRowIds } from "../events/event-identity.ts";
import { dayInZone } from "../events/times-sql.ts";
import type { DiscoveredFile } from "../files/discover.ts";

/** A condition on event_rows, NaN among them. */
export const NEGATIVE_DWELL = "dwell_seconds < 0";

/** Fixes what does not reject a row, and returns the notes that count it. Runs after load_days is filled. */
export async function fixRows(engine: Engine, fileId: number, sha256: string): Promise<string[]> {
  const mine = `file_id = ${fileId}`;
  const notes: string[] = [];
  const [odd] = await engine.rows(`SELECT count(*) FILTER (${NEGATIVE_DWELL}) AS negative,
    count(*) FILTER (dwell_seconds = ${NAN_DWELL}) AS nan FROM event_rows WHERE ${mine}`);
  const nan = Number(odd?.["nan"]);
  const negative = Number(odd?.["negative"]) - nan;
  if (nan + negative > 0)
    await engine.execute(`UPDATE event_rows SET dwell_seconds = NULL WHERE ${mine} AND ${NEGATIVE_DWELL}`);
  if (nan > 0) notes.push(`dwell NaN in ${rowsText(nan)}: taken as not known`);
  if (negative > 0) notes.push(`dwell negative in ${rowsText(negative)}: taken as not known`);
  const [days] = await engine.rows(`SELECT sum(misdated) AS rows FROM load_days WHERE ${mine}`);
  const differing = Number(days?.["rows"]);
  if (differing > 0)
    notes.push(`event_date differs from occurred_at in ${rowsText(differing)}: event_date counts`);
  const withoutId = await assignRowIds(engine, fileId, sha256);
  if (withoutId > 0)
    notes.push(`${rowsText(withoutId)} without user, session and event id: each its own unit`);
  return notes;
}

function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/**
 * Rows whose given event_date is not the day of their occurred_at (the given one counts), as a condition on event_rows; null when
 * the export gives only one of the two.
 */
export function disagreement(bound: BoundRelation, config: Config): string | null {
  if (!bound.values.has("event_date") || !bound.values.has("occurred_at")) return null;
  return `event_date <> ${dayInZone("occurred_at", config.rollout.timeZone)}`;
}

/** The likely cause of many rejects of one kind. */
export function likelyCauses(rejects: Rejects, format: DiscoveredFile["format"]): string[] {
  const causes: readonly (readonly [string, string])[] = [
    [
      "bad_encoding",
      format === "parquet"
        ? "has bytes that are no text: export them as text, or as hex (in queries/sources, e.g. hex(user_id))"
        : "is not UTF-8 throughout: options.encoding can be latin-1",
    ],
    [
      "not_a_time",
      "has times that are not ISO 8601: options.time_format can be epoch_seconds, epoch_millis, epoch_micros, epoch_nanos or a pattern such as %m/%d/%Y %H:%M",
    ],
    [
      "not_a_date",
      "has days that are not written 2026-02-01: options.date_format can be a pattern such as %m/%d/%Y",
    ],
    [
      "not_a_number",
      "has numbers that are not written 12.5: options.decimal can be a comma, options.null_text names what means no value",
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
