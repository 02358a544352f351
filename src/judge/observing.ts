/** Is there enough to go on? Days, steady traffic, and a settled answer from every guardrail. */
import { daysInGate } from "./days.ts";
import { counts, type Facts } from "./facts.ts";
import type { JudgeInput } from "./input.ts";
import { largestSwing } from "./traffic.ts";
import { no, type Verdict, yes } from "./verdict.ts";
import { awaitsFirstDay } from "./window.ts";
import { changeText, lineText, plural } from "./wording.ts";

const NEVER_PROMOTE =
  "The first 24 hours never promote: that is for the nightly run, once whole days have been seen.";

export function observing(facts: Facts): Verdict {
  const { input, guardrails } = facts;
  const awaited = awaitedText(input);
  if (awaited !== null) return yes([awaited]);
  const open = guardrails.filter(
    (metric) => counts(metric) && metric.observation.classification === "insufficient",
  );
  const reasons = [
    ...(input.phase === "first-24h" ? [NEVER_PROMOTE] : [tooFewDays(facts), unsteady(facts)]),
    input.comparison === "before-after"
      ? "There is no concurrent baseline: before/after is not randomised and never proves health."
      : null,
    // Before/after nothing is ever settled: that is one sentence, not one per guardrail.
    ...(input.comparison === "before-after" ? [] : open.map((metric) => metric.observation.because)),
  ].filter((reason) => reason !== null);
  const more = moreDays(facts);
  if (reasons.length > 0) {
    return yes(
      more === null ? reasons : withDays(reasons, `About ${plural(more, "more day")} at this traffic.`),
    );
  }
  return no(`${sufficientText(facts)}${steady(facts)}; no guardrail is insufficient.`);
}

/** "The first day of g50 is 2026-02-09; 2026-02-08 is its ramp day, in no gate." Null once that day has come. */
export function awaitedText({ config, window }: JudgeInput): string | null {
  const { name, started } = config.activeGate;
  if (!awaitsFirstDay(window)) return null;
  const tonight =
    window.reportDate === started?.day ? "is its ramp day, in no gate" : "lies before it, in no gate";
  return `The first day of ${name} is ${window.opensOn}; ${window.reportDate} ${tonight}.`;
}

/** Next to the first reason, for it is what the operator wants to know; a guardrail's own sentence says it already. */
function withDays(reasons: readonly string[], about: string): readonly string[] {
  const [first = "", ...others] = reasons;
  return /more days? \(/.test(first) ? reasons : [first, about, ...others];
}

/** Whole days still to come, as far as anybody can say; null when more days are not what is missing. */
export function moreDays({ input, guardrails, sufficient }: Facts): number | null {
  if (input.phase === "first-24h") return null;
  const days = input.config.activeGate.minDays - sufficient.length;
  const needs = guardrails.filter(counts).map((metric) => metric.observation.daysNeeded ?? 0);
  const most = Math.max(0, days, ...needs);
  return most > 0 ? most : null;
}

/** "2 sufficient days of 45 complete ones, 3 needed" */
function sufficientText({ sufficient, complete, input }: Facts): string {
  const thin = complete.length > sufficient.length ? ` of ${complete.length} complete` : "";
  return `${plural(sufficient.length, "sufficient day")}${thin}, ${input.config.activeGate.minDays} needed`;
}

function tooFewDays(facts: Facts): string | null {
  const { minDays, name } = facts.input.config.activeGate;
  if (facts.sufficient.length >= minDays) return null;
  return `${name} has ${sufficientText(facts)}; ${facts.input.window.reportDate} is its day ${daysInGate(facts.input)}.`;
}

function swingOf({ complete, input }: Facts) {
  const dates = new Set(complete.map((day) => day.date));
  return largestSwing(input.traffic.days.filter((day) => dates.has(day.date)));
}

function unsteady(facts: Facts): string | null {
  const { trafficStability: limit } = facts.input.config.activeGate;
  if (limit === null) return null;
  const most = swingOf(facts);
  // One day cannot be steady or unsteady; a gate that wants steady traffic wants to see two.
  if (most === null) return "Steady traffic shows on two complete days at least.";
  if (Math.abs(most.swing) <= limit + 1e-9) return null;
  const side = most.swing < 0 ? "below" : "above";
  return `Traffic is not steady: ${most.day.date} was ${changeText(most.swing, [limit])} ${side} the window's mean, ${lineText(limit)} is allowed.`;
}

function steady(facts: Facts): string {
  const { trafficStability: limit } = facts.input.config.activeGate;
  const most = limit === null ? null : swingOf(facts);
  if (most === null || limit === null) return "";
  return `; traffic stays within ${changeText(most.swing, [limit])} of its mean, ${lineText(limit)} allowed`;
}
