/** Is there enough to go on? Days, steady traffic, and a settled answer from every guardrail. */

import { lineText, sizeText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { daysInGate } from "../window/days.ts";
import { steadyIn, swingText } from "../window/stability.ts";
import { awaitsFirstDay } from "../window/window.ts";
import { affectsVerdict, type DecisionContext } from "./decision-context.ts";
import { forecastOf } from "./forecast.ts";
import { no, type RuleOutcome, yes } from "./verdict.ts";

export function observing(context: DecisionContext): RuleOutcome {
  const { input, guardrails } = context;
  const awaited = awaitedText(input);
  if (awaited !== null) return yes([awaited]);
  const open = guardrails.filter(
    (metric) => affectsVerdict(metric) && metric.observation.classification === "insufficient",
  );
  const reasons = [
    ...(input.phase === "first-24h" ? [firstDayText(context)] : [tooFewDays(context), unsteady(context)]),
    input.comparison === "before-after"
      ? "Everyone has the candidate, so there is nobody to compare with: before/after never proves health."
      : null,
    // Before/after nothing is ever settled: that is one sentence, not one per guardrail.
    ...(input.comparison === "before-after" ? [] : open.map((metric) => metric.observation.because)),
  ].filter((reason) => reason !== null);
  if (reasons.length > 0) return yes(withForecast(reasons, context));
  return no(`${sufficientText(context)}${steady(context)}; every guardrail has enough data.`);
}

/** "The first day of g50 is 2026-02-09; 2026-02-08 is its ramp day, in no gate." Null once that day has come. */
export function awaitedText({ config, window }: JudgeInput): string | null {
  const { name, started } = config.activeGate;
  if (!awaitsFirstDay(window)) return null;
  const tonight =
    window.reportDate === started?.day ? "is its ramp day, in no gate" : "lies before it, in no gate";
  return `The first day of ${name} is ${window.opensOn}; ${window.reportDate} ${tonight}.`;
}

/** Nothing has fired so far, or an earlier rule had decided. */
function firstDayText({ traffic, input }: DecisionContext): string {
  const hours = plural(traffic.days.filter((hour) => hour.complete).length, "complete hour");
  return `No guardrail is past its rollback line after ${hours}; keep ${input.config.activeGate.name}. Promoting is for the nightly run, over whole days.`;
}

/** Next to the first reason, for it is what the operator wants to know. */
function withForecast(reasons: readonly string[], context: DecisionContext): readonly string[] {
  const forecast = forecastOf(context);
  const [first = "", ...others] = reasons;
  return forecast === null ? reasons : [first, forecast.text, ...others];
}

/** "2 sufficient days of 45 complete ones, 3 needed" */
function sufficientText({ sufficient, complete, input }: DecisionContext): string {
  const thin = complete.length > sufficient.length ? ` of ${complete.length} complete` : "";
  return `${plural(sufficient.length, "sufficient day")}${thin}, ${input.config.activeGate.minDays} needed`;
}

function tooFewDays(context: DecisionContext): string | null {
  const { minDays, name } = context.input.config.activeGate;
  if (context.sufficient.length >= minDays) return null;
  return `${name} has ${sufficientText(context)}; ${context.input.window.reportDate} is its day ${daysInGate(context.input)}.`;
}

function unsteady(context: DecisionContext): string | null {
  const { trafficStability: limit } = context.input.config.activeGate;
  if (limit === null) return null;
  const { swing, days } = steadyIn(context, limit);
  if (days === 0) return null;
  return swing === null
    ? "Steady traffic takes at least two complete days."
    : `Traffic is not steady: ${swingText(swing, limit)}.`;
}

function steady(context: DecisionContext): string {
  const { trafficStability: limit } = context.input.config.activeGate;
  const swing = limit === null ? null : steadyIn(context, limit).swing;
  if (swing === null || limit === null) return "";
  return `; traffic stays within ${sizeText(swing.swing, [limit])} of its mean, ${lineText(limit)} allowed`;
}
