import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparisonFor, earlierWeeks } from "../../../src/judge/window/comparison.ts";
import { planWindow } from "../../../src/judge/window/window.ts";
import { addDays, daysBetween } from "../../../src/model/calendar.ts";
import { config, night, trafficDay } from "../builders.ts";

const asked = { date: "2026-02-05", range: null, asOf: null, observedSince: null };
const ramped = config(
  {},
  { started: { day: "2026-02-02", at: "2026-02-02T09:00:00Z", firstDay: "2026-02-03" } },
);

describe("the window of a run", () => {
  it("is the gate so far, judged as of the end of the day", () => {
    expect(planWindow(config(), asked)).toEqual({
      from: "2026-02-01",
      to: "2026-02-05",
      shownFrom: "2026-02-01",
      reportDate: "2026-02-05",
      asOf: "2026-02-06T00:00:00Z",
    });
  });

  it("leaves the ramp day out, but shows it", () => {
    expect(planWindow(ramped, asked)).toMatchObject({ from: "2026-02-03", shownFrom: "2026-02-02" });
  });

  it("begins anew after a cleared rollback", () => {
    expect(planWindow(config(), { ...asked, observedSince: "2026-02-04" }).from).toBe("2026-02-04");
    expect(planWindow(config(), { ...asked, observedSince: "2026-01-20" }).from).toBe("2026-02-01");
  });

  it.each([
    ["a ramp day", ramped, "2026-02-02", "2026-02-03"],
    ["a day before any gate", config(), "2026-01-30", "2026-02-01"],
  ])("of %s is that day alone, and awaits the gate's first day", (_, gates, date, opensOn) => {
    const window = planWindow(gates, { ...asked, date });
    expect(window).toMatchObject({ from: date, to: date, reportDate: date, opensOn });
    expect(window.shownFrom <= date).toBe(true);
  });

  it("is refused for a day of another gate, whose verdict it would replace", () => {
    const two = config({}, { name: "g50", started: { day: "2026-02-05", at: null, firstDay: "2026-02-05" } });
    const began = { day: "2026-02-01", at: null, firstDay: "2026-02-01" };
    const gates = two.gates.map((one) => (one.name === "g10" ? { ...one, started: began } : one));
    expect(() => planWindow({ ...two, gates }, { ...asked, date: "2026-02-04" })).toThrow(
      /2026-02-04 is a day of g10, and gate g50 starts on 2026-02-05/,
    );
  });

  it("never runs from a later day to an earlier one", () => {
    fc.assert(
      fc.property(fc.integer({ min: -40, max: 40 }), fc.boolean(), (offset, atMorning) => {
        const window = planWindow(atMorning ? ramped : config(), {
          ...asked,
          date: addDays("2026-02-01", offset),
        });
        expect(window.from <= window.to).toBe(true);
        expect(window.shownFrom <= window.to).toBe(true);
      }),
    );
  });
});

describe("what the candidate is compared with", () => {
  const at = (holdback: number | null, impressions: number) => {
    const input = night({ gate: { name: "g100", holdback } });
    const held = { impressions, clicks: Math.round(impressions / 20), units: 10, newUnits: 10 };
    const days = ["01", "02", "03", "04"].map((day) => ({ ...trafficDay(`2026-02-${day}`), baseline: held }));
    return comparisonFor(input.config, input.window, { ...input.traffic, days });
  };

  it.each([
    ["a holdback that is large enough", 0.05, 1_000, "holdback"],
    ["a holdback with too few clicks is none", 0.05, 400, "before-after"],
    ["no holdback", null, 1_000, "before-after"],
    ["a holdback of 0%", 0, 1_000, "before-after"],
  ])("at 100%: %s", (_, holdback, impressions, kind) => {
    expect(at(holdback, impressions)).toBe(kind);
  });

  it("below 100%: the baseline beside it", () => {
    const input = night();
    expect(comparisonFor(input.config, input.window, input.traffic)).toBe("concurrent");
  });

  it("before/after: the same weekdays, all before the gate opened", () => {
    expect(earlierWeeks({ from: "2026-03-02", to: "2026-03-12" }, "2026-03-01")).toEqual({
      from: "2026-02-16",
      to: "2026-02-26",
      shiftDays: 14,
    });
    const opened = "2026-03-01";
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (lead, length) => {
        const window = { from: addDays(opened, lead), to: addDays(opened, lead + length) };
        const earlier = earlierWeeks(window, opened);
        expect(earlier.to < opened).toBe(true);
        expect(earlier.shiftDays % 7).toBe(0);
        expect(daysBetween(earlier.from, earlier.to)).toBe(length);
        expect(addDays(earlier.to, 7) >= opened).toBe(true);
      }),
    );
  });
});
