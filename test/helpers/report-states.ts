/** The sample in every state that a report is made in: every verdict, no data, failing queries, text that attacks. */
import type { Result } from "../../src/model/result.ts";
import { sampleMonth } from "./sample-month.ts";
import { sampleDecision, sampleResult } from "./sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  firstDayResult,
  hostileResult,
  insufficientResult,
  lossyResult,
  noDataResult,
  rollbackResult,
  warningResult,
} from "./sample-variants.ts";

/** The same metrics over and over, under names of their own. */
export function manyMetrics(count: number, base: Result = sampleResult()): Result {
  const metrics = Array.from({ length: count }, (_, index) => {
    const metric = base.metrics[index % base.metrics.length];
    if (metric === undefined) throw new Error("the sample has no metric");
    return { ...metric, name: `${metric.name}_${index}`, title: `${metric.title} ${index}` };
  });
  return { ...base, metrics };
}

export const reportStates: Readonly<Record<string, Result>> = {
  promote: sampleResult(),
  complete: sampleResult({ decision: sampleDecision({ action: "complete", rule: "complete", to: null }) }),
  disabled: sampleResult({ decision: sampleDecision({ action: "disabled", rule: "disabled", to: null }) }),
  rollback: rollbackResult(),
  warning: warningResult(),
  insufficient: insufficientResult(),
  failing: failingResult(),
  "no data": noDataResult(),
  lossy: lossyResult(),
  "before/after": beforeAfterResult(),
  "first 24 hours": firstDayResult(),
  hostile: hostileResult(),
  "a month": sampleMonth(),
  "sixty metrics": manyMetrics(60, rollbackResult()),
};
