/** What the warehouse does not know of a span: files it rejected, days whose events it no longer keeps, times in another zone. */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";

export interface EventCoverage {
  /** Export files of which nothing was taken at the last load. */
  readonly refused: readonly string[];
  /** First day whose events are kept, when it lies after the first day asked for; else null. */
  readonly keptFrom: Day | null;
  /** Of the span and the day before it: more than 1% of a source's rows have another event_date than the day of their time. */
  readonly misdated: readonly MisdatedShare[];
}

export interface MisdatedShare {
  readonly source: string;
  readonly date: Day;
  /** Of the source's rows of the day, a fraction. */
  readonly share: number;
}

/** `firstDay`: day of the instant, in the rollout's time zone. The warehouse must have events. */
export async function readCoverage(engine: Engine, firstDay: Day): Promise<EventCoverage> {
  const refused = await engine.rows("SELECT file FROM loads WHERE status = 'refused' ORDER BY file");
  const [kept] = await engine.rows(
    `SELECT value FROM load_state WHERE key = 'first_open_day' AND CAST(value AS DATE) > ${sqlDate(firstDay)}`,
  );
  return {
    refused: refused.map((row) => String(row["file"])),
    keptFrom: kept === undefined ? null : String(kept["value"]),
    misdated: await readMisdated(engine, firstDay),
  };
}

/** A warehouse that an earlier version published does not know. */
async function readMisdated(engine: Engine, firstDay: Day): Promise<readonly MisdatedShare[]> {
  const [view] = await engine.rows("SELECT 1 AS found FROM duckdb_views() WHERE view_name = 'misdated_days'");
  if (view === undefined) return [];
  const rows =
    await engine.rows(`SELECT source, event_date, CAST(misdated AS DOUBLE) / rows AS share FROM misdated_days
    WHERE event_date >= ${sqlDate(firstDay)} - 1 ORDER BY source, event_date`);
  return rows.map((row) => ({
    source: String(row["source"]),
    date: String(row["event_date"]),
    share: Number(row["share"]),
  }));
}
