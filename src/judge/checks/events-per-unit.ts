/**
 * Do the units of both variants leave as many events? Coverage cannot see what was never exported: a candidate that logs 70% of its
 * unclicked impressions reads +23.8% where it drops 10%. Whether a significant difference is a change of use or a fault of logging only
 * a person can know.
 */
import { finding } from "../../model/check-result.ts";
import type { EventsPerUnit, UnitEvent } from "../../model/measurement.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import { oneSidedBounds } from "../../statistics/ratio.ts";
import { quantileAt } from "../../statistics/special.ts";
import { compareUnitMeans } from "../../statistics/unit-means.ts";
import { acceptedOnText } from "../../text/acceptance.ts";
import { changeText, lineText } from "../../text/numbers.ts";
import { listText } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";

/** Two-sided, as for the sample ratio. */
const ALARM = 0.001;
/** A difference from here on blocks whatever the guardrails read. */
const LARGE = 0.2;

const nouns: Readonly<Record<UnitEvent, string>> = {
  impressions: "impressions",
  clicks_with_dwell: "clicks with dwell",
  saves: "saves",
};

/** One check for each kind of event that was counted. */
export function eventsPerUnitChecks(
  input: JudgeInput,
  metrics: readonly MetricResult[],
): readonly CheckResult[] {
  return input.traffic.perUnit.map((counted) => perUnitCheck(counted, input, metrics));
}

function perUnitCheck(
  { event, baseline, candidate }: EventsPerUnit,
  input: JudgeInput,
  metrics: readonly MetricResult[],
): CheckResult {
  const noun = nouns[event];
  const describe = finding(`${event}_per_unit`, `As many ${noun} per unit`);
  if (input.comparison === "before-after")
    return describe("not_checked", "the variants are different weeks: nothing is randomised");
  const comparison = compareUnitMeans(baseline, candidate);
  if (comparison === null) return describe("not_checked", `too few units or ${noun} to compare`);
  const { delta } = comparison;
  const [observed, expected] = [candidate.events / candidate.units, baseline.events / baseline.units];
  const text = `${meanText(observed)} of the candidate against ${meanText(expected)} of the baseline (${changeText(delta)})`;
  const options = { observed, expected };
  const quantile = quantileAt(1 - ALARM / 2, comparison.degreesOfFreedom);
  const [lower, upper] = oneSidedBounds(comparison, ALARM / 2, quantile);
  if (lower <= 0 && upper >= 0) return describe("pass", text, options);
  const hidden = event === "impressions" ? hiddenHarm(delta, metrics) : [];
  const isLarge = Math.abs(delta) >= LARGE - 1e-9 && !isJudged(event, delta, metrics);
  const detail = `${text}, which chance does not explain${hidden.length === 0 ? "" : `; if they were lost, ${listText(hidden)}`}`;
  if (!isLarge && hidden.length === 0) return describe("warn", detail, options);
  const word = acceptWord(event, delta, input.config.activeGate.name);
  const accepted = input.ledger.accepted.findLast(({ what }) => covers(what, word));
  if (accepted !== undefined) return describe("warn", `${detail}: ${acceptedOnText(accepted)}`, options);
  const ask = `logging, or a real change of use? A person must decide (gatebook record accept ${word.text})`;
  return describe("fail", `${detail}: ${ask}`, { ...options, accept: word.text });
}

/** Guardrails that read well only as long as the missing impressions were never shown. */
function hiddenHarm(delta: number, metrics: readonly MetricResult[]): readonly string[] {
  return metrics.filter(guardsDrop).flatMap(({ observation, shape, denominator, thresholds, title }) => {
    const line = thresholds?.rollback ?? null;
    if (shape !== "ratio" || denominator !== "impressions" || line === null) return [];
    if (observation.delta === null) return [];
    const restored = (1 + observation.delta) * (1 + delta) - 1;
    if (restored > -line + 1e-9) return [];
    return [`${title} is ${changeText(restored, [-line])}, past the ${lineText(line)} rollback line`];
  });
}

/** Fewer clicks and saves where a guardrail fires on the drop already: that rule decides. */
function isJudged(event: UnitEvent, delta: number, metrics: readonly MetricResult[]): boolean {
  if (event === "impressions" || delta > 0) return false;
  return metrics.some((metric) => guardsDrop(metric) && metric.observation.fires !== null);
}

function guardsDrop({ role, thresholds }: MetricResult): boolean {
  return role === "guardrail" && thresholds?.harm === "drop";
}

/**
 * "events-per-unit:impressions@g10:fewer40": of one gate and one direction, up to a size, so that a finding that grows a little from night
 * to night is settled once and one that becomes another is not.
 */
function acceptWord(event: UnitEvent, delta: number, gate: string) {
  const stem = `events-per-unit:${event}@${gate}:${delta < 0 ? "fewer" : "more"}`;
  const size = Math.min(20 * Math.ceil(Math.abs(delta) / LARGE - 1e-9), 1000);
  return { stem, size, text: `${stem}${size}` };
}

/** What was accepted for −40% covers −25% as well. */
export function covers(
  what: string,
  { stem, size }: { readonly stem: string; readonly size: number },
): boolean {
  return what.startsWith(stem) && Number(what.slice(stem.length)) >= size;
}

/** 8.127 → "8.13", 0.0412 → "0.0412" */
function meanText(mean: number): string {
  return String(Number(mean.toPrecision(3)));
}
