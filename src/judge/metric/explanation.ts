/**
 * One sentence for one metric in one window: "Click-through rate is down 6.2% (4.71% against 5.02%), past the 5% rollback line, and the
 * drop is statistically significant."
 */
import type { MetricMeasurement } from "../../model/measurement.ts";
import type { Never } from "../../model/words.ts";
import { thresholdLines } from "../../text/beside.ts";
import {
  changeText,
  countText,
  directionText,
  lineText,
  quantitiesText,
  sizeText,
} from "../../text/numbers.ts";
import type { SlotNoun } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import type { Volume } from "../window/volume.ts";
import type { ClassifiedWindow } from "./classify.ts";
import { lineToExclude } from "./criteria.ts";

export interface ExplanationInput extends ClassifiedWindow {
  readonly volume: Volume;
  /** "on 2026-02-03", or "" for the observation window. */
  readonly when: string;
  /** What a single window of the run is. */
  readonly slot: SlotNoun;
  /** What is to be added about days past the severe line; begins with "; ", or is "". */
  readonly suffix: string;
  /** Before/after: the days that the baseline of the observation window is of. */
  readonly baseline?: { readonly from: string; readonly to: string } | null;
}

export function explanation(input: ExplanationInput): string {
  const { criteria, baseline } = input;
  const days = baseline ? `, baseline ${baseline.from} to ${baseline.to}` : "";
  const label = criteria.comparison === "before-after" ? ` (before/after, not randomised${days})` : "";
  return `${sentence(input)}${label}${input.suffix}.`;
}

/** Why a metric has no numbers at all; null when it was measured. */
export function unmeasured({ definition, error, unavailable }: MetricMeasurement): string | null {
  const { title, path } = definition;
  if (error !== null) return `${title} could not be measured: ${path} failed (${error.message}).`;
  return unavailable === null ? null : continued(`${title} is not available: ${unavailable}`, "");
}

/** continued("It is down.", "; look") = "It is down; look." */
export function continued(text: string, more: string): string {
  return `${text.replace(/\.$/, "")}${more}.`;
}

function sentence(input: ExplanationInput): string {
  const { classified } = input;
  switch (classified.classification) {
    case "no_data":
      return noData(input);
    case "rollback":
      return `${whatItDid(input)}, ${lineReached(input, classified.fires === "severe" ? "severe" : "rollback")}${certainty(input)}`;
    case "warning":
      return `${whatItDid(input)}, ${warned(input)}`;
    case "healthy":
      return `${whatItDid(input)}${excluded(input)}`;
    case "insufficient":
      return `${whatItDid(input)}${classified.waits ? excluded(input) : lacking(input)}`;
    default:
      return classified.classification satisfies never;
  }
}

function noData(input: ExplanationInput): string {
  const { evidence } = input;
  if (evidence.belowZero) {
    return `${subject(input)} has no relative change: it is ${valuesText(input)}, and a percentage needs values above zero (measure what cannot be negative, for example a cost instead of a profit)`;
  }
  const missing = (["baseline", "candidate"] as const).filter((variant) => evidence[variant].value === null);
  const { when, criteria } = input;
  return `${criteria.definition.title} has no data of the ${missing.join(" and of the ")}${when && ` ${when}`}`;
}

/** "Click-through rate on 2026-02-03" */
function subject({ criteria, when }: ExplanationInput): string {
  return `${criteria.definition.title}${when && ` ${when}`}`;
}

/** "Click-through rate on 2026-02-03 is down 6.2% (4.71% against 5.02%)" */
function whatItDid(input: ExplanationInput): string {
  const { evidence, criteria } = input;
  const { baseline, candidate, delta, unbounded, bothZero } = evidence;
  if (bothZero) {
    const counts = [candidate, baseline].map(({ denominator }) => `0 of ${countText(denominator ?? 0)}`);
    return `${subject(input)} is zero in both variants (${counts.join(" against ")} ${criteria.definition.denominator})`;
  }
  const did =
    unbounded || delta === null
      ? "rose from nothing"
      : `is ${directionText(delta, thresholdLines(criteria.lines))}`;
  return `${subject(input)} ${did} (${valuesText(input)})`;
}

/** "4.71% against 5.02%": the candidate's, then the baseline's; "; adjusted for what its units did before the rollout: −9.3%". */
function valuesText({ evidence, criteria }: ExplanationInput): string {
  const { adjusted } = evidence;
  const both = [evidence.candidate.value ?? 0, evidence.baseline.value ?? 0] as const;
  const values = quantitiesText(both, criteria.definition.unit).join(" against ");
  if (adjusted === null) return values;
  const change = changeText(adjusted.comparison.delta, thresholdLines(criteria.lines));
  return `${values}; adjusted for what the same units did before the rollout: ${change}`;
}

/** "past the 5% rollback line", "at the 3% warning line" */
function lineReached(
  { classified, criteria }: ExplanationInput,
  level: "warning" | "rollback" | "severe",
): string {
  const line = criteria.lines?.[level] ?? null;
  if (line === null) return `past the ${level} line`;
  const at = classified.change !== null && Math.abs(classified.change - line) < 1e-9;
  return `${at ? "at" : "past"} the ${lineText(line)} ${level} line`;
}

/** Past the rollback line, but only as sure as a warning needs. */
function warned(input: ExplanationInput): string {
  const { classified, criteria, slot } = input;
  if (classified.ownReading !== "rollback" || criteria.mode === "literal")
    return `${lineReached(input, "warning")}${certainty(input)}`;
  const level = rollbackLevel(input);
  return `${lineReached(input, level)}; that is more than chance, but not by enough for a ${level === "severe" ? `severe ${slot}` : "rollback"}`;
}

/** A single day reads rollback at the severe line. */
function rollbackLevel({ when }: ExplanationInput): "rollback" | "severe" {
  return when === "" ? "rollback" : "severe";
}

function certainty({ criteria, when, slot }: ExplanationInput): string {
  if (criteria.mode === "literal") return "";
  const what = criteria.lines?.harm === "rise" ? "rise" : "drop";
  return `, and the ${what} is more than chance${when === "" ? "" : ` for that ${slot}`}`;
}

function excluded({ classified, evidence, criteria }: ExplanationInput): string {
  const { lines, mode } = criteria;
  const line = lineToExclude(lines);
  if (lines === null || line === null) return "";
  // A filter that matches nothing looks the same, so nothing is said to be ruled out.
  if (evidence.bothZero) return ": no change, as long as its events are recorded at all";
  if (mode === "literal") return `, short of the ${lineText(lines.warning ?? line)} line`;
  const [lower, upper] = classified.excluding ?? [0, 0];
  const worst = lines.harm === "drop" ? lower : upper;
  const did = worst < 0 ? "fell" : "rose";
  const sure = classified.boundaries === null ? "95% sure" : "95% sure over all nights of the gate";
  return `; at worst it ${did} ${sizeText(worst, thresholdLines(lines))} (${sure}), and ${lineText(line)} would roll back`;
}

/** Why nothing can be said yet, and what would help. */
function lacking(input: ExplanationInput): string {
  const { classified, evidence, criteria } = input;
  const { lines } = criteria;
  const { denominator } = criteria.definition;
  if (!classified.sampled) {
    const counts = [evidence.candidate.denominator ?? 0, evidence.baseline.denominator ?? 0].map(countText);
    return `, but on ${counts.join(" against ")} ${denominator}, and each variant needs ${countText(criteria.minSample[denominator])}${wait(input)}`;
  }
  if (criteria.comparison === "before-after") return ", which cannot prove health";
  if (classified.unreachable !== null)
    return `, but it ${noRoomText(classified.unreachable, evidence.baseline.value ?? 1)}, so that line proves nothing; guard its complement with a drop line`;
  if (evidence.baseline.value === 0 && lines?.harm === "drop")
    return ", which shows no drop and no health: see whether the events are recorded";
  if (!classified.enough) {
    return `, but only ${plural(evidence.expectedEvents ?? 0, "event")} ${Math.round(evidence.expectedEvents ?? 0) === 1 ? "was" : "were"} to be expected and 100 are needed${wait(input)}`;
  }
  if (classified.excluding === null) {
    return `, but ${plural(Math.min(evidence.baseline.units, evidence.candidate.units), "unit")} are too few to tell it from chance${wait(input)}`;
  }
  if (lines !== null && classified.ownReading !== "healthy") {
    const level = classified.ownReading === "rollback" ? rollbackLevel(input) : "warning";
    return `, ${lineReached(input, level)}, but chance alone can do that${wait(input)}`;
  }
  return `${notExcluded(input)}${wait(input)}`;
}

function notExcluded({ classified, criteria: { lines } }: ExplanationInput): string {
  const line = lineToExclude(lines);
  if (lines === null || line === null || classified.excluding === null) return "";
  const [end, bound] = lines.harm === "drop" ? (["low", 0] as const) : (["high", 1] as const);
  const worst = changeText(classified.excluding[bound], thresholdLines(lines));
  return `, but a ${lines.harm} of ${lineText(line)} cannot be ruled out yet (it may be as ${end} as ${worst})`;
}

function wait({ volume, criteria }: ExplanationInput): string {
  const { volumeNeeded, atLeast, never } = volume;
  if (never !== null) return `; never ${neverText(never)}`;
  if (volumeNeeded === null) return "";
  return `; it takes ${atLeast ? "at least" : "about"} ${countText(volumeNeeded)} candidate ${criteria.definition.denominator}`;
}

/** Of a share so high that a line of a rise lies above 100%: "cannot rise by 15%: it is at 95% already (at most by 5.3%)". */
export function noRoomText(line: number, share: number): string {
  const rounded = (value: number) => lineText(Number(value.toFixed(3)));
  return `cannot rise by ${lineText(line)}: it is at ${rounded(share)} already (at most by ${rounded(1 / share - 1)})`;
}

/** Why no number of days is enough, and what would help. */
export function neverText(never: Never): string {
  switch (never) {
    case "same_people":
      return "at this exposure: the same people come back; open the gate wider";
    case "too_little":
      return "at this traffic: too little comes in a day; open the gate wider";
    case "out_of_reach":
      return "by waiting: a line of its rise lies above 100%; guard its complement with a drop line";
    default:
      return never satisfies never;
  }
}
