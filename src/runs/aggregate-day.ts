/** One day loaded without a verdict (`gatebook aggregate`): exports → events → relations → the published warehouse. */
import { causesFirst } from "../judge/checks/causes.ts";
import { clearDirtyDays } from "../load/days/dirty-days.ts";
import type { Context } from "../model/context.ts";
import type { CheckResult } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import { type AlgorithmCount, countAlgorithms } from "../queries/measures/count-algorithms.ts";
import { buildRelations } from "../queries/relations/relations.ts";
import { ensureRolloutTable } from "../warehouse/rollout-table.ts";
import { type LoadRequest, loadNight } from "./night/load-night.ts";
import { stopwatch } from "./night/stopwatch.ts";
import { dropOldEvents } from "./store/prune.ts";

export async function aggregateDay(
  request: Omit<LoadRequest, "phase" | "asOf">,
  context: Context,
): Promise<AggregatedDay> {
  const opened = await loadNight({ ...request, phase: "daily", asOf: null }, context, stopwatch());
  const { config, catalog, store, engines, date, asOf } = opened;
  const { dirtyDates, records } = opened.loaded;
  try {
    await ensureRolloutTable(engines, config, { from: date, to: date, reportDate: date, asOf });
    await buildRelations(engines, catalog, { dirtyDates, rebuildAll: false });
    await clearDirtyDays(store.engine);
    const algorithms = await countAlgorithms(engines.data, { from: date, to: date });
    await dropOldEvents(store.engine, { config, date }, context);
    await store.publish();
    await store.swapIn();
    const findings = causesFirst(opened.loaded.checks.filter(isWorthReporting));
    return { date, files: records.length, dirtyDates, algorithms, findings };
  } finally {
    await opened.close();
  }
}

/** Rejects are named also where max_rejected lets them pass. */
function isWorthReporting({ name, status, detail }: CheckResult): boolean {
  return status !== "pass" || (name === "rejected_rows" && detail !== "");
}

export interface AggregatedDay {
  readonly date: Day;
  /** Files known to the store, loaded now or earlier. */
  readonly files: number;
  readonly dirtyDates: readonly Day[];
  readonly algorithms: readonly AlgorithmCount[];
  /** What is wrong with the files and their rows. */
  readonly findings: readonly CheckResult[];
}
