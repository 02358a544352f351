/** A metric's cuts by the values of a dimension, in the words that the report and `compare` share. */
import type { DimensionCut, DimensionResult, MetricResult } from "../model/result.ts";
import { thresholdLines } from "./beside.ts";
import { changeText, intervalText, notAvailable, partText, percentText, quantityText } from "./numbers.ts";
import { listText, plural } from "./words.ts";

/** In a sentence; the table has more. */
const NAMED = 3;

/** What a cut is called: its value, or why it has none. */
export function cutName({ kind, value }: Pick<DimensionCut, "kind" | "value">): string {
  switch (kind) {
    case "value":
      return value === "" || value === null ? "(empty)" : value;
    case "none":
      return "(null)";
    case "unknown":
      return "(unknown)";
    case "other":
      return "(other)";
    default:
      return kind satisfies never;
  }
}

/** "−6.2%, of which android −5.8, ios −0.3, web −0.1; android stands out" */
export function cutsText(
  { values }: DimensionResult,
  { observation, thresholds }: Pick<MetricResult, "observation" | "thresholds">,
): string {
  const whole = changeText(observation.delta, thresholdLines(thresholds));
  const largest = values.flatMap((cut) =>
    cut.contribution === null ? [] : [`${cutName(cut)} ${partText(cut.contribution)}`],
  );
  const marked = values.filter(({ standsOut }) => standsOut).map(cutName);
  const parts = largest.length === 0 ? "" : `, of which ${largest.slice(0, NAMED).join(", ")}`;
  const verb = marked.length === 1 ? "stands out" : "stand out";
  return `${whole}${parts}${marked.length === 0 ? "" : `; ${listText(marked)} ${verb}`}`;
}

/** What the marks are worth. */
export function lookedAtText({ lookedAt }: Pick<DimensionResult, "lookedAt">): string {
  const tested =
    lookedAt === 0 ? "No cut had enough data to test" : `${plural(lookedAt, "cut")} looked at tonight`;
  return `${tested}. A cut that stands out changed otherwise than the rest of the traffic (false discovery rate 5%); a cut never decides.`;
}

export function cutCells(cut: DimensionCut, metric: Pick<MetricResult, "unit" | "thresholds">) {
  const lines = thresholdLines(metric.thresholds);
  const part = (value: number | null): string => (value === null ? notAvailable : partText(value));
  return {
    name: cutName(cut),
    baseline: quantityText(cut.baseline.value, metric.unit),
    candidate: quantityText(cut.candidate.value, metric.unit),
    delta: changeText(cut.delta, lines),
    interval: intervalText(cut.interval, lines),
    /** Of the traffic, baseline and candidate. */
    baselineShare: percentText(cut.baselineShare),
    candidateShare: percentText(cut.candidateShare),
    contribution: part(cut.contribution),
    /** What of it comes from the change of its share. */
    mix: part(cut.mix),
    standsOut: cut.standsOut,
  };
}
