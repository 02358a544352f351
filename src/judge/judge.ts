/**
 * The judgement: measured numbers in, a verdict with its whole reasoning out; once more under the bare thresholds, so that both
 * answers can be compared. Pure: judging the same input again gives the same bytes.
 */
import type { JudgeMode } from "../model/words.ts";
import { checklistFor } from "./checklist/checklist.ts";
import { allChecks } from "./checks/checks.ts";
import { moveSeen } from "./checks/gate-checks.ts";
import { decide } from "./decision/decide.ts";
import { decisionContext } from "./decision/decision-context.ts";
import type { JudgeInput, Judgement } from "./input.ts";
import { withDimensions } from "./metric/dimensions.ts";
import { judgeMetrics } from "./metric/metric.ts";
import { baselineDays } from "./window/comparison.ts";
import { dayStates, rampDays } from "./window/days.ts";
import { hourStates } from "./window/hour-states.ts";
import { describeTraffic } from "./window/traffic.ts";

export function judge(input: JudgeInput): Judgement {
  const days = input.phase === "first-24h" ? hourStates(input) : dayStates(input);
  const traffic = describeTraffic(input, days);
  const metrics = withDimensions(judgeMetrics(input, days, input.config.judge), input.metrics);
  const checks = allChecks(input, { days, traffic, metrics });
  const contextUnder = (mode: JudgeMode) => {
    const judged = mode === input.config.judge ? metrics : judgeMetrics(input, days, mode);
    return decisionContext(input, { days, traffic, checks, metrics: judged, mode });
  };
  const context = contextUnder(input.config.judge);
  const baseline = baselineDays(input);
  const decision = decide(context, contextUnder("literal"));
  return {
    decision,
    metrics,
    checks,
    traffic,
    checklist: checklistFor({ context, metrics, decision }),
    window: {
      baselineFrom: baseline?.from ?? null,
      baselineTo: baseline?.to ?? null,
      completeDays: context.complete.length,
      sufficientDays: context.sufficient.length,
      quietDays: context.quiet.length,
      rampDays: rampDays(input),
    },
    healthyDay: context.quietRun.length > 0,
    moveSeen: moveSeen(input, traffic),
  };
}
