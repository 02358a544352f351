/** Cuts at random in days of noise: found where enough was due, and none is found where nothing is lost. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { EventTimes } from "../../../../src/model/measurement.ts";
import { longRuns } from "../../../helpers/long-runs.ts";
import {
  clicks,
  DAY,
  day,
  endsAt,
  impressions,
  missing,
  type Stretch,
  times,
  timesOf,
  usual,
} from "../days-by-minute.ts";

/** Poisson counts by the minute, from a seed. */
function noisy(seed: number): (type: EventTimes["type"], total: number, cut?: Stretch) => EventTimes {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const poisson = (mean: number) => {
    const least = Math.exp(-mean);
    let [count, product] = [0, next()];
    while (product > least) {
      count += 1;
      product *= next();
    }
    return count;
  };
  const sum = usual.reduce((all, each) => all + each, 0);
  return (type, total, cut) =>
    timesOf(
      type,
      Array.from({ length: DAY }, (_, minute) => {
        const events = poisson(((usual[Math.floor(minute / 60)] ?? 0) * total) / sum / 60);
        return cut !== undefined && minute >= cut.from && minute < cut.to ? 0 : events;
      }),
      null,
    );
}
const noisyDays = (seed: number, cut?: { type: EventTimes["type"]; from: number }) => {
  const draw = noisy(seed);
  return Array.from({ length: 5 }, (_, at) => {
    const cutOf = (type: EventTimes["type"]) =>
      at === 4 && cut?.type === type ? { from: cut.from, to: DAY } : undefined;
    return day(at, {
      impression: draw("impression", impressions, cutOf("impression")),
      click: draw("click", clicks, cutOf("click")),
    });
  });
};
const due = (type: EventTimes["type"], from: number) =>
  times(type, type === "click" ? clicks : impressions).events -
  times(type, type === "click" ? clicks : impressions, endsAt(from)).events;

it("a cut in which 20 and some were due is found, whatever its type and time", () => {
  const cuts = fc.record({
    seed: fc.nat(),
    type: fc.constantFrom<EventTimes["type"]>("impression", "click"),
    from: fc.integer({ min: 60, max: 1435 }),
  });
  fc.assert(
    fc.property(cuts, ({ seed, type, from }) => {
      fc.pre(due(type, from) >= (type === "click" ? 32 : 80));
      expect(missing(noisyDays(seed, { type, from })).at(-1)).toContain(`${type}s end at`);
    }),
    { numRuns: longRuns(20, 80), seed: 11 },
  );
});

it("days whose events come a page of ten at a time are complete", () => {
  const paged = (seed: number) => {
    const draw = noisy(seed);
    return Array.from({ length: 5 }, (_, at) => {
      const pages = draw("impression", impressions / 10);
      const impression = {
        ...pages,
        events: pages.events * 10,
        hours: pages.hours.map((each) => each * 10),
      };
      const units = pages.events;
      const built = day(at, { impression, click: draw("click", clicks) });
      return { ...built, baseline: { ...built.baseline, units } };
    });
  };
  const found = Array.from({ length: longRuns(10, 60) }, (_, seed) => missing(paged(seed * 6101 + 1))).flat();
  expect(found.filter((each) => each !== null)).toEqual([]);
});

it("days with nothing taken away are complete, at least 999 of 1,000", () => {
  const found = Array.from({ length: longRuns(40, 250) }, (_, seed) => missing(noisyDays(seed * 7919 + 1)))
    .flat()
    .filter((each) => each !== null);
  expect(found.length).toBeLessThanOrEqual(1);
});
