/** A day that has the hours of another one repeats it. */
import { expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { emptyLedger } from "../../../src/model/ledger.ts";
import { night } from "../builders.ts";

/** Impressions in each hour of each day, as many in all. */
const hoursOf = (salt: number) => Array.from({ length: 24 }, (_, hour) => 40_000 + ((hour * salt) % 24));

function judged(salts: readonly number[], what: string | null = null) {
  const ledger =
    what === null
      ? emptyLedger
      : { ...emptyLedger, accepted: [{ what, since: "2026-02-04", reason: "a load test", by: "Ada" }] };
  const input = night({ ledger });
  const days = input.traffic.days.map((day, at) => {
    const hours = hoursOf(salts[at] ?? 1);
    const events = hours.reduce((sum, each) => sum + each, 0);
    const whole = { firstMinute: 0.1, lastMinute: 1439.9, holes: [], source: null };
    const clicks = hours.map((each) => each / 20);
    return {
      ...day,
      eventTimes: [
        { ...whole, type: "impression" as const, events, hours },
        { ...whole, type: "click" as const, events: events / 20, hours: clicks },
      ],
    };
  });
  return judge({ ...input, traffic: { ...input.traffic, days } });
}

it("holds, and names the day that it repeats", () => {
  expect(judged([1, 5, 7, 11]).decision.action).toBe("promote");
  const { decision, checks } = judged([1, 5, 7, 5]);
  expect(decision).toMatchObject({ action: "hold", rule: "data" });
  expect(checks.filter(({ name }) => name.startsWith("repeats_"))).toMatchObject([
    {
      name: "repeats_2026-02-04",
      status: "fail",
      detail:
        "4 Feb has as many impressions as 2 Feb in every hour: the same rows under other dates? Export it again " +
        "(or, if it was so: gatebook record accept repeats:2026-02-04)",
    },
  ]);
});

it("is settled by a person, for that day", () => {
  expect(judged([1, 5, 7, 5], "repeats:2026-02-04").decision.action).toBe("promote");
  expect(judged([1, 5, 7, 5], "repeats:2026-02-02").decision.action).toBe("hold");
});

it("is only shown where most days are alike: a program made them", () => {
  const { decision, checks } = judged([5, 5, 5, 7]);
  expect(decision.action).toBe("promote");
  expect(checks.filter(({ name }) => name.startsWith("repeat"))).toMatchObject([
    {
      name: "repeated_days",
      status: "warn",
      detail: "2 of 4 days have as many impressions as another in every hour: made by a program?",
    },
  ]);
});

it("of days whose times are not known nothing is said", () => {
  const { checks } = judge(night());
  expect(checks.filter(({ name }) => name.startsWith("repeat"))).toEqual([]);
});
