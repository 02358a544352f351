/**
 * First and last event of each day and algorithm, in the store's own table `day_edges`: completeness of a day is still known
 * when its single events have been pruned.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";
import { existingTables } from "./inspect.ts";
import { inRange, type MeasurePlan, ofVariants, shownDays } from "./plan.ts";

export interface DayEdges {
  readonly events: number;
  /** Instants, ISO UTC; null when only dates are known. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

export const DAY_EDGES = "day_edges";

/** Counts the days anew whose events changed; null: every day that still has events. Part of building the relations. */
export async function updateDayEdges(engine: Engine, days: readonly Day[] | null): Promise<void> {
  await engine.execute(`CREATE TABLE IF NOT EXISTS ${DAY_EDGES}
    (event_date DATE, algo_version VARCHAR, events BIGINT, first_at TIMESTAMP, last_at TIMESTAMP)`);
  if (days !== null && days.length === 0) return;
  const list = days === null ? "SELECT DISTINCT event_date FROM events" : days.map(sqlDate).join(", ");
  await engine.execute(`DELETE FROM ${DAY_EDGES} WHERE event_date IN (${list})`);
  await engine.execute(`INSERT INTO ${DAY_EDGES}
    SELECT event_date, algo_version, count(*), min(occurred_at), max(occurred_at)
    FROM events WHERE event_date IN (${list}) GROUP BY event_date, algo_version`);
}

/** The same for `events` as it now looks, in front of the stored table. */
export async function shadowDayEdges(engine: Engine): Promise<void> {
  await engine.execute(`CREATE OR REPLACE TEMP TABLE ${DAY_EDGES} AS
    SELECT event_date, algo_version, count(*) AS events, min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM events GROUP BY event_date, algo_version`);
}

/** Of the plan's two algorithms together, by day. Empty in a warehouse without the table. */
export async function readDayEdges(engine: Engine, plan: MeasurePlan): Promise<ReadonlyMap<Day, DayEdges>> {
  if (!(await existingTables(engine)).has(DAY_EDGES)) return new Map();
  const rows =
    await engine.rows(`SELECT event_date, sum(events) AS events, min(first_at) AS first_at, max(last_at) AS last_at
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
