/** A night before the gate's first whole day: nothing is observed, so nothing is judged, and nothing is told as a fault of data. */
import { describe, expect, it } from "vitest";
import type { JudgeInput } from "../../src/judge/input.ts";
import { judge } from "../../src/judge/judge.ts";
import { finding } from "../../src/model/check-result.ts";
import type { CheckMeasurement } from "../../src/model/measurement.ts";
import { check, config, night, trafficDay } from "./builders.ts";

const started = { day: "2026-02-04", at: "2026-02-04T09:30:00Z", firstDay: "2026-02-05" };
const window = {
  ...{ from: "2026-02-04", to: "2026-02-04", shownFrom: "2026-02-01", reportDate: "2026-02-04" },
  ...{ asOf: "2026-02-05T00:00:00Z", opensOn: "2026-02-05" },
};

/** g50 was opened at 09:30 of the report date; its numbers fell by half. */
function ramp(part: Partial<JudgeInput> = {}): JudgeInput {
  const base = night({ gate: { name: "g50" }, deltas: { ctr: -0.5 }, impressions: 500_000 });
  return { ...base, config: config({}, { name: "g50", started }), window, ...part };
}

const failing = (name: string): CheckMeasurement => check(name, [{ status: "fail", detail: "0 of 0" }]);

describe("a ramp day", () => {
  it("is observing, and names the gate's first day", () => {
    const { decision, window: seen } = judge(ramp());
    expect(decision).toMatchObject({ action: "hold", rule: "observing", literalAction: "hold" });
    expect(decision.reasons).toEqual([
      "The first day of g50 is 2026-02-05; 2026-02-04 is its ramp day, in no gate.",
    ]);
    expect(decision.next).toEqual(["# Nothing to change tonight: keep g50."]);
    expect(decision.expect).toBe(
      "Expect hold until g50 has 3 sufficient days, the first of them 2026-02-05.",
    );
    expect(seen.rampDays).toEqual(["2026-02-04"]);
  });

  it("judges no number of the day, however it fell", () => {
    const { metrics } = judge(ramp());
    expect(metrics.map(({ observation }) => observation.classification)).toEqual(
      metrics.map(() => "no_data"),
    );
    expect(metrics[0]?.observation.because).toContain("The first day of g50 is 2026-02-05");
  });

  it("is not held by checks that ask about a window which has not begun", () => {
    const { checks, decision } = judge(
      ramp({ checks: [failing("traffic_share"), failing("save_events_present")] }),
    );
    const open = checks.filter(({ status }) => status === "fail" || status === "error" || status === "warn");
    expect(open.map(({ name }) => name)).toEqual([]);
    expect(decision.rule).toBe("observing");
  });

  it("is held by what is wrong with the data of the day itself, and by a query that failed", () => {
    const stopped = ramp();
    const days = stopped.traffic.days.filter(({ date }) => date < "2026-02-04");
    expect(judge({ ...stopped, traffic: { ...stopped.traffic, days } }).decision.rule).toBe("data");
    const refused = finding("refused_files", "No file was refused")("fail", "a.csv: an unclosed quote");
    const { decision } = judge(ramp({ builtInChecks: [refused] }));
    expect([decision.rule, decision.reasons[0]]).toEqual(["data", expect.stringContaining("a.csv")]);
    const error = { file: "q.sql", line: 1, column: 1, message: "no", excerpt: null, hint: null };
    const broken = { ...failing("broken"), rows: [], error };
    expect(judge(ramp({ checks: [broken] })).decision.rule).toBe("data");
  });

  it("before any gate needs no impression of the candidate", () => {
    const { traffic } = ramp();
    const alone = trafficDay("2026-02-03");
    const none = { impressions: 0, clicks: 0, units: 0, newUnits: 0 };
    const days = [{ ...alone, candidate: none }];
    const early = {
      ...window,
      from: "2026-02-03",
      to: "2026-02-03",
      reportDate: "2026-02-03",
      shownFrom: "2026-02-03",
    };
    const { decision } = judge(
      ramp({
        window: { ...early, asOf: "2026-02-04T00:00:00Z" },
        traffic: { ...traffic, days, candidateUnits: 0 },
      }),
    );
    expect(decision.rule).toBe("observing");
    expect(decision.reasons[0]).toBe(
      "The first day of g50 is 2026-02-05; 2026-02-03 lies before it, in no gate.",
    );
  });
});
