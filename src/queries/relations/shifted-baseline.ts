/**
 * Before/after: at 100% nobody gets the baseline any more, so its own days some weeks earlier are measured in its place. The
 * analysts' files stay as they are: temporary views of the same names stand in front of the relations and of `events`, in
 * which the baseline's earlier days carry the dates of the observation window.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { existingTables } from "../validation/inspect.ts";

export interface BaselineShift {
  readonly baseline: string;
  /** Whole weeks, so that weekdays meet weekdays. */
  readonly days: number;
  /** The gate's first day, ramp day included: what the baseline still had from then on is left out. */
  readonly opened: Day;
}

/** Runs `work` with the baseline's dates moved; the views are gone afterwards whatever happens. */
export async function withShiftedBaseline<T>(
  engine: Engine,
  catalog: Catalog,
  shift: BaselineShift,
  work: () => Promise<T>,
): Promise<T> {
  const tables = await existingTables(engine);
  const names = [
    "events",
    "coverage_days",
    "coverage_misses",
    ...catalog.relations.map(({ name }) => name),
  ].filter((name) => tables.has(name));
  const [store] = await engine.rows("SELECT current_database() AS name");
  const inFront = await temporaryTables(engine);
  try {
    for (const name of names) {
      const isInFront = inFront.has(name);
      if (isInFront) await engine.execute(renaming(name, aside(name)));
      const from = isInFront
        ? `temp.${sqlName(aside(name))}`
        : `${sqlName(String(store?.["name"]))}.main.${sqlName(name)}`;
      await engine.execute(shiftedView(name, from, shift));
    }
    return await work();
  } finally {
    for (const name of names) await engine.execute(`DROP VIEW IF EXISTS temp.${sqlName(name)}`);
    for (const name of await temporaryTables(engine))
      if (name.endsWith(ASIDE)) await engine.execute(renaming(name, name.slice(0, -ASIDE.length)));
  }
}

/** A relation that already stands in front of the stored one makes room for its view. */
const ASIDE = " unshifted";

function aside(name: string): string {
  return `${name}${ASIDE}`;
}

function renaming(from: string, to: string): string {
  return `ALTER TABLE temp.${sqlName(from)} RENAME TO ${sqlName(to)}`;
}

async function temporaryTables(engine: Engine): Promise<ReadonlySet<string>> {
  const rows = await engine.rows(
    "SELECT table_name AS name FROM duckdb_tables() WHERE database_name = 'temp'",
  );
  return new Set(rows.map((row) => String(row["name"])));
}

/** `from` is the table that the view is of. */
function shiftedView(name: string, from: string, { baseline, days, opened }: BaselineShift): string {
  const isBaseline = `algo_version = ${sqlText(baseline)}`;
  return `CREATE OR REPLACE TEMP VIEW ${sqlName(name)} AS
    SELECT * REPLACE (CASE WHEN ${isBaseline} THEN event_date + ${days} ELSE event_date END AS event_date)
    FROM ${from}
    WHERE algo_version IS DISTINCT FROM ${sqlText(baseline)} OR event_date < ${sqlDate(opened)}`;
}
