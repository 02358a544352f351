/** Coverage against a count by hand, over events drawn at random: misnamed, crossed, of nobody, of items that no lookup knows. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { LeftOut, MetricMeasurement, RatioMoments } from "../../../src/model/measurement.ts";
import { isVariantOf } from "../../../src/queries/catalog/algorithm-names.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import { measureTraffic } from "../../../src/queries/measures/traffic.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { longRuns } from "../../helpers/long-runs.ts";
import { openWarehouse, plan, shippedRoot } from "../warehouse.ts";

const shipped = readCatalog(shippedRoot);

interface Event {
  readonly type: "impression" | "click";
  readonly day: string;
  readonly algorithm: string;
  /** Null: the row names nobody. */
  readonly user: string | null;
  readonly item: keyof typeof items;
}

/** Author, category and duplicate group as the lookup says; null: it does not know the item. */
const items = {
  whole: ["a1", "c1", "d1"],
  other: ["a2", "c2", null],
  bare: [null, "c1", null],
  unknown: null,
} as const satisfies Record<string, readonly (string | null)[] | null>;

const event = fc.record<Event>({
  type: fc.constantFrom("impression", "impression", "click"),
  day: fc.constantFrom("2026-02-01", "2026-02-02"),
  algorithm: fc.constantFrom("v1", "v1", "v2", "v2", "v1 ", "V2\t", "v9"),
  user: fc.option(
    fc.integer({ min: 0, max: 14 }).map((number) => `u${number}`),
    { freq: 8 },
  ),
  item: fc.constantFrom("whole", "other", "bare", "unknown"),
});

const text = (value: string | null) => (value === null ? "NULL" : `'${value}'`);

/** Each event a second after the one before. */
async function built(events: readonly Event[]): Promise<Engine> {
  const engine = await openWarehouse();
  const known = Object.entries(items).flatMap(([id, names]) => (names === null ? [] : [[id, ...names]]));
  await engine.execute(
    `INSERT INTO item_attributes VALUES ${known.map((names) => `(${names.map(text).join(", ")})`).join(", ")}`,
  );
  const rows = events.map(({ type, day, algorithm, user, item }, at) => {
    const time = new Date(Date.parse(`${day}T00:00:00Z`) + at * 1000).toISOString();
    const unit = user === null ? `row:${at}` : null;
    const own = [
      type,
      time.slice(0, 19),
      day,
      user,
      unit,
      item,
      ...(items[item] ?? [null, null, null]),
      algorithm,
    ];
    return `(${own.map(text).join(", ")})`;
  });
  await engine.execute(`INSERT INTO event_rows (event_type, occurred_at, event_date, user_id, row_unit, item_id, author_id,
    category_id, duplicate_group, algo_version) VALUES ${rows.join(", ")}`);
  await buildRelations(engine, shipped, { dirtyDates: [], rebuildAll: false });
  return engine;
}

const variants = { baseline: "v1", candidate: "v2" } as const;

function crossedUsers(events: readonly Event[]): ReadonlySet<string | null> {
  const under = (name: string) =>
    new Set(events.filter(({ algorithm }) => algorithm === name).map(({ user }) => user));
  return new Set([...under("v1")].filter((user) => user !== null && under("v2").has(user)));
}

/** What of an item each metric needs. */
const lacks: Readonly<Record<string, (item: Event["item"]) => boolean>> = {
  top_author_share: (item) => (items[item]?.[0] ?? null) === null,
  top_category_share: (item) => (items[item]?.[1] ?? null) === null,
  near_duplicate_share: (item) => items[item] === null,
};

function byHand(events: readonly Event[], metric: string, name: string) {
  const crossed = crossedUsers(events);
  const type = metric === "long_dwell_share" ? "click" : "impression";
  const own = events.filter((one) => one.type === type && isVariantOf(one.algorithm, name));
  const reasonOf = ({ algorithm, user, item }: Event): keyof LeftOut | "counted" => {
    if (algorithm !== name) return "name";
    if (crossed.has(user)) return "crossover";
    if (user === null) return "unit";
    return lacks[metric]?.(item) === true ? "attribute" : "counted";
  };
  const count = (reason: string) => own.filter((one) => reasonOf(one) === reason).length;
  const reasons = ["crossover", "unit", "name", "attribute", "orphan", "rejected"] as const;
  return {
    events: own.length,
    counted: count("counted"),
    leftOut: Object.fromEntries(reasons.map((reason) => [reason, count(reason)])),
  };
}

/** Clicks over impressions per variant, crossed users where they were first. */
function intendedByHand(events: readonly Event[]): Readonly<Record<string, readonly [number, number]>> {
  const exact = events.filter(({ algorithm, user }) => user !== null && /^v[12]$/.test(algorithm));
  const place = (one: Event) => Date.parse(`${one.day}T00:00:00Z`) + events.indexOf(one) * 1000;
  const firstOf = (user: string | null) =>
    exact.filter((one) => one.user === user).toSorted((a, b) => place(a) - place(b))[0]?.algorithm;
  const shown = (one: Event) =>
    exact.some(
      (other) =>
        other.type === "impression" &&
        ["user", "day", "algorithm"].every((key) => other[key as "user"] === one[key as "user"]),
    );
  const count = (name: string, type: Event["type"]) =>
    exact.filter((one) => one.type === type && firstOf(one.user) === name && shown(one)).length;
  return {
    v1: [count("v1", "click"), count("v1", "impression")],
    v2: [count("v2", "click"), count("v2", "impression")],
  };
}

const named = (measured: readonly MetricMeasurement[], name: string) =>
  measured.find(({ definition }) => definition.name === name);

describe("coverage", () => {
  it("is what one counts by hand, in every metric and variant, and adds up to all that was loaded", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 30, maxLength: 300 }), async (events) => {
        const engine = await built(events);
        const measured = await measureMetrics(engine, shipped, plan);
        for (const { definition, coverage } of measured) {
          for (const variant of ["baseline", "candidate"] as const) {
            const hand = byHand(events, definition.name, variants[variant]);
            expect([definition.name, variant, coverage?.[variant]]).toEqual([definition.name, variant, hand]);
          }
        }
        const { coverage } = await measureTraffic(engine, plan);
        for (const [kind, type] of [
          ["impressions", "impression"],
          ["clicks", "click"],
        ] as const) {
          const { baseline, candidate } = coverage?.[kind].coverage ?? {};
          const others = events.filter((one) => one.type === type && one.algorithm === "v9").length;
          const loaded = events.filter((one) => one.type === type).length;
          expect((baseline?.events ?? 0) + (candidate?.events ?? 0) + others).toBe(loaded);
          for (const side of [baseline, candidate]) {
            const leftOut = Object.values(side?.leftOut ?? {}).reduce((sum, each) => sum + each, 0);
            expect((side?.counted ?? 0) + leftOut).toBe(side?.events);
          }
        }
      }),
      { numRuns: longRuns(2, 3), seed: 7 },
    );
  }, 120_000);

  it("keeps crossed units under the algorithm they saw first in a reading beside", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 60, maxLength: 300 }), async (events) => {
        const engine = await built(events);
        const found = named(await measureMetrics(engine, shipped, plan), "ctr")?.intentionToTreat ?? null;
        expect(found === null).toBe(crossedUsers(events).size === 0);
        if (found === null) return;
        const sums = (side: typeof found.baseline) => {
          const moments = side as RatioMoments | null;
          return [moments?.sumNumerator ?? 0, moments?.sumDenominator ?? 0];
        };
        expect({ v1: sums(found.baseline), v2: sums(found.candidate) }).toEqual(intendedByHand(events));
      }),
      { numRuns: longRuns(2, 3), seed: 7 },
    );
  }, 120_000);

  it("outlives the single events", async () => {
    const events = fc.sample(event, { numRuns: 200, seed: 3 });
    const engine = await built(events);
    const before = await measureMetrics(engine, shipped, plan);
    expect(named(before, "top_author_share")?.coverage?.candidate.leftOut.attribute).toBeGreaterThan(0);
    await engine.execute("DELETE FROM event_rows");
    await buildRelations(engine, shipped, { dirtyDates: [], rebuildAll: false });
    expect(await measureMetrics(engine, shipped, plan)).toEqual(before);
  });

  it("is not known of items on days that an earlier version loaded", async () => {
    const engine = await built(fc.sample(event, { numRuns: 200, seed: 3 }));
    await engine.execute("DELETE FROM coverage_days WHERE event_date = '2026-02-01'");
    const measured = await measureMetrics(engine, shipped, plan);
    expect(named(measured, "top_author_share")?.coverage).toBeNull();
    expect(named(measured, "ctr")?.coverage).not.toBeNull();
    expect((await measureTraffic(engine, plan)).coverage?.unknownDays).toBe(1);
  });

  it("is not known of a warehouse that never counted it", async () => {
    const engine = await built(fc.sample(event, { numRuns: 200, seed: 3 }));
    for (const name of ["coverage_days", "coverage_misses", "coverage_items", "unit_firsts", "reject_days"])
      await engine.execute(`DROP TABLE ${name}`);
    const measured = await measureMetrics(engine, shipped, plan);
    expect(measured.map(({ error }) => error)).toEqual(measured.map(() => null));
    expect(named(measured, "top_author_share")?.coverage).toBeNull();
    expect((await measureTraffic(engine, plan)).coverage?.unknownDays).toBe(2);
  });
});
