/**
 * What gatebook remembers of the relations it built, in two small tables of the store: `relation_builds` (from which SQL, and
 * why the last build failed) and `relation_pending` (days whose events changed since). A day is pending until the build that
 * took it in commits, so that a run killed between loading and building loses none.
 */
import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../engine/sql-text.ts";
import type { QueryError } from "../model/measurement.ts";
import type { Day } from "../model/words.ts";
import type { Catalog, CatalogFile } from "./catalog.ts";
import { COVERAGE_DAYS } from "./coverage-days.ts";
import { DAY_EDGES } from "./day-edges.ts";
import { existingTables } from "./inspect.ts";

export interface KnownBuild {
  /** Of the SQL the table was made from, and of all upstream; null: never built. */
  readonly fingerprint: string | null;
  readonly pending: readonly Day[];
}

/** Counted beside the relations, from the same events. */
export const ownBuilds: readonly string[] = [DAY_EDGES, COVERAGE_DAYS];

const DDL = `
CREATE TABLE IF NOT EXISTS relation_builds (name VARCHAR, fingerprint VARCHAR, problem VARCHAR);
CREATE TABLE IF NOT EXISTS relation_pending (name VARCHAR, event_date DATE);
`;

/**
 * Notes days whose events changed, for every relation. Called in the transaction that loads a file, nothing is forgotten
 * when the process dies before the relations are built; building notes them itself too.
 */
export async function notePendingDays(engine: Engine, catalog: Catalog, days: readonly Day[]): Promise<void> {
  await engine.execute(DDL);
  const names = [...ownBuilds, ...catalog.relations.map(({ name }) => name)];
  const rows = names.flatMap((name) => days.map((day) => `(${sqlText(name)}, ${sqlDate(day)})`));
  if (rows.length > 0) await engine.execute(`INSERT INTO relation_pending VALUES ${rows.join(", ")}`);
}

export async function readKnownBuilds(engine: Engine): Promise<ReadonlyMap<string, KnownBuild>> {
  const builds = await engine.rows("SELECT name, fingerprint FROM relation_builds ORDER BY name");
  const pending = await engine.rows("SELECT DISTINCT name, event_date FROM relation_pending ORDER BY ALL");
  const names = new Set([...builds, ...pending].map((row) => String(row["name"])));
  return new Map(
    [...names].map((name) => [
      name,
      {
        fingerprint: textOrNull(builds.find((row) => row["name"] === name)?.["fingerprint"]),
        pending: pending.filter((row) => row["name"] === name).map((row) => String(row["event_date"])),
      },
    ]),
  );
}

/** The table is up to date: nothing pends any more. */
export async function noteBuilt(engine: Engine, name: string, fingerprint: string): Promise<void> {
  await forget(engine, name);
  await engine.execute(
    `INSERT INTO relation_builds VALUES (${sqlText(name)}, ${sqlText(fingerprint)}, NULL)`,
  );
}

/** The build failed: the table stays as it was, its days stay pending, and whoever reads it is told. */
export async function noteFailed(engine: Engine, name: string, problem: QueryError): Promise<void> {
  const text = sqlText(JSON.stringify(problem));
  await engine.execute(`INSERT INTO relation_builds
    SELECT ${sqlText(name)}, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM relation_builds WHERE name = ${sqlText(name)})`);
  await engine.execute(`UPDATE relation_builds SET problem = ${text} WHERE name = ${sqlText(name)}`);
}

/** A relation that is not built any more leaves no table behind to be read by mistake. */
export async function dropForgotten(engine: Engine, relations: readonly CatalogFile[]): Promise<void> {
  const kept = new Set([...ownBuilds, ...relations.map(({ name }) => name)]);
  for (const row of await engine.rows("SELECT DISTINCT name FROM relation_builds ORDER BY name")) {
    const name = String(row["name"]);
    if (kept.has(name)) continue;
    await engine.execute(`DROP TABLE IF EXISTS ${sqlName(name)}`);
    await forget(engine, name);
  }
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
  if (!(await existingTables(engine)).has("relation_builds")) return new Map();
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
