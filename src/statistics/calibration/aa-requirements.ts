/**
 * Each figure of a calibration with the band it must lie in. The bands of 1,000 splits leave out about one honest metric in twenty;
 * with another number of splits they are as much wider or narrower as chance is.
 */
import type { Calibration } from "./aa.ts";

export interface Requirement {
  readonly name: "p below 0.05" | "sd of z" | "KS p" | "sample ratio p below 0.001" | "cuts marked";
  readonly value: number | null;
  /** Null: no such end. */
  readonly low: number | null;
  readonly high: number | null;
  readonly holds: boolean;
}

const SPLITS = 1000;
/** Share of p below 0.05 in [0.036, 0.064], sd of z in [0.93, 1.07], KS p above 0.001, sample ratio alarms below 0.5%. */
const SHARE = { center: 0.05, half: 0.014 };
const SPREAD = { center: 1, half: 0.07 };
const UNIFORMITY = 0.001;
const MISMATCHES = { expected: 0.001, half: 0.004 };

export function requirementsOf(calibration: Calibration): readonly Requirement[] {
  const { splits, shareBelow5Percent, standardDeviation, uniformityP } = calibration;
  const width = Math.sqrt(SPLITS / splits);
  return [
    requirement("p below 0.05", shareBelow5Percent, within(SHARE, width)),
    requirement("sd of z", standardDeviation, within(SPREAD, width)),
    requirement("KS p", uniformityP, { low: UNIFORMITY, high: null }),
  ];
}

/** Of splits that are sound by construction, the share that the sample ratio test would have called a mismatch. */
export function mismatchRequirement(share: number, splits: number): Requirement {
  const high = MISMATCHES.expected + MISMATCHES.half * Math.sqrt(SPLITS / splits);
  return requirement("sample ratio p below 0.001", share, { low: null, high });
}

/** Of splits without any difference, the share in which a cut by a dimension stands out: the false discovery rate, at most. */
export function markedRequirement(share: number, splits: number): Requirement {
  const high = SHARE.center + SHARE.half * Math.sqrt(SPLITS / splits);
  return requirement("cuts marked", share, { low: null, high });
}

function within({ center, half }: { readonly center: number; readonly half: number }, width: number) {
  return { low: Math.max(0, center - half * width), high: center + half * width };
}

function requirement(
  name: Requirement["name"],
  value: number | null,
  { low, high }: Pick<Requirement, "low" | "high">,
): Requirement {
  const holds =
    value !== null && (low === null || value >= low - 1e-9) && (high === null || value <= high + 1e-9);
  return { name, value, low, high, holds };
}
