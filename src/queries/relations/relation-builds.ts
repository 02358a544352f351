/**
 * What gatebook remembers of the relations it built, in small tables of the store: `relation_builds` (from which SQL, and
 * why the last build failed), `relation_pending` (days whose events changed since) and `relation_closed` (days that only an
 * earlier SQL could make, since their events are gone). A day is pending until the build that
 * took it in commits, so that a run killed between loading and building loses none.
 */
import { z } from "zod";
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { COVERAGE_DAYS } from "./coverage-days.ts";
import { DAY_EDGES } from "./event-time-range.ts";

export interface KnownBuild {
  /** Of the SQL the table was made from, and of all upstream; null: never built. */
  readonly fingerprint: string | null;
  /** The same as parsed; null: not known, or built by a version that did not note it. */
  readonly meaning: string | null;
  readonly pending: readonly Day[];
}

/** Counted beside the relations, from the same events. */
export const ownBuilds: readonly string[] = [DAY_EDGES, COVERAGE_DAYS];

const DDL = `
CREATE TABLE IF NOT EXISTS relation_builds (name VARCHAR, fingerprint VARCHAR, problem VARCHAR);
ALTER TABLE relation_builds ADD COLUMN IF NOT EXISTS meaning VARCHAR;
CREATE TABLE IF NOT EXISTS relation_pending (name VARCHAR, event_date DATE);
CREATE TABLE IF NOT EXISTS relation_closed (name VARCHAR, event_date DATE, fingerprint VARCHAR, meaning VARCHAR, whole BOOLEAN);
`;

/**
 * Notes days whose events changed, for each of these relations. Called in the transaction that loads a file, nothing is forgotten
 * when the process dies before the relations are built; building notes them itself too.
 */
export async function notePendingDays(
  engine: Engine,
  relations: readonly CatalogFile[],
  days: readonly Day[],
): Promise<void> {
  await engine.execute(DDL);
  const names = [...ownBuilds, ...relations.map(({ name }) => name)];
  const rows = names.flatMap((name) => days.map((day) => `(${sqlText(name)}, ${sqlDate(day)})`));
  if (rows.length > 0) await engine.execute(`INSERT INTO relation_pending VALUES ${rows.join(", ")}`);
}

/** Empty in a warehouse that never built any. */
export async function readKnownBuilds(engine: Engine): Promise<ReadonlyMap<string, KnownBuild>> {
  if (!(await engine.tables()).has("relation_builds")) return new Map();
  const builds = await engine.rows(`SELECT * FROM relation_builds ORDER BY name`);
  const pending = await engine.rows(
    "SELECT DISTINCT name, event_date FROM relation_pending ORDER BY name, event_date",
  );
  const names = new Set([...builds, ...pending].map((row) => String(row["name"])));
  return new Map(
    [...names].map((name) => [
      name,
      {
        fingerprint: textOrNull(builds.find((row) => row["name"] === name)?.["fingerprint"]),
        meaning: textOrNull(builds.find((row) => row["name"] === name)?.["meaning"]),
        pending: pending.filter((row) => row["name"] === name).map((row) => String(row["event_date"])),
      },
    ]),
  );
}

export type BuildMark = Pick<KnownBuild, "fingerprint" | "meaning">;

/** The table is up to date: nothing pends any more. */
export async function noteBuilt(engine: Engine, name: string, mark: BuildMark): Promise<void> {
  await forget(engine, name);
  const values = [name, mark.fingerprint, mark.meaning].map(sqlText).join(", ");
  await engine.execute(`INSERT INTO relation_builds (name, fingerprint, meaning) VALUES (${values})`);
}

/** Days of the table that stay as an earlier SQL made them. `whole`: with all columns that the table now has. */
export async function noteClosedRows(
  engine: Engine,
  name: string,
  {
    days,
    before,
    whole,
  }: { readonly days: readonly Day[]; readonly before: BuildMark; readonly whole: boolean },
): Promise<void> {
  const values = days.map(
    (day) =>
      `(${sqlText(name)}, ${sqlDate(day)}, ${sqlText(before.fingerprint)}, ${sqlText(before.meaning)}, ${whole})`,
  );
  if (values.length === 0) return;
  await engine.execute(`
    UPDATE relation_closed SET whole = whole AND ${whole} WHERE name = ${sqlText(name)};
    INSERT INTO relation_closed SELECT * FROM (VALUES ${values.join(", ")}) v(name, event_date, fingerprint, meaning, whole)
      WHERE NOT EXISTS (SELECT 1 FROM relation_closed c WHERE c.name = v.name AND c.event_date = v.event_date)`);
}

/** The days were rebuilt: `condition` on event_date. */
export async function forgetClosedRows(engine: Engine, name: string, condition: string): Promise<void> {
  await engine.execute(`DELETE FROM relation_closed WHERE name = ${sqlText(name)} AND ${condition}`);
}

export interface ClosedRows {
  readonly relation: string;
  readonly date: Day;
  /** The SQL that made them, as far as it is known, and whether the table has columns that it did not make. */
  readonly madeBy: string;
  readonly whole: boolean;
}

/** Days that are in a relation as another SQL than its present one made them, by relation and day. */
export async function readClosedRows(engine: Engine): Promise<readonly ClosedRows[]> {
  if (!(await engine.tables()).has("relation_closed")) return [];
  const rows =
    await engine.rows(`SELECT c.name, c.event_date, coalesce(c.meaning, c.fingerprint) AS made_by, c.whole
    FROM relation_closed c JOIN relation_builds b ON b.name = c.name
    WHERE NOT c.whole OR NOT coalesce(c.meaning = b.meaning, c.fingerprint = b.fingerprint, false)
    ORDER BY c.name, c.event_date`);
  return rows.map((row) => ({
    relation: String(row["name"]),
    date: String(row["event_date"]),
    madeBy: String(row["made_by"]),
    whole: row["whole"] === true,
  }));
}

/** The build failed: the table stays as it was, its days stay pending, and whoever reads it gets the reason. */
export async function noteFailed(engine: Engine, name: string, problem: QueryError): Promise<void> {
  const text = sqlText(JSON.stringify(problem));
  await engine.execute(`INSERT INTO relation_builds (name)
    SELECT ${sqlText(name)} WHERE NOT EXISTS (SELECT 1 FROM relation_builds WHERE name = ${sqlText(name)})`);
  await engine.execute(`UPDATE relation_builds SET problem = ${text} WHERE name = ${sqlText(name)}`);
}

/** Relations that are not built any more: their tables must not be left behind to be read by mistake. */
export async function forgottenBuilds(
  engine: Engine,
  relations: readonly CatalogFile[],
): Promise<readonly string[]> {
  const kept = new Set([...ownBuilds, ...relations.map(({ name }) => name)]);
  const rows = await engine.rows("SELECT DISTINCT name FROM relation_builds ORDER BY name");
  return rows.map((row) => String(row["name"])).filter((name) => !kept.has(name));
}

export async function forgetBuild(engine: Engine, name: string): Promise<void> {
  await forget(engine, name);
  await forgetClosedRows(engine, name, "true");
}

const problemSchema = z.object({
  message: z.string(),
  file: z.string(),
  line: z.number().nullable(),
  column: z.number().nullable(),
  excerpt: z.string().nullable(),
  hint: z.string().nullable(),
});

/** Relations whose last build failed, by name. Empty in a warehouse that never built any. */
export async function readFailedRelations(engine: Engine): Promise<ReadonlyMap<string, QueryError>> {
  if (!(await engine.tables()).has("relation_builds")) return new Map();
  const rows = await engine.rows(
    "SELECT name, problem FROM relation_builds WHERE problem IS NOT NULL ORDER BY name",
  );
  return new Map(
    rows.map((row) => [String(row["name"]), problemSchema.parse(JSON.parse(String(row["problem"])))]),
  );
}

async function forget(engine: Engine, name: string): Promise<void> {
  await engine.execute(`DELETE FROM relation_builds WHERE name = ${sqlText(name)}`);
  await engine.execute(`DELETE FROM relation_pending WHERE name = ${sqlText(name)}`);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
