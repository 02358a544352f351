/** The runbook as a table. Each title is a sentence of it; read alone they are the specification. */
import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { emptyLedger, type LedgerNight } from "../../src/model/ledger.ts";
import type { Action, Preset, Rule } from "../../src/model/words.ts";
import {
  check,
  config,
  gate,
  guardrail,
  latchedBy,
  metric,
  type NightSpec,
  night,
  preflightLine,
  runbookThresholds,
  thresholds,
  trafficDay,
} from "./builders.ts";

interface Row {
  readonly says: string;
  readonly night: NightSpec;
  readonly action: Action;
  readonly rule: Rule;
  readonly to?: string;
  readonly preset?: Preset;
}

const latched = latchedBy("standard");
const completed = { since: "2026-02-03", reason: "Watched for two weeks.", by: "ada" } as const;
const ran = (date: string): LedgerNight => ({
  date,
  phase: "daily",
  asOf: `${date}T23:59:59Z`,
  action: "hold",
  rule: "observing",
  healthyDay: true,
});
const g50 = { gate: { name: "g50" }, impressions: 500_000 } as const;
const before = { gate: { name: "g100" }, comparison: "before-after" } as const;
const literal = { config: { judge: "literal" } } as const;

/** As preflight writes it: the copy that counts, and another that says something else. */
const disputed = (key: string, actual: string, other: string) =>
  preflightLine(key, actual, {
    status: "fail",
    detail: `the copies disagree (.env:3 says "${actual}"; dump.json says "${other}")`,
    contradictedBy: [{ actual: other, source: "dump.json", ageHours: 1 }],
  });

const rows: readonly Row[] = [
  {
    says: "g10 promotes to g50 when no trigger fires and no warning persists",
    night: {},
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "the bare runbook promotes a healthy g10 too",
    night: literal,
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "g10 holds on its first day: two days are the minimum",
    night: { days: 1 },
    action: "hold",
    rule: "observing",
  },
  {
    says: "days below the minimum sample do not count towards the minimum",
    night: { ...literal, impressions: 900 },
    action: "hold",
    rule: "observing",
  },
  {
    says: "a CTR drop of 5% rolls back by the standard preset",
    night: { deltas: { ctr: -0.05 }, impressions: 300_000 },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "a CTR drop of exactly 3% is a warning and holds",
    night: { deltas: { ctr: -0.03 } },
    action: "hold",
    rule: "warning",
  },
  {
    says: "a CTR drop of 2.9% is healthy",
    night: { deltas: { ctr: -0.029 }, impressions: 300_000 },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "a single day past the severe line rolls back even when the window is healthy",
    night: { deltas: { ctr: [0.02, 0.02, -0.11, 0.02] } },
    action: "rollback",
    rule: "severe",
    preset: "immediate",
  },
  {
    says: "a single day past the rollback line alone does not roll back",
    night: { deltas: { ctr: [0.01, 0.01, -0.06, 0.01] } },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "a single warning day alone does not stop g10",
    night: { deltas: { ctr: [0.01, 0.01, 0.01, -0.035] } },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "warnings on the last two complete days persist and hold",
    night: { deltas: { ctr: [0.04, 0.04, -0.035, -0.035] } },
    action: "hold",
    rule: "warning",
  },
  {
    says: "warnings on two days that are not the last ones do not persist",
    night: { deltas: { ctr: [-0.035, -0.035, 0.01, 0.01] } },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "a long-dwell drop of 8% rolls back",
    night: { deltas: { long_dwell_share: -0.085 }, impressions: 300_000 },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "a long-dwell day past 12% is severe",
    night: { deltas: { long_dwell_share: [0, -0.13, 0, 0] }, impressions: 300_000 },
    action: "rollback",
    rule: "severe",
    preset: "immediate",
  },
  {
    says: "a concentration rise of 10% holds",
    night: { deltas: { top_author_share: 0.1 } },
    action: "hold",
    rule: "warning",
  },
  {
    says: "a concentration rise of 15% rolls back",
    night: { deltas: { top_author_share: 0.15 } },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "concentration has no severe line: a day up 40% alone does not roll back",
    night: { deltas: { top_author_share: [0, 0.4, -0.2, 0] } },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "near-duplicates where the baseline has none are past every line",
    night: {
      metrics: runbookThresholds.map(({ metric: name }) =>
        name === "near_duplicate_share" ? fromNothing() : metric(name),
      ),
    },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "no near-duplicates in either variant is no change",
    night: {
      metrics: runbookThresholds.map(({ metric: name }) =>
        name === "near_duplicate_share" ? metric(name, { rate: 0 }) : metric(name),
      ),
    },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "an informational metric never decides",
    night: { deltas: { save_rate: -0.9 } },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "a drop within the noise holds instead of rolling back",
    night: { deltas: { ctr: -0.06 }, impressions: 3_000 },
    action: "hold",
    rule: "observing",
  },
  {
    says: "the bare runbook rolls the same night back",
    night: { ...literal, deltas: { ctr: -0.06 }, impressions: 3_000 },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "too little traffic to rule a rollback out holds",
    night: { impressions: 8_000 },
    action: "hold",
    rule: "observing",
  },
  {
    says: "failing data checks do not stop a rollback",
    night: { deltas: { ctr: -0.08 }, checks: [check("event_id_populated", [{ status: "fail" }])] },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "a failing blocking check holds",
    night: { checks: [check("event_id_populated", [{ status: "fail" }])] },
    action: "hold",
    rule: "data",
  },
  {
    says: "a failing check that only warns does not hold",
    night: { checks: [check("duplicates", [{ status: "fail" }], { effect: "warn" })] },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "g50 promotes to g100 after three steady days, two of them quiet in a row",
    night: g50,
    action: "promote",
    rule: "promote",
    to: "g100",
  },
  {
    says: "g50 holds before its third day",
    night: { ...g50, days: 2 },
    action: "hold",
    rule: "observing",
  },
  {
    says: "g50 holds while traffic is not stable",
    night: {
      ...g50,
      traffic: {
        days: ["01", "02", "03", "04"].map((day) =>
          trafficDay(`2026-02-${day}`, { exposure: 0.5, impressions: day === "04" ? 900_000 : 500_000 }),
        ),
      },
    },
    action: "hold",
    rule: "observing",
  },
  {
    says: "g50 needs two quiet days in a row: a warning yesterday breaks them",
    night: { ...g50, deltas: { ctr: [0.01, 0.01, -0.035, 0.01] } },
    action: "hold",
    rule: "healthy_days",
  },
  {
    says: "g50 needs two quiet days in a row: a missed night breaks them",
    night: { ...g50, ledger: { ...emptyLedger, nights: [ran("2026-02-01"), ran("2026-02-02")] } },
    action: "hold",
    rule: "healthy_days",
  },
  {
    says: "g50 needs two quiet days in a row: a day below the minimum sample is none",
    night: {
      ...g50,
      traffic: {
        days: ["01", "02", "03", "04"].map((day) =>
          trafficDay(`2026-02-${day}`, { exposure: 0.5, impressions: day === "04" ? 900 : 1_000 * 10 }),
        ),
      },
      gate: { ...g50.gate, trafficStability: null },
    },
    action: "hold",
    rule: "healthy_days",
  },
  {
    says: "g50 promotes when every night since the first was looked at",
    night: {
      ...g50,
      ledger: { ...emptyLedger, nights: [ran("2026-02-01"), ran("2026-02-02"), ran("2026-02-03")] },
    },
    action: "promote",
    rule: "promote",
    to: "g100",
  },
  {
    says: "g50 rolls back to g10 by the standard preset",
    night: { ...g50, deltas: { ctr: -0.06 } },
    action: "rollback",
    rule: "rollback",
    preset: "standard",
  },
  {
    says: "g100 with a holdback completes",
    night: {
      gate: { name: "g100", holdback: 0.05 },
      comparison: "holdback",
      metrics: heldBack(),
      traffic: heldBackTraffic(),
    },
    action: "complete",
    rule: "complete",
  },
  {
    says: "g100 without a holdback never proves health",
    night: before,
    action: "hold",
    rule: "observing",
  },
  {
    says: "g100 before/after does not roll back at the rollback line",
    night: { ...before, deltas: { ctr: -0.08 } },
    action: "hold",
    rule: "warning",
  },
  {
    says: "g100 before/after rolls back at the severe line",
    night: { ...before, deltas: { ctr: -0.2 } },
    action: "rollback",
    rule: "severe",
    preset: "immediate",
  },
  {
    says: "g100 before/after never rolls back a guardrail without a severe line",
    night: { ...before, deltas: { top_author_share: 0.6 } },
    action: "hold",
    rule: "warning",
  },
  {
    says: "a forced algorithm disables the judgement",
    night: { preflight: [preflightLine("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1")] },
    action: "disabled",
    rule: "disabled",
  },
  {
    says: "a rollout that is switched off disables the judgement",
    night: { preflight: [preflightLine("DISCOVERY_ROLLOUT_ENABLED", "false")] },
    action: "disabled",
    rule: "disabled",
  },
  {
    says: "a force toggle whose copies disagree holds, though the copy that counts is empty",
    night: { preflight: [disputed("DISCOVERY_FORCE_ALGO_VERSION", "", "clip-cosine-v1")] },
    action: "hold",
    rule: "data",
  },
  {
    says: "a force toggle whose copies disagree disables when the copy that counts forces",
    night: { preflight: [disputed("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1", "")] },
    action: "disabled",
    rule: "disabled",
  },
  {
    says: "a switch that is not set is not off",
    night: {
      preflight: [
        preflightLine("DISCOVERY_ROLLOUT_ENABLED", null),
        preflightLine("DISCOVERY_FORCE_ALGO_VERSION", ""),
      ],
    },
    action: "promote",
    rule: "promote",
    to: "g50",
  },
  {
    says: "a person closes a gate that nothing can prove healthy",
    night: { ...before, ledger: { ...emptyLedger, completed } },
    action: "complete",
    rule: "complete",
  },
  {
    says: "a gate that a person closed is held by no failing check any more",
    night: {
      ...before,
      days: 1,
      ledger: { ...emptyLedger, completed },
      checks: [check("c", [{ status: "fail" }])],
    },
    action: "complete",
    rule: "complete",
  },
  {
    says: "a gate that a person closed still rolls back",
    night: { ...before, deltas: { ctr: -0.2 }, ledger: { ...emptyLedger, completed } },
    action: "rollback",
    rule: "severe",
    preset: "immediate",
  },
  {
    says: "a person closes the last gate, and never one before it",
    night: { days: 1, ledger: { ...emptyLedger, completed } },
    action: "hold",
    rule: "observing",
  },
  {
    says: "an earlier rollback stands until a person clears it",
    night: { ledger: { ...emptyLedger, latched } },
    action: "rollback",
    rule: "latched",
    preset: "standard",
  },
  {
    says: "the first 24 hours never promote",
    night: { phase: "first-24h", days: 12 },
    action: "hold",
    rule: "observing",
  },
  {
    says: "any breach in the first 24 hours takes the immediate preset",
    night: { phase: "first-24h", days: 12, deltas: { ctr: -0.09 } },
    action: "rollback",
    rule: "rollback",
    preset: "immediate",
  },
  {
    says: "a severe hour of the first 24 rolls back although no day is complete",
    night: { phase: "first-24h", days: 12, deltas: { ctr: -0.3 } },
    action: "rollback",
    rule: "severe",
    preset: "immediate",
  },
];

function fromNothing() {
  const none = metric("near_duplicate_share", { rate: 0 });
  const some = metric("near_duplicate_share", { rate: 0.01 });
  return {
    ...none,
    observation: { baseline: none.observation.baseline, candidate: some.observation.candidate },
    days: none.days.map((day, at) => ({ ...day, candidate: some.days[at]?.candidate ?? null })),
  };
}

function heldBack() {
  return runbookThresholds.map(({ metric: name }) =>
    metric(name, { exposure: 0.95, impressions: 9_500_000 }),
  );
}

function heldBackTraffic() {
  const days = ["01", "02", "03", "04"].map((day) =>
    trafficDay(`2026-02-${day}`, { exposure: 0.95, impressions: 9_500_000 }),
  );
  return { days, baselineUnits: 100_000, candidateUnits: 1_900_000 };
}

describe("the decision", () => {
  it.each(rows)("$says", ({ night: spec, action, rule, to, preset }) => {
    const { decision } = judge(night(spec));
    expect(decision).toMatchObject({ action, rule, to: to ?? null, preset: preset ?? null });
    expect(decision.reasons.length).toBeGreaterThan(0);
    expect(decision.next.length).toBeGreaterThan(0);
    expect(decision.expect).toMatch(/\.$/);
    expect(decision.trace.map((entry) => entry.rule)).toEqual([
      "disabled",
      "latched",
      "severe",
      "rollback",
      "data",
      "warning",
      "observing",
      "healthy_days",
      "promote",
      "complete",
    ]);
    expect(decision.trace.find((entry) => entry.matched)?.rule).toBe(rule);
  });

  it("keeps what the thresholds alone would have said", () => {
    const { decision } = judge(night({ deltas: { ctr: -0.06 }, impressions: 3_000 }));
    expect(decision).toMatchObject({ action: "hold", literalAction: "rollback", literalRule: "rollback" });
  });

  it("marks a hold past max_days as overdue, and nothing else", () => {
    const late = { ...g50, days: 6 };
    expect(judge(night({ ...late, deltas: { ctr: -0.035 } })).decision).toMatchObject({
      action: "hold",
      overdue: true,
    });
    expect(judge(night({ ...late, days: 5, deltas: { ctr: -0.035 } })).decision.overdue).toBe(false);
    expect(judge(night(late)).decision).toMatchObject({ action: "promote", overdue: false });
  });

  it("names the failing checks beside a rollback", () => {
    const checks = [check("event_id_populated", [{ status: "fail", detail: "12 events without id" }])];
    const { decision } = judge(night({ deltas: { ctr: -0.08 }, checks }));
    expect(decision.reasons[1]).toBe(
      'Confirm that this is not an ingestion fault: "event_id_populated" fails: 12 events without id.',
    );
  });

  it("holds when the active gate is not in the list: nothing is promoted on a guess", () => {
    const input = night();
    const { activeGate, gates } = input.config;
    const elsewhere = {
      ...input,
      config: {
        ...input.config,
        activeGate: gate("g25", 0.1, { started: activeGate.started }),
        gates: gates.map((listed) => ({ ...listed, started: null })),
      },
    };
    const { decision } = judge(elsewhere);
    expect(decision).toMatchObject({ action: "hold", rule: "observing", to: null });
    expect(decision.reasons.slice(0, 2)).toEqual([
      "rollout.yaml names no gate after g25.",
      "What is not proven is held.",
    ]);
  });

  it("says which day was unsteady and on which side, and promises no number of days", () => {
    const reasonsAt = (impressions: number) => {
      const days = ["01", "02", "03", "04"].map((day) =>
        trafficDay(`2026-02-${day}`, { exposure: 0.5, impressions: day === "04" ? impressions : 500_000 }),
      );
      return judge(night({ ...g50, traffic: { days } })).decision.reasons;
    };
    expect(reasonsAt(900_000)[0]).toBe(
      "Traffic is not steady: 2026-02-04 was 50.0% above the window's mean, 25% is allowed.",
    );
    expect(reasonsAt(100_000)[0]).toMatch(/^Traffic is not steady: 2026-02-04 was 75\.0% below /);
    expect(reasonsAt(900_000).join(" ")).not.toContain("more day");
  });

  it("tells the worst of several severe days in full, the others by their dates", () => {
    const { reasons } = judge(night({ deltas: { ctr: [-0.2, -0.4, 0, -0.3] } })).decision;
    expect(reasons[0]).toMatch(
      /^Click-through rate on 2026-02-02 is down 40\.0% .* So do 2026-02-04, 2026-02-01\.$/,
    );
  });

  it("judges the same input to the same result", () => {
    const spec = { deltas: { ctr: [0, -0.12, 0.01, 0] } };
    expect(JSON.stringify(judge(night(spec)))).toBe(JSON.stringify(judge(night(spec))));
  });

  it("never holds a number that JSON cannot hold", () => {
    const extremes = [{ deltas: { ctr: -1 } }, { impressions: 1 }, { metrics: [fromNothing()] }, { days: 0 }];
    for (const spec of extremes) {
      const text = JSON.stringify(judge(night(spec)), (_, value) =>
        typeof value === "number" && !Number.isFinite(value) ? "NOT FINITE" : value,
      );
      expect(text).not.toContain("NOT FINITE");
    }
  });

  it("lets a guardrail that is not required be absent, and no other", () => {
    const absent = {
      ...metric("top_author_share"),
      unavailable: "column author_id is absent",
    };
    const metrics = runbookThresholds.map(({ metric: name }) =>
      name === "top_author_share" ? absent : metric(name),
    );
    const optional = runbookThresholds.map((line) => ({
      ...line,
      required: line.metric !== "top_author_share",
    }));
    expect(judge(night({ metrics, config: { thresholds: thresholds(optional) } })).decision.action).toBe(
      "promote",
    );
    expect(judge(night({ metrics })).decision).toMatchObject({ action: "hold", rule: "data" });
  });

  it("shares alpha between the guardrails: alone, CTR needs less evidence", () => {
    const many = { deltas: { ctr: -0.062 }, impressions: 62_000 };
    const alone = thresholds([guardrail("ctr", "drop", [0.03, 0.05, 0.1])]);
    const bound = (spec: NightSpec) => judge(night(spec)).metrics[0]?.observation.sequentialBound ?? 0;
    expect(bound({ ...many, config: { thresholds: alone } })).toBeLessThan(bound(many));
    expect(config().thresholds.size).toBe(4);
  });
});
