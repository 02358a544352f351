/** Draws with little noise (stratified numbers, quotas), so that what a small sample shows is near what was planted in it. */
import type { Random } from "../../statistics/random.ts";

export function drawFrom<T>(items: readonly T[], random: Random): T {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new RangeError("nothing to draw from");
  return item;
}

/** 0 … count − 1 in random order (Fisher and Yates). */
export function shuffledOrder(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/** One number from each of `count` equal slices of [0, 1), in random order: any share of them is met within 1/count. */
export function stratifiedNumbers(count: number, random: Random): Float64Array {
  const numbers = new Float64Array(count);
  for (const [slice, place] of shuffledOrder(count, random).entries()) {
    numbers[place] = (slice + random.uniform()) / count;
  }
  return numbers;
}

/**
 * Marks exactly `target` of the weighted items (fewer when there are not so many), each with a chance near its weight:
 * systematic sampling over a random order, so that totals are exact while units vary as under independent draws.
 */
export function drawQuota(weights: readonly number[], target: number, random: Random): Uint8Array {
  const chosen = new Uint8Array(weights.length);
  const wanted = Math.min(Math.max(Math.round(target), 0), weights.length);
  const order = shuffledOrder(weights.length, random);
  const step = weights.reduce((sum, weight) => sum + weight, 0) / wanted;
  let passed = 0;
  let next = random.uniform() * step;
  let owed = 0;
  let drawn = 0;
  for (const index of order) {
    passed += weights[index] ?? 0;
    for (; next < passed; next += step) owed += 1;
    if (owed > 0 && drawn < wanted) {
      chosen[index] = 1;
      owed -= 1;
      drawn += 1;
    }
  }
  // A weight above the step leaves a debt at the end of the round, e.g. 2 of 3 items asked for: paid from the front.
  for (const index of order) {
    if (drawn === wanted) break;
    if (chosen[index] === 1) continue;
    chosen[index] = 1;
    drawn += 1;
  }
  return chosen;
}

/** First index whose running total passes `value`; totals rise to 1. */
export function findSlice(runningTotals: Float64Array, value: number): number {
  let low = 0;
  let high = runningTotals.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runningTotals[middle] ?? 1) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Running totals of weights, scaled to end at 1. */
export function runningTotals(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let passed = 0;
  return Float64Array.from(weights, (weight) => {
    passed += weight;
    return passed / total;
  });
}
