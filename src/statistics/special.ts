/**
 * Gamma, chi-square, Student and binomial: Lanczos (g = 7, nine terms) for ln Γ; series and Lentz continued fraction for the incomplete
 * functions (Abramowitz & Stegun 6.5, 26.5). Tails are never 1 − the other side, so 1e-200 keeps its digits.
 */
import { erfc, normalCdf, normalQuantile } from "./normal.ts";

const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
];
const TINY = 1e-300;
const PRECISION = 1e-16;
const MOST_STEPS = 100_000;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = LANCZOS.reduce((total, term, i) => total + (i === 0 ? term : term / (shifted + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** P(X ≥ x) of a chi-square with `df` degrees of freedom. */
export function chiSquareUpperTail(x: number, df: number): number {
  if (x <= 0) return 1;
  if (df === 1) return erfc(Math.sqrt(x / 2));
  const a = df / 2;
  const y = x / 2;
  const scale = Math.exp(-y + a * Math.log(y) - logGamma(a));
  return y < a + 1 ? Math.max(0, 1 - scale * gammaSeries(a, y)) : scale * gammaFraction(a, y);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_STEPS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  return lentz(x + 1 - a, (n) => ({ top: -n * (n - a), bottom: x + 1 - a + 2 * n }));
}

/** 1 / (first + top₁/(bottom₁ + top₂/(bottom₂ + …))), by the modified Lentz method. */
function lentz(first: number, term: (n: number) => { top: number; bottom: number }): number {
  let c = 1 / TINY;
  let d = 1 / nonZero(first);
  let value = d;
  for (let n = 1; n < MOST_STEPS; n++) {
    const { top, bottom } = term(n);
    d = 1 / nonZero(top * d + bottom);
    c = nonZero(bottom + top / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION * 4) break;
  }
  return value;
}

function nonZero(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}

/** Regularised incomplete beta function I_x(a, b), a and b > 0. */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return Math.max(0, 1 - betaBelowMean(1 - x, b, a));
  return betaBelowMean(x, a, b);
}

function betaBelowMean(x: number, a: number, b: number): number {
  const logScale =
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a);
  const fraction = lentz(1, (step) => {
    const m = Math.floor(step / 2);
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return { top: step % 2 === 0 ? even : odd, bottom: 1 };
  });
  return Math.min(1, Math.exp(logScale) * fraction);
}

/** P(X ≥ k) of a binomial; k and n need not be whole (counts divided by a design effect are not). */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return regularisedBeta(p, k, n - k + 1);
}

/** P(X ≤ k) of a binomial; k and n need not be whole. */
export function binomialLowerTail(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  if (k < 0) return 0;
  return regularisedBeta(1 - p, n - k, k + 1);
}

/** P(T ≥ t) of Student's t. */
export function studentUpperTail(t: number, df: number): number {
  const half = 0.5 * regularisedBeta(df / (df + t * t), df / 2, 0.5);
  return t >= 0 ? half : 1 - half;
}

/** The t with P(T ≤ t) = p; `df` need not be whole. At 1e10 degrees and above the normal quantile. */
export function studentQuantile(p: number, df: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, df);
  if (p === 0.5) return 0;
  const start = normalQuantile(p);
  if (df >= 1e10) return start;
  const logScale = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * Math.log(df * Math.PI);
  // The tail is convex and heavier than the normal one, so Newton from the normal quantile climbs and cannot overshoot.
  let t = start;
  for (let i = 0; i < 200; i++) {
    const density = Math.exp(logScale - ((df + 1) / 2) * Math.log1p((t * t) / df));
    const step = (studentUpperTail(t, df) - (1 - p)) / density;
    t += step;
    if (Math.abs(step) <= Math.abs(t) * 1e-15) break;
  }
  return t;
}

/** The quantile that bounds are made with: Student's t where there are degrees of freedom, else the normal's. */
export function quantileAt(p: number, degreesOfFreedom: number | null): number {
  return degreesOfFreedom === null ? normalQuantile(p) : studentQuantile(p, degreesOfFreedom);
}

/** P(T > t), likewise. */
export function upperTailAt(t: number, degreesOfFreedom: number | null): number {
  return degreesOfFreedom === null ? normalCdf(-t) : studentUpperTail(t, degreesOfFreedom);
}
