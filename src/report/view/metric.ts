/** One metric over the observation window: value, change, how sure, where it is between its thresholds. */

import { judgedOnText } from "../../model/coverage.ts";
import type { MetricResult, Result, VariantValue, WindowResult } from "../../model/result.ts";
import {
  amountText,
  changeText,
  intervalText,
  lineText,
  minus,
  notAvailable,
  percentText,
  pointsText,
  quantityText,
} from "../../text/numbers.ts";
import { weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { type Badge, badge, classificationBadge } from "./badge.ts";
import { type Fact, metricFacts, standingFacts } from "./metric-facts.ts";
import { type Level, type StripView, signedLines, stripView } from "./strip.ts";
import { comparisonLabel } from "./subject.ts";
import { anchor, type ErrorView, errorView, slug } from "./text.ts";

export interface MetricView {
  readonly name: string;
  readonly anchor: string;
  /** Part of the names of its chart files. */
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly path: string;
  readonly isGuardrail: boolean;
  readonly classification: Badge;
  /** "reads rollback" where the bare reading is another word than the classification, "severe on Wed 2026-02-04", or null. */
  readonly reads: string | null;
  /** "−7.4%" */
  readonly delta: string;
  /** "before/after, not randomised" or null. */
  readonly comparison: string | null;
  readonly interval: string;
  readonly baseline: ValueView;
  readonly candidate: ValueView;
  readonly lines: readonly LineView[];
  /** "2.6 points from the rollback line" */
  readonly distance: string | null;
  readonly strip: StripView | null;
  /** What decides next: how likely the rollback line is passed. */
  readonly standing: readonly Fact[];
  /** The rest of the evidence. */
  readonly facts: readonly Fact[];
  readonly because: string;
  /** "judged on 94.6% of the candidate's impressions", part of `because` as well; null from 99% on and where it is not known. */
  readonly judgedOn: string | null;
  readonly movers: readonly MoverView[];
  /** Text sparkline of the daily changes. */
  readonly sparkline: string | null;
  readonly unavailable: string | null;
  readonly error: ErrorView | null;
  readonly charts: MetricCharts;
}

/** Inline SVG, filled in by `attachCharts`. */
export interface MetricCharts {
  readonly sparkline: string | null;
  readonly delta: string | null;
  readonly values: string | null;
  /** The keys whose share moved most. */
  readonly movers: string | null;
}

export interface ValueView {
  readonly value: string;
  /** "7,198 of 140,000 impressions" or null. */
  readonly fraction: string | null;
  readonly units: string;
  /** Concentration: the share over all units at once, which reads higher on the smaller variant. */
  readonly raw: string | null;
}

export interface LineView {
  readonly level: Level;
  /** "−5%" */
  readonly at: string;
  readonly isReached: boolean;
  /** "2.6 points away", "2.4 points past" */
  readonly distance: string;
}

export interface MoverView {
  readonly key: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly difference: string;
}

export function metricView(metric: MetricResult, result: Result): MetricView {
  const { observation, thresholds } = metric;
  const isGuardrail = metric.role === "guardrail";
  const at = signedLines(thresholds).map((entry) => entry.at);
  const lines = lineViews(metric);
  return {
    name: metric.name,
    anchor: anchor("metric", metric.name),
    slug: slug(metric.name),
    title: metric.title,
    description: metric.description,
    path: metric.path,
    isGuardrail,
    classification: metricBadge(metric, observation),
    reads: isGuardrail ? readsText(metric) : null,
    delta: deltaText(observation, at),
    comparison: comparisonLabel(result),
    interval: intervalText(observation.interval, at),
    baseline: valueView(metric, observation.baseline),
    candidate: valueView(metric, observation.candidate),
    lines,
    distance: distanceText(metric),
    strip: stripView(thresholds, observation),
    standing: standingFacts(metric),
    facts: metricFacts(metric),
    because: observation.because,
    judgedOn: judgedOnText(observation.coverage, metric.denominator),
    movers: metric.movers.map(moverView),
    sparkline:
      metric.days.length < 2
        ? null
        : sparkline(
            metric.days.map((day) => day.delta),
            thresholds?.rollback ?? 0.1,
          ),
    unavailable: metric.unavailable,
    error: errorView(metric.error),
    charts: { sparkline: null, delta: null, values: null, movers: null },
  };
}

/** A rollback that single days called would contradict the window's number beside it, so the days are named. */
function readsText({ observation, days }: MetricResult): string | null {
  const { reading, classification, fires } = observation;
  if (fires === "severe") {
    const severe = days.filter((day) => day.fires === "severe" && day.observed && day.complete);
    const [first, ...others] = severe.map(({ date }) => weekdayText(date));
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return first === undefined ? null : `severe on ${first}${more}`;
  }
  if (reading === classification) return null;
  return `reads ${reading === "no_data" ? "no data" : reading}`;
}

/** An informational metric has no effect, so its badge has no colour; without lines it has no class either. */
export function metricBadge(
  metric: Pick<MetricResult, "error" | "unavailable" | "role" | "thresholds">,
  window: Pick<WindowResult, "classification">,
): Badge {
  if (metric.error !== null) return badge("error", "rollback");
  if (metric.unavailable !== null) return badge("not available", "no-data");
  const own = classificationBadge(window.classification);
  if (metric.role === "guardrail" || own.tone === "no-data") return own;
  return metric.thresholds === null ? badge("informational", "plain") : { ...own, tone: "plain" };
}

export function deltaText(
  window: Pick<WindowResult, "delta" | "unbounded">,
  lines: readonly number[],
): string {
  return window.unbounded ? "from zero" : changeText(window.delta, lines);
}

function valueView(metric: MetricResult, value: VariantValue): ValueView {
  const { numerator, denominator, rawValue } = value;
  const isShare = numerator !== null && denominator !== null;
  return {
    value: quantityText(value.value, metric.unit),
    fraction: isShare ? `${amountText(numerator)} of ${amountText(denominator)} ${metric.denominator}` : null,
    units: plural(value.units, "unit"),
    raw: rawValue === null ? null : `${quantityText(rawValue, metric.unit)} over all units`,
  };
}

function lineViews({ thresholds, observation }: MetricResult): readonly LineView[] {
  return signedLines(thresholds).map(({ level, at }) => {
    const { isReached, gap } = gapTo(at, observation);
    const mark = `${at < 0 ? minus : "+"}${lineText(Math.abs(at))}`;
    const side = isReached ? "past" : "away";
    const distance = gap === null ? notAvailable : gap === "" ? side : `${gap} ${side}`;
    return { level, at: mark, isReached, distance };
  });
}

interface GapToLine {
  readonly isReached: boolean;
  /** "2.6 points"; "" from nothing, which is past every line of a rise; null without a change. */
  readonly gap: string | null;
}

function gapTo(at: number, { delta, unbounded }: MetricResult["observation"]): GapToLine {
  if (unbounded && at > 0) return { isReached: true, gap: "" };
  if (delta === null) return { isReached: false, gap: null };
  const harm = Math.sign(at) * delta;
  const line = Math.abs(at);
  return { isReached: harm >= line - 1e-9, gap: pointsText(line - harm) };
}

/** "2.6 points from the rollback line" */
function distanceText({ thresholds, observation }: MetricResult): string | null {
  const rollback = signedLines(thresholds).find(({ level }) => level === "rollback");
  if (rollback === undefined) return null;
  const { isReached, gap } = gapTo(rollback.at, observation);
  if (gap === null) return null;
  if (gap === "") return "past every line";
  return isReached ? `${gap} past the rollback line` : `${gap} from the rollback line`;
}

function moverView({ key, baselineShare, candidateShare }: MetricResult["movers"][number]): MoverView {
  const change = candidateShare - baselineShare;
  return {
    key,
    baseline: percentText(baselineShare),
    candidate: percentText(candidateShare),
    difference: `${change < 0 ? minus : "+"}${pointsText(change)}`,
  };
}

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * Changes as a text sparkline: no change is the middle, `line` (or the largest change, if that is more) the ends, so that
 * noise looks small. A gap is "·".
 */
export function sparkline(changes: readonly (number | null)[], line: number): string {
  const reach = Math.max(line, ...changes.map((change) => Math.abs(change ?? 0)));
  const bar = (change: number) => BARS[Math.round((change / reach + 1) * 3.5)] ?? "·";
  return changes.map((change) => (change === null || reach === 0 ? "·" : bar(change))).join("");
}
