/** One metric over the observation window: value, change, how sure, where it is between its thresholds. */

import { judgedOnText } from "../../model/coverage.ts";
import type { MetricResult, Result, VariantValue, WindowResult } from "../../model/result.ts";
import { signedLines, thresholdLines } from "../../text/beside.ts";
import {
  amountText,
  changeText,
  intervalText,
  minus,
  notAvailable,
  percentText,
  pointsText,
  quantityText,
  signedLineText,
} from "../../text/numbers.ts";
import { weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { type Badge, badge, classificationBadge } from "./badge.ts";
import { clockText } from "./clock.ts";
import { dimensionView, metricFacts, standingFacts } from "./metric-facts.ts";
import { stripView } from "./strip.ts";
import { comparisonLabel } from "./subject.ts";
import { anchor, errorView, type Made, slug } from "./text.ts";

export interface MetricView extends Made<typeof metricView> {}

/** Inline SVG, filled in by `attachCharts`. */
export interface MetricCharts {
  readonly sparkline: string | null;
  readonly delta: string | null;
  readonly values: string | null;
  /** How the interval narrows until the line is cleared. */
  readonly clock: string | null;
  /** The keys whose share moved most. */
  readonly movers: string | null;
}

const undrawn: MetricCharts = { sparkline: null, delta: null, values: null, clock: null, movers: null };

export function metricView(metric: MetricResult, result: Result) {
  const { observation, thresholds } = metric;
  const isGuardrail = metric.role === "guardrail";
  const at = thresholdLines(thresholds);
  return {
    name: metric.name,
    anchor: anchor("metric", metric.name),
    /** Part of the names of its chart files. */
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
    adjusted: adjustedView(observation, at),
    baseline: valueView(metric, observation.baseline),
    candidate: valueView(metric, observation.candidate),
    lines: lineViews(metric),
    ...distanceTexts(metric),
    strip: stripView(thresholds, observation),
    /** What decides next: how likely the rollback line is passed. */
    standing: standingFacts(metric),
    /** The rest of the evidence. */
    facts: metricFacts(metric),
    because: observation.because,
    /** Part of `because` as well; null from 99% on and where it is not known. */
    judgedOn: judgedOnText(observation.coverage, metric.denominator),
    /** When it can be judged, a sentence with the date; null where no narrower interval is waited for. */
    clock: clockText(metric),
    movers: metric.movers.map(moverView),
    /** Where the change comes from, by dimension. */
    dimensions: metric.dimensions.map((dimension) => dimensionView(dimension, metric)),
    sparkline: sparklineText(metric),
    unavailable: metric.unavailable,
    error: errorView(metric.error),
    charts: undrawn,
  };
}

/**
 * "reads rollback" where the bare reading is another word than the classification, "severe on Wed 2026-02-04", or null. A
 * rollback that single days called would contradict the window's number beside it, so the days are named.
 */
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

/** The change with what the same units did before the rollout taken into account; null: no such days, or no effect. */
function adjustedView({ adjusted }: MetricResult["observation"], at: readonly number[]) {
  return adjusted === null
    ? null
    : {
        delta: changeText(adjusted.delta, at),
        interval: intervalText(adjusted.interval, at),
        /** Of the variance: "22.1%" */
        removed: adjusted.varianceRemoved < 0.01 ? "less than 1%" : percentText(adjusted.varianceRemoved),
      };
}

function valueView(metric: MetricResult, value: VariantValue) {
  const { numerator, denominator, rawValue } = value;
  const isShare = numerator !== null && denominator !== null;
  return {
    value: quantityText(value.value, metric.unit),
    fraction: isShare ? `${amountText(numerator)} of ${amountText(denominator)} ${metric.denominator}` : null,
    units: plural(value.units, "unit"),
    /** Concentration: the share over all units at once, which reads higher on the smaller variant. */
    raw: rawValue === null ? null : `${quantityText(rawValue, metric.unit)} over all units`,
  };
}

function lineViews({ thresholds, observation }: MetricResult) {
  return signedLines(thresholds).map(({ level, at }) => {
    const { isReached, gap } = gapTo(at, observation);
    const side = isReached ? "past" : "left";
    const distance = gap === null ? notAvailable : gap === "" ? side : `${gap} ${side}`;
    return { level, at: signedLineText(at), isReached, distance };
  });
}

interface GapToLine {
  readonly isReached: boolean;
  /** Of the baseline, "2.6%"; "" from nothing, which is past every line of a rise; null without a change. */
  readonly gap: string | null;
}

function gapTo(at: number, { delta, unbounded }: Pick<WindowResult, "delta" | "unbounded">): GapToLine {
  if (unbounded && at > 0) return { isReached: true, gap: "" };
  if (delta === null) return { isReached: false, gap: null };
  const harm = Math.sign(at) * delta;
  const line = Math.abs(at);
  return { isReached: harm >= line - 1e-9, gap: gapText(line - harm) };
}

/** Next to a line one place may be none: 0.0004 → "0.04%". */
function gapText(gap: number): string {
  const size = Math.abs(gap * 100);
  return `${size >= 0.95 || size === 0 ? size.toFixed(1) : size.toPrecision(1)}%`;
}

interface DistanceTexts {
  /** "may fall a further 2.6% before rollback" */
  readonly distance: string | null;
  /** For a table: "2.6% left". */
  readonly room: string | null;
}

/** How far the rollback line is. */
function distanceTexts({ thresholds, observation }: MetricResult): DistanceTexts {
  const none = { distance: null, room: null };
  const rollback = signedLines(thresholds).find(({ level }) => level === "rollback");
  if (rollback === undefined) return none;
  const { isReached, gap } = gapTo(rollback.at, observation);
  if (gap === null) return none;
  if (gap === "") return { distance: "past every line", room: "past every line" };
  if (isReached) return { distance: `${gap} past the rollback line`, room: `${gap} past` };
  const way = rollback.at < 0 ? "fall" : "rise";
  return { distance: `may ${way} a further ${gap} before rollback`, room: `${gap} left` };
}

function moverView({ key, baselineShare, candidateShare }: MetricResult["movers"][number]) {
  const change = candidateShare - baselineShare;
  return {
    key,
    baseline: percentText(baselineShare),
    candidate: percentText(candidateShare),
    difference: `${change < 0 ? minus : "+"}${pointsText(change)}`,
  };
}

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** The daily changes as characters; null of a single day. */
function sparklineText({ days, thresholds }: MetricResult): string | null {
  const changes = days.map((day) => day.delta);
  return changes.length < 2 ? null : sparkline(changes, thresholds?.rollback ?? 0.1);
}

/**
 * Changes as a text sparkline: no change is the middle, `line` (or the largest change, if that is more) the ends, so that
 * noise looks small. A gap is "·".
 */
export function sparkline(changes: readonly (number | null)[], line: number): string {
  const reach = Math.max(line, ...changes.map((change) => Math.abs(change ?? 0)));
  const bar = (change: number) => BARS[Math.round((change / reach + 1) * 3.5)] ?? "·";
  return changes.map((change) => (change === null || reach === 0 ? "·" : bar(change))).join("");
}
