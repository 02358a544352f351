/** Which units a plan's numbers count: built once, read by traffic and by every metric. */
import type { DataEngine } from "../../engine/engine.ts";
import { buildCoveredUnits } from "./coverage.ts";
import type { CoverageTables } from "./covered-events.ts";
import { buildCrossoverFirsts, buildCrossoverUnits, type MeasurePlan } from "./plan.ts";

/** Valid until those of another plan are built. */
export interface CountedUnits {
  readonly tables: CoverageTables;
  /** Units seen under both algorithms within the window; of each it is then known which one it saw first. */
  readonly crossed: number;
}

/** Builds `crossover_units`, `covered_units` and, where units crossed, `crossover_firsts`. */
async function countUnits(engine: DataEngine, plan: MeasurePlan): Promise<CountedUnits> {
  const crossed = await buildCrossoverUnits(engine, plan);
  const tables = await buildCoveredUnits(engine, plan);
  if (crossed > 0) await buildCrossoverFirsts(engine, plan, tables.tables.has("unit_firsts"));
  return { tables, crossed };
}

/** The same when they are first asked for, and then no more. */
export function countOnce(engine: DataEngine, plan: MeasurePlan): () => Promise<CountedUnits> {
  let counted: Promise<CountedUnits> | undefined;
  return () => (counted ??= countUnits(engine, plan));
}
