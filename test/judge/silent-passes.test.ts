/** What peers got wrong (each a way to ship a bad candidate without a word): every one of them holds here. */
import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { emptyLedger } from "../../src/model/ledger.ts";
import type { MetricMeasurement, QueryError } from "../../src/model/measurement.ts";
import {
  check,
  latchedBy,
  metric,
  type NightSpec,
  night,
  ratio,
  runbookThresholds,
  thresholds,
  trafficDay,
  withMetric,
} from "./builders.ts";

const failed: QueryError = {
  message: 'Referenced column "clics" not found',
  file: "queries/metrics/ctr.sql",
  line: 12,
  column: 3,
  excerpt: null,
  hint: null,
};
const all = runbookThresholds.map(({ metric: name }) => metric(name));
const decide = (spec: NightSpec) => judge(night(spec)).decision;
const holdsByData = { action: "hold", rule: "data", to: null };

describe("no silent pass", () => {
  it("all metrics in error is not a full score (Kayenta)", () => {
    const decision = decide({ metrics: all.map((one) => ({ ...one, error: failed })) });
    expect(decision).toMatchObject(holdsByData);
    expect(decision.reasons.join(" ")).toContain('Referenced column "clics" not found');
  });

  it("no guardrail at all is not success (Argo)", () => {
    const decision = decide({ config: { thresholds: new Map() } });
    expect(decision).toMatchObject(holdsByData);
    expect(decision.reasons[0]).toBe(
      '"Every guardrail was measured" could not be checked: rollout.yaml names no guardrail, so nothing can prove health.',
    );
  });

  it("guardrails that are all informational are not success either", () => {
    const lines = runbookThresholds.map((line) => ({ ...line, role: "informational" as const }));
    expect(decide({ config: { thresholds: thresholds(lines) } })).toMatchObject(holdsByData);
  });

  it("an analysis before its first measurement is not success (Argo)", () => {
    expect(decide({ days: 0 })).toMatchObject(holdsByData);
  });

  it("a later healthy night does not overwrite a rollback (Argo)", () => {
    const latched = latchedBy("immediate");
    expect(decide({ ledger: { ...emptyLedger, latched } })).toMatchObject({
      action: "rollback",
      rule: "latched",
      latched: true,
    });
  });

  it("a guardrail missing from the results does not let the step advance (GrowthBook)", () => {
    const decision = decide({ metrics: all.filter((one) => one.definition.name !== "long_dwell_share") });
    expect(decision).toMatchObject(holdsByData);
    expect(decision.reasons[0]).toContain("rollout.yaml names long_dwell_share and nothing measured it");
  });

  it.each([
    ["NaN units", Number.NaN, 20_000],
    ["negative units", 180_000, -1],
    ["no units at all", 0, 0],
  ])("a sample ratio of %s is an error, not a pass (GrowthBook)", (_, baselineUnits, candidateUnits) => {
    const { decision, checks } = judge(night({ traffic: { baselineUnits, candidateUnits } }));
    expect(decision).toMatchObject(holdsByData);
    expect(checks.find((one) => one.name === "sample_ratio")).toMatchObject({
      status: "error",
      observed: null,
    });
  });

  it.each([
    ["candidate", 180_000, 0],
    ["baseline", 0, 20_000],
  ])(
    "an empty %s fails the sample ratio whatever p says (GrowthBook: p = 1)",
    (_, baselineUnits, candidateUnits) => {
      const { decision, checks } = judge(night({ traffic: { baselineUnits, candidateUnits } }));
      expect(decision).toMatchObject(holdsByData);
      expect(checks.find((one) => one.name === "sample_ratio")?.status).toBe("fail");
    },
  );

  it("a handful of units on one side only is a failure although p is large", () => {
    const { checks } = judge(night({ traffic: { baselineUnits: 5, candidateUnits: 0 } }));
    expect(checks.find((one) => one.name === "sample_ratio")?.status).toBe("fail");
  });

  it("an outage of the metrics holds and says that the data is missing; it does not roll back (Flagger)", () => {
    const silent = all.map((one) => ({ ...one, observation: { baseline: null, candidate: null }, days: [] }));
    const decision = decide({ metrics: silent });
    expect(decision).toMatchObject(holdsByData);
    expect(decision.reasons[0]).toContain(
      "Click-through rate has no data of the baseline and of the candidate",
    );
  });

  it("a breach while waiting at a gate rolls back at once (Flagger)", () => {
    expect(decide({ days: 1, deltas: { ctr: -0.4 } })).toMatchObject({ action: "rollback" });
    expect(
      decide({ gate: { name: "g50" }, impressions: 500_000, days: 2, deltas: { ctr: -0.07 } }),
    ).toMatchObject({
      action: "rollback",
      rule: "rollback",
    });
  });

  it("a check that returns no row has not passed (Great Expectations)", () => {
    const { decision, checks } = judge(night({ checks: [check("event_id_populated", [])] }));
    expect(decision).toMatchObject(holdsByData);
    expect(checks.at(-1)).toMatchObject({
      status: "error",
      detail: "the query returned no row, so nothing was checked",
    });
  });

  it("a check whose query failed has not passed, also one that only warns", () => {
    const broken = check("duplicates", [], {
      effect: "warn",
      error: { ...failed, file: "queries/checks/duplicates.sql" },
    });
    expect(decide({ checks: [broken] })).toMatchObject(holdsByData);
  });

  it("an undefined ratio is no data, not 0 with p = 1 (GrowthBook)", () => {
    const nothing = { ...metric("ctr"), observation: { baseline: ratio(0, 0), candidate: ratio(0, 0) } };
    const { decision, metrics } = judge(night({ metrics: [nothing, ...all.slice(1)] }));
    expect(decision).toMatchObject(holdsByData);
    expect(metrics[0]?.observation).toMatchObject({
      delta: null,
      reading: "no_data",
      classification: "no_data",
    });
  });

  it.each(["baseline", "candidate"] as const)("a missing %s is no data, never healthy", (variant) => {
    const gone = { ...metric("ctr"), observation: { ...metric("ctr").observation, [variant]: null } };
    const { decision, metrics } = judge(withMetric(night(), gone));
    expect(decision).toMatchObject(holdsByData);
    expect(metrics[0]?.observation.classification).toBe("no_data");
  });

  it("no click in either variant is no health: clicks may not be recorded", () => {
    for (const mode of ["evidence", "literal"] as const) {
      const spec = { config: { judge: mode }, metrics: [metric("ctr", { rate: 0 }), ...all.slice(1)] };
      expect(decide(spec)).toMatchObject({ action: "hold", rule: "observing" });
    }
  });

  it("a collapse to no click at all fires, and does not hide as too few", () => {
    expect(decide({ deltas: { ctr: -1 } })).toMatchObject({
      action: "rollback",
      rule: "severe",
      preset: "immediate",
    });
    expect(decide({ deltas: { ctr: -1 }, impressions: 3_000 })).toMatchObject({ action: "rollback" });
  });

  it("a metric with a number and an error is an error", () => {
    const { decision, metrics } = judge(withMetric(night(), { ...metric("ctr"), error: failed }));
    expect(decision).toMatchObject(holdsByData);
    expect(metrics[0]?.observation).toMatchObject({ delta: null, classification: "no_data" });
  });

  it("a failing informational file keeps the verdict from promote too", () => {
    const broken: MetricMeasurement = {
      ...metric("save_rate"),
      error: { ...failed, file: "queries/metrics/save_rate.sql" },
    };
    expect(judge(withMetric(night(), broken)).decision).toMatchObject(holdsByData);
  });

  it("last week's promote does not repeat as fresh when the export stops", () => {
    const input = night({ days: 4 });
    const later = {
      ...input.window,
      to: "2026-02-06",
      reportDate: "2026-02-06",
      asOf: "2026-02-07T00:00:00Z",
    };
    const { decision, checks } = judge({ ...input, window: later });
    expect(decision).toMatchObject(holdsByData);
    expect(checks.find((one) => one.name === "fresh_data")?.detail).toBe(
      "the newest events are of 2026-02-04, 2 days before 2026-02-06",
    );
  });

  it("a day of the guardrail without rows is not a quiet day", () => {
    const { days } = metric("ctr");
    const gappy = { ...metric("ctr"), days: days.toSpliced(2, 1) };
    const input = night({ gate: { consecutiveHealthyDays: 2 } });
    expect(judge(withMetric(input, gappy)).decision).toMatchObject({ action: "hold", rule: "healthy_days" });
  });
});

describe("no promote out of data that stopped", () => {
  const dates = ["2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"];
  const measuredOn = (kept: readonly string[]) => {
    const whole = metric("ctr");
    return { ...whole, days: whole.days.filter((day) => kept.includes(day.date)) };
  };
  const found = (spec: NightSpec, name: string) =>
    judge(night(spec)).checks.find((one) => one.name === name) ?? { status: "", detail: "" };
  const judgeWith = (kept: readonly string[]) => judge(withMetric(night(), measuredOn(kept)));

  it("a guardrail whose rows end before the report date, while the traffic goes on, is not healthy by its first days", () => {
    const { decision } = judgeWith(dates.slice(0, 3));
    expect(decision).toMatchObject(holdsByData);
    expect(decision.reasons[0]).toBe('"Every guardrail was measured" fails: ctr has no data on 2026-02-04.');
  });

  it("a guardrail measured on fewer days than the gate wants is not healthy by one of them", () => {
    const { decision } = judgeWith(["2026-02-04"]);
    expect(decision).toMatchObject(holdsByData);
    expect(decision.reasons[0]).toContain("ctr has no data on 2026-02-01, 2026-02-02, 2026-02-03");
  });

  it("a gap that lies behind is told, and lets pass when the days since are as many as the gate wants", () => {
    const { decision, checks } = judgeWith(["2026-02-03", "2026-02-04"]);
    expect(decision.action).toBe("promote");
    expect(checks.find((one) => one.name === "guardrails_measured")).toMatchObject({
      status: "warn",
      detail: "ctr has no data on 2026-02-01, 2026-02-02",
    });
  });

  it("a day too thin to judge, the hours of the first day and before/after may lack a guardrail", () => {
    const thin = dates.map((date) => trafficDay(date, date === "2026-02-04" ? { impressions: 50 } : {}));
    const spared: readonly NightSpec[] = [
      { traffic: { days: thin } },
      { phase: "first-24h" },
      { gate: { name: "g100" }, comparison: "before-after" },
    ];
    for (const spec of spared) {
      const { checks } = judge(withMetric(night(spec), measuredOn(dates.slice(0, 3))));
      expect(checks.find((one) => one.name === "guardrails_measured")?.status).toBe("pass");
    }
  });

  it.each(["baseline", "candidate"] as const)(
    "a %s that nobody was shown on the report date holds",
    (variant) => {
      const none = { impressions: 0, clicks: 0, units: 0, newUnits: 0 };
      const days = dates.map((date) => trafficDay(date, date === "2026-02-04" ? { [variant]: none } : {}));
      const { decision } = judge(night({ traffic: { days } }));
      expect(decision).toMatchObject(holdsByData);
      const name = variant === "baseline" ? "clip-cosine-v1" : "clip-cosine-v2";
      expect(decision.reasons[0]).toBe(
        `"Every day is complete" fails: 2026-02-04: no impression of ${name}.`,
      );
    },
  );

  it("a day of which only saves came is not complete, although it has events", () => {
    const none = { impressions: 0, clicks: 0, units: 0, newUnits: 0 };
    const saves = { events: 600, baseline: none, candidate: none };
    const days = dates.map((date) => trafficDay(date, date === "2026-02-02" ? saves : {}));
    expect(found({ traffic: { days } }, "complete_days")).toMatchObject({
      status: "warn",
      detail: "not complete, so not counted: 2026-02-02 (no impression of clip-cosine-v1 and clip-cosine-v2)",
    });
  });

  it("guardrails that may all be absent, and are, prove nothing", () => {
    const optional = runbookThresholds.map((line) => ({ ...line, required: false }));
    const absent = all.map((one) => ({ ...one, unavailable: "column author_id is absent" }));
    const { decision } = judge(night({ config: { thresholds: thresholds(optional) }, metrics: absent }));
    expect(decision).toMatchObject({ action: "hold", to: null });
    expect(decision.reasons[0]).toBe("No guardrail was measured, so nothing is proven.");
  });
});
