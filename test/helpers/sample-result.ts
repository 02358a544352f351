/**
 * A complete, believable Result without a warehouse: seven days of clip-cosine-v2 at g10, six metrics, everything
 * filled in. What the report shows is tested on this and on its variants in sample-variants.ts.
 */
import { emptyLedger } from "../../src/model/ledger.ts";
import type { Decision, Result, Runbook } from "../../src/model/result.ts";
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

export const sampleRunbook: Runbook = {
  promote: [
    "DISCOVERY_ROLLOUT_ACTIVE_GATE=g50",
    "# reload config and cache, then write down what you did:",
    'gatebook record promote --reason "…" --by "…" --ticket "…"',
  ],
  immediate: [
    "DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1",
    "# reload config and cache",
    "# feed responses must show meta.algo_version=clip-cosine-v1",
    "gatebook verify-rollback --preset immediate",
  ],
  standard: [
    "DISCOVERY_ROLLOUT_ENABLED=false",
    "# reload config and cache",
    "gatebook verify-rollback --preset standard",
  ],
};

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
  next: sampleRunbook.promote ?? [],
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
