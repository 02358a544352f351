import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { emptyLedger, type PendingMove } from "../../../src/model/ledger.ts";
import type { TrafficDay } from "../../../src/model/measurement.ts";
import type { CheckResult } from "../../../src/model/result.ts";
import { check, type NightSpec, night, preflightLine, trafficDay } from "../builders.ts";

function found(name: string, spec: NightSpec): CheckResult {
  const result = judge(night(spec)).checks.find((one) => one.name === name);
  if (result === undefined) throw new Error(`no check ${name}`);
  return result;
}

const days = (change: (day: TrafficDay) => Partial<TrafficDay>): NightSpec => ({
  traffic: {
    days: ["01", "02", "03", "04"].map((at) => {
      const day = trafficDay(`2026-02-${at}`);
      return { ...day, ...change(day) };
    }),
  },
});
const on = (date: string, part: Partial<TrafficDay>) => days((day) => (day.date === date ? part : {}));

describe("check files", () => {
  it("are as bad as their worst row", () => {
    const rows = [
      { detail: "2026-02-01: none" },
      { status: "warn" as const, detail: "2026-02-02: 2 empty" },
      { status: "fail" as const, detail: "2026-02-03: 70 empty", observed: 70 },
      { status: "fail" as const, detail: "2026-02-04: 80 empty" },
    ];
    expect(found("ids", { checks: [check("ids", rows)] })).toMatchObject({
      status: "fail",
      effect: "block",
      observed: 70,
      detail: "2026-02-03: 70 empty; 2026-02-04: 80 empty",
      path: "queries/checks/ids.sql",
    });
  });

  it("keep their own words when they pass", () => {
    expect(found("ids", { checks: [check("ids", [{ detail: "all 1,204 events" }])] })).toMatchObject({
      status: "pass",
      detail: "all 1,204 events",
    });
  });

  it("stand beside the findings of other rooms", () => {
    const rejects = found("ids", { checks: [check("ids", [{}])] });
    const { decision, checks } = judge(
      night({ builtInChecks: [{ ...rejects, name: "rejects", status: "fail" }] }),
    );
    expect(checks.map((one) => one.name)).toContain("rejects");
    expect(decision.rule).toBe("data");
  });
});

describe("sample ratio", () => {
  it.each([
    ["10.25% at 100,000 units is chance", 89_750, 10_250, "pass"],
    ["10.4% at 100,000 units is not", 89_600, 10_400, "fail"],
    ["10.1% at 20 million units is a deviation nobody minds", 17_980_000, 2_020_000, "pass"],
    ["10.2% at 20 million units is one", 17_960_000, 2_040_000, "fail"],
  ])("%s", (_, baselineUnits, candidateUnits, status) => {
    expect(found("sample_ratio", { traffic: { baselineUnits, candidateUnits } }).status).toBe(status);
  });

  it("alarms at 50.19% of 1.6 million units (Kohavi: p = 1.8e-6)", () => {
    const g50: NightSpec = {
      gate: { name: "g50" },
      traffic: { baselineUnits: 815_482, candidateUnits: 821_588 },
    };
    expect(found("sample_ratio", g50).status).toBe("fail");
    expect(judge(night(g50)).traffic.sampleRatio?.p).toBeCloseTo(1.8e-6, 7);
  });

  it("tells the operator the counts and the odds", () => {
    expect(found("sample_ratio", { traffic: { baselineUnits: 89_600, candidateUnits: 10_400 } }).detail).toBe(
      "10.40% of new units got the candidate instead of 10% (10,400 of 100,000 new units): the split is broken, believe no number below; chance does that once in 40,279 splits",
    );
  });

  it("shows each day, and warns when one day is off although the total is not", () => {
    const skewed = days((day) => {
      const share = { "2026-02-02": 0.14, "2026-02-03": 0.06 }[day.date] ?? 0.1;
      const units = (part: number) => ({ ...day.candidate, newUnits: 50_000 * part });
      return { baseline: units(1 - share), candidate: units(share) };
    });
    const { checks, traffic, decision } = judge(night(skewed));
    expect(checks.find((one) => one.name === "sample_ratio")?.status).toBe("pass");
    expect(checks.find((one) => one.name === "sample_ratio_by_day")).toMatchObject({
      status: "warn",
      effect: "warn",
      detail: "new units split differently on 2026-02-02 (14.00%) and 2026-02-03 (6.00%)",
    });
    expect(traffic.days.map((day) => day.candidateShare)).toEqual([0.1, 0.14, 0.06, 0.1]);
    expect(decision.action).toBe("promote");
  });

  it("expects the holdback's complement at g100, and tests nothing without one", () => {
    const g100 = { gate: { name: "g100", holdback: 0.05 } };
    const split = { traffic: { baselineUnits: 5_000, candidateUnits: 95_000 } };
    expect(found("sample_ratio", { ...g100, ...split, comparison: "holdback" })).toMatchObject({
      status: "pass",
      expected: 0.95,
    });
    expect(found("sample_ratio", { ...g100, comparison: "before-after" }).status).toBe("not_checked");
    expect(found("sample_ratio", { ...g100, ...split, comparison: "before-after" }).detail).toBe(
      "5.00% of new units still got clip-cosine-v1, where the gate serves clip-cosine-v2 to everyone",
    );
  });
});

describe("crossover", () => {
  const units = (crossoverUnits: number) => ({
    baselineUnits: 90_000,
    candidateUnits: 10_000,
    crossoverUnits,
  });

  it.each([
    ["under 1% of the smaller variant is told", 100, "pass"],
    ["1% of it warns", 102, "warn"],
    ["under 5% of it warns", 526, "warn"],
    ["5% of it blocks, though it is 0.5% of all units", 527, "fail"],
  ])("%s", (_, crossed, status) => {
    expect(found("crossover_units", { traffic: units(crossed) }).status).toBe(status);
  });

  it("follows the limits of rollout.yaml", () => {
    const coverage = { warn: 0.001, block: 0.01, difference: 0.01 };
    expect(found("crossover_units", { traffic: units(102), config: { coverage } }).status).toBe("fail");
  });

  it("says that nobody was seen", () => {
    const none = { baselineUnits: 0, candidateUnits: 0, crossoverUnits: 0 };
    expect(found("crossover_units", { traffic: none }).status).toBe("error");
  });
});

describe("freshness and completeness", () => {
  it("wants the report date to be whole", () => {
    expect(found("complete_days", on("2026-02-04", { endGapHours: 5.24 }))).toMatchObject({
      status: "fail",
      detail: "2026-02-04: its last event is 5.2 h before its end",
    });
    expect(judge(night(on("2026-02-04", { startGapHours: 4 }))).decision).toMatchObject({
      action: "hold",
      rule: "data",
    });
  });

  it("leaves an earlier day that is not whole out, and says so", () => {
    const { decision, checks, window } = judge(night(on("2026-02-02", { events: 0 })));
    expect(checks.find((one) => one.name === "complete_days")).toMatchObject({
      status: "warn",
      detail: "not complete, so not counted: 2026-02-02 (no events)",
    });
    expect(window.completeDays).toBe(3);
    expect(decision.action).toBe("promote");
  });

  it("takes days known by date alone as whole", () => {
    expect(judge(night(days(() => ({ startGapHours: null, endGapHours: null })))).window.completeDays).toBe(
      4,
    );
  });

  it("judges as of the given instant: a day that is not over is not complete", () => {
    const input = night();
    const early = { ...input, window: { ...input.window, asOf: "2026-02-04T20:00:00Z" } };
    expect(judge(early).checks.find((one) => one.name === "complete_days")?.detail).toBe(
      "2026-02-04: not over yet",
    );
  });
});

describe("ramp days", () => {
  it("are shown and in no gate", () => {
    const started = { day: "2026-02-01", at: "2026-02-01T09:00:00Z", firstDay: "2026-02-02" };
    const input = night({ gate: { started }, window: { from: "2026-02-02" } });
    const { window, traffic, metrics } = judge(input);
    expect(window).toEqual({
      baselineFrom: null,
      baselineTo: null,
      completeDays: 3,
      sufficientDays: 3,
      quietDays: 3,
      rampDays: ["2026-02-01"],
    });
    expect(traffic.days.map((day) => day.observed)).toEqual([false, true, true, true]);
    expect(metrics[0]?.days[0]?.observed).toBe(false);
  });

  it("and days of an earlier gate in the window block: two shares must not be pooled", () => {
    const started = { day: "2026-02-03", at: null, firstDay: "2026-02-03" };
    expect(found("one_gate", { gate: { started } })).toMatchObject({
      status: "fail",
      detail: "the window starts on 2026-02-01, but g10 has its first whole day on 2026-02-03",
    });
  });
});

describe("rollout.yaml, ledger and application", () => {
  const believed = (gate: string, since = "2026-02-01"): NightSpec => ({
    ledger: { ...emptyLedger, activeGate: { gate, since } },
  });

  it("agree, or the night holds", () => {
    expect(found("ledger_agrees", believed("g10")).status).toBe("pass");
    expect(found("ledger_agrees", believed("g50")).detail).toBe(
      "rollout.yaml says g10, the ledger says g50 since 2026-02-01: record what was done (gatebook record rollback) or fix active_gate",
    );
    expect(judge(night(believed("g50"))).decision.rule).toBe("data");
  });

  it("do not let the start be moved past days that were judged", () => {
    expect(found("ledger_agrees", believed("g10", "2026-01-20")).status).toBe("fail");
  });

  it("have no say on a first night", () => {
    expect(found("ledger_agrees", {}).status).toBe("not_checked");
  });

  const promoted: PendingMove = {
    action: "promote",
    preset: null,
    firstDay: "2026-02-04",
    fromShare: 0.1,
    toShare: 0.5,
  };
  it.each([
    ["a promote that moved the traffic is seen", promoted, 0.49, "pass", true],
    ["a promote that did not move it blocks", promoted, 0.1, "fail", false],
    ["a promote that came half way blocks", promoted, 0.3, "fail", false],
    ["a move of today is not due yet", { ...promoted, firstDay: "2026-02-05" }, 0.1, "not_checked", null],
    [
      "a rollback must leave nothing",
      { action: "rollback", preset: "immediate", firstDay: "2026-02-04", fromShare: 0.1, toShare: 0 },
      0.05,
      "fail",
      false,
    ],
  ] as const)("%s", (_, pendingMove, share, status, seen) => {
    const units = (part: number) => ({ impressions: 9_000, clicks: 500, units: 1_000 * part, newUnits: 10 });
    const spec = {
      ...on("2026-02-04", { baseline: units(1 - share), candidate: units(share) }),
      ledger: { ...emptyLedger, pendingMove },
    };
    expect(found("recorded_move", spec).status).toBe(status);
    expect(judge(night(spec)).moveSeen).toBe(seen);
  });

  it("a failing preflight line blocks and is named", () => {
    const preflight = [
      preflightLine("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g50", {
        expected: "g10",
        status: "fail",
        source: ".env:4",
      }),
    ];
    expect(found("preflight", { preflight })).toMatchObject({
      status: "fail",
      detail: 'DISCOVERY_ROLLOUT_ACTIVE_GATE is "g50" (.env:4), expected "g10"',
    });
    expect(judge(night({ preflight })).decision.rule).toBe("data");
  });

  it("a setting whose copies disagree is shown with what both say, and never as not forced", () => {
    const preflight = [
      preflightLine("DISCOVERY_FORCE_ALGO_VERSION", "", {
        status: "fail",
        detail: 'the copies disagree (.env:5 says ""; dump.json says "v1")',
        contradictedBy: [{ actual: "v1", source: "dump.json", ageHours: 1 }],
      }),
    ];
    expect(found("preflight", { preflight }).detail).toBe(
      'DISCOVERY_FORCE_ALGO_VERSION: the copies disagree (.env:5 says ""; dump.json says "v1")',
    );
    const { trace } = judge(night({ preflight })).decision;
    expect(trace.find(({ rule }) => rule === "disabled")?.because).toMatch(
      /^Whether the rollout is on and nothing forced is not known: DISCOVERY_FORCE_ALGO_VERSION: the copies disagree/,
    );
  });

  it("a preflight that is not configured has no effect", () => {
    const preflight = [preflightLine("w1", null, { status: "not_checked" })];
    expect(found("preflight", { preflight }).status).toBe("not_checked");
    expect(judge(night({ preflight })).decision.action).toBe("promote");
  });

  it("a person's hold holds until it expires; other overrides are only said", () => {
    const asked = (action: "hold" | "promote", until: string): NightSpec => ({
      ledger: { ...emptyLedger, override: { action, until, reason: "release freeze", by: "maria" } },
    });
    expect(judge(night(asked("hold", "2026-02-04"))).decision).toMatchObject({
      action: "hold",
      rule: "data",
    });
    expect(judge(night(asked("hold", "2026-02-03"))).decision.action).toBe("promote");
    const { decision } = judge(night({ ...asked("promote", "2026-02-09"), days: 1 }));
    expect(decision.action).toBe("hold");
    expect(decision.reasons).toContain("maria overrides this with promote until 2026-02-09: release freeze.");
  });

  it("a switched-off rollout whose candidate is still served is said", () => {
    const preflight = [preflightLine("DISCOVERY_ROLLOUT_ENABLED", "false")];
    expect(found("candidate_off", { preflight })).toMatchObject({
      status: "fail",
      effect: "warn",
      observed: 100_000,
    });
  });
});
