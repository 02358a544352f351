/**
 * Random numbers that are the same everywhere for one seed: for the sample data and the simulations, never for a verdict.
 * Generator: xoshiro128** 1.1 (Blackman & Vigna 2021), seeded by splitmix32 over the seed's text. Integer arithmetic only,
 * so uniforms are the same on every machine; the others use Math.log and the like, whose last digit may differ.
 */

export interface Random {
  /** In [0, 1), 53 bits. */
  uniform(): number;
  /** Whole, in [0, below). */
  integer(below: number): number;
  normal(): number;
  /** Mean `shape`. */
  gamma(shape: number): number;
  beta(a: number, b: number): number;
  poisson(mean: number): number;
  binomial(trials: number, p: number): number;
}

export function createRandom(seed: number | string): Random {
  const next = xoshiro(String(seed));
  const uniform = () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
  const normal = polarNormal(uniform);
  const gamma = (shape: number): number => gammaOf(shape, uniform, normal);
  const beta = (a: number, b: number) => {
    const x = gamma(a);
    const y = gamma(b);
    return x + y > 0 ? x / (x + y) : uniform() < a / (a + b) ? 1 : 0;
  };
  const binomial = (trials: number, p: number) => binomialOf(trials, p, { uniform, beta });
  return {
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    normal,
    gamma,
    beta,
    binomial,
    poisson: (mean) => poissonOf(mean, { uniform, gamma, binomial }),
  };
}

function xoshiro(seed: string): () => number {
  const mix = splitmix(hash(seed));
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  };
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** FNV-1a over the characters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value | 0;
}

function splitmix(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let x = state ^ (state >>> 16);
    x = Math.imul(x, 0x21f0aaad);
    x ^= x >>> 15;
    x = Math.imul(x, 0x735a2d97);
    return x ^ (x >>> 15);
  };
}

/** Marsaglia's polar method; the second of each pair is kept for the next call. */
function polarNormal(uniform: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}

/** Marsaglia & Tsang 2000; below shape 1 boosted by a power of a uniform. */
function gammaOf(shape: number, uniform: () => number, normal: () => number): number {
  if (!(shape > 0)) return 0;
  if (shape < 1) return gammaOf(shape + 1, uniform, normal) * uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Split at a beta-distributed order statistic until few trials are left (Devroye 1986, X.4.3): exact, logarithmic time. */
function binomialOf(trials: number, p: number, random: Pick<Random, "uniform" | "beta">): number {
  if (!(p > 0) || !(trials > 0)) return 0;
  if (p >= 1) return trials;
  let left = trials;
  let chance = p;
  let successes = 0;
  while (left > 30) {
    const rank = 1 + Math.floor(left / 2);
    const order = random.beta(rank, left + 1 - rank);
    if (order >= chance) {
      left = rank - 1;
      chance /= order;
    } else {
      successes += rank;
      left -= rank;
      chance = (chance - order) / (1 - order);
    }
  }
  for (let i = 0; i < left; i++) if (random.uniform() < chance) successes++;
  return successes;
}

/** Jump by gamma-distributed arrival times while the mean is large (Ahrens & Dieter 1974), then count arrivals. */
function poissonOf(mean: number, random: Pick<Random, "uniform" | "gamma" | "binomial">): number {
  let left = mean;
  let events = 0;
  while (left > 30) {
    const jump = Math.floor((7 / 8) * left);
    const time = random.gamma(jump);
    if (time > left) return events + random.binomial(jump - 1, left / time);
    events += jump;
    left -= time;
  }
  if (!(left > 0)) return events;
  for (let product = random.uniform(); product > Math.exp(-left); product *= random.uniform()) events++;
  return events;
}
