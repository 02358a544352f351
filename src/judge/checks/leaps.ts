/**
 * Does a number leap beyond what an algorithm does? Dwell times that turn from seconds into milliseconds make every click a long one, in
 * one variant or in both; a day exported twice shows everybody twice as much; ids hashed with another salt make every user a new one.
 * The baseline does not change, so that its numbers do not double from one day to the next; and a candidate that doubles a guardrail is
 * more often a fault of recording than a discovery.
 */
import { finding } from "../../model/check-result.ts";
import type { MetricMeasurement, TrafficDay } from "../../model/measurement.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import type { Day, Variant } from "../../model/words.ts";
import { oneSidedBounds } from "../../statistics/ratio.ts";
import { quantileAt } from "../../statistics/special.ts";
import { acceptedText } from "../../text/acceptance.ts";
import { changeText, quantityText, roundedText, shareText } from "../../text/numbers.ts";
import { dayText } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import { affectsVerdict, type Judged } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";
import { type Evidence, enoughEvents, evidenceOf } from "../metric/evidence.ts";
import { sufficientDays } from "../window/days.ts";
import { covers } from "./events-per-unit.ts";
import { inspectLines } from "./inspect.ts";
import { firstThree } from "./severe-days.ts";

/** Twice, or half. */
const LEAP = 2;
/** Two-sided, as for events per unit. */
const ALARM = 0.001;
/** Of fewer units a single one may double the mean. */
const FEWEST_UNITS = 200;
/** Ids hashed with another salt leave nobody who had been seen; a campaign's newcomers leave more than a fifth of the share. */
const MANY_RETURN = 0.1;
const FEW_PARTS = 5;

interface Leap {
  /** The later of the two days. */
  readonly date: Day;
  /** "the baseline's Long-dwell share is 100% after 40.4% on 3 Feb (+148%)" */
  readonly text: string;
  /** A line for a shell that shows it. */
  readonly inspect: string | null;
}

/** One check for each day that leaps, and for each guardrail that the candidate doubles: each is settled by a word of its own. */
export function leapChecks(
  input: JudgeInput,
  { metrics, days }: Pick<Judged, "metrics" | "days">,
): readonly CheckResult[] {
  if (input.phase === "first-24h" || input.comparison === "before-after") return [];
  const dates = sufficientDays(days).map(({ date }) => date);
  const guardrails = metrics.flatMap((metric) => {
    const measured = input.metrics.find(({ definition }) => definition.name === metric.name);
    return measured !== undefined && metric.role === "guardrail" && affectsVerdict(metric)
      ? [{ metric, measured }]
      : [];
  });
  const leaps = [
    ...trafficLeaps(input.traffic.days, dates),
    ...guardrails.flatMap((guardrail) => metricLeaps(guardrail, dates)),
  ];
  const leaping = [...new Set(leaps.map(({ date }) => date))].sort();
  return [
    ...leaping.map((date) =>
      dayCheck(
        date,
        leaps.filter((leap) => leap.date === date),
        input,
      ),
    ),
    ...guardrails.flatMap((guardrail) => doubledCheck(guardrail, input)),
  ];
}

interface MeasuredGuardrail {
  readonly metric: MetricResult;
  readonly measured: MetricMeasurement;
}

function metricLeaps({ metric, measured }: MeasuredGuardrail, dates: readonly Day[]): readonly Leap[] {
  const days = dates.flatMap((date) => measured.days.find((day) => day.date === date) ?? []);
  const harm = metric.thresholds?.harm ?? null;
  return days.slice(1).flatMap((day, index) => {
    const before = days[index];
    if (before === undefined) return [];
    return (["baseline", "candidate"] as const).flatMap((variant) => {
      const change = evidenceOf({ baseline: before[variant], candidate: day[variant] });
      // a candidate's fall is what the severe rule is for
      const isJudged = variant === "candidate" && (harm === "rise") === (change.delta ?? 1) > 0;
      if (!isLeap(change) || isJudged) return [];
      const text = leapText(metric, variant, { change, since: before.date });
      return [{ date: day.date, text, inspect: `gatebook query ${metric.name}` }];
    });
  });
}

/** From nothing is a leap, too, and so is a fall to nothing. */
function isLeap(change: Evidence): boolean {
  const { delta, comparison, unbounded, degreesOfFreedom } = change;
  if (unbounded) return enoughEvents(change, "rise");
  if (delta === null || comparison === null || (1 / LEAP < 1 + delta && 1 + delta < LEAP)) return false;
  const quantile = degreesOfFreedom === null ? undefined : quantileAt(1 - ALARM / 2, degreesOfFreedom);
  const [lower, upper] = oneSidedBounds(comparison, ALARM / 2, quantile);
  return lower > 0 || upper < 0;
}

function leapText(
  { title, unit }: Pick<MetricResult, "title" | "unit">,
  variant: Variant,
  { change, since }: { readonly change: Evidence; readonly since: Day },
): string {
  const [from, to] = [change.baseline.value, change.candidate.value].map((value) =>
    quantityText(value, unit),
  );
  const size = change.delta === null ? "" : ` (${changeText(change.delta)})`;
  return `the ${variant}'s ${title} is ${to} after ${from} on ${dayText(since)}${size}`;
}

/** Of the baseline; impressions of the candidate alone are compared by events per unit, a check of its own. */
function trafficLeaps(traffic: readonly TrafficDay[], dates: readonly Day[]): readonly Leap[] {
  const days = dates.flatMap((date) => {
    const day = traffic.find((one) => one.date === date);
    const { impressions = 0, units = 0, newUnits = 0 } = day?.baseline ?? {};
    if (units < FEWEST_UNITS) return [];
    return [{ date, shown: impressions / units, returning: 1 - newUnits / units }];
  });
  return days.slice(1).flatMap((day, index) => {
    const before = days[index];
    if (before === undefined) return [];
    const since = `on ${dayText(before.date)}`;
    const texts: string[] = [];
    if (Math.max(day.shown / before.shown, before.shown / day.shown) >= LEAP) {
      const means = `${roundedText(day.shown, 3)} impressions after ${roundedText(before.shown, 3)}`;
      texts.push(`the baseline shows each unit ${means} ${since}`);
    }
    if (before.returning >= MANY_RETURN && day.returning * FEW_PARTS < before.returning) {
      const shares = `${shareText(day.returning)} after ${shareText(before.returning)}`;
      texts.push(`units of the baseline that had been seen before are ${shares} ${since}`);
    }
    const inspect = inspectLines["impressions_per_unit"] ?? null;
    return texts.map((text) => ({ date: day.date, text, inspect }));
  });
}

const ASK = "a fault of recording, or a real change? A person must judge";

function dayCheck(date: Day, leaps: readonly Leap[], { ledger }: JudgeInput): CheckResult {
  const describe = finding(`leap_${date}`, `${dayText(date)} is like the day before, or accepted`);
  const text = listText(firstThree(leaps, (leap) => leap.text));
  const accept = `leap:${date}`;
  const accepted = ledger.accepted.findLast(({ what }) => what === accept);
  if (accepted !== undefined) return describe("pass", `${text}; ${acceptedText(accepted)}`);
  const detail = `${text}: ${ASK} (gatebook record accept ${accept})`;
  const inspect = leaps[0]?.inspect ?? null;
  return describe("fail", detail, { observed: leaps.length, expected: 0, accept, inspect });
}

/** Where less is better a candidate may well halve it: that is what some are built for. */
function doubledCheck({ metric, measured }: MeasuredGuardrail, input: JudgeInput): readonly CheckResult[] {
  const change = evidenceOf(measured.observation);
  if (metric.thresholds?.harm !== "drop" || change.unbounded || (change.delta ?? 0) < 0 || !isLeap(change))
    return [];
  const describe = finding(`doubled_${metric.name}`, `${metric.title} is less than doubled, or accepted`);
  const [from, to] = [change.baseline, change.candidate].map(({ value }) => quantityText(value, metric.unit));
  const text = `${to} of the candidate against ${from} of the baseline (${changeText(change.delta)})`;
  const stem = `doubled:${metric.name}@${input.config.activeGate.name}:x`;
  const size = Math.ceil(1 + (change.delta ?? 0) - 1e-9);
  const accept = `${stem}${size}`;
  const accepted = input.ledger.accepted.findLast(({ what }) => covers(what, { stem, size }));
  if (accepted !== undefined) return [describe("pass", `${text}; ${acceptedText(accepted)}`)];
  const detail = `${text}: ${ASK} (gatebook record accept ${accept})`;
  const inspect = `gatebook query ${metric.name}`;
  return [describe("fail", detail, { observed: change.delta, expected: 0, accept, inspect })];
}
