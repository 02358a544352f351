/**
 * One algorithm split against itself, many times. Out: its units with a number, and overlays of the relations in which `algo_version` is
 * the row's unit: what a metric file then returns names its unit, even where the file counts something finer than users. So a
 * split is a choice of units, made after the analysts' SQL ran once.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { buildCrossoverUnits, inRange, type MeasurePlan } from "../measures/plan.ts";
import { viewReplacing } from "../relations/overlay.ts";

export interface SplitUnits {
  /** In the split: not under both algorithms. */
  readonly units: number;
  readonly crossed: number;
  /** Relations whose rows name no unit: what reads them cannot be split. */
  readonly unsplit: readonly string[];
}

/** The baseline's units of the plan's window. `split_units` numbers them in the order of their ids. */
export async function tagUnits(engine: DataEngine, catalog: Catalog, plan: MeasurePlan): Promise<SplitUnits> {
  await buildCrossoverUnits(engine, plan);
  await engine.scratch("split_units", unitsSql(plan));
  const tables = await engine.tables();
  const tagged = { column: "algo_version", by: "CAST(unit_id AS VARCHAR)", where: ofBaseline(plan) };
  const unsplit: string[] = [];
  for (const name of ["events", ...catalog.relations.map((file) => file.name)]) {
    if (!tables.has(name)) continue;
    const columns = await engine.describe({ file: name, sql: `SELECT * FROM ${sqlName(name)}` });
    const splits = ["event_date", "algo_version", "unit_id"].every((wanted) =>
      columns.some((column) => column.name.toLowerCase() === wanted),
    );
    if (splits) await engine.overlay(viewReplacing(engine, name, tagged));
    else unsplit.push(name);
  }
  // Within a split nobody is on both sides.
  await engine.scratch(
    "crossover_units",
    "SELECT unit_id, CAST(NULL AS DATE) AS event_date, crossed FROM split_units WHERE false",
  );
  const [counted] = await engine.rows(
    "SELECT count(*) FILTER (WHERE NOT crossed) AS units, count(*) FILTER (WHERE crossed) AS crossed FROM split_units",
  );
  return { units: Number(counted?.["units"]), crossed: Number(counted?.["crossed"]), unsplit };
}

function unitsSql(plan: MeasurePlan): string {
  return `SELECT unit_id, CAST(row_number() OVER (ORDER BY unit_id) AS INTEGER) AS unit_no, first_shown,
    unit_id IN (SELECT unit_id FROM crossover_units) AS crossed
  FROM (
    SELECT CAST(unit_id AS VARCHAR) AS unit_id, min(event_date) FILTER (WHERE impressions > 0) AS first_shown
    FROM user_days WHERE ${ofBaseline(plan)} GROUP BY 1
  )`;
}

function ofBaseline(plan: MeasurePlan): string {
  return `algo_version = ${sqlText(plan.baseline)} AND ${inRange(plan)}`;
}

export interface Salts {
  /** Split `number` is salted `seed number`, e.g. "gatebook 17". */
  readonly seed: string;
  readonly first: number;
  readonly count: number;
  /** Of the units that go to the candidate's side, below 1. */
  readonly share: number;
}

/** Makes `splits`(salt, unit_no): the units on the candidate's side, for some salts. */
export async function drawSplits(engine: DataEngine, salts: Salts): Promise<void> {
  const { integers, md5Text } = engine.dialect;
  const { seed, first, count, share } = salts;
  const salted = `${sqlText(`${seed} `)} || CAST(salt AS VARCHAR) || ':' || unit_id`;
  await engine.scratch(
    "splits",
    `SELECT CAST(salt AS INTEGER) AS salt, unit_no FROM split_units, ${integers(first, first + count)} AS r(salt)
    WHERE NOT crossed AND ${md5Text(salted)} < ${sqlText(hexLimit(share))}`,
  );
}

/** int(md5[0:8])/2³² < share, as a comparison of text: hex digits sort by their values. 0.1 → "1999999a". */
export function hexLimit(share: number): string {
  return Math.ceil(share * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}

export interface NewUnits {
  readonly date: Day;
  readonly units: number;
}

/** Units first shown anything on each day: of every salt drawn (by salt), or of all units together (salt null). */
export async function countNewUnits(
  engine: DataEngine,
): Promise<ReadonlyMap<number | null, readonly NewUnits[]>> {
  const rows = await engine.rows(`
    WITH shown AS (SELECT unit_no, first_shown AS date FROM split_units WHERE NOT crossed AND first_shown IS NOT NULL)
    SELECT salt, date, count(*) AS units FROM splits JOIN shown USING (unit_no) GROUP BY salt, date
    UNION ALL SELECT NULL, date, count(*) FROM shown GROUP BY date ORDER BY 1, 2`);
  const found = new Map<number | null, NewUnits[]>();
  for (const row of rows) {
    const salt = row["salt"] === null ? null : Number(row["salt"]);
    const list = found.get(salt) ?? [];
    list.push({ date: String(row["date"]), units: Number(row["units"]) });
    found.set(salt, list);
  }
  return found;
}
