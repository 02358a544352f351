/**
 * When the events of each day came, in two tables of the store's own that outlive single events: `day_hours`, by algorithm, type,
 * source and hour, and `day_edges`, first and last of each day and algorithm. A day pruned before there was `day_hours` has edges
 * only.
 */
import type { DataEngine, Engine, Overlay } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import { inRange, type MeasurePlan, ofVariants, shownDays } from "../measures/plan.ts";
import { existingTables } from "../validation/inspect.ts";

export interface EventTimeRange {
  readonly events: number;
  /** Instants, ISO UTC; null when only dates are known. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

export const DAY_EDGES = "day_edges";
export const DAY_HOURS = "day_hours";

/** Changes with what is counted: then every day that still has events is counted again. */
export const DAY_EDGES_FINGERPRINT = "day_edges, day_hours";

const HOUR_US = 3_600_000_000;
const EDGES = "min(first_at) AS first_at, max(last_at) AS last_at";

/** Counts the days again whose events changed; null: every day that still has events. Part of building the relations. */
export async function updateEventTimeRange(engine: Engine, days: readonly Day[] | null): Promise<void> {
  await engine.execute(`CREATE TABLE IF NOT EXISTS ${DAY_EDGES}
    (event_date DATE, algo_version VARCHAR, events BIGINT, first_at TIMESTAMP, last_at TIMESTAMP);
    CREATE TABLE IF NOT EXISTS ${DAY_HOURS}
    (event_date DATE, algo_version VARCHAR, event_type VARCHAR, source VARCHAR, hour_at TIMESTAMP, events BIGINT,
      first_at TIMESTAMP, last_at TIMESTAMP);`);
  const counted = days ?? (await daysWithEvents(engine));
  if (counted.length === 0) return;
  const within = `WHERE event_date IN (${counted.map(sqlDate).join(", ")})`;
  await engine.execute(`DELETE FROM ${DAY_EDGES} ${within};
    DELETE FROM ${DAY_HOURS} ${within};
    INSERT INTO ${DAY_HOURS} ${hoursSql(days === null ? "" : within)};
    INSERT INTO ${DAY_EDGES}
      SELECT event_date, algo_version, sum(events), ${EDGES} FROM ${DAY_HOURS} ${within} GROUP BY event_date, algo_version`);
}

async function daysWithEvents(engine: Engine): Promise<readonly Day[]> {
  const rows = await engine.rows("SELECT DISTINCT event_date FROM event_rows ORDER BY event_date");
  return rows.map((row) => String(row["event_date"]));
}

/**
 * Hours of UTC: what they are on the clock is for whoever reads them. An event without a time is in the hour NULL. Whole
 * hours since 1970 take half the time of date_trunc.
 */
function hoursSql(within: string): string {
  return `WITH counted AS (
    SELECT event_date, algo_version, event_type, file_id, epoch_us(occurred_at) // ${HOUR_US} AS hour, count(*) AS events,
      min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM event_rows ${within} GROUP BY event_date, algo_version, event_type, file_id, hour
  )
  SELECT c.event_date, c.algo_version, CAST(c.event_type AS VARCHAR) AS event_type, f.source,
    make_timestamp(c.hour * ${HOUR_US}) AS hour_at, sum(c.events) AS events, min(c.first_at) AS first_at,
    max(c.last_at) AS last_at
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
  if (!(await existingTables(engine)).has(DAY_EDGES)) return new Map();
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
