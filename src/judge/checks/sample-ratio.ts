/**
 * Did the units split as the gate says? On units first seen in the gate, because impressions and clicks are outcomes whose ratio may
 * really change. What cannot be tested is an error and an empty variant a failure, never a pass.
 */
import { finding } from "../../model/check-result.ts";
import type { TrafficMeasurement, VariantTraffic } from "../../model/measurement.ts";
import type { CheckResult, SampleRatio } from "../../model/result.ts";
import { sampleRatioTest } from "../../statistics/sample-ratio.ts";
import { countText, lineText, shareText } from "../../text/numbers.ts";
import type { JudgeInput } from "../input.ts";

/** Fabijan et al., KDD 2019: over 14 nights 0.7% of sound splits reach it. */
const ALARM = 0.001;

/** From here on a variant counts as small and its floor shrinks with it. */
const SMALL_SHARE = 0.1;

/** Share of the candidate that the gate promises, or null where nothing runs beside it. */
export function promisedShare({ config, comparison }: JudgeInput): number | null {
  if (comparison === "before-after") return null;
  const { exposure, holdback } = config.activeGate;
  return comparison === "holdback" ? 1 - (holdback ?? 0) : exposure;
}

/**
 * Deviations up to 0.1 points are let go (less on a gate below 10%): at 20 million units a share of 10.1% instead of
 * 10% has p = 4e-19 and harms nobody (vectors `srm.gates`).
 */
function deviationFloor(share: number): number {
  return 0.001 * Math.min(1, Math.min(share, 1 - share) / SMALL_SHARE);
}

export function ratioOf(
  { baselineUnits, candidateUnits }: Pick<TrafficMeasurement, "baselineUnits" | "candidateUnits">,
  share: number,
): SampleRatio {
  const total = baselineUnits + candidateUnits;
  const test = sampleRatioTest({
    counts: [baselineUnits, candidateUnits],
    expectedShares: [1 - share, share],
  });
  return {
    baselineUnits,
    candidateUnits,
    expectedShare: share,
    observedShare: test === null ? null : candidateUnits / total,
    chiSquare: test?.chiSquare ?? null,
    p: test?.p ?? null,
    sequentialP: test?.sequentialP ?? null,
  };
}

/** One day's new units, as information. */
export function dayRatio(baseline: VariantTraffic, candidate: VariantTraffic, share: number | null) {
  const counts = [baseline.newUnits, candidate.newUnits] as const;
  const total = counts[0] + counts[1];
  const test = share === null ? null : sampleRatioTest({ counts, expectedShares: [1 - share, share] });
  return {
    candidateShare: total > 0 ? candidate.newUnits / total : null,
    sampleRatioP: test?.p ?? null,
  };
}

export function mismatches(p: number | null, observed: number | null, share: number): boolean {
  if (p === null || observed === null) return false;
  return p < ALARM && deviates(observed, share);
}

/** By more than is let go. */
export function deviates(observed: number, share: number): boolean {
  return Math.abs(observed - share) > deviationFloor(share) + 1e-9;
}

/** `broken`: which values it is, to end the sentence with. */
export function sampleRatioCheck(
  input: JudgeInput,
  ratio: SampleRatio | null,
  broken: (share: number) => string,
): CheckResult {
  const describe = finding("sample_ratio", "Units split as the gate says");
  if (ratio === null) return wholeTraffic(input, describe);
  const { baselineUnits, candidateUnits, expectedShare: expected, observedShare: observed, p } = ratio;
  const units = `${countText(candidateUnits)} of ${countText(candidateUnits + baselineUnits)} new units`;
  if (p === null || observed === null) {
    const detail = "no unit was seen in this gate, so the split cannot be tested";
    return describe("error", detail, { observed: null, expected });
  }
  const options = { observed, expected };
  if (candidateUnits === 0 || baselineUnits === 0) {
    const empty = candidateUnits === 0 ? input.config.rollout.candidate : input.config.rollout.baseline;
    return describe("fail", `${empty} got no unit at all (${units} saw the candidate)`, options);
  }
  const split = `${shareText(observed, [expected])} of new units got the candidate instead of ${lineText(expected)} (${units})`;
  if (mismatches(p, observed, expected)) {
    const chance = `chance does that ${p < 1e-6 ? "less than once in a million" : `once in ${countText(1 / p)}`} splits`;
    return describe(
      "fail",
      `${split}: the split is broken, believe no number below; ${chance}${broken(expected)}`,
      options,
    );
  }
  return describe("pass", `${split}: chance does as much ${often(p)}`, options);
}

/** A p value in words. */
function often(p: number): string {
  return p < 0.01 ? `once in ${countText(1 / p)} splits` : `in ${Math.round(100 * p)} of 100 splits`;
}

/** At 100% there is no split to test, but the baseline should be gone. */
function wholeTraffic(input: JudgeInput, describe: ReturnType<typeof finding>): CheckResult {
  const { baselineUnits, candidateUnits } = input.traffic;
  const { baseline, candidate } = input.config.rollout;
  const total = baselineUnits + candidateUnits;
  if (!(total > 0))
    return describe("error", "no unit was seen in this gate", { observed: null, expected: 1 });
  const options = { observed: candidateUnits / total, expected: 1 };
  if (candidateUnits === 0) return describe("fail", `${candidate} got no unit at all`, options);
  const left = baselineUnits / total;
  if (left >= 0.01) {
    const text = `${shareText(left)} of new units still got ${baseline}, where the gate serves ${candidate} to everyone`;
    return describe("fail", text, options);
  }
  return describe("not_checked", "everyone gets the candidate: there is no split to test", options);
}
