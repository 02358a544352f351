/**
 * The way of a sound file: one strict INSERT, then counts that show whether every row met the rules. Anything amiss is
 * left to the tolerant path, which reads the file again and says which row and why.
 */
import type { Engine } from "../engine/engine.ts";
import { isEngineError } from "../engine/engine-error.ts";
import type { Config } from "../model/config.ts";
import { dayOf } from "./events/canonical-sql.ts";
import { eventRules } from "./events/rules.ts";
import {
  type BoundRelation,
  canonicalSelect,
  eventRowsSelect,
  rowColumnNames,
} from "./events/select-events.ts";
import type { PreparedFile } from "./files/prepare.ts";
import type { LoadPlan } from "./plan.ts";

/** Thrown to roll the transaction back; nothing is wrong with the store. */
export const needsTolerance = new Error("the file needs the tolerant path");

/** Rows inserted. Throws `needsTolerance` when a row is malformed or breaks a rule. */
export async function loadFast(
  engine: Engine,
  prepared: PreparedFile,
  bound: BoundRelation,
  plan: LoadPlan,
): Promise<number> {
  if (bound.relation.tolerantOnly) throw needsTolerance;
  const rows = canonicalSelect(bound, prepared.file.source, plan.config, { mode: "CAST" });
  await insertStrictly(engine, eventRowsSelect(rows, plan.fileId, plan.hasLookups));
  const rules = eventRules(plan);
  const counts = rules.map(({ breach }, index) => `count(*) FILTER (${breach}) AS r${index}`);
  const [found] = await engine.rows(
    `SELECT count(*) AS rows, ${counts.join(", ")} FROM event_rows WHERE file_id = ${plan.fileId}`,
  );
  if (rules.some((_, index) => Number(found?.[`r${index}`]) > 0)) throw needsTolerance;
  return Number(found?.["rows"]);
}

/** Rows of `eventRowsSelect` into event_rows. Throws `needsTolerance` when one is malformed. */
export async function insertStrictly(engine: Engine, select: string): Promise<void> {
  try {
    await engine.execute(`INSERT INTO event_rows (${rowColumnNames.join(", ")}) ${select}`);
  } catch (error) {
    throw isDataError(error) ? needsTolerance : error;
  }
}

/** A value or a row DuckDB could not take, as opposed to a full disk, a memory limit or a bug. */
export function isDataError(error: unknown): boolean {
  return isEngineError(error, "data");
}

/**
 * Rows whose given event_date is not the day of their occurred_at (the given one counts), as a condition on event_rows; null when
 * the export gives only one of the two.
 */
export function disagreement(bound: BoundRelation, config: Config): string | null {
  if (!bound.values.has("event_date") || !bound.values.has("occurred_at")) return null;
  return `event_date <> ${dayOf("occurred_at", config.rollout.timeZone)}`;
}
