/** An honest clock: the slowest of all that a hold waits for, by name; never, and why; nothing that recedes. */
import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { addDays } from "../../../src/model/calendar.ts";
import type { MetricMeasurement, RatioMoments } from "../../../src/model/measurement.ts";
import type { Forecast } from "../../../src/model/result.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { definition, firstDay, metric, type NightSpec, night, trafficDay, withMetric } from "../builders.ts";

const decided = (spec: NightSpec) => judge(night(spec)).decision;

function forecast(spec: NightSpec): Forecast {
  const found = decided(spec).forecast;
  if (found === null) throw new Error("no forecast");
  return found;
}

describe("the forecast of a hold", () => {
  it("a day has less than min_sample: never, with what a day has, and the same on day 45 as on day 5", () => {
    for (const days of [5, 45]) {
      const spec = { days, impressions: 715 };
      const told = forecast(spec);
      expect(told).toMatchObject({ days: null, never: true, condition: "sufficient_days" });
      expect(told.text).toMatch(
        /^Never at this traffic: a day has about \d+ of [\d,]+ candidate (clicks|impressions); raise the exposure or lower min_sample\.$/,
      );
      expect(decided(spec).reasons.join(" ")).not.toMatch(/more day/);
      expect(decided(spec).expect).toBe(`Expect hold. ${told.text}`);
      expect(decided(spec).steps.at(-1)?.text).toMatch(/^Waiting will not end this: change g10's exposure /);
    }
  });

  it("counts impressions when clicks are enough", () => {
    const days = Array.from({ length: 4 }, (_, at) => {
      const day = trafficDay(addDays(firstDay, at));
      return { ...day, candidate: { ...day.candidate, impressions: 715, clicks: 200 } };
    });
    expect(forecast({ traffic: { days } }).text).toBe(
      "Never at this traffic: a day has about 715 of 1,000 candidate impressions; raise the exposure or lower min_sample.",
    );
  });

  it("of days that are missing and evidence that is missing the slower one is told", () => {
    const slow = forecast({ days: 1, impressions: 6000 });
    expect(slow).toMatchObject({ condition: "evidence", never: false });
    expect(slow.days).toBeGreaterThan(5);
    expect(slow.text).toMatch(/^At least \d+ more days at this traffic: .* needs about [\d,]+ candidate /);
    const quick = forecast({ days: 1, gate: { minDays: 14 } });
    expect(quick).toMatchObject({
      condition: "sufficient_days",
      days: 13,
      text: "About 13 more days at this traffic: g10 needs 14 sufficient days and has 1.",
    });
  });

  it("half of the days are sufficient: twice as many are waited for", () => {
    const days = Array.from({ length: 6 }, (_, at) =>
      trafficDay(addDays(firstDay, at), at % 2 === 0 ? { impressions: 90 } : {}),
    );
    expect(forecast({ days: 6, gate: { minDays: 6 }, traffic: { days } })).toMatchObject({
      condition: "sufficient_days",
      days: 6,
    });
  });

  it("quiet days in a row: as many as are missing when every day is quiet, more when some are not", () => {
    const gate = { consecutiveHealthyDays: 6 };
    expect(forecast({ gate })).toMatchObject({
      condition: "quiet_days",
      days: 2,
      text: "About 2 more days at this traffic: g10 needs 6 quiet days in a row and has 4.",
    });
    const warned = forecast({ gate, deltas: { ctr: [0, 0, -0.04, 0] } });
    expect(warned.condition).toBe("quiet_days");
    expect(warned.days).toBeGreaterThan(5);
  });

  it("a day far from the others: so many usual days as bring the mean to it, or never", () => {
    const traffic = (last: number) => ({
      days: [0, 1, 2, 3].map((at) =>
        trafficDay(addDays(firstDay, at), at === 3 ? { impressions: last } : {}),
      ),
    });
    const gate = { trafficStability: 0.25 };
    expect(forecast({ gate, traffic: traffic(200_000) })).toMatchObject({
      condition: "stability",
      never: true,
    });
    expect(forecast({ gate, traffic: traffic(200_000) }).text).toMatch(
      /^Never while 2026-02-04 is in the window: 2026-02-04 was 60\.0% above the window's mean, 25% is allowed\.$/,
    );
    const days = [100_000, 128_000, 70_000].map((impressions, at) =>
      trafficDay(addDays(firstDay, at), { impressions }),
    );
    expect(forecast({ days: 3, gate: { trafficStability: 0.29 }, traffic: { days } })).toMatchObject({
      condition: "stability",
      never: true,
    });
  });

  it("before/after never ends by waiting, from its first day on, and says so once", () => {
    const spec: NightSpec = { gate: { name: "g100" }, days: 1, comparison: "before-after" };
    expect(forecast(spec)).toMatchObject({ never: true, condition: "comparison" });
    const { reasons, expect: tomorrow } = decided(spec);
    expect([...reasons, tomorrow].join(" ")).not.toMatch(/more day/);
  });

  it("a promote to a gate without a baseline promises no number of days there", () => {
    const { action, expect: tomorrow } = decided({
      ...{ gate: { name: "g50", minDays: 3, consecutiveHealthyDays: 0 } },
      impressions: 500_000,
    });
    expect(action).toBe("promote");
    expect(tomorrow).toContain("a person closes g100");
    expect(tomorrow).not.toMatch(/\d+ .*days?/);
  });

  it("is none of a promote, of a hold for data and of the first 24 hours", () => {
    expect(decided({}).forecast).toBeNull();
    expect(decided({ traffic: { crossoverUnits: 1e6 } }).forecast).toBeNull();
    expect(decided({ phase: "first-24h", days: 6 }).forecast).toBeNull();
  });
});

interface Crowd {
  /** Candidate's users; the baseline has as many. */
  readonly users: number;
  /** Share of them that come on a day. */
  readonly present: number;
  /** Spread of one user's own rate. */
  readonly spread: number;
  readonly seed: number;
}

/** CTR of the same users day after day: some come, each clicks at a rate of his own. */
function returning({ users, present, spread, seed }: Crowd, days: number): readonly MetricMeasurement[] {
  const random = createRandom(seed);
  const variants = ["baseline", "candidate"] as const;
  // Both variants have the same people, so that what is left of a change is chance.
  const rates = Array.from({ length: users }, (_, user) => (user % 2 === 0 ? 1 - spread : 1 + spread) * 0.1);
  const totals = variants.map(() => Array.from({ length: users }, () => ({ m: 0, y: 0 })));
  const each: { readonly baseline: RatioMoments; readonly candidate: RatioMoments }[] = [];
  return Array.from({ length: days }, (_, at) => {
    const day = variants.map((_, side) =>
      Array.from({ length: users }, (_, user) => {
        const m = random.uniform() < present ? 10 : 0;
        const rate = rates[user] ?? 0;
        const y = random.binomial(m, rate);
        const total = totals[side]?.[user];
        if (total !== undefined) Object.assign(total, { m: total.m + m, y: total.y + y });
        return { m, y };
      }),
    );
    const pair = (sides: readonly (readonly Unit[])[]) => ({
      baseline: sums(sides[0]),
      candidate: sums(sides[1]),
    });
    each.push(pair(day));
    return {
      ...metric("ctr", { days: 0 }),
      definition: definition("ctr"),
      observation: pair(totals),
      days: each
        .slice(0, at + 1)
        .map((one, index) => ({ date: addDays(firstDay, index), heaviest: null, ...one })),
    };
  });
}

interface Unit {
  readonly m: number;
  readonly y: number;
}

function sums(units: readonly Unit[] = []): RatioMoments {
  const seen = units.filter(({ m }) => m > 0);
  const sum = (pick: (unit: Unit) => number) => seen.reduce((total, unit) => total + pick(unit), 0);
  return {
    shape: "ratio",
    units: seen.length,
    sumDenominator: sum(({ m }) => m),
    sumNumerator: sum(({ y }) => y),
    sumDenominatorSquared: sum(({ m }) => m * m),
    sumNumeratorSquared: sum(({ y }) => y * y),
    sumProduct: sum(({ m, y }) => m * y),
  };
}

/** Night → what is said of CTR. */
function told(crowd: Crowd, nights: number): readonly (number | "never" | "settled")[] {
  return returning(crowd, nights).map((ctr, at) => {
    const input = withMetric(night({ days: at + 1, gate: { exposure: 0.5, minDays: 1 } }), ctr);
    const { observation } = judge(input).metrics.find(({ name }) => name === "ctr") ?? {};
    if (observation?.never != null) return "never";
    return observation?.daysNeeded ?? "settled";
  });
}

describe("a forecast night after night", () => {
  it("does not recede: the day it names stays where it is while the same people come back", () => {
    for (const seed of [2, 4, 5, 8]) {
      const nights = told({ users: 1200, present: 0.3, spread: 0.3, seed }, 16);
      // The day of the gate on which it would end, as each night from the sixth on sees it.
      const ends = nights.flatMap((days, at) => (at >= 5 && typeof days === "number" ? [at + 1 + days] : []));
      expect(ends.length).toBeGreaterThan(5);
      expect(Math.max(...ends) / Math.min(...ends)).toBeLessThan(1.3);
      expect(nights).not.toContain("never");
    }
  });

  it("says never, and stays with it, when what the same people share is more than the line allows", () => {
    const nights = told({ users: 1000, present: 0.3, spread: 0.8, seed: 3 }, 14);
    const open = nights.slice(2).filter((days) => days !== "settled");
    expect(open.length).toBeGreaterThan(8);
    expect(new Set(open)).toEqual(new Set(["never"]));
  });

  it("says on the first night that its days are the fewest", () => {
    const [ctr] = returning({ users: 1200, present: 0.3, spread: 0.3, seed: 2 }, 1);
    if (ctr === undefined) throw new Error("no night");
    const { metrics, decision } = judge(withMetric(night({ days: 1, gate: { exposure: 0.5 } }), ctr));
    expect(metrics.find(({ name }) => name === "ctr")?.observation).toMatchObject({
      daysNeededAtLeast: true,
      never: null,
    });
    expect(decision.forecast?.text).toMatch(
      /^At least \d+ more days at this traffic: Click-through rate needs about /,
    );
  });
});
