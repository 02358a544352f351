/**
 * A complete, believable Result without a warehouse: seven days of clip-cosine-v2 at g10, six metrics, everything
 * filled in. What the report shows is tested on this and on its variants in sample-variants.ts.
 */
import { step, stepLines } from "../../src/judge/checklist/steps.ts";
import { emptyLedger } from "../../src/model/ledger.ts";
import type { Decision, Result, Runbook, Step } from "../../src/model/result.ts";
import { sampleCells } from "./sample-cells.ts";
import {
  sampleChanges,
  sampleChecklist,
  sampleChecks,
  sampleLoads,
  samplePreflight,
  sampleProvenance,
  sampleTraffic,
} from "./sample-evidence.ts";
import { metricSpecs, sampleMetric } from "./sample-metrics.ts";

const setting = (name: string, value: string, was: string) => ({
  place: "exports/app.env:2",
  line: `DISCOVERY_${name}=${value}`,
  was,
});
const verify = (preset: string) => `gatebook verify-rollback --preset ${preset} --since "$reloaded"`;
const reload = step("Reload the app's config and cache, then note the time.", {
  commands: ['reloaded="$(date -u +%Y-%m-%dT%H:%M:%SZ)"'],
});

/** Of the sample, in every preset. */
export const sampleSteps = {
  promote: [
    step("Open g50 in the app's settings:", { edits: [setting("ROLLOUT_ACTIVE_GATE", "g50", "g10")] }),
    step("Reload the app's config and cache, and note the time."),
    step("Record it:", { commands: ['gatebook record promote --reason "All 5 guardrails are healthy."'] }),
  ],
  immediate: [
    step("Force clip-cosine-v1 for everybody:", {
      edits: [setting("FORCE_ALGO_VERSION", "clip-cosine-v1", "")],
    }),
    reload,
    step("Prove it:", { commands: [verify("immediate")] }),
    step("Record it; it asks for the reason:", { commands: ["gatebook record rollback --preset immediate"] }),
  ],
  standard: [
    step("Switch the rollout off:", { edits: [setting("ROLLOUT_ENABLED", "false", "true")] }),
    reload,
    step("Prove it:", { commands: [verify("standard")] }),
  ],
};

export const sampleRunbook: Runbook = {
  promote: stepLines(sampleSteps.promote),
  immediate: stepLines(sampleSteps.immediate),
  standard: stepLines(sampleSteps.standard),
  steps: sampleSteps,
};

/** What a decision has to do now, in both forms. */
export function stepsOf(...steps: readonly Step[]): Pick<Decision, "next" | "steps"> {
  return { next: stepLines(steps), steps };
}

const promote: Decision = {
  action: "promote",
  to: "g50",
  rule: "promote",
  reasons: [
    "All 5 guardrails are healthy over 7 sufficient days at g10, and every check that can block passes.",
  ],
  literalAction: "promote",
  literalRule: "promote",
  latched: false,
  overdue: false,
  preset: null,
  ...stepsOf(...sampleSteps.promote),
  expect:
    "The first night at g50 starts a new observation window: expect hold (observing) for at least 3 sufficient days.",
  runbook: sampleRunbook,
  trace: [
    { rule: "disabled", matched: false, because: "the rollout is enabled and no algorithm is forced" },
    { rule: "latched", matched: false, because: "no rollback stands in the ledger" },
    { rule: "severe", matched: false, because: "no guardrail fires severe on any of 7 complete days" },
    { rule: "rollback", matched: false, because: "no observation window classifies rollback" },
    { rule: "data", matched: false, because: "7 checks, none blocks" },
    { rule: "warning", matched: false, because: "no warning, and none persists" },
    {
      rule: "observing",
      matched: false,
      because: "7 sufficient days, 2 needed; no guardrail is insufficient",
    },
    { rule: "healthy_days", matched: false, because: "7 quiet days in a row, 1 needed" },
    { rule: "promote", matched: true, because: "nothing above matched: next gate is g50" },
  ],
  errorRates: { falsePromote: 0.05, falseRollback: 0.029, plannedNights: 14 },
  forecast: null,
};

const base: Result = {
  schemaVersion: 2,
  calibration: null,
  reportAt: "reports/clip-cosine-v2/2026-02-07/report.html",
  tool: { name: "gatebook", version: "0.1.0" },
  phase: "daily",
  rollout: {
    name: "clip-cosine-v2",
    baseline: "clip-cosine-v1",
    candidate: "clip-cosine-v2",
    gate: "g10",
    exposure: 0.1,
    judge: "evidence",
    gates: [
      {
        name: "g10",
        exposure: 0.1,
        started: "2026-02-01",
        minDays: 2,
        maxDays: null,
        consecutiveHealthyDays: 1,
        active: true,
      },
      {
        name: "g50",
        exposure: 0.5,
        started: null,
        minDays: 3,
        maxDays: 5,
        consecutiveHealthyDays: 2,
        active: false,
      },
      {
        name: "g100",
        exposure: 1,
        started: null,
        minDays: 3,
        maxDays: null,
        consecutiveHealthyDays: 1,
        active: false,
      },
    ],
    comparison: "concurrent",
  },
  window: {
    from: "2026-02-01",
    to: "2026-02-07",
    shownFrom: "2026-02-01",
    reportDate: "2026-02-07",
    asOf: "2026-02-08T00:00:00Z",
    opensOn: null,
    baselineFrom: null,
    baselineTo: null,
    ...{ plannedNights: 14, preFrom: null, preTo: null },
    timeZone: "UTC",
    completeDays: 7,
    sufficientDays: 7,
    quietDays: 7,
    rampDays: [],
  },
  decision: promote,
  metrics: metricSpecs.map((spec) => sampleMetric(spec)),
  checks: sampleChecks,
  preflight: samplePreflight,
  checklist: sampleChecklist,
  traffic: sampleTraffic,
  loads: sampleLoads,
  cells: sampleCells,
  changes: sampleChanges,
  // The report never reads it: it is there for replay and backtest.
  measurement: {
    metrics: [],
    traffic: {
      days: [],
      baselineUnits: 25_611,
      candidateUnits: 2_845,
      crossoverUnits: 11,
      perUnit: [],
      unitsByValue: [],
      coverage: null,
    },
    checks: [],
  },
  ledger: emptyLedger,
  provenance: sampleProvenance,
};

/** The promote sample, with whole fields replaced. */
export function sampleResult(overrides: Partial<Result> = {}): Result {
  return { ...base, ...overrides };
}

/** The sample's decision, with fields replaced. */
export function sampleDecision(overrides: Partial<Decision> = {}): Decision {
  return { ...promote, ...overrides };
}
