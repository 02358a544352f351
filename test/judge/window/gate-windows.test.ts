import { describe, expect, it } from "vitest";
import { oneGateCheck } from "../../../src/judge/checks/gate-checks.ts";
import { gateWindows } from "../../../src/judge/window/gate-windows.ts";
import { planWindow } from "../../../src/judge/window/window.ts";
import type { Gate, GateStart } from "../../../src/model/config.ts";
import type { Day } from "../../../src/model/words.ts";
import { config, gate, night } from "../builders.ts";

const since = (day: Day): GateStart => ({ day, at: null, firstDay: day });
/** g10 from 1 February, g50 from 9 February, 14:00: the 9th is a ramp day. */
const g10 = gate("g10", 0.1, { started: since("2026-02-01") });
const ramp = { day: "2026-02-09", at: "2026-02-09T14:00:00Z", firstDay: "2026-02-10" };
const g50 = gate("g50", 0.5, { started: ramp });
const gates: readonly Gate[] = [g10, g50, gate("g100", 1)];

const cut = (from: Day, to: Day, all = gates) =>
  gateWindows({ gates: all }, { from, to }).map((part) => [part.gate?.name ?? null, part.from, part.to]);

describe("a range of days", () => {
  it("is cut where a gate opened, and its ramp day is in no part", () => {
    expect(cut("2026-01-30", "2026-02-12")).toEqual([
      [null, "2026-01-30", "2026-01-31"],
      ["g10", "2026-02-01", "2026-02-08"],
      ["g50", "2026-02-10", "2026-02-12"],
    ]);
    expect(cut("2026-02-09", "2026-02-09")).toEqual([]);
  });

  it("inside one gate stays whole, also before any gate opened", () => {
    expect(cut("2026-02-03", "2026-02-08")).toEqual([["g10", "2026-02-03", "2026-02-08"]]);
    expect(cut("2026-01-03", "2026-01-08")).toEqual([[null, "2026-01-03", "2026-01-08"]]);
    expect(cut("2026-01-03", "2026-02-08", [gate("g10", 0.1)])).toEqual([[null, "2026-01-03", "2026-02-08"]]);
  });

  it("is cut in the order of the days, whatever the order of the gates: after a rollback g10 begins anew", () => {
    const again = { ...g10, started: since("2026-02-12") };
    expect(cut("2026-02-10", "2026-02-14", [again, g50])).toEqual([
      ["g50", "2026-02-10", "2026-02-11"],
      ["g10", "2026-02-12", "2026-02-14"],
    ]);
  });
});

describe("no run pools days of two gates", () => {
  const asked = { date: "2026-02-12", range: null, asOf: null, observedSince: null };
  const at = (activeGate: Gate) => config({ gates, activeGate });

  it.each([
    ["2026-02-05", "2026-02-12", /contains days of g10 and of g50: days are never pooled across gates/],
    ["2026-01-25", "2026-02-05", /contains days before any gate and of g10/],
    ["2026-02-09", "2026-02-12", /contains a ramp day, which is in no gate/],
    ["2026-02-09", "2026-02-09", /contains a ramp day/],
  ])("an ad-hoc window of %s to %s is refused", (from, to, message) => {
    expect(() => planWindow(at(g50), { ...asked, range: { from, to } })).toThrow(message);
  });

  it("an ad-hoc window inside an earlier gate is taken", () => {
    const range = { from: "2026-02-02", to: "2026-02-08" };
    expect(planWindow(at(g50), { ...asked, range })).toMatchObject(range);
  });

  it("an active gate that another has followed is refused, for its window would run on into the other", () => {
    expect(() => planWindow(at(g10), asked)).toThrow(
      /2026-02-01 to 2026-02-12 contains days of g10 and of g50/,
    );
    expect(planWindow(at(g10), { ...asked, date: "2026-02-08" }).from).toBe("2026-02-01");
    expect(planWindow(at(g50), asked).from).toBe("2026-02-10");
  });

  it("and a judgement that is given such a window all the same blocks promote", () => {
    const input = night({ config: { gates, activeGate: g10 }, days: 12 });
    expect(oneGateCheck(input)).toMatchObject({
      status: "fail",
      effect: "block",
      detail: "from 2026-02-10 on the days are g50's, and g10 is the active gate",
    });
    expect(oneGateCheck(night({ config: { gates, activeGate: g10 }, days: 8 })).status).toBe("pass");
  });
});
