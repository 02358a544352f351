/**
 * How long a hold lasts at the present traffic: the slowest of the conditions it waits for, by name. A condition that no number of
 * such days can meet is never, with the reason. Nothing is decided here.
 */
import type { Forecast, MetricResult } from "../../model/result.ts";
import type { ForecastCondition } from "../../model/words.ts";
import { countText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import { neverText } from "../metric/explanation.ts";
import { steadyIn, swingText } from "../window/stability.ts";
import { MOST_DAYS } from "../window/volume.ts";
import { affectsVerdict, type DecisionContext } from "./decision-context.ts";

interface Waiting {
  readonly condition: ForecastCondition;
  /** Null: unknown. */
  readonly days: number | "never" | null;
  /** The days are the fewest. */
  readonly atLeast?: boolean;
  /** What is waited for; of never the whole reason. */
  readonly text: string;
  readonly metric?: MetricResult;
}

/** Null when the gate waits for nothing, and in the first 24 hours, which are over when they are over. */
export function forecastOf(context: DecisionContext): Forecast | null {
  if (context.input.phase === "first-24h") return null;
  const waits = [
    ...withoutBaseline(context),
    ...sufficientDays(context),
    ...stability(context),
    ...quietDays(context),
    ...context.guardrails.filter(affectsVerdict).flatMap(evidence),
  ];
  const slowest = waits.toSorted((a, b) => rank(b) - rank(a))[0];
  if (slowest === undefined) return null;
  const { condition, days, metric } = slowest;
  return {
    days: typeof days === "number" ? days : null,
    never: days === "never",
    condition,
    metric: metric?.name ?? null,
    text: textOf(slowest, waits),
  };
}

/** Unknown is longer than every number, and never longer than both. */
function rank({ days }: Waiting): number {
  return days === "never" ? Number.POSITIVE_INFINITY : (days ?? MOST_DAYS + 1);
}

function textOf({ days, text }: Waiting, waits: readonly Waiting[]): string {
  if (days === "never") return `Never ${text}.`;
  if (days === null) return `${text}.`;
  const about = waits.some(({ atLeast }) => atLeast) ? "At least" : "About";
  return `${about} ${plural(days, "more day")} at this traffic: ${text}.`;
}

function withoutBaseline({ input }: DecisionContext): readonly Waiting[] {
  if (input.comparison !== "before-after") return [];
  const { name } = input.config.activeGate;
  const text = `by waiting: without a holdback a person closes ${name} (gatebook record complete)`;
  return [{ condition: "comparison", days: "never", text }];
}

function sufficientDays({ input, sufficient, complete }: DecisionContext): readonly Waiting[] {
  const { minDays, name, consecutiveHealthyDays } = input.config.activeGate;
  const needed = minDays - sufficient.length;
  const condition = "sufficient_days";
  const scarce = scarcest({ input, complete });
  // Quiet days are sufficient ones, so that they wait for the same volume.
  if (sufficient.length === 0 && scarce !== null && (needed > 0 || consecutiveHealthyDays > 0))
    return [{ condition, days: "never", text: scarce }];
  if (needed <= 0) return [];
  const text = `${name} needs ${plural(minDays, "sufficient day")} and has ${sufficient.length}`;
  const share = complete.length === 0 ? 1 : Math.max(1, sufficient.length) / complete.length;
  return [{ condition, days: Math.ceil(needed / share - 1e-9), atLeast: complete.length === 0, text }];
}

/** What a mean complete day has too little of for min_sample, as a sentence; null: of nothing. */
function scarcest({ input, complete }: Pick<DecisionContext, "input" | "complete">): string | null {
  const dates = new Set(complete.map(({ date }) => date));
  const days = input.traffic.days.filter(({ date }) => dates.has(date));
  const kinds = (["candidate", "baseline"] as const).flatMap((variant) =>
    (["impressions", "clicks"] as const).map((what) => {
      const mean = days.reduce((sum, day) => sum + day[variant][what], 0) / days.length;
      return { variant, what, mean, minimum: input.config.minSample[what] };
    }),
  );
  const least = kinds.toSorted((a, b) => a.mean / a.minimum - b.mean / b.minimum)[0];
  if (days.length === 0 || least === undefined || !(least.mean < least.minimum)) return null;
  const { variant, what, mean, minimum } = least;
  const remedy = variant === "candidate" ? "raise the exposure or lower min_sample" : "lower min_sample";
  return `at this traffic: a day has about ${countText(mean)} of ${countText(minimum)} ${variant} ${what}; ${remedy}`;
}

/**
 * In a row, at the rate of quiet days so far: (p^-N − p^-r)/(1 − p) days from r to N in a row. Source: Feller, An Introduction to
 * Probability Theory I, 3rd ed., XIII.7. One quiet day more than seen is added, so that none yet is not never.
 */
function quietDays({ input, quiet, complete, quietRun }: DecisionContext): readonly Waiting[] {
  const { consecutiveHealthyDays: needed, name } = input.config.activeGate;
  const run = quietRun.length;
  if (run >= needed) return [];
  const condition = "quiet_days";
  const share = (quiet.length + 1) / (complete.length + 1);
  const days = share === 1 ? needed - run : (share ** -needed - share ** -run) / (1 - share);
  const text = `${name} needs ${plural(needed, "quiet day")} in a row and has ${run}`;
  const rate = `at this rate: ${quiet.length} of ${complete.length} days are quiet`;
  if (days > MOST_DAYS) return [{ condition, days: "never", text: rate }];
  return [{ condition, days: Math.ceil(days - 1e-9), atLeast: complete.length === 0, text }];
}

function stability(context: DecisionContext): readonly Waiting[] {
  const { trafficStability: limit } = context.input.config.activeGate;
  if (limit === null) return [];
  const found = steadyIn(context, limit);
  if (found.days === 0) return [];
  const condition = "stability";
  if (found.swing === null)
    return [{ condition, days: found.days, text: "steady traffic takes at least two complete days" }];
  const far = swingText(found.swing, limit);
  if (found.days === null)
    return [{ condition, days: "never", text: `while ${found.swing.day.date} is in the window: ${far}` }];
  return [{ condition, days: found.days, text: far }];
}

function evidence(metric: MetricResult): readonly Waiting[] {
  const { classification, daysNeeded, volumeNeeded, daysNeededAtLeast: atLeast, never } = metric.observation;
  if (classification !== "insufficient") return [];
  const condition = "evidence";
  const { title, denominator } = metric;
  if (never !== null) return [{ condition, days: "never", text: `${neverText(never)} (${title})`, metric }];
  if (daysNeeded === null || volumeNeeded === null)
    return [{ condition, days: null, text: `More days alone may not settle ${title}`, metric }];
  const text = `${title} needs about ${countText(volumeNeeded)} candidate ${denominator}`;
  return [{ condition, days: daysNeeded, atLeast, text, metric }];
}
