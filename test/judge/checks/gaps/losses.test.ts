/** What is lost of a day is found and named, and nothing else is. */
import { describe, expect, it } from "vitest";
import { judge } from "../../../../src/judge/judge.ts";
import type { Acceptance } from "../../../../src/model/ledger.ts";
import { emptyLedger } from "../../../../src/model/ledger.ts";
import type { TrafficDay } from "../../../../src/model/measurement.ts";
import { sourceOf } from "../../../queries/warehouse.ts";
import { metric, night, withMetric } from "../../builders.ts";
import {
  clicks,
  type DayPart,
  day,
  endsAt,
  impressions,
  judged,
  missing,
  times,
  usual,
} from "../days-by-minute.ts";

const healthy = (days: number) => Array.from({ length: days }, (_, at) => day(at));
/** The last of some days, the others healthy. */
const last = (part: DayPart, days = 4) => [...healthy(days - 1), day(days - 1, part)];

describe("a day is complete when its data is all here", () => {
  it("names the type, the time and how many were due when clicks end in the morning", () => {
    const days = last({ click: times("click", clicks, endsAt(512)) });
    const { decision, checks, traffic } = judged(days);
    expect(traffic.days.at(-1)).toMatchObject({
      complete: false,
      missing: expect.stringMatching(/^clicks end at 08:31; [78]\d\d were due after that$/),
    });
    expect(checks.find(({ name }) => name === "complete_days")).toMatchObject({
      status: "fail",
      accept: "lost:2026-02-04:clicks-from-08:31",
    });
    expect(decision).toMatchObject({ action: "hold", rule: "data" });
  });

  it("on a first day too: its impressions tell how many clicks were due", () => {
    const days = [day(0, { click: times("click", clicks, endsAt(512)) })];
    expect(missing(days)[0]).toMatch(/^clicks end at 08:31; [78]\d\d were due/);
  });

  it("on a first day too when impressions stop and clicks go on", () => {
    const days = [day(0, { impression: times("impression", impressions, endsAt(512)) })];
    expect(missing(days)[0]).toMatch(/^impressions end at 08:31; 1\d,\d\d\d were due/);
  });

  it.each([
    ["end", endsAt(1380), "end at 22:59"],
    ["beginning", { without: [{ from: 0, to: 90 }] }, "begin at 01:30"],
    ["middle", { without: [{ from: 620, to: 700 }] }, "between 10:19 and 11:40"],
  ])("when impressions lack an hour and less than quiet_hours at its %s", (_, cut, words) => {
    const impression = times("impression", impressions, cut);
    expect(missing(last({ impression })).at(-1)).toMatch(new RegExp(words));
  });

  it("when a day has no clicks at all, but of a few", () => {
    const none = { ...times("click", 0), events: 0 };
    expect(missing(last({ click: none })).at(-1)).toEqual(
      expect.stringMatching(/^no clicks; [\d,]+ were due$/),
    );
  });

  it("and where all types end together, impressions are named alone", () => {
    const part = {
      impression: times("impression", impressions, endsAt(720)),
      click: times("click", clicks, endsAt(720)),
      part: { endGapHours: 12 },
    };
    expect(missing(last(part)).at(-1)).toMatch(/^impressions end at 11:59; [\d,]+ were due after that$/);
  });

  it("when one of two sources of a type stops and the other goes on", () => {
    const of = (source: string, part = {}) => times("click", clicks / 2, { source, ...part });
    const both = { more: [of("web"), of("app")] };
    const days = [0, 1, 2].map((at) => day(at, both));
    const cut = day(3, { more: [of("web"), of("app", endsAt(512))] });
    expect(missing([...days, cut]).at(-1)).toMatch(
      /^clicks of app end at 08:31; [34]\d\d were due after that$/,
    );
  });

  it("where times are known to the hour only", () => {
    const hourly = (total: number, until = 24) => {
      const whole = times("impression", total, endsAt(until * 60));
      return { ...whole, lastMinute: (until - 1) * 60 };
    };
    const days = [0, 1, 2].map((at) => day(at, { impression: hourly(impressions) }));
    const cut = day(3, { impression: hourly(impressions, 20) });
    expect(missing([...days, cut]).at(-1)).toMatch(/^impressions end at 19:00; [\d,]+ were due/);
  });

  it("but for the hole that impressions have themselves: clicks that lack with them are not told of", () => {
    const hole = { without: [{ from: 790, to: 900 }] };
    const part = { impression: times("impression", impressions, hole), click: times("click", clicks, hole) };
    expect(missing(last(part)).at(-1)).toMatch(/^no impressions between 13:09 and 15:00; [\d,]+ were due$/);
  });

  it("two days cut at the same hour do not excuse each other", () => {
    const cut = { impression: times("impression", impressions, endsAt(1320)) };
    const days = [day(0), day(1), day(2, cut), day(3, cut)];
    expect(missing(days).map((each) => each !== null)).toEqual([false, false, true, true]);
  });
});

describe("no false hold", () => {
  it.each([
    ["fewer than 20 were due", last({ click: times("click", clicks, endsAt(1425)) })],
    [
      "those of fewer than 15 units were due within quiet_hours",
      last({
        impression: times("impression", impressions, endsAt(1438)),
        part: { baseline: { impressions: 18_000, clicks: 900, units: 90, newUnits: 10 } },
      }),
    ],
    [
      "a source delivers only some hours of every day",
      [0, 1, 2, 3].map((at) =>
        day(at, {
          more: [
            times("click", 400, { source: "batch", ...endsAt(720) }),
            times("click", 600, { source: "web" }),
          ],
        }),
      ),
    ],
    [
      "the same weekday ends as early every week",
      Array.from({ length: 15 }, (_, at) => {
        const sunday = { shape: usual.map((share, hour) => (hour < 22 ? share : 0)) };
        const isSunday = at % 7 === 0;
        return isSunday
          ? day(at, { impression: times("impression", 20_000, sunday), click: times("click", 1_000, sunday) })
          : day(at);
      }),
    ],
    [
      "times are known to the hour only",
      [0, 1, 2, 3].map((at) =>
        day(at, {
          impression: { ...times("impression", impressions), lastMinute: 1380 },
          click: { ...times("click", clicks), lastMinute: 1380 },
        }),
      ),
    ],
    ["only dates are known", last({ click: { ...times("click", 0), events: 1_000 } })],
    ["the rate of a small baseline halves", last({ click: times("click", 40) }, 2).map(small)],
  ])("when %s", (_, days) => {
    expect(missing(days).filter((each) => each !== null)).toEqual([]);
  });

  it("by quiet_hours where nothing tells when impressions come", () => {
    const old = (at: number, part: Partial<TrafficDay>) => ({ ...day(at), eventTimes: [], ...part });
    expect(missing([old(0, { endGapHours: 2.9 }), old(1, { endGapHours: 3.1 })])).toEqual([
      null,
      "its last event is 3.1 h before its end",
    ]);
  });
});

/** A tenth of it. */
function small(one: TrafficDay): TrafficDay {
  const variant = (of: TrafficDay["baseline"]) => ({
    ...of,
    impressions: 90,
    clicks: Math.round(of.clicks / 100),
  });
  return { ...one, baseline: variant(one.baseline), candidate: variant(one.candidate), eventTimes: [] };
}

describe("clicks per impression", () => {
  const halved = last({ click: times("click", clicks / 2) });

  it("of the baseline that fall to half are missing data, whatever the clock says", () => {
    expect(missing(halved).at(-1)).toBe(
      "clicks per impression of the baseline are 2.49%, against 5.00% on the last 3 complete days",
    );
    expect(judged(halved).decision).toMatchObject({ action: "hold", rule: "data" });
  });

  it("that fall by less do not hold", () => {
    expect(missing(last({ click: times("click", clicks * 0.55) })).at(-1)).toBeNull();
  });

  it("of the candidate may collapse: the day is complete and rolls back", () => {
    const days = last({
      part: { candidate: { impressions: 2_000, clicks: 0, units: 500, newUnits: 50 } },
    });
    const collapsed = withMetric(
      night({ days: 4, traffic: { days } }),
      metric("ctr", { delta: [0, 0, 0, -1], impressions: 20_000 }),
    );
    const { decision, traffic } = judge(collapsed);
    expect(traffic.days.at(-1)).toMatchObject({ complete: true, missing: null });
    expect(decision).toMatchObject({ action: "rollback", rule: "severe" });
  });
});

describe("a day that lacks one type only", () => {
  const days = last({ click: times("click", clicks, endsAt(512)) });
  const severe = (traffic: readonly TrafficDay[]) =>
    judge(
      withMetric(night({ days: 4, traffic: { days: traffic } }), metric("ctr", { delta: [0, 0, 0, -0.4] })),
    );

  it("still counts for severe, which says what else it may be", () => {
    const { decision } = severe(days);
    expect(decision).toMatchObject({ action: "rollback", rule: "severe" });
    expect(decision.reasons[0]).toMatch(
      /more than chance for that day; or clicks are lost \(clicks end at 08:31; [78]\d\d were due after that\)\.$/,
    );
  });

  it("says nothing of the kind when nothing is lost", () => {
    expect(severe(healthy(4)).decision.reasons[0]).not.toContain("lost");
  });
});

describe("a source", () => {
  const delivered = (web: number, app: number): DayPart => ({
    part: {
      sourceEvents: [{ source: "web", events: web }, ...(app === 0 ? [] : [{ source: "app", events: app }])],
    },
  });
  const sources = [sourceOf("web", "events"), sourceOf("app", "events"), sourceOf("items", "lookup")];
  const nights = (...app: readonly number[]) => app.map((events, at) => day(at, delivered(20_000, events)));

  it("that gave events on each of the last 3 complete days and gives nothing holds", () => {
    const days = nights(900, 900, 900, 0);
    const { checks } = judged(days, { config: { sources } });
    expect(checks.find(({ name }) => name === "complete_days")).toMatchObject({
      status: "fail",
      detail: "2026-02-04: nothing of app, which gave events on each of the last 3 complete days",
      accept: "source:app:2026-02-03",
    });
  });

  it("that stays silent is asked for every night, by the same word", () => {
    const { checks } = judged(nights(900, 900, 900, 0, 0), { config: { sources } });
    expect(checks.find(({ name }) => name === "complete_days")?.accept).toBe("source:app:2026-02-03");
  });

  it.each([
    [
      "that falls silent on the second day",
      [9_000, 0],
      "nothing of app, which gave at least 9,000 on the complete day before",
    ],
    [
      "of which nearly nothing comes",
      [9_000, 8_000, 10_000, 9_000, 900],
      "only 900 events of app, which gave at least 8,000 on each of the 4 complete days before",
    ],
  ])("with much of the events %s holds", (_, app, text) => {
    const { checks } = judged(nights(...app), { config: { sources } });
    expect(checks.find(({ name }) => name === "complete_days")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining(text),
    });
  });

  it("with much of the events is not missed on a day as quiet as one that was accepted", () => {
    const what = "source:app:2026-02-02";
    const accepted: Acceptance = { what, since: "2026-02-03", reason: "holiday", by: "Ada" };
    const days = nights(9_000, 9_000, 900, 800);
    const without = { config: { sources } };
    expect(missing(days, without).slice(2)).toEqual([expect.any(String), expect.any(String)]);
    expect(missing(days, { ...without, ledger: { ...emptyLedger, accepted: [accepted] } }).at(-1)).toBeNull();
  });

  it.each([
    ["taken out of rollout.yaml is settled", [900, 900, 900, 0], [sourceOf("web", "events")]],
    ["that gives something on some days only does not hold", [900, 0, 900, 0], sources],
    ["of a handful of events a day does not hold", [2, 3, 1, 0], sources],
    ["of few of the events is not asked for before there are 3 complete days", [900, 900, 0], sources],
    ["of few of the events may give fewer", [900, 900, 900, 90], sources],
    ["with much of the events may give a fifth", [9_000, 9_000, 9_000, 1_800], sources],
  ])("%s", (_, app, configured) => {
    expect(missing(nights(...app), { config: { sources: configured } }).at(-1)).toBeNull();
  });
});

describe("a loss that a person has accepted", () => {
  const word = "lost:2026-02-04:clicks-from-08:31";
  const accepted: Acceptance = { what: word, since: "2026-02-04", reason: "log host died", by: "Ada" };
  const nightWith = (one: Acceptance, from: number) =>
    judged(last({ click: times("click", clicks, endsAt(from)) }), {
      ledger: { ...emptyLedger, accepted: [one] },
    });

  it("leaves its day complete, and is told", () => {
    const check = nightWith(accepted, 512).checks.find(({ name }) => name === "complete_days");
    expect(check?.status).toBe("pass");
    expect(check?.detail).toMatch(
      /all complete; 2026-02-04: clicks end at 08:31.*, accepted by Ada \(log host died\)$/,
    );
  });

  it("is none of another hour", () => {
    expect(nightWith(accepted, 571).traffic.days.at(-1)?.complete).toBe(false);
  });
});
