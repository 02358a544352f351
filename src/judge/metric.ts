/** One metric: every day, then the gate so far, which also hears what its single days said. */
import type { Config } from "../model/config.ts";
import { judgedOnText } from "../model/coverage.ts";
import { isHour } from "../model/hours.ts";
import type {
  DayMeasurement,
  MetricDefinition,
  MetricMeasurement,
  WindowMeasurement,
} from "../model/measurement.ts";
import type { DayResult, MetricResult, WindowResult } from "../model/result.ts";
import type { JudgeMode, Phase } from "../model/words.ts";
import { becauseOf } from "./because.ts";
import { callDay, callObservation, type Standard } from "./classify.ts";
import type { DayState } from "./days.ts";
import { evidenceOf } from "./evidence.ts";
import { flipOf } from "./flip.ts";
import { hasSay } from "./hour-states.ts";
import type { JudgeInput } from "./input.ts";
import { linesFor } from "./reading.ts";
import { volumeFor } from "./volume.ts";
import { windowResult } from "./window-result.ts";
import { inSlot, listText, slotNoun } from "./wording.ts";

export function judgeMetrics(
  input: JudgeInput,
  days: readonly DayState[],
  mode: JudgeMode,
): readonly MetricResult[] {
  return input.metrics.map((measured) => judgeMetric(measured, { input, days, mode }));
}

interface Setting {
  readonly input: JudgeInput;
  readonly days: readonly DayState[];
  readonly mode: JudgeMode;
}

function judgeMetric(measured: MetricMeasurement, setting: Setting): MetricResult {
  const { definition, error, unavailable } = measured;
  const guardrail = setting.input.config.thresholds.get(definition.name) ?? null;
  const { config, comparison } = setting.input;
  const standard = standardFor(definition, config, { comparison, mode: setting.mode });
  const states = new Map(setting.days.map((day) => [day.date, day]));
  const judged = measured.days.map((day) => judgeDay(day, measured, standard, states.get(day.date)));
  const { title, description, better, unit, shape, top, denominator, path, name } = definition;
  return {
    name,
    title,
    description,
    role: guardrail?.role ?? "informational",
    required: guardrail?.required ?? true,
    better,
    unit,
    shape,
    top,
    denominator,
    path,
    thresholds:
      guardrail === null || guardrail.harm === null
        ? null
        : {
            harm: guardrail.harm,
            warning: guardrail.warning,
            rollback: guardrail.rollback,
            severe: guardrail.severe,
          },
    observation: withCoverage(
      judgeObservation(measured, standard, { days: judged, phase: setting.input.phase }),
      measured,
    ),
    days: judged.map(({ result }) => result),
    movers: measured.movers,
    unavailable,
    error,
  };
}

/** By what a metric is called: its lines, and over how many guardrails alpha is shared. */
export function standardFor(
  definition: MetricDefinition,
  config: Config,
  { comparison, mode }: Pick<Standard, "comparison" | "mode">,
): Standard {
  const guardrail = config.thresholds.get(definition.name) ?? null;
  const guardrails = [...config.thresholds.values()].filter(({ role }) => role === "guardrail").length;
  return {
    mode,
    lines: linesFor(guardrail, comparison),
    guardrails: Math.max(1, guardrails),
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
  window: WindowResult,
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

function judgeDay(
  day: DayMeasurement,
  measured: MetricMeasurement,
  standard: Standard,
  state: DayState | undefined,
): JudgedDay {
  const evidence = evidenceOf(usable(day, measured));
  const called = callDay(evidence, standard);
  const volume = { volumeNeeded: null, daysNeeded: null };
  const minimum = standard.minSample[standard.denominator];
  const place = { when: inSlot(day.date), slot: isHour(day.date) ? "hour" : "day" } as const;
  const story = { definition: measured.definition, evidence, called, standard, volume, ...place };
  const reason = whyNothing(measured) ?? becauseOf({ ...story, severeDay: null, noisyDays: [] });
  const because = called.fires === "severe" ? orLost(reason, state) : reason;
  const result = {
    date: day.date,
    complete: state?.complete ?? false,
    observed: state?.observed ?? false,
    ...windowResult({ evidence, called, standard }),
    because,
  };
  return { result, judged: (state?.judged ?? false) && hasSay(result, minimum) };
}

function judgeObservation(
  measured: MetricMeasurement,
  standard: Standard,
  { days, phase }: { readonly days: readonly JudgedDay[]; readonly phase: Phase },
): WindowResult {
  const counting = days.filter((day) => day.judged).map((day) => day.result);
  const severe = counting.filter((day) => day.fires === "severe");
  const reads = counting.filter((day) => day.reading === "rollback");
  const evidence = evidenceOf(usable(measured.observation, measured));
  const called = callObservation(evidence, standard, { reads: reads.length > 0, fires: severe.length > 0 });
  const withData = days.filter(
    (day) => day.result.observed && day.result.classification !== "no_data",
  ).length;
  const slot = slotNoun(phase);
  const volume = volumeFor({ evidence, called, standard, days: slot === "hour" ? withData / 24 : withData });
  const { definition } = measured;
  const story = { definition, evidence, called, standard, volume, when: "", slot };
  const noisyDays = reads.filter((day) => day.fires !== "severe").map((day) => day.date);
  return {
    ...windowResult({ evidence, called, standard }),
    ...volume,
    flip: flipOf(story),
    because:
      whyNothing(measured) ?? becauseOf({ ...story, severeDay: severe[0]?.because ?? null, noisyDays }),
  };
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
