/**
 * The rules a row has to meet to be an event, once: as counts for the fast path (any but zero, and the tolerant path
 * takes over) and as the reason and column of a reject there.
 */
import { sqlDate } from "../../engine/sql-text.ts";
import { firstPossibleDay, type LoadPlan } from "../plan.ts";

export interface RowRule {
  readonly reason: string;
  readonly column: string;
  /** SQL over canonical columns, true when the row breaks the rule. */
  readonly breach: string;
}

export function eventRules(plan: Pick<LoadPlan, "latestDay">): readonly RowRule[] {
  return [
    { reason: "unknown_event_type", column: "event_type", breach: "event_type IS NULL" },
    { reason: "missing_time", column: "occurred_at", breach: "event_date IS NULL" },
    {
      reason: "missing_algo_version",
      column: "algo_version",
      breach: "algo_version IS NULL AND event_type IN ('impression', 'click')",
    },
    {
      reason: "future_date",
      column: "event_date",
      breach: `event_date > ${sqlDate(plan.latestDay)}`,
    },
    {
      reason: "impossible_date",
      column: "event_date",
      breach: `event_date < ${sqlDate(firstPossibleDay)}`,
    },
  ];
}
