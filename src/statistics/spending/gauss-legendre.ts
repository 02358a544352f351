/** Gauss–Legendre quadrature over panels of equal width: exact for polynomials of degree 47 in each. */

const POINTS = 24;

/** Nodes in [−1, 1] with their weights: roots of the Legendre polynomial by Newton's method (Abramowitz and Stegun 25.4.29). */
const rule = legendreRule();

export interface Quadrature {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** `count` panels of 24 nodes between `bottom` and `top`. */
export function panels(bottom: number, top: number, count: number): Quadrature {
  const half = (top - bottom) / (2 * count);
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let panel = 0; panel < count; panel += 1) {
    const middle = bottom + (2 * panel + 1) * half;
    for (const { node, weight } of rule) {
      nodes.push(middle + half * node);
      weights.push(half * weight);
    }
  }
  return { nodes, weights };
}

function legendreRule(): readonly { readonly node: number; readonly weight: number }[] {
  return Array.from({ length: POINTS }, (_, index) => {
    let x = Math.cos((Math.PI * (index + 0.75)) / (POINTS + 0.5));
    let slope = 1;
    for (let round = 0; round < 50; round += 1) {
      const { value, derivative } = legendre(x);
      slope = derivative;
      const next = x - value / derivative;
      if (Math.abs(next - x) < 1e-16) break;
      x = next;
    }
    return { node: x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
}

function legendre(x: number): { value: number; derivative: number } {
  let before = 1;
  let value = x;
  for (let n = 2; n <= POINTS; n += 1)
    [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  return { value, derivative: (POINTS * (x * value - before)) / (x * x - 1) };
}
