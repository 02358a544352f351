/** How sure a metric's reading is, as pairs of label and text; what was not computed is left out. */

import type { DimensionResult, MetricResult, ObservationResult } from "../../model/result.ts";
import { signedLines, thresholdLines } from "../../text/beside.ts";
import { cutCells, cutsText, lookedAtText } from "../../text/dimensions.ts";
import { changeText, countText, percentText, probabilityText, signedLineText } from "../../text/numbers.ts";
import { moreDaysText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { judgedOnFact } from "./coverage.ts";
import { errorView } from "./text.ts";

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** What a reader asks first: how likely the rollback line is passed. How much is missing is in the reason. */
export function standingFacts({ observation }: MetricResult): readonly Fact[] {
  const chance = fact(
    "Chance that it is past the rollback line",
    observation.probabilityPastRollback,
    probabilityText,
  );
  return chance === null ? [] : [chance];
}

export function metricFacts(metric: MetricResult): readonly Fact[] {
  const { observation, thresholds, denominator } = metric;
  const at = thresholdLines(thresholds);
  const facts: readonly (Fact | null)[] = [
    fact("Judged on", judgedOnFact(metric), (text) => text),
    fact("Needed to settle it", neededText(observation, denominator), (text) => text),
    fact("Distance to another verdict", observation.flip?.text ?? null, (text) => text),
    fact(
      "Smallest change that this traffic shows 4 times in 5",
      observation.smallestDetectableChange,
      percentText,
    ),
    fact("Not adjusted for the days before the rollout", observation.notAdjusted, (text) => text),
    harmfulBound(metric, at),
    promoteBound(metric, at),
    rollbackBound(metric, at),
    fact(
      "Groups of the candidate's size that the baseline is cut into",
      observation.baseline.groups,
      countText,
    ),
  ];
  return facts.filter((entry) => entry !== null);
}

function fact<T>(label: string, value: T | null, text: (value: T) => string): Fact | null {
  return value === null ? null : { label, value: text(value) };
}

/** The one-sided 95% bound on the harmful side: what the change is not worse than. */
function harmfulBound({ observation, thresholds }: MetricResult, at: readonly number[]): Fact | null {
  if (observation.oneSided === null || thresholds === null) return null;
  const worst = observation.oneSided[thresholds.harm === "drop" ? 0 : 1];
  return { label: "With 95% confidence not worse than", value: changeText(worst, at) };
}

/** What healthy needs. */
function promoteBound({ observation, thresholds }: MetricResult, at: readonly number[]): Fact | null {
  const line = signedLines(thresholds).find(({ level }) => level === "rollback");
  if (observation.promoteBound === null || thresholds === null || line === undefined) return null;
  const side = thresholds.harm === "drop" ? "above" : "below";
  return {
    label: "Bound for promote tonight",
    value: `${changeText(observation.promoteBound, at)}: healthy when ${side} ${signedLineText(line.at)}, which all nights of the gate together get wrong in at most 5 of 100 rollouts`,
  };
}

/** What rollback needs, beside a change past the line. */
function rollbackBound({ observation, thresholds }: MetricResult, at: readonly number[]): Fact | null {
  if (observation.sequentialBound === null || thresholds === null) return null;
  const side = thresholds.harm === "drop" ? "below" : "above";
  return {
    label: "Bound for rollback tonight",
    value: `${changeText(observation.sequentialBound, at)}: harm is proven when ${side} 0, however often one looks`,
  };
}

function neededText(observation: ObservationResult, denominator: string): string | null {
  const { volumeNeeded, daysNeeded, daysNeededAtLeast } = observation;
  const volume = volumeNeeded === null ? null : `${countText(volumeNeeded)} candidate ${denominator}`;
  const days = daysNeeded === null ? null : moreDaysText(daysNeeded, daysNeededAtLeast);
  if (volume !== null && days !== null) return `${volume}: ${days} at this traffic`;
  return volume ?? days;
}

/** Of a table on one page; the rest is in result.json. */
const CUTS = 10;

export function dimensionView(dimension: DimensionResult, metric: MetricResult) {
  const rows = dimension.values.slice(0, CUTS).map((cut) => cutCells(cut, metric));
  const more = dimension.values.length - rows.length;
  /** Inline SVG, filled in by `attachCharts`. */
  const chart: string | null = null;
  return {
    name: dimension.name,
    title: dimension.title,
    chart: chart as string | null,
    /** "−6.2%, of which android −5.8, ios −0.3, web −0.1" */
    sentence: cutsText(dimension, metric),
    rows,
    standsOut: dimension.values.some(({ standsOut }) => standsOut),
    more: more === 0 ? null : `${plural(more, "value")} with smaller contributions in result.json`,
    note: lookedAtText(dimension),
    error: errorView(dimension.error),
  };
}
