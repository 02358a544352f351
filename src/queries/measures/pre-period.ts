/**
 * The days before the rollout: 14 of them before the candidate's first event, 28 where the baseline was served on every one. What the units
 * did then under the baseline explains part of what they do now (src/statistics/README.md, CUPED).
 */
import type { DataEngine } from "../../engine/engine.ts";
import { addDays } from "../../model/calendar.ts";
import type { Day } from "../../model/words.ts";
import { readReadiness } from "../catalog/readiness.ts";
import { type DayRange, type MeasurePlan, ofVariants } from "./plan.ts";

const DAYS = 14;
const MORE_DAYS = 28;

/** Null: no such day is kept, or the candidate was never served. `fixed`: as an earlier night chose it, while that still holds. */
export async function findPrePeriod(
  engine: DataEngine,
  plan: Pick<MeasurePlan, "baseline" | "candidate" | "failedRelations">,
  fixed: DayRange | null,
): Promise<DayRange | null> {
  if ((await readReadiness(engine, plan.failedRelations)).userDays !== null) return null;
  const rows = await engine.rows(`SELECT DISTINCT event_date, CAST(algo_version AS VARCHAR) AS algo_version
    FROM user_days WHERE ${ofVariants(plan)} AND impressions > 0 ORDER BY event_date`);
  const servedOn = (algorithm: string): readonly Day[] =>
    rows.flatMap((row) => (row["algo_version"] === algorithm ? [String(row["event_date"])] : []));
  const [first] = servedOn(plan.candidate);
  if (first === undefined) return null;
  if (fixed !== null && fixed.to < first) return fixed;
  const before = servedOn(plan.baseline).filter((day) => day < first);
  const lasting = (days: number) => before.filter((day) => day >= addDays(first, -days)).length;
  if (lasting(DAYS) === 0) return null;
  const days = lasting(MORE_DAYS) === MORE_DAYS ? MORE_DAYS : DAYS;
  return { from: addDays(first, -days), to: addDays(first, -1) };
}
