/** One metric over the observation window: value, change, how sure, where it is between its thresholds. */

import { judgedOnText } from "../../model/coverage.ts";
import type { DayResult, MetricResult, Result, VariantValue, WindowResult } from "../../model/result.ts";
import type { Reading } from "../../model/words.ts";
import { signedLines, thresholdLines } from "../../text/beside.ts";
import {
  amountText,
  changeText,
  intervalText,
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
  const severe = severeDay(metric);
  // The number that decided: a single day's beside its own interval, else the window's.
  const shown = severe ?? observation;
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
    delta: deltaText(shown, at),
    /** Where one day decided: "on Wed 2026-02-04; whole window −1.5%". */
    deltaOf:
      severe === null ? null : `on ${weekdayText(severe.date)}; whole window ${deltaText(observation, at)}`,
    comparison: comparisonLabel(result),
    interval: intervalText(shown.interval, at),
    adjusted: adjustedView(observation, at),
    baseline: valueView(metric, shown.baseline),
    candidate: valueView(metric, shown.candidate),
    lines: lineViews(metric),
    ...distanceTexts(metric),
    strip: stripView(thresholds, shown, severe === null ? null : observation),
    /** What decides next: how likely the rollback line is passed. */
    standing: severe === null ? standingFacts(metric) : [],
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
 * "raw number: past the rollback line" where that is another word than the classification, "severe on Wed 2026-02-04", or null. A
 * rollback that single days called would contradict the window's number beside it, so the days are named.
 */
function readsText(metric: MetricResult): string | null {
  const { reading, classification } = metric.observation;
  const worst = severeDay(metric);
  if (worst !== null) {
    const others = severeDays(metric).length - 1;
    return `severe on ${weekdayText(worst.date)}${others === 0 ? "" : ` and ${others} more`}`;
  }
  if (reading === classification) return null;
  return `raw number: ${readings[reading]}`;
}

function severeDays({ observation, days }: MetricResult): readonly DayResult[] {
  if (observation.fires !== "severe") return [];
  return days.filter((day) => day.fires === "severe" && day.observed && day.complete);
}

/** The worst day that fires severe, where one decided. */
function severeDay(metric: MetricResult): DayResult | null {
  const size = ({ delta }: DayResult) => Math.abs(delta ?? Number.POSITIVE_INFINITY);
  return severeDays(metric).toSorted((a, b) => size(b) - size(a))[0] ?? null;
}

const readings: Readonly<Record<Reading, string>> = {
  healthy: "within its lines",
  warning: "past the warning line",
  rollback: "past the rollback line",
  no_data: "none",
};

/** An informational metric has no effect, so that it is never called healthy, or anything else. */
export function metricBadge(
  metric: Pick<MetricResult, "error" | "unavailable" | "role" | "thresholds">,
  window: Pick<WindowResult, "classification">,
): Badge {
  if (metric.error !== null) return badge("error", "rollback");
  if (metric.unavailable !== null) return badge("not available", "no-data");
  const own = classificationBadge(window.classification);
  if (metric.role === "guardrail" || own.tone === "no-data") return own;
  return badge("informational", "plain");
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
    raw:
      rawValue === null
        ? null
        : `${quantityText(rawValue, metric.unit)} over all units at once, not comparable`,
  };
}

/** The severe line is for single days: the day that is past it, if any. */
function lineViews(metric: MetricResult) {
  const { thresholds, observation } = metric;
  const severe = severeDay(metric);
  return signedLines(thresholds).map(({ level, at }) => {
    const day = level === "severe" ? severe : null;
    const { isReached, gap } = gapTo(at, day ?? observation);
    const side = isReached ? "past" : "left";
    const of = day === null ? "" : ` on ${weekdayText(day.date)}`;
    const distance = gap === null ? notAvailable : `${gap === "" ? side : `${gap} ${side}`}${of}`;
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
function distanceTexts(metric: MetricResult): DistanceTexts {
  const { thresholds, observation } = metric;
  const none = { distance: null, room: null };
  const day = severeDay(metric);
  const severe = signedLines(thresholds).find(({ level }) => level === "severe");
  if (day !== null && severe !== undefined) {
    const { gap } = gapTo(severe.at, day);
    const past = `${gap} past the severe line on ${weekdayText(day.date)}`;
    return { distance: past, room: `${gap} past severe` };
  }
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
    /** In percentage points. */
    difference: pointsText(change),
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
