/** Days before the rollout foretell it: the same people with the same tastes, all under the baseline, and some who come later. */
import { expect, test } from "vitest";
import { planOf } from "../../../src/sample/scenario.ts";
import { makeCatalogue } from "../../../src/sample/traffic/catalogue.ts";
import { LONG_DWELL_MS } from "../../../src/sample/traffic/outcomes.ts";
import { makePopulation, withTurnover } from "../../../src/sample/traffic/population.ts";
import { scheduleBefore, scheduleDays } from "../../../src/sample/traffic/schedule.ts";
import { type DayTraffic, makeTraffic } from "../../../src/sample/traffic/traffic.ts";
import { createRandom } from "../../../src/statistics/random.ts";

const share = 0.5;
const days = 7;
const firstDay = "2026-02-01";
const plan = planOf("healthy");
const people = makePopulation(500, share, createRandom("people"));
const users = withTurnover(people, { days, share }, createRandom("turnover"));
const catalogue = makeCatalogue(createRandom("catalogue"));
const world = { seed: 1, users, catalogue, share, gap: null, platforms: null };
const before = scheduleBefore({ firstDay, days: 14 }, createRandom("before")).map(trafficOf);
const during = scheduleDays({ firstDay, days, plan }, createRandom("during")).map(trafficOf);

function trafficOf(day: Parameters<typeof makeTraffic>[1]): DayTraffic {
  return makeTraffic(world, day);
}

interface Counts {
  impressions: number;
  clicks: number;
  long: number;
}

function countsByUser(traffic: readonly DayTraffic[]): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  const of = (user: string | null): Counts => {
    const found = counts.get(user ?? "") ?? { impressions: 0, clicks: 0, long: 0 };
    if (user !== null) counts.set(user, found);
    return found;
  };
  for (const { impressions, clicks } of traffic) {
    for (const { visit } of impressions) of(visit.user).impressions += 1;
    for (const { impression, dwellMs } of clicks) {
      const count = of(impression.visit.user);
      count.clicks += 1;
      if ((dwellMs ?? 0) >= LONG_DWELL_MS) count.long += 1;
    }
  }
  return counts;
}

const seenBefore = countsByUser(before);
const seenDuring = countsByUser(during);

/** Correlation over users of `rate` before and during, where both have `least` of what it is a share of. */
function correlation(part: keyof Counts, whole: keyof Counts, least: number) {
  const pairs = [...seenBefore].flatMap(([user, earlier]) => {
    const later = seenDuring.get(user);
    if (later === undefined || earlier[whole] < least || later[whole] < least) return [];
    return [[earlier[part] / earlier[whole], later[part] / later[whole]] as const];
  });
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const moment = (of: (x: number, y: number) => number): number =>
    mean(pairs.map(([x, y]) => of(x - mx, y - my)));
  const r = moment((x, y) => x * y) / Math.sqrt(moment((x) => x * x) * moment((_, y) => y * y));
  return { r, users: pairs.length };
}

test("a user's click rate and share of long dwell last: before and during are correlated", () => {
  const clicks = correlation("clicks", "impressions", 30);
  expect(clicks.users).toBeGreaterThan(200);
  expect(clicks.r).toBeGreaterThan(0.45);
  const dwell = correlation("long", "clicks", 8);
  expect(dwell.users).toBeGreaterThan(50);
  expect(dwell.r).toBeGreaterThan(0.45);
});

test("before the rollout everybody gets the baseline, also those who get the candidate later", () => {
  expect(before.flatMap(({ impressions }) => impressions).every(isBaseline)).toBe(true);
  const candidates = during
    .flatMap(({ impressions }) => impressions)
    .filter((shown) => !isBaseline(shown))
    .flatMap(({ visit }) => visit.user ?? []);
  const known = [...new Set(candidates)].filter((user) => seenBefore.has(user));
  expect(known.length).toBeGreaterThan(200);
});

const isBaseline = ({ visit }: DayTraffic["impressions"][number]): boolean => visit.variant === "baseline";

test("those who get the candidate later click as the others do before it", () => {
  const arms = new Map(users.map(({ id, variant }) => [id, variant]));
  const rate = (arm: string): number => {
    const counts = [...seenBefore].filter(([user]) => arms.get(user) === arm).map(([, count]) => count);
    const sum = (key: keyof Counts): number => counts.reduce((total, count) => total + count[key], 0);
    return sum("clicks") / sum("impressions");
  };
  expect(rate("candidate") / rate("baseline")).toBeCloseTo(1, 1.7);
});

test("a quarter of the rollout's users is new, traffic is as before, and who has left does not come back", () => {
  const fresh = [...seenDuring.keys()].filter((user) => !seenBefore.has(user)).length / seenDuring.size;
  expect(fresh).toBeGreaterThan(0.2);
  expect(fresh).toBeLessThan(0.35);
  const daily = (traffic: readonly DayTraffic[]): number =>
    traffic.reduce((sum, { impressions }) => sum + impressions.length, 0) / traffic.length;
  expect(daily(during) / daily(before)).toBeCloseTo(1, 1);
  for (const [index, { impressions }] of during.entries()) {
    const came = new Set(impressions.map(({ visit }) => visit.user));
    const strangers = users.filter(
      ({ id, joins, leaves }) => came.has(id) && (index < joins || index >= leaves),
    );
    expect(strangers).toEqual([]);
  }
});

test("the heaviest of a scenario stay", () => {
  const heavy = people.map((user) => ({ ...user, isHeavy: true }));
  expect(withTurnover(heavy, { days, share }, createRandom(1)).map(({ id }) => id)).toEqual(
    people.map(({ id }) => id),
  );
});
