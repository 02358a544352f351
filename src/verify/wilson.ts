/**
 * Wilson's score bounds of a share. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22 (1927), p. 209–212; with z one-sided.
 */

/** Normal quantiles of 0.95 and 0.99. */
export const Z95 = 1.6448536269514722;
export const Z99 = 2.3263478740408408;

export interface WilsonInterval {
  readonly lower: number;
  readonly upper: number;
}

/** `count` of `total`, e.g. 10 of 100 at Z95: 0.0605 to 0.1609. Total must be above 0. */
export function wilsonBounds(count: number, total: number, z: number): WilsonInterval {
  const share = count / total;
  const square = z * z;
  const centre = share + square / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + square / (4 * total * total));
  const scale = 1 + square / total;
  return {
    lower: count === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    upper: count === total ? 1 : Math.min(1, (centre + spread) / scale),
  };
}
