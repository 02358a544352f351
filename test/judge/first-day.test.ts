import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { firstDayAsOf, firstDayReportDate, planFirstDay } from "../../src/judge/window/first-day-window.ts";
import { GatebookError } from "../../src/model/error.ts";
import { emptyLedger } from "../../src/model/ledger.ts";
import { config, metric, type NightSpec, night, slotAt, trafficDay, withMetric } from "./builders.ts";

const ramped = config(
  {},
  { started: { day: "2026-02-01", at: "2026-02-01T09:30:00Z", firstDay: "2026-02-02" } },
);
const inZone = (timeZone: string) => ({ ...ramped, rollout: { ...ramped.rollout, timeZone } });

describe("the instant of a run in the first 24 hours", () => {
  const now = new Date("2026-02-01T12:20:41Z");
  const refused = (asOf: string | null, at = now) => {
    try {
      return firstDayAsOf(ramped, asOf, at);
    } catch (error) {
      return error instanceof GatebookError ? `${error.code}: ${error.message} | ${error.hint}` : "?";
    }
  };

  it("is now, to the minute, or the one asked for", () => {
    expect(firstDayAsOf(ramped, null, now)).toBe("2026-02-01T12:20:00Z");
    expect(firstDayAsOf(ramped, "2026-02-01T10:00:00Z", now)).toBe("2026-02-01T10:00:00Z");
  });

  it("may be the last moment of them, not a later one", () => {
    const later = new Date("2026-02-08T00:00:00Z");
    expect(firstDayAsOf(ramped, "2026-02-02T09:30:00Z", later)).toBe("2026-02-02T09:30:00Z");
    expect(refused(null, later)).toBe(
      "usage: the first 24 hours of gate g10 ended at 2026-02-02 09:30 | gatebook run judges its days; --as-of 2026-02-02T09:30:00Z judges the first 24 hours as they ended",
    );
  });

  it("is not before the gate opened, and not in the future", () => {
    expect(refused("2026-02-01T09:30:00Z")).toBe(
      "usage: gate g10 opened at 2026-02-01 09:30, not before 2026-02-01 09:30 | pass a later --as-of, or set active_gate and started to the gate of that time",
    );
    expect(refused("2026-02-01T13:00:00Z")).toBe(
      "usage: --as-of 2026-02-01 13:00 is in the future | it is 2026-02-01 12:20:41 now",
    );
  });

  it("belongs to the day of the rollout's zone, at midnight to the one that ends", () => {
    expect(firstDayReportDate("2026-02-01T22:59:00Z", "Europe/Berlin")).toBe("2026-02-01");
    expect(firstDayReportDate("2026-02-01T23:00:00Z", "Europe/Berlin")).toBe("2026-02-01");
    expect(firstDayReportDate("2026-02-01T23:01:00Z", "Europe/Berlin")).toBe("2026-02-02");
  });
});

describe("the window of the first 24 hours", () => {
  it("begins when the gate opened, on the ramp day itself", () => {
    expect(planFirstDay(ramped, { asOf: "2026-02-02T08:00:00Z", observedSince: null })).toEqual({
      from: "2026-02-01",
      to: "2026-02-02",
      shownFrom: "2026-02-01",
      reportDate: "2026-02-02",
      asOf: "2026-02-02T08:00:00Z",
      openedAt: "2026-02-01T09:30:00Z",
    });
  });

  it("begins at midnight of the zone where only the day is written", () => {
    const whole = config({
      rollout: { name: "r", baseline: "a", candidate: "b", timeZone: "Europe/Berlin" },
    });
    expect(planFirstDay(whole, { asOf: "2026-02-01T12:00:00Z", observedSince: null }).openedAt).toBe(
      "2026-01-31T23:00:00Z",
    );
  });

  it("begins anew on the day after a cleared rollback", () => {
    const asked = { asOf: "2026-02-02T08:00:00Z", observedSince: "2026-02-02" };
    expect(planFirstDay(inZone("Europe/Berlin"), asked)).toMatchObject({
      from: "2026-02-02",
      openedAt: "2026-02-01T23:00:00Z",
    });
    expect(planFirstDay(ramped, { ...asked, observedSince: "2026-01-20" }).from).toBe("2026-02-01");
  });
});

const first = (spec: NightSpec = {}): NightSpec => ({ phase: "first-24h", days: 12, ...spec });
const judged = (spec: NightSpec = {}) => judge(night(first(spec)));
const found = (name: string, spec: NightSpec = {}) =>
  judged(spec).checks.find((one) => one.name === name) ?? { status: "absent", detail: "" };

describe("hours", () => {
  it("are complete when they are over, and the running one is shown", () => {
    const input = night(first({ window: { asOf: "2026-02-01T11:20:00Z" } }));
    const { metrics, traffic, window } = judge(input);
    expect(
      metrics[0]?.days.map(({ date, complete, observed }) => [date.slice(11), complete, observed]),
    ).toEqual(Array.from({ length: 12 }, (_, at) => [String(at).padStart(2, "0"), at < 11, true]));
    expect(traffic.days.map(({ complete }) => complete)).toEqual(metrics[0]?.days.map((day) => day.complete));
    expect(window).toMatchObject({ completeDays: 0, sufficientDays: 0, quietDays: 0, rampDays: [] });
  });

  it("are judged for the severe line one by one, and told by their time", () => {
    const deltas = Array.from({ length: 12 }, (_, at) => (at === 7 ? -0.3 : 0));
    const { decision, metrics } = judged({ deltas: { ctr: deltas } });
    expect(decision).toMatchObject({ action: "rollback", rule: "severe", preset: "immediate" });
    expect(decision.reasons[0]).toBe(
      "Click-through rate in the hour from 2026-02-01 07:00 is down 30.0% (3.50% against 5.00%), past the 10% severe line, and the drop is more than chance for that hour.",
    );
    expect(metrics[0]?.observation.reading).toBe("rollback");
  });

  it("count alone only when they are over: the running one is part of the window", () => {
    const deltas = Array.from({ length: 12 }, (_, at) => (at === 11 ? -0.3 : 0));
    const spec = { deltas: { ctr: deltas }, window: { asOf: "2026-02-01T11:20:00Z" } };
    const { decision } = judged(spec);
    expect(decision.trace.find(({ rule }) => rule === "severe")).toEqual({
      rule: "severe",
      matched: false,
      because: "No guardrail has a severe hour (11 hours looked at).",
    });
  });

  it("need the minimum sample and stand out of their own noise", () => {
    const deltas = Array.from({ length: 12 }, (_, at) => (at === 7 ? -0.12 : 0));
    const { decision, metrics } = judged({ deltas: { ctr: deltas }, impressions: 4000 });
    expect(decision.action).toBe("hold");
    expect(decision.trace.find(({ rule }) => rule === "severe")?.because).toBe(
      "No guardrail has a severe hour (12 hours looked at); past the line: Click-through rate 1 Feb 07:00 (−12.0%), chance alone shows such an hour in at least 84 of 100 harmless rollouts.",
    );
    expect(metrics[0]?.observation.because).toContain(
      "1 Feb 07:00 (−12.0%), past the 10% severe line: chance alone shows such an hour in at least 84 of 100",
    );
  });

  it("below the minimum sample are shown, and say nothing of the window", () => {
    const deltas = Array.from({ length: 12 }, (_, at) => (at === 7 ? -0.5 : 0));
    const { decision, metrics } = judged({ deltas: { ctr: deltas }, impressions: 900 });
    expect(metrics[0]?.days[7]).toMatchObject({ reading: "rollback", classification: "insufficient" });
    expect(metrics[0]?.observation.reading).toBe("warning");
    expect(decision.trace.find(({ rule }) => rule === "severe")?.because).toBe(
      "No guardrail has a severe hour (12 hours looked at).",
    );
  });

  it("without a single click are seen: a collapse has its impressions", () => {
    const input = night(first());
    const ctr = metric("ctr", { days: 12, hourly: true, impressions: 2500 });
    const days = ctr.days.map((hour, at) =>
      at === 7 && hour.candidate?.shape === "ratio"
        ? {
            ...hour,
            candidate: { ...hour.candidate, sumNumerator: 0, sumNumeratorSquared: 0, sumProduct: 0 },
          }
        : hour,
    );
    expect(judge(withMetric(input, { ...ctr, days })).decision).toMatchObject({ rule: "severe" });
  });

  it("tell how many days are missing in days", () => {
    const { metrics } = judged({ impressions: 1000 });
    const ctr = metrics[0]?.observation;
    // Half a day has brought 12,000.
    expect(ctr?.volumeNeeded).toBeGreaterThan(24_000);
    expect(ctr?.daysNeeded).toBe(Math.ceil(((ctr?.volumeNeeded ?? 0) - 12_000) / 24_000));
  });
});

describe("the first 24 hours", () => {
  it("never promote, and say what comes next", () => {
    const { decision, healthyDay } = judged();
    expect(decision).toMatchObject({
      action: "hold",
      rule: "observing",
      reasons: [
        "No guardrail is past its rollback line after 12 complete hours; keep g10. Promoting is for the nightly run, over whole days.",
      ],
      next: [
        "# Nothing to change now: keep g10.",
        "# Look again at the end of the day, and whenever you want to:",
        "gatebook run --phase first-24h",
      ],
      expect:
        "Run again at the end of the day; any breach until then is a rollback. The nightly run judges g10 from its first whole day on, 2026-02-01.",
    });
    expect(healthyDay).toBe(false);
  });

  it("end with the nightly run", () => {
    const { decision } = judged({ days: 24, window: { asOf: "2026-02-02T00:00:00Z" } });
    expect(decision.next).toEqual(["# Nothing to change now: keep g10."]);
    expect(decision.expect).toBe("The nightly run judges g10 from its first whole day on, 2026-02-01.");
  });

  it("roll back the fast way at the rollback line, and stay so from the next run on", () => {
    const { decision } = judged({ deltas: { ctr: -0.08 } });
    expect(decision).toMatchObject({ action: "rollback", rule: "rollback", preset: "immediate" });
    expect(decision.expect).toMatch(/^From the next run on expect rollback \(latched\)/);
  });

  it("are judged again as of the same instant once a check is mended", () => {
    const { decision } = judged({ traffic: { crossoverUnits: 9_000_000 } });
    expect(decision.next.at(-1)).toBe("gatebook run --phase first-24h --as-of 2026-02-01T12:00:00Z");
  });

  it("want no whole days and no steady traffic", () => {
    const gate = { name: "g50", trafficStability: 0.25, minDays: 3, consecutiveHealthyDays: 2 };
    const { decision } = judged({ gate });
    expect(decision.reasons).toHaveLength(1);
  });
});

describe("what the first 24 hours ask of the data", () => {
  const hours = (change: (at: number) => Partial<ReturnType<typeof trafficDay>>): NightSpec => ({
    traffic: {
      days: Array.from({ length: 12 }, (_, at) => ({ ...trafficDay(slotAt(at, true)), ...change(at) })),
    },
  });
  const until = (last: number, endGapHours = 0.01) => ({
    traffic: {
      days: Array.from({ length: last + 1 }, (_, at) => ({
        ...trafficDay(slotAt(at, true)),
        endGapHours: at === last ? endGapHours : 0.01,
      })),
    },
  });

  it("events up to two hours before the instant", () => {
    expect(found("fresh_data")).toMatchObject({ status: "pass", detail: "events up to 2026-02-01 11:59:24" });
    expect(found("fresh_data", until(9)).status).toBe("fail");
    expect(found("fresh_data", until(10, 0.99)).status).toBe("pass");
    expect(found("fresh_data", until(9, 0.25))).toMatchObject({
      status: "fail",
      detail:
        "the last event is of 2026-02-01 09:45, 2.3 h before 2026-02-01 12:00: was the last export missed?",
    });
    expect(found("fresh_data", { traffic: { days: [] } }).detail).toBe(
      "there are no events in the first 24 hours up to 2026-02-01 12:00",
    );
  });

  it("no missing hour: it warns, and the newest may be cut off", () => {
    expect(found("complete_hours")).toMatchObject({ status: "pass", detail: "12 hours, none missing" });
    expect(
      found(
        "complete_hours",
        hours((at) => (at === 4 ? { events: 0 } : {})),
      ),
    ).toMatchObject({
      status: "warn",
      detail: "not complete: 2026-02-01 04:00 (no events)",
    });
    expect(
      found(
        "complete_hours",
        hours((at) => (at === 11 ? { endGapHours: 0.5 } : {})),
      ),
    ).toMatchObject({
      status: "warn",
      detail: "not complete: 2026-02-01 11:00 (its last event is 30 minutes before its end)",
    });
    expect(
      found(
        "complete_hours",
        hours(() => ({ endGapHours: 0.5 })),
      ).detail,
    ).toContain("11:00");
    expect(found("complete_days").status).toBe("absent");
  });

  it("clicks in every hour in which 20 or more were due; where one variant has some, none are lost", () => {
    const noClicks = (one: ReturnType<typeof trafficDay>["baseline"]) => ({ ...one, clicks: 0 });
    const at4 = (change: (hour: ReturnType<typeof trafficDay>) => Partial<ReturnType<typeof trafficDay>>) =>
      found(
        "complete_hours",
        hours((at) => (at === 4 ? change(trafficDay(slotAt(at, true))) : {})),
      );
    const both = at4(({ baseline, candidate }) => ({
      baseline: noClicks(baseline),
      candidate: noClicks(candidate),
    }));
    expect(both).toMatchObject({
      status: "warn",
      detail: "not complete: 2026-02-01 04:00 (no clicks; 50,000 were due)",
    });
    expect(at4(({ candidate }) => ({ candidate: noClicks(candidate) })).status).toBe("pass");
  });

  it("the split of every hour, for information", () => {
    expect(found("sample_ratio_by_day")).toMatchObject({ status: "pass", detail: "12 hours, none off" });
    const off = hours((at) =>
      at === 3 ? { candidate: { impressions: 1, clicks: 1, units: 1, newUnits: 20_000 } } : {},
    );
    expect(found("sample_ratio_by_day", off).detail).toMatch(
      /^new units split differently in the hours from 2026-02-01 03:00 \(\d/,
    );
  });

  it("a recorded promote to show in the hours of the second day", () => {
    const move = {
      action: "promote" as const,
      preset: null,
      firstDay: "2026-02-01",
      fromShare: 0,
      toShare: 0.1,
    };
    const ledger = { ...emptyLedger, pendingMove: move };
    expect(found("recorded_move", { ledger }).detail).toBe(
      "10.00% of units got the candidate on 2026-02-01; the recorded promote means 10%",
    );
  });
});

describe("the checklist of the first 24 hours counts from the opening", () => {
  it("impressions of all hours together", () => {
    const item = judged().checklist.find(({ text }) => text === "Both algorithms receive traffic");
    expect(item).toMatchObject({
      done: true,
      evidence: "1,200,000 candidate against 10,800,000 baseline impressions",
    });
  });

  it("and ticks nothing that no hour shows", () => {
    const { checklist } = judge(
      withMetric(night(first({ traffic: { days: [] } })), metric("ctr", { days: 0 })),
    );
    const open = checklist.filter(({ done }) => !done).map(({ text }) => text);
    expect(open).toEqual(
      expect.arrayContaining([
        "Both algorithms receive traffic",
        "The baseline stays dominant",
        "Aggregate the events of the first 24 hours so far",
      ]),
    );
  });
});
