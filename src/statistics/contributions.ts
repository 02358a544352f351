/**
 * What each part of the traffic adds to the change of a ratio. With s a part's share of its variant's denominator and R its ratio:
 * within = ½(s_c + s_b)(R_c − R_b), mix = (½(R_c + R_b) − R̄)(s_c − s_b), R̄ the mean of both variants' whole ratios. Over all parts they add
 * up to the whole difference, whatever the shares do (Simpson's paradox is all mix).
 */
import type { RatioMoments } from "../model/measurement.ts";

export interface PartSums {
  readonly numerator: number;
  readonly denominator: number;
}

/** One part of the traffic in both variants; null: it has none in that variant. */
export interface Part<Sums> {
  readonly baseline: Sums | null;
  readonly candidate: Sums | null;
}

/** Fractions of the whole baseline ratio. */
export interface Contribution {
  readonly within: number;
  readonly mix: number;
}

/** One per part; null where either variant has no denominator, or the baseline's ratio is zero. */
export function contributions(parts: readonly Part<PartSums>[]): readonly Contribution[] | null {
  const [from, to] = [wholeOf(parts, "baseline"), wholeOf(parts, "candidate")];
  if (!(from.denominator > 0) || !(to.denominator > 0) || !(from.numerator > 0)) return null;
  const whole = from.numerator / from.denominator;
  const middle = (whole + to.numerator / to.denominator) / 2;
  return parts.map(({ baseline, candidate }) => {
    const [before, after] = [baseline ?? NOTHING, candidate ?? NOTHING];
    const shift = after.denominator / to.denominator - before.denominator / from.denominator;
    const added = after.numerator / to.denominator - before.numerator / from.denominator;
    // a variant without this part has no ratio of its own: there only the mix changed
    const ratios = [before, after].flatMap(({ numerator, denominator }) =>
      denominator > 0 ? [numerator / denominator] : [],
    );
    const own = ratios.length === 0 ? middle : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const mix = (own - middle) * shift;
    return { within: (added - middle * shift - mix) / whole, mix: mix / whole };
  });
}

const NOTHING: PartSums = { numerator: 0, denominator: 0 };

function wholeOf(parts: readonly Part<PartSums>[], variant: keyof Part<PartSums>): PartSums {
  return parts.reduce(
    (sum, part) => ({
      numerator: sum.numerator + (part[variant]?.numerator ?? 0),
      denominator: sum.denominator + (part[variant]?.denominator ?? 0),
    }),
    NOTHING,
  );
}

export function partSums(moments: RatioMoments | null): PartSums | null {
  if (moments === null) return null;
  return { numerator: moments.sumNumerator, denominator: moments.sumDenominator };
}
