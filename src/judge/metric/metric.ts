/** One metric: every day, then the gate so far, which also depends on what its single days read. */
import { judgedOnText } from "../../model/coverage.ts";
import type { MetricMeasurement } from "../../model/measurement.ts";
import type { Clock, MetricResult, MetricThresholds, ObservationResult } from "../../model/result.ts";
import type { JudgeMode } from "../../model/words.ts";
import { type SlotNoun, slotNoun } from "../../text/times.ts";
import { type Chance, chanceOfSevereDay, severeDaysSuffix } from "../checks/severe-days.ts";
import { awaitedText } from "../decision/observing.ts";
import type { JudgeInput } from "../input.ts";
import { clockOf } from "../window/clock.ts";
import { baselineDays } from "../window/comparison.ts";
import type { DayState } from "../window/days.ts";
import { type Volume, volumeFor } from "../window/volume.ts";
import { windowResult } from "../window/window-result.ts";
import { metricBoundaries } from "./boundaries.ts";
import { adjustedInterval } from "./bounds.ts";
import { type ClassifiedWindow, classifyObservation } from "./classify.ts";
import { criteriaFor, reaches, thresholdsOf } from "./criteria.ts";
import { type JudgedBy, type JudgedDay, judgeDay } from "./day.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { continued, explanation, unmeasured } from "./explanation.ts";
import { marginToNextClass } from "./margin.ts";

interface MetricWithDays extends JudgedBy {
  readonly thresholds: MetricThresholds | null;
  readonly days: readonly JudgedDay[];
}

const NOTHING = { baseline: null, candidate: null };

export function judgeMetrics(
  input: JudgeInput,
  days: readonly DayState[],
  mode: JudgeMode,
): readonly MetricResult[] {
  const states = new Map(days.map((day) => [day.date, day]));
  const { config, comparison, ledger } = input;
  const { plannedNights } = input.window;
  const metrics = input.metrics.map(usable).map((measured): MetricWithDays => {
    const guardrail = config.thresholds.get(measured.definition.name);
    const criteria = criteriaFor(measured.definition, config, { comparison, mode, plannedNights });
    const by = { measured, criteria, role: guardrail?.role ?? "informational" };
    const judged = measured.days.map((day) => judgeDay(day, by, { state: states.get(day.date), ledger }));
    return { ...by, thresholds: thresholdsOf(guardrail), days: judged };
  });
  // What chance alone shows is one number for all guardrails, and each says it of its own days; of a metric measured alone it is its own.
  const guardrails = metrics.filter(({ role }) => role === "guardrail");
  const names = new Set(guardrails.map(({ measured }) => measured.definition.name));
  const isOfOne = [...config.thresholds].some(
    ([name, { role, severe }]) => role === "guardrail" && severe !== null && !names.has(name),
  );
  const chance = chanceOfSevereDay(
    guardrails.map(({ thresholds, days }) => ({ thresholds, days: severeDays(days) })),
    isOfOne,
  );
  return metrics.map((metric) => judgeMetric(metric, input, chance));
}

/** A failed or impossible query has no rows, whatever came in. */
function usable(measured: MetricMeasurement): MetricMeasurement {
  if (measured.error === null && measured.unavailable === null) return measured;
  return { ...measured, observation: NOTHING, days: measured.days.map((day) => ({ ...day, ...NOTHING })) };
}

/** The days that the severe rule looks at. */
function severeDays(days: readonly JudgedDay[]) {
  return days.filter(({ judged }) => judged).map(({ result }) => result);
}

function judgeMetric(metric: MetricWithDays, input: JudgeInput, chance: Chance): MetricResult {
  const { measured, role, thresholds, days } = metric;
  const { error, unavailable, movers, coverage } = measured;
  const { title, description, better, unit, shape, top, denominator, path, name } = measured.definition;
  const observation = judgeObservation(metric, input, chance);
  // A number that leaves out more than a hundredth says so in its own sentence, wherever that is read.
  const judgedOn = judgedOnText(coverage, denominator);
  const because = judgedOn === null ? observation.because : continued(observation.because, `; ${judgedOn}`);
  return {
    ...{ name, title, description, role, required: input.config.thresholds.get(name)?.required ?? true },
    ...{ better, unit, shape, top, denominator, path, thresholds },
    observation: { ...observation, because, coverage },
    days: days.map(({ result }) => result),
    ...{ movers, dimensions: [], unavailable, error },
  };
}

function judgeObservation(
  { measured, criteria, days, role }: MetricWithDays,
  input: JudgeInput,
  chance: Chance,
): Omit<ObservationResult, "coverage"> {
  const judged = severeDays(days);
  const severe = judged.find((day) => day.fires === "severe");
  const awaited = awaitedText(input);
  const evidence =
    awaited === null ? evidenceOf(measured.observation, measured.prePeriod) : evidenceOf(NOTHING);
  const severeDay = {
    reads: judged.some((day) => day.reading === "rollback"),
    fires: severe !== undefined,
    waits: judged.some((day) => day.doubt?.kind === "person"),
  };
  const boundaries = metricBoundaries(input, { days: days.map(({ result }) => result), evidence }, criteria);
  const classified = classifyObservation(evidence, criteria, severeDay, boundaries);
  const window = { evidence, classified, criteria };
  const slot = slotNoun(input.phase);
  const volume = volumeFor({ ...window, ...daysSoFar(days, slot) });
  // A window that is past the line itself needs no word on single days that chance may have put there.
  const isPast = reaches(classified.change, criteria.lines?.severe ?? null);
  const named = isPast ? judged.filter(({ doubt }) => doubt?.kind !== "chance") : judged;
  const suffix = severeDaysSuffix(named, { thresholds: criteria.lines, chance, slot });
  return {
    ...windowResult(window),
    ...adjustment(window),
    volumeNeeded: volume.volumeNeeded,
    daysNeeded: volume.daysNeeded,
    daysNeededAtLeast: volume.atLeast,
    never: volume.never,
    clock: role === "guardrail" ? clockFor(volume, input) : null,
    flip: marginToNextClass(window),
    because:
      unmeasured(measured) ??
      awaited ??
      severe?.because ??
      explanation({ ...window, volume, when: "", slot, suffix, baseline: baselineDays(input) }),
  };
}

/** Hours are no nights. */
function clockFor({ outlook, daysNeeded, atLeast }: Volume, { phase, window }: JudgeInput): Clock | null {
  if (outlook === null || phase === "first-24h") return null;
  return clockOf({ ...outlook, moreDays: daysNeeded, atLeast }, window.reportDate);
}

/** The bound that must exclude the rollback line, and the change with the days before the rollout taken into account. */
function adjustment({
  evidence,
  classified,
  criteria,
}: ClassifiedWindow): Pick<ObservationResult, "promoteBound" | "adjusted" | "notAdjusted"> {
  const { boundaries, excluding } = classified;
  const { adjusted, notAdjusted } = evidence;
  const harmful = (criteria.lines?.harm ?? "drop") === "drop" ? 0 : 1;
  return {
    promoteBound: boundaries === null ? null : (excluding?.[harmful] ?? null),
    adjusted:
      adjusted === null
        ? null
        : {
            delta: adjusted.comparison.delta,
            interval: adjustedInterval(evidence),
            standardError: adjusted.comparison.standardError,
            varianceRemoved: 1 - adjusted.varianceRatio,
          },
    notAdjusted: notAdjusted === null ? null : WHY_NOT_ADJUSTED[notAdjusted],
  };
}

const WHY_NOT_ADJUSTED: Readonly<Record<NonNullable<Evidence["notAdjusted"]>, string>> = {
  "few units before": "fewer than 30 units of a variant were there before the rollout",
  "no variation": "every unit had the same rate before the rollout",
  "few events": "there are too few events, which are compared by exact counts",
  imbalance: "the variants differed before the rollout by more than chance",
};

/** Days with data, and the mean of their squared errors; hours of one day share their people and say nothing of other days. */
function daysSoFar(
  days: readonly JudgedDay[],
  slot: SlotNoun,
): { readonly days: number; readonly dayVariance: number | null } {
  const withData = days.filter(({ result }) => result.observed && result.classification !== "no_data");
  const variances = withData.map(({ result }) => (result.standardError ?? 0) ** 2);
  if (slot === "hour") return { days: withData.length / 24, dayVariance: null };
  const known = variances.length > 0 && variances.every((variance) => variance > 0);
  const mean = variances.reduce((sum, variance) => sum + variance, 0) / variances.length;
  return { days: withData.length, dayVariance: known ? mean : null };
}
