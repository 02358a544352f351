/**
 * The normal distribution to double precision.
 * erfc: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), error ≤ 1e-15.
 * Quantile: P. J. Acklam's rational approximation (1.15e-9) with one Halley step.
 */

const NEAR_TOP = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
];
const NEAR_BOTTOM = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_TOP = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_BOTTOM = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const FAR_TOP = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const FAR_BOTTOM = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];
/** exp(−y²) is 0 in double precision from here on. */
const UNDERFLOW = 27.3;
const INVERSE_SQRT_PI = 0.5641895835477563;

/** 1 − erf(x). */
export function erfc(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - (x * polynomial(NEAR_TOP, y * y)) / polynomial(NEAR_BOTTOM, y * y);
  const tail = y <= 4 ? middle(y) : y < UNDERFLOW ? far(y) : 0;
  return x < 0 ? 2 - tail : tail;
}

/** P(Z ≤ x). */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x * Math.SQRT1_2);
}

const CENTRE_TOP = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const CENTRE_BOTTOM = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const TAIL_TOP = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BOTTOM = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const SMALLEST = 1e-300;

/** The x with P(Z ≤ x) = p. Beyond 1e-300 the answer of 1e-300 (−37.05) is given, so it is always finite. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const lower = Math.max(p, SMALLEST);
  const x = acklam(lower);
  const step = (normalCdf(x) - lower) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
  return x - step / (1 + (x * step) / 2);
}

function acklam(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_TOP, q) / polynomial(TAIL_BOTTOM, q);
  }
  const q = p - 0.5;
  return (q * polynomial(CENTRE_TOP, q * q)) / polynomial(CENTRE_BOTTOM, q * q);
}

function middle(y: number): number {
  return (expMinusSquare(y) * polynomial(MIDDLE_TOP, y)) / polynomial(MIDDLE_BOTTOM, y);
}

function far(y: number): number {
  const inverse = 1 / (y * y);
  const ratio = (inverse * polynomial(FAR_TOP, inverse)) / polynomial(FAR_BOTTOM, inverse);
  return (expMinusSquare(y) * (INVERSE_SQRT_PI - ratio)) / y;
}

/** exp(−y²) without losing the digits that y·y rounds away: y is split at 1/16 (Cody). */
function expMinusSquare(y: number): number {
  const head = Math.trunc(y * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(y - head) * (y + head));
}

/** Highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
