import fc from "fast-check";
import { expect, test } from "vitest";
import {
  drawQuota,
  findSlice,
  runningTotals,
  shuffledOrder,
  stratifiedNumbers,
} from "../../../src/sample/traffic/draws.ts";
import { createRandom } from "../../../src/statistics/random.ts";

const weights = fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 1, maxLength: 60 });

test("a quota marks exactly as many as asked for, or all there are", () => {
  fc.assert(
    fc.property(weights, fc.integer({ min: 0, max: 70 }), fc.integer(), (given, target, seed) => {
      const chosen = drawQuota(given, target, createRandom(seed));
      expect(chosen.reduce((sum, mark) => sum + mark, 0)).toBe(Math.min(target, given.length));
    }),
  );
});

test("a quota passes over items without weight while others are left", () => {
  const random = createRandom("weightless");
  const given = [0, 1, 0, 1, 1, 0];
  for (let round = 0; round < 50; round += 1) {
    expect([...drawQuota(given, 3, random)]).toEqual([0, 1, 0, 1, 1, 0]);
  }
});

test("a weight twice as large is marked about twice as often", () => {
  const random = createRandom("twice");
  const counts = [0, 0];
  for (let round = 0; round < 400; round += 1) {
    const chosen = drawQuota([...Array(30).fill(1), ...Array(30).fill(2)], 15, random);
    for (const [index, mark] of chosen.entries())
      counts[index < 30 ? 0 : 1] = (counts[index < 30 ? 0 : 1] ?? 0) + mark;
  }
  expect((counts[1] ?? 0) / (counts[0] ?? 1)).toBeGreaterThan(1.8);
  expect((counts[1] ?? 0) / (counts[0] ?? 1)).toBeLessThan(2.2);
});

test("stratified numbers fall one into each slice", () => {
  const numbers = stratifiedNumbers(100, createRandom("slices"));
  const slices = [...numbers].map((number) => Math.floor(number * 100)).sort((one, other) => one - other);
  expect(slices).toEqual(Array.from({ length: 100 }, (_, slice) => slice));
});

test("a shuffled order holds every index once and differs from seed to seed", () => {
  const one = [...shuffledOrder(50, createRandom(1))];
  expect([...one].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(one).not.toEqual([...shuffledOrder(50, createRandom(2))]);
});

test("a place in the running totals finds its item", () => {
  const totals = runningTotals([1, 2, 1]);
  expect([0, 0.2, 0.25, 0.7, 0.75, 0.999].map((place) => findSlice(totals, place))).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
});
