import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/statistics/random.ts";
import { informationByDay } from "../../../src/statistics/spending/night-information.ts";
import {
  promoteSpending,
  rollbackSpending,
  spendingBoundaries,
  spentBy,
} from "../../../src/statistics/spending/spending.ts";

const equal = (days: number, standardError: number) =>
  Array.from({ length: days }, () => ({ standardError, volume: 1000 }));

describe("the information of earlier nights", () => {
  it("is in proportion to the days when their people differ", () => {
    const information = informationByDay(equal(4, 0.2), { standardError: 0.1, varianceRemoved: 0 });
    for (const [at, each] of [25, 50, 75, 100].entries()) expect(information[at]).toBeCloseTo(each, 9);
  });

  it("is a/n + b when they come back", () => {
    // V(n) = 0.03/n + 0.01
    const days = equal(5, Math.sqrt(0.04));
    const information = informationByDay(days, {
      standardError: Math.sqrt(0.03 / 5 + 0.01),
      varianceRemoved: 0,
    });
    for (const [at, each] of information.entries()) expect(each).toBeCloseTo(1 / (0.03 / (at + 1) + 0.01), 9);
  });

  it("ends at the error that was measured, whatever the days say of it", () => {
    for (const standardError of [0.01, 0.1, 0.5])
      expect(informationByDay(equal(3, 0.2), { standardError, varianceRemoved: 0.3 }).at(-1)).toBeCloseTo(
        1 / (0.7 * standardError ** 2),
        6,
      );
  });

  it("goes by volume where days have too few events for an error, and is none before the first", () => {
    const days = [0, 100, 300].map((volume) => ({ standardError: null, volume }));
    const information = informationByDay(days, { standardError: 0.1, varianceRemoved: 0 });
    expect(information.map((each) => Math.round(each))).toEqual([0, 25, 100]);
  });

  it("comes within 3% of windows that really ended on each day, with returning people and uneven days", () => {
    const random = createRandom("nights");
    const users = Array.from({ length: 40_000 }, () => ({
      taste: random.beta(6, 94),
      activity: random.gamma(0.7),
    }));
    const days = [1, 1.4, 0.6, 1, 1, 2, 0.5, 1.2];
    const side = () => users.map(() => ({ m: 0, y: 0 }));
    const total = side();
    const errorOf = (units: readonly { readonly m: number; readonly y: number }[]) => {
      const used = units.filter(({ m }) => m > 0);
      const m = used.reduce((sum, unit) => sum + unit.m, 0);
      const rate = used.reduce((sum, unit) => sum + unit.y, 0) / m;
      const squares = used.reduce((sum, unit) => sum + (unit.y - rate * unit.m) ** 2, 0);
      return Math.sqrt(squares) / m / rate;
    };
    const measured = days.map((size) => {
      const day = side();
      for (const [at, { taste, activity }] of users.entries()) {
        const shown = random.poisson(activity * size);
        for (let one = 0; one < shown; one += 1) {
          const clicks = random.uniform() < taste ? 1 : 0;
          for (const sums of [day[at], total[at]]) {
            if (sums === undefined) continue;
            sums.m += 1;
            sums.y += clicks;
          }
        }
      }
      const volume = day.reduce((sum, { m }) => sum + m, 0);
      return { day: { standardError: errorOf(day), volume }, window: errorOf(total) };
    });
    const window = { standardError: measured.at(-1)?.window ?? 0, varianceRemoved: 0 };
    const information = informationByDay(
      measured.map(({ day }) => day),
      window,
    );
    const truth = measured.map((each) => each.window ** -2);
    for (const [at, each] of information.entries())
      expect(Math.abs(each / (truth[at] ?? 0) - 1)).toBeLessThan(0.03);
    for (const spending of [rollbackSpending(5), promoteSpending]) {
      const boundaries = (of: readonly number[]) =>
        spendingBoundaries(
          of.map((each, at) => ({ information: each, spent: spentBy(spending, at + 1, 14) })),
        );
      const [inferred, real] = [boundaries(information), boundaries(truth)];
      for (const [at, each] of inferred.entries())
        expect(Math.abs(each - (real[at] ?? 0))).toBeLessThan(0.03);
    }
  });
});
