/**
 * Other ways to the same answer, as a check on the one that src uses: linear and Fieller intervals, Welch's degrees of
 * freedom, the relative difference of two means as gbstats computes it, the always-valid p value.
 */
import type { RatioMoments } from "../../src/model/measurement.ts";
import { normalQuantile } from "../../src/statistics/normal.ts";
import { studentQuantile, studentUpperTail } from "../../src/statistics/special.ts";

export type SixSums = readonly [number, number, number, number, number, number];

/** From the order of the vectors: n, Σm, Σy, Σm², Σy², Σmy. */
export function momentsOf([units, m, y, mm, yy, my]: SixSums): RatioMoments {
  return {
    shape: "ratio",
    units,
    sumDenominator: m,
    sumNumerator: y,
    sumDenominatorSquared: mm,
    sumNumeratorSquared: yy,
    sumProduct: my,
  };
}

export function momentsOfUnits(denominators: readonly number[], numerators: readonly number[]): RatioMoments {
  const sum = (term: (m: number, y: number) => number) =>
    denominators.reduce((total, m, i) => total + term(m, numerators[i] ?? 0), 0);
  return momentsOf([
    denominators.length,
    sum((m) => m),
    sum((_, y) => y),
    sum((m) => m * m),
    sum((_, y) => y * y),
    sum((m, y) => m * y),
  ]);
}

export interface Side {
  readonly value: number;
  readonly standardError: number;
  readonly units: number;
}

export function linearComparison(baseline: Side, candidate: Side) {
  const delta = candidate.value / baseline.value - 1;
  const standardError = Math.hypot(
    candidate.standardError / baseline.value,
    (baseline.standardError * candidate.value) / baseline.value ** 2,
  );
  const c = candidate.standardError ** 2;
  const b = baseline.standardError ** 2;
  const degreesOfFreedom = (c + b) ** 2 / (c ** 2 / (candidate.units - 1) + b ** 2 / (baseline.units - 1));
  const t = studentQuantile(0.975, degreesOfFreedom);
  return {
    delta,
    standardError,
    degreesOfFreedom,
    normalInterval: [delta - 1.959963984540054 * standardError, delta + 1.959963984540054 * standardError],
    studentInterval: [delta - t * standardError, delta + t * standardError],
    studentP: 2 * studentUpperTail(Math.abs(delta / standardError), degreesOfFreedom),
  };
}

/** g ≥ 1 would mean that the baseline is not estimable. */
export function fieller(baseline: Side, candidate: Side) {
  const z = normalQuantile(0.975);
  const ratio = candidate.value / baseline.value;
  const g = (z * baseline.standardError) ** 2 / baseline.value ** 2;
  const half =
    (z / baseline.value) *
    Math.sqrt(candidate.standardError ** 2 * (1 - g) + ratio ** 2 * baseline.standardError ** 2);
  return { g, interval: [(ratio - half) / (1 - g) - 1, (ratio + half) / (1 - g) - 1] };
}

export interface Sample {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Variance p(1−p) without Bessel's correction, as gbstats has it for proportions. */
  readonly proportion?: boolean;
}

export function meanComparison(a: Sample, b: Sample) {
  const mean = (s: Sample) => s.sum / s.n;
  const variance = (s: Sample) =>
    s.proportion ? mean(s) * (1 - mean(s)) : (s.sumSquares - s.sum ** 2 / s.n) / (s.n - 1);
  return {
    delta: mean(b) / mean(a) - 1,
    standardError: Math.sqrt(
      variance(b) / (b.n * mean(a) ** 2) + (variance(a) * mean(b) ** 2) / (a.n * mean(a) ** 4),
    ),
    difference: mean(b) - mean(a),
    differenceError: Math.sqrt(variance(a) / a.n + variance(b) / b.n),
  };
}

export function alwaysValidP(z: number, information: number): number {
  const x = information;
  return Math.min(1, Math.sqrt(x + 1) * Math.exp((-x * z * z) / (2 * (x + 1))));
}

/** Share of the k heaviest keys in the whole; null when the whole is zero. */
export function topShare(counts: readonly number[], k: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return null;
  const heaviest = counts.toSorted((a, b) => b - a).slice(0, k);
  return heaviest.reduce((sum, count) => sum + count, 0) / total;
}

/** Sums over impressions n: by key a, by unit u, by both. */
export interface OverlapTerms {
  readonly total: number;
  readonly sumKeySquared: number;
  readonly sumUnitKeySquared: number;
  readonly sumUnitSquared: number;
}

/**
 * Chance that an impression of one unit and one of another show the same key: (Σ n_a² − Σ n_ua²) / (n² − Σ n_u²).
 * Unlike the plain Herfindahl index it does not grow as the variant gets smaller. Null with fewer than two units.
 */
export function hhiBetween(terms: OverlapTerms): number | null {
  const pairs = terms.total ** 2 - terms.sumUnitSquared;
  return pairs > 0 ? (terms.sumKeySquared - terms.sumUnitKeySquared) / pairs : null;
}

/** Standard error of the log ratio to be expected at `volume` candidate impressions. */
export function plannedStandardError(plan: {
  readonly rate: number;
  readonly designEffect: number;
  /** Candidate's share of traffic. */
  readonly share: number;
  readonly volume: number;
}): number {
  const { rate, designEffect, share, volume } = plan;
  return Math.sqrt((((1 - rate) / rate) * designEffect * (1 + share / (1 - share))) / volume);
}
