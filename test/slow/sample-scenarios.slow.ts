/** The sample's scenarios lie where their names say by another seed as well; slow/verdicts.slow.ts judges those of the first. */
import { afterAll, expect, test } from "vitest";
import { expectedVerdict, planOf, type Scenario, scenarios } from "../../src/sample/scenario.ts";
import type { VariantDayTotals } from "../../src/sample/truth.ts";
import { sampleInto, temporaryFolder } from "../helpers/temp-workspace.ts";

interface Deltas {
  readonly ctr: number;
  readonly dwell: number;
}

/** Of the counts that sample/truth.test.ts compares with the files. */
function deltasOf(totals: readonly VariantDayTotals[]): Deltas {
  const ratesOf = (variant: string): Deltas => {
    const own = totals.filter((day) => day.variant === variant);
    const sum = (of: (day: VariantDayTotals) => number): number =>
      own.reduce((total, day) => total + of(day), 0);
    const clicks = sum((day) => day.clicks);
    return {
      ctr: clicks / sum(({ impressions }) => impressions),
      dwell: sum(({ longDwellClicks }) => longDwellClicks) / clicks,
    };
  };
  const [before, after] = [ratesOf("baseline"), ratesOf("candidate")];
  return { ctr: after.ctr / before.ctr - 1, dwell: after.dwell / before.dwell - 1 };
}

async function planted(scenario: Scenario): Promise<{ window: Deltas; days: readonly Deltas[] }> {
  const { totals } = await sampleInto(temporaryFolder(afterAll), { scenario, seed: 2, usersPerDay: 1200 });
  const dates = [...new Set(totals.map(({ date }) => date))].sort();
  expect(dates).toHaveLength(7);
  const days = dates.map((date) => deltasOf(totals.filter((day) => day.date === date)));
  return { window: deltasOf(totals), days };
}

test("healthy is past no line, neither over the window nor on any day", async () => {
  const { window, days } = await planted("healthy");
  for (const { ctr, dwell } of [window, ...days]) {
    expect(ctr).toBeGreaterThan(-0.03);
    expect(dwell).toBeGreaterThan(-0.04);
  }
});

test("warning is past the 3% line of the click-through rate and not at the 5% line", async () => {
  const { window, days } = await planted("warning");
  expect(window.ctr).toBeLessThan(-0.033);
  expect(window.ctr).toBeGreaterThan(-0.047);
  expect(Math.min(...days.map(({ ctr }) => ctr))).toBeGreaterThan(-0.1);
});

test("rollback is past the 5% line over the window and on no day at the severe 10% line", async () => {
  const { window, days } = await planted("rollback");
  expect(window.ctr).toBeLessThan(-0.065);
  expect(window.ctr).toBeGreaterThan(-0.085);
  expect(Math.min(...days.map(({ ctr }) => ctr))).toBeGreaterThan(-0.1);
});

test("severe is past the 10% line on one day while the window is healthy", async () => {
  const { window, days } = await planted("severe");
  expect(window.ctr).toBeGreaterThan(-0.03);
  expect(days.map(({ ctr }) => ctr <= -0.12)).toEqual([false, false, false, true, false, false, false]);
  expect(days.filter(({ ctr }) => ctr <= -0.03)).toHaveLength(1);
});

test("a verdict is stated for samples of full size only", () => {
  for (const scenario of scenarios) {
    expect(expectedVerdict(scenario, 7, planOf(scenario).usersPerDay)?.evidence).toBeDefined();
    expect(expectedVerdict(scenario, 6, planOf(scenario).usersPerDay)).toBeNull();
    expect(expectedVerdict(scenario, 7, 500)).toBeNull();
  }
  expect(expectedVerdict("healthy", 30, planOf("healthy").usersPerDay)?.literal.action).toBe("promote");
  expect(expectedVerdict("thin", 30, planOf("thin").usersPerDay)).toBeNull();
});
