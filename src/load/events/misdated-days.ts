/** Days on which too many rows of a source have a given event_date that is not the day of their time: counted in the view `misdated_days`. */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";

export interface MisdatedDay {
  readonly source: string;
  readonly date: Day;
  readonly rows: number;
  readonly misdated: number;
}

/** Of the closed range of days, by source and day. None in a warehouse of an earlier version, which did not count them by day. */
export async function readMisdatedDays(engine: Engine, from: Day, to: Day): Promise<readonly MisdatedDay[]> {
  const [view] = await engine.rows("SELECT 1 AS found FROM duckdb_views() WHERE view_name = 'misdated_days'");
  if (view === undefined) return [];
  const rows = await engine.rows(`SELECT source, event_date, rows, misdated FROM misdated_days
    WHERE event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)} ORDER BY source, event_date`);
  return rows.map((row) => ({
    source: String(row["source"]),
    date: String(row["event_date"]),
    rows: Number(row["rows"]),
    misdated: Number(row["misdated"]),
  }));
}
