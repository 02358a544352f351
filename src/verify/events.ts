/**
 * Who got which algorithm after an instant, from the events of an open warehouse. Which clicks and saves count as served, which are
 * late: README.md. One whose unit was shown the candidate after the instant adds nothing to that impression.
 */
import type { DataEngine, Row } from "../engine/engine.ts";
import { sqlText, sqlTimestamp } from "../engine/sql-text.ts";

export interface ServedHour {
  /** Start of the hour, ISO UTC. */
  readonly hour: string;
  /** Impressions; `candidate` with the clicks and saves whose impression is missing. */
  readonly baseline: number;
  readonly candidate: number;
  /** Impressions of any other algorithm. */
  readonly other: number;
  /** Clicks and saves on pages that the candidate filled before the instant. */
  readonly late: number;
}

export interface ServedEvents {
  readonly hours: readonly ServedHour[];
  /** Units with a baseline or candidate event that counts. */
  readonly units: number;
  readonly candidateUnits: number;
  /** First and last event that counts, ISO UTC; null when there is none. */
  readonly first: string | null;
  readonly last: string | null;
  readonly lastCandidate: string | null;
  /** Names of algorithms that are neither baseline nor candidate. */
  readonly others: readonly string[];
  /** Impressions that have a day but no time: they cannot be placed after the instant. */
  readonly untimed: number;
  /** Impressions with a time later than `until`. */
  readonly future: number;
}

export interface ServedRequest {
  readonly baseline: string;
  readonly candidate: string;
  /** Both ISO UTC; `since` belongs to the span, `until` (now) does not. */
  readonly since: string;
  readonly until: string;
}

/** Null when the warehouse has no events at all: nothing was ever loaded. */
export async function readServed(engine: DataEngine, request: ServedRequest): Promise<ServedEvents | null> {
  if (!(await engine.tables()).has("events")) return null;
  const served = servedSql(request);
  const hours = await engine.rows(`${served}
    SELECT date_trunc('hour', occurred_at) AS hour, ${countOf("baseline")}, ${countOf("candidate")}, ${countOf("other")}, ${countOf("late")}
    FROM served GROUP BY 1 ORDER BY 1`);
  const [totals] = await engine.rows(`${served}
    SELECT count(DISTINCT unit_id) FILTER (WHERE kind IN ('baseline', 'candidate')) AS units,
      count(DISTINCT unit_id) FILTER (WHERE kind = 'candidate') AS candidate_units,
      min(occurred_at) FILTER (WHERE kind <> 'late') AS first, max(occurred_at) FILTER (WHERE kind <> 'late') AS last,
      max(occurred_at) FILTER (WHERE kind = 'candidate') AS last_candidate
    FROM served`);
  const others = await engine.rows(`${served}
    SELECT DISTINCT algo_version FROM served WHERE kind = 'other' ORDER BY algo_version`);
  const [unplaced] = await engine.rows(unplacedSql(request));
  return {
    hours: hours.map((row) => ({
      hour: String(row["hour"]),
      baseline: Number(row["baseline"]),
      candidate: Number(row["candidate"]),
      other: Number(row["other"]),
      late: Number(row["late"]),
    })),
    units: Number(totals?.["units"] ?? 0),
    candidateUnits: Number(totals?.["candidate_units"] ?? 0),
    first: textOf(totals, "first"),
    last: textOf(totals, "last"),
    lastCandidate: textOf(totals, "last_candidate"),
    others: others.map((row) => String(row["algo_version"])),
    untimed: Number(unplaced?.["untimed"] ?? 0),
    future: Number(unplaced?.["future"] ?? 0),
  };
}

function servedSql({ baseline, candidate, since, until }: ServedRequest): string {
  const from = sqlTimestamp(since);
  return `WITH shown_before AS (
      SELECT DISTINCT unit_id FROM events
      WHERE event_type = 'impression' AND algo_version = ${sqlText(candidate)} AND occurred_at < ${from}
    ), later AS (
      SELECT occurred_at, unit_id, algo_version, event_type = 'impression' AS is_impression
      FROM events WHERE occurred_at >= ${from} AND occurred_at < ${sqlTimestamp(until)} AND algo_version IS NOT NULL
    ), served AS (
      SELECT occurred_at, unit_id, algo_version, CASE
        WHEN is_impression AND algo_version = ${sqlText(baseline)} THEN 'baseline'
        WHEN is_impression AND algo_version = ${sqlText(candidate)} THEN 'candidate'
        WHEN is_impression THEN 'other'
        WHEN unit_id IN (SELECT unit_id FROM shown_before) THEN 'late'
        ELSE 'candidate' END AS kind
      FROM later WHERE is_impression OR (algo_version = ${sqlText(candidate)}
        AND unit_id NOT IN (SELECT unit_id FROM later WHERE is_impression AND algo_version = ${sqlText(candidate)}))
    )`;
}

function countOf(kind: keyof Omit<ServedHour, "hour">): string {
  return `count(*) FILTER (WHERE kind = '${kind}') AS ${kind}`;
}

function unplacedSql({ since, until }: ServedRequest): string {
  return `SELECT count(*) FILTER (WHERE occurred_at IS NULL AND event_date >= CAST(${sqlTimestamp(since)} AS DATE)) AS untimed,
    count(*) FILTER (WHERE occurred_at >= ${sqlTimestamp(until)}) AS future FROM events WHERE event_type = 'impression'`;
}

function textOf(row: Row | undefined, name: string): string | null {
  const value = row?.[name];
  return typeof value === "string" ? value : null;
}
