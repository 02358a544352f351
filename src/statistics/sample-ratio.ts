/**
 * Sample ratio mismatch. In: distinct units first seen in the gate, by variant, and the shares they should have. Out: chi-square
 * (Fabijan et al., KDD 2019) and sequential p values (Lindon & Malek, NeurIPS 2022); null where there is nothing to test.
 */
import { chiSquareUpperTail, logGamma } from "./special.ts";

interface SampleRatioInput {
  readonly counts: readonly number[];
  /** Any positive scale: [0.1, 0.9] and [10, 90] are the same. A variant of share 0 is left out of the test. */
  readonly expectedShares: readonly number[];
}

interface SampleRatioTest {
  readonly chiSquare: number;
  readonly p: number;
  /** Valid at every night; reset at each change of exposure. */
  readonly sequentialP: number;
  /** A variant that should have units has none: never a pass, whatever p is. */
  readonly emptyVariant: boolean;
}

/** Weight of the expected shares in the sequential test, in units; 10,000 is cautious against tiny deviations. */
const PRIOR_UNITS = 10_000;

/** Null: no units at all, fewer than two variants, or counts that are no counts (negative, NaN, one missing). */
export function sampleRatioTest(input: SampleRatioInput): SampleRatioTest | null {
  const arms = usable(input);
  if (arms === null) return null;
  const total = arms.reduce((sum, arm) => sum + arm.count, 0);
  const chiSquare = arms.reduce(
    (sum, arm) => sum + (arm.count - total * arm.share) ** 2 / (total * arm.share),
    0,
  );
  const shares = arms.map((arm) => arm.share);
  const prior = shares.map((share) => PRIOR_UNITS * share);
  const logFactor = logBayesFactor({ counts: arms.map((arm) => arm.count), shares, prior });
  return {
    chiSquare,
    p: chiSquareUpperTail(chiSquare, arms.length - 1),
    sequentialP: Math.min(1, Math.exp(-logFactor)),
    emptyVariant: arms.some((arm) => arm.count === 0),
  };
}

/** ln of how much likelier the counts are under a Dirichlet prior on the shares than under the expected shares. */
export function logBayesFactor(input: {
  readonly counts: readonly number[];
  readonly shares: readonly number[];
  readonly prior: readonly number[];
}): number {
  const priorSum = input.prior.reduce((sum, weight) => sum + weight, 0);
  const total = input.counts.reduce((sum, count) => sum + count, 0);
  return input.counts.reduce(
    (sum, count, i) => {
      const weight = input.prior[i] ?? 0;
      return sum + logGamma(weight + count) - logGamma(weight) - count * Math.log(input.shares[i] ?? 0);
    },
    logGamma(priorSum) - logGamma(priorSum + total),
  );
}

function usable({ counts, expectedShares }: SampleRatioInput) {
  if (counts.length !== expectedShares.length) return null;
  const isCount = (value: number) => Number.isFinite(value) && value >= 0;
  if (!counts.every(isCount) || !expectedShares.every(isCount)) return null;
  const arms = counts
    .map((count, i) => ({ count, share: expectedShares[i] ?? 0 }))
    .filter((arm) => arm.share > 0);
  const scale = arms.reduce((sum, arm) => sum + arm.share, 0);
  if (arms.length < 2 || arms.every((arm) => arm.count === 0)) return null;
  return arms.map((arm) => ({ count: arm.count, share: arm.share / scale }));
}
