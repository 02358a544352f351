/** One metric: every day, then the gate so far, which also hears what its single days said. */

import type { Config, Guardrail } from "../../model/config.ts";
import { judgedOnText } from "../../model/coverage.ts";
import { isHour } from "../../model/hours.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type {
  DayMeasurement,
  MetricDefinition,
  MetricMeasurement,
  WindowMeasurement,
} from "../../model/measurement.ts";
import type {
  DayResult,
  MetricResult,
  MetricThresholds,
  ObservationResult,
  SevereDoubt,
} from "../../model/result.ts";
import type { JudgeMode, Role, Slot } from "../../model/words.ts";
import { thresholdLines } from "../../text/beside.ts";
import { inSlot, type SlotNoun, slotNoun } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import {
  acceptanceOf,
  type Chance,
  chanceOfSevereDay,
  type Looked,
  severeDaysSuffix,
  unitsText,
} from "../checks/severe-days.ts";
import { awaitedText } from "../decision/observing.ts";
import type { JudgeInput } from "../input.ts";
import { baselineDays } from "../window/comparison.ts";
import type { DayState } from "../window/days.ts";
import { isJudgeable } from "../window/hour-states.ts";
import { noVolume, volumeFor } from "../window/volume.ts";
import { windowResult } from "../window/window-result.ts";
import { type Classified, type Criteria, classifyDay, classifyObservation } from "./classify.ts";
import { evidenceOf } from "./evidence.ts";
import { explanation } from "./explanation.ts";
import { withoutHeavyUnits } from "./heavy-units.ts";
import { marginToNextClass } from "./margin.ts";
import { linesFor, reaches } from "./reading.ts";

export function judgeMetrics(
  input: JudgeInput,
  days: readonly DayState[],
  mode: JudgeMode,
): readonly MetricResult[] {
  const states = new Map(days.map((day) => [day.date, day]));
  const looked = input.metrics.map((measured) => judgeDays(measured, { input, states, mode }));
  // What chance alone shows is one number for all guardrails, and each says it of its own days.
  const chance = chanceOfSevereDay(looked.filter(({ role }) => role === "guardrail").map(lookedAt));
  return looked.map((one) => judgeMetric(one, input, chance));
}

interface DaysToJudge {
  readonly input: JudgeInput;
  readonly states: ReadonlyMap<Slot, DayState>;
  readonly mode: JudgeMode;
}

interface LookedMetric {
  readonly measured: MetricMeasurement;
  readonly criteria: Criteria;
  readonly role: Role;
  readonly thresholds: MetricThresholds | null;
  readonly days: readonly JudgedDay[];
}

function judgeDays(measured: MetricMeasurement, { input, states, mode }: DaysToJudge): LookedMetric {
  const { config, comparison, ledger } = input;
  const criteria = criteriaFor(measured.definition, config, { comparison, mode });
  const guardrail = config.thresholds.get(measured.definition.name) ?? null;
  const { role = "informational" } = guardrail ?? {};
  const days = measured.days.map((day) =>
    judgeDay(day, { measured, criteria, role, ledger, state: states.get(day.date) }),
  );
  return { measured, criteria, role, thresholds: thresholdsOf(guardrail), days };
}

function thresholdsOf(guardrail: Guardrail | null): MetricThresholds | null {
  if (guardrail === null || guardrail.harm === null) return null;
  const { harm, warning, rollback, severe } = guardrail;
  return { harm, warning, rollback, severe };
}

function lookedAt({ thresholds, days }: LookedMetric): Looked {
  return { thresholds, days: days.filter((day) => day.judged).map((day) => day.result) };
}

function judgeMetric(looked: LookedMetric, input: JudgeInput, chance: Chance): MetricResult {
  const { measured, role, thresholds, days } = looked;
  const { definition, error, unavailable } = measured;
  const { title, description, better, unit, shape, top, denominator, path, name } = definition;
  return {
    name,
    title,
    description,
    role,
    required: input.config.thresholds.get(name)?.required ?? true,
    better,
    unit,
    shape,
    top,
    denominator,
    path,
    thresholds,
    observation: withCoverage(judgeObservation(looked, input, chance), measured),
    days: days.map(({ result }) => result),
    movers: measured.movers,
    unavailable,
    error,
  };
}

/** Days that a gate is expected to last where it has no max_days. */
const NIGHTS_OF_A_GATE = 14;

/** By what a metric is called: its lines, and over how many guardrails alpha is shared. */
export function criteriaFor(
  definition: MetricDefinition,
  config: Config,
  { comparison, mode }: Pick<Criteria, "comparison" | "mode">,
): Criteria {
  const guardrail = config.thresholds.get(definition.name) ?? null;
  const guardrails = [...config.thresholds.values()].filter(({ role }) => role === "guardrail");
  return {
    mode,
    lines: linesFor(guardrail, comparison),
    guardrails: Math.max(1, guardrails.length),
    severeLooks:
      (config.activeGate.maxDays ?? NIGHTS_OF_A_GATE) *
      Math.max(1, guardrails.filter(({ severe }) => severe !== null).length),
    minSample: config.minSample,
    denominator: definition.denominator,
    unit: definition.unit,
    comparison,
  };
}

/** A day that lacks some of its data still counts for severe, and says what else it may be. */
function orLost(because: string, state: DayState | undefined): string {
  const open = state?.losses.open ?? [];
  if (open.length === 0) return because;
  const what = listText([...new Set(open.map((loss) => loss.what))]);
  return `${because.replace(/\.$/, "")}; or ${what} are lost (${open.map(({ text }) => text).join("; ")}).`;
}

/** A number that leaves out more than a hundredth says so in its own sentence, wherever that is read. */
function withCoverage(
  window: Omit<ObservationResult, "coverage">,
  { coverage, definition }: MetricMeasurement,
): MetricResult["observation"] {
  const judgedOn = judgedOnText(coverage, definition.denominator);
  const because = judgedOn === null ? window.because : `${window.because.replace(/\.$/, "")}; ${judgedOn}.`;
  return { ...window, because, coverage };
}

interface JudgedDay {
  readonly result: DayResult;
  readonly judged: boolean;
}

interface DayToJudge extends Pick<LookedMetric, "measured" | "criteria" | "role"> {
  readonly ledger: LedgerState;
  readonly state: DayState | undefined;
}

function judgeDay(day: DayMeasurement, toJudge: DayToJudge): JudgedDay {
  const { measured, criteria, state } = toJudge;
  const window = usable(day, measured);
  const evidence = evidenceOf(window);
  const heavy = withoutHeavyUnits({ ...day, ...window });
  const withoutHeavy = heavy === null ? null : evidenceOf(heavy.window);
  const classified = classifyDay(evidence, criteria, withoutHeavy);
  const shown = {
    date: day.date,
    complete: state?.complete ?? false,
    observed: state?.observed ?? false,
    ...windowResult({ evidence, classified, criteria }),
  };
  const minimum = criteria.minSample[criteria.denominator];
  const judged = (state?.judged ?? false) && isJudgeable(shown, minimum);
  const units = { units: heavy?.units ?? [], deltaWithout: withoutHeavy?.delta ?? null };
  const doubt = judged ? doubtOf(day.date, classified.doubt, { ...toJudge, ...units }) : null;
  const place = { when: inSlot(day.date), slot: isHour(day.date) ? "hour" : "day" } as const;
  const toExplain = {
    definition: measured.definition,
    evidence,
    classified,
    criteria,
    volume: noVolume,
    ...place,
  };
  const suffix =
    doubt?.kind === "person"
      ? `; a person must judge it${unitsText(doubt, criteria.denominator, thresholdLines(criteria.lines))}`
      : "";
  const reason =
    whyNothing(measured) ?? explanation({ ...toExplain, severeDay: null, suffix, baseline: null });
  const because = classified.fires === "severe" ? orLost(reason, state) : reason;
  return { result: { ...shown, because, doubt }, judged };
}

/** Only a guardrail asks for a person, and only until somebody has accepted the day. */
function doubtOf(
  date: Slot,
  kind: Classified["doubt"],
  { role, ledger, units, deltaWithout }: DayToJudge & Pick<SevereDoubt, "units" | "deltaWithout">,
): SevereDoubt | null {
  if (kind === null || role !== "guardrail") return null;
  if (kind === "chance") return { kind, units: [], deltaWithout: null };
  return { kind: acceptanceOf(date, ledger) === null ? kind : "accepted", units, deltaWithout };
}

function judgeObservation(
  looked: LookedMetric,
  input: JudgeInput,
  chance: Chance,
): Omit<ObservationResult, "coverage"> {
  const { measured, criteria, days } = looked;
  const counting = lookedAt(looked).days;
  const severe = counting.filter((day) => day.fires === "severe");
  const awaited = awaitedText(input);
  const nothing = { baseline: null, candidate: null };
  const evidence = evidenceOf(awaited === null ? usable(measured.observation, measured) : nothing);
  const classified = classifyObservation(evidence, criteria, {
    reads: counting.some((day) => day.reading === "rollback"),
    fires: severe.length > 0,
    waits: counting.some((day) => day.doubt?.kind === "person"),
  });
  const slot = slotNoun(input.phase);
  const volume = volumeFor({ evidence, classified, criteria, ...daysSoFar(days, slot) });
  const { definition } = measured;
  const toExplain = { definition, evidence, classified, criteria, volume, when: "", slot };
  // A window that is past the line itself needs no word on single days that chance may have put there.
  const isPast = reaches(classified.change, criteria.lines?.severe ?? null);
  const named = isPast ? counting.filter(({ doubt }) => doubt?.kind !== "chance") : counting;
  const suffix = severeDaysSuffix(named, { thresholds: criteria.lines, chance, slot });
  return {
    ...windowResult({ evidence, classified, criteria }),
    volumeNeeded: volume.volumeNeeded,
    daysNeeded: volume.daysNeeded,
    daysNeededAtLeast: volume.atLeast,
    never: volume.never,
    flip: marginToNextClass(toExplain),
    because:
      whyNothing(measured) ??
      awaited ??
      explanation({
        ...toExplain,
        severeDay: severe[0]?.because ?? null,
        suffix,
        baseline: baselineDays(input),
      }),
  };
}

/** Days with data, and the mean of their squared errors; hours of one day share their people, and tell of no other day. */
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

/** A failed or impossible query has no rows, whatever was handed over. */
function usable(window: WindowMeasurement, { error, unavailable }: MetricMeasurement): WindowMeasurement {
  return error === null && unavailable === null ? window : { baseline: null, candidate: null };
}

function whyNothing({ definition, error, unavailable }: MetricMeasurement): string | null {
  if (error !== null)
    return `${definition.title} could not be measured: ${definition.path} failed (${error.message}).`;
  if (unavailable !== null) return `${definition.title} is ${unavailable.replace(/\.$/, "")}.`;
  return null;
}
