/**
 * When the events of each day came, in two tables of the store's own that outlive single events: `day_hours`, by algorithm, type,
 * source and hour, and `day_edges`, first and last of each day and algorithm. A day pruned before there was `day_hours` has edges
 * only.
 */

import type { Dialect } from "../../engine/dialect.ts";
import type { DataEngine, Overlay } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";
import { inRange, type MeasurePlan, ofVariants, shownDays } from "../measures/plan.ts";
import type { OwnBuild } from "./own-build.ts";

export interface EventTimeRange {
  readonly events: number;
  /** Instants, ISO UTC; null when only dates are known. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

export const DAY_EDGES = "day_edges";
export const DAY_HOURS = "day_hours";

const EDGES = "min(first_at) AS first_at, max(last_at) AS last_at";

/** Part of building the relations. */
export const eventTimeRange: OwnBuild = {
  name: DAY_EDGES,
  fingerprint: "day_edges, day_hours",
  tables: async ({ dialect }, { where, areAll }) => [
    {
      name: DAY_HOURS,
      columns:
        "event_date DATE, algo_version VARCHAR, event_type VARCHAR, source VARCHAR, hour_at TIMESTAMP, events BIGINT, first_at TIMESTAMP, last_at TIMESTAMP",
      select: hoursSql(dialect, areAll ? "true" : where),
    },
    {
      name: DAY_EDGES,
      columns: "event_date DATE, algo_version VARCHAR, events BIGINT, first_at TIMESTAMP, last_at TIMESTAMP",
      select: `SELECT event_date, algo_version, sum(events) AS events, ${EDGES}
        FROM ${DAY_HOURS} WHERE ${where} GROUP BY event_date, algo_version`,
    },
  ],
};

/** Hours of UTC: what they are on the clock is for whoever reads them. An event without a time is in the hour NULL. */
function hoursSql(dialect: Dialect, where: string): string {
  return `WITH counted AS (
    SELECT event_date, algo_version, event_type, file_id, hour, count(*) AS events, min(occurred_at) AS first_at,
      max(occurred_at) AS last_at
    FROM (SELECT event_date, algo_version, event_type, file_id, occurred_at, ${dialect.hourNumber("occurred_at")} AS hour
      FROM event_rows WHERE ${where}) AS numbered
    GROUP BY event_date, algo_version, event_type, file_id, hour
  )
  SELECT c.event_date, c.algo_version, CAST(c.event_type AS VARCHAR) AS event_type, f.source,
    ${dialect.hourStart("c.hour")} AS hour_at, sum(c.events) AS events, min(c.first_at) AS first_at, max(c.last_at) AS last_at
  FROM counted AS c LEFT JOIN load_files AS f ON f.file_id = c.file_id
  GROUP BY c.event_date, c.algo_version, c.event_type, f.source, c.hour`;
}

/** Edges of `events` as an overlay shows it. */
export const eventTimeRangeOverlay: Overlay = {
  name: DAY_EDGES,
  kind: "table",
  select: () => `SELECT event_date, algo_version, count(*) AS events, min(occurred_at) AS first_at,
    max(occurred_at) AS last_at FROM events GROUP BY event_date, algo_version`,
};

/** Of the plan's two algorithms together, by day. Empty in a warehouse without the table. */
export async function readEventTimeRange(
  engine: DataEngine,
  plan: MeasurePlan,
): Promise<ReadonlyMap<Day, EventTimeRange>> {
  if (!(await engine.tables()).has(DAY_EDGES)) return new Map();
  const rows = await engine.rows(`SELECT event_date, sum(events) AS events, ${EDGES}
    FROM ${DAY_EDGES} WHERE ${ofVariants(plan)} AND ${inRange(shownDays(plan))}
    GROUP BY event_date ORDER BY event_date`);
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return new Map(
    rows.map((row) => [
      String(row["event_date"]),
      { events: Number(row["events"]), firstAt: text(row["first_at"]), lastAt: text(row["last_at"]) },
    ]),
  );
}
