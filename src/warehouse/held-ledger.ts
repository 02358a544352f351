/** Which nights and records a store or a warehouse holds, so that one is never written over by another that knows less. */
import type { Engine } from "../engine/engine.ts";

/** By night its revision, by rollout the number of its last record. */
export type HeldLedger = ReadonlyMap<string, number>;

const PARTS = {
  decisions:
    "SELECT concat_ws(' ', 'night', phase, key, 'of', rollout) AS what, revision AS rank FROM decisions",
  records: "SELECT concat_ws(' ', 'record of', rollout), max(number) FROM records GROUP BY rollout",
} as const;

export async function readHeld(engine: Engine): Promise<HeldLedger> {
  const tables = await engine.rows(
    "SELECT table_name AS name FROM duckdb_tables() WHERE table_name IN ('decisions', 'records')",
  );
  const parts = Object.entries(PARTS).filter(([name]) => tables.some((table) => table["name"] === name));
  if (parts.length === 0) return new Map();
  const rows = await engine.rows(parts.map(([, sql]) => sql).join(" UNION ALL "));
  return new Map(rows.map((row) => [String(row["what"]), Number(row["rank"])]));
}

/** What `other` holds and `held` does not, or not as lately restated. */
export function missingFrom(held: HeldLedger, other: HeldLedger): readonly string[] {
  return [...other].filter(([what, rank]) => (held.get(what) ?? 0) < rank).map(([what]) => what);
}
