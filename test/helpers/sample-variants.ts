/** The sample result in every state a reader may meet. */
import { step } from "../../src/judge/checklist/steps.ts";
import type { QueryError } from "../../src/model/measurement.ts";
import type { MetricResult, Result, VariantValue, WindowResult } from "../../src/model/result.ts";
import { sampleCells, trafficCell } from "./sample-cells.ts";
import { sampleChecks } from "./sample-evidence.ts";
import { type MetricSpec, metricSpecs, sampleMetric } from "./sample-metrics.ts";
import { sampleDecision, sampleResult, sampleSteps, stepsOf } from "./sample-result.ts";

function metricsWith(name: string, part: Partial<MetricSpec>, traffic = 1): readonly MetricResult[] {
  return metricSpecs.map((spec) => sampleMetric({ ...spec, traffic, ...(spec.name === name ? part : {}) }));
}

export function rollbackResult(): Result {
  const trace = sampleDecision()
    .trace.slice(0, 4)
    .map((entry) =>
      entry.rule === "rollback"
        ? { ...entry, matched: true, because: "ctr classifies rollback: −7.4%, peeking-safe bound below 0" }
        : entry,
    );
  return sampleResult({
    metrics: metricsWith("ctr", { deltas: [-0.061, -0.083, -0.072, -0.066, -0.081, -0.079, -0.076] }),
    decision: sampleDecision({
      action: "rollback",
      to: null,
      rule: "rollback",
      reasons: [
        "Click-through rate fell 7.4% at g10, past the rollback line of 5%, and the drop is not noise.",
        "Confirm that this is not an ingestion fault: 12 duplicate event ids were seen.",
      ],
      literalAction: "rollback",
      literalRule: "rollback",
      preset: "standard",
      ...stepsOf(...sampleSteps.standard),
      expect: "Once rolled back, the next run says disabled and checks that clip-cosine-v2 gets no traffic.",
      trace,
    }),
    changes: [
      {
        kind: "verdict",
        subject: "verdict",
        before: "hold",
        after: "rollback",
        text: "Verdict: hold → rollback",
      },
      {
        kind: "metric",
        subject: "ctr",
        before: "warning",
        after: "rollback",
        text: "Click-through rate: warning → rollback",
      },
    ],
  });
}

/** One day decides: the window itself is within every line. */
export function severeResult(): Result {
  const metrics = sampleResult().metrics.map((metric) => {
    if (metric.name !== "ctr") return metric;
    const observation = {
      ...metric.observation,
      delta: -0.015,
      interval: [-0.04, 0.01] as const,
      reading: "rollback",
      classification: "rollback",
      fires: "severe",
      probabilityPastRollback: 0.008,
    } as const;
    const days = metric.days.map((day) =>
      day.date === "2026-02-04"
        ? ({ ...day, delta: -0.171, interval: [-0.25, -0.08], fires: "severe" } as const)
        : day,
    );
    return { ...metric, observation, days };
  });
  const decision = sampleDecision({
    action: "rollback",
    to: null,
    rule: "severe",
    reasons: ["Click-through rate on 2026-02-04 is down 17.1%, past the 10% severe line."],
    literalAction: "rollback",
    literalRule: "severe",
    preset: "immediate",
    ...stepsOf(...sampleSteps.immediate),
  });
  return sampleResult({ metrics, decision });
}

export function warningResult(): Result {
  return sampleResult({
    metrics: metricsWith("long_dwell_share", {
      deltas: [-0.051, -0.048, -0.063, -0.055, -0.049, -0.061, -0.058],
    }),
    decision: sampleDecision({
      action: "hold",
      to: null,
      rule: "warning",
      reasons: ["Long-dwell share fell 5.5% at g10, past the warning line of 4%."],
      literalAction: "hold",
      literalRule: "warning",
      overdue: true,
      ...stepsOf(step("Nothing to change tonight: keep g10 and look at the long-dwell share by day.")),
      expect:
        "If the drop stays, expect hold again; if it grows past 8% and stands out of the noise, rollback.",
    }),
  });
}

/** Too little traffic to say anything: the bare thresholds would have rolled back. */
export function insufficientResult(): Result {
  return sampleResult({
    metrics: metricsWith("ctr", { deltas: [-0.12, 0.07, -0.11, 0.02, -0.09, -0.14, 0.01] }, 0.08),
    decision: sampleDecision({
      action: "hold",
      to: null,
      rule: "observing",
      reasons: [
        "Click-through rate reads rollback (−5.1%), but this much traffic cannot tell it from no change; about 10 more days.",
      ],
      literalAction: "rollback",
      literalRule: "severe",
      ...stepsOf(step("Nothing to change tonight: keep g10.")),
      expect: "Expect hold (observing) again: about 10 more days at this traffic.",
    }),
    changes: [],
  });
}

export const bindError: QueryError = {
  message: 'Referenced column "impresions" not found in FROM clause!',
  file: "queries/cells/traffic_by_day.sql",
  line: 5,
  column: 7,
  excerpt: "  sum(impresions) AS impressions,\n      ^",
  hint: 'Did you mean "impressions"?',
};

/** One analyst's cell and one metric fail; the rest of the report stands. */
export function failingResult(): Result {
  const failed = { ...trafficCell, rows: [], rowCount: 0, columns: [], chart: null, error: bindError };
  const duplicate = metricSpecs.find((spec) => spec.name === "near_duplicate_share");
  const metrics = sampleResult().metrics.map((metric) =>
    metric.name === duplicate?.name
      ? {
          ...metric,
          observation: {
            ...emptyWindow("The query failed."),
            daysNeededAtLeast: false,
            clock: null,
            never: null,
            ...{ promoteBound: null, adjusted: null, notAdjusted: null },
            coverage: null,
          },
          days: [],
          movers: [],
          error: { ...bindError, file: metric.path },
        }
      : metric,
  );
  return sampleResult({
    metrics,
    cells: [failed, ...sampleCells.slice(1)],
    decision: sampleDecision({
      action: "hold",
      to: null,
      rule: "data",
      reasons: ["Near-duplicate share could not be computed: its query failed."],
      literalAction: "hold",
      literalRule: "data",
      ...stepsOf(
        step('Fix "Every metric file ran". What it found:', { commands: ["gatebook check"] }),
        step("Then judge the same day again:", { commands: ["gatebook run --date 2026-02-07"] }),
      ),
      expect: "Once the query runs, the verdict rests on all five guardrails again.",
    }),
    checks: [
      ...sampleChecks.slice(0, -1),
      {
        name: "event_id_by_day",
        title: "Event ids by day",
        description: "",
        status: "error",
        effect: "block",
        observed: null,
        expected: null,
        detail: "the query failed",
        rows: [],
        path: "queries/checks/event_id_by_day.sql",
        error: { ...bindError, file: "queries/checks/event_id_by_day.sql" },
        accept: null,
        owner: null,
        inspect: null,
      },
    ],
  });
}

const nothing: VariantValue = {
  value: null,
  numerator: null,
  denominator: null,
  units: 0,
  rawValue: null,
  groups: null,
};

function emptyWindow(because: string): WindowResult {
  return {
    baseline: nothing,
    candidate: nothing,
    delta: null,
    unbounded: false,
    interval: null,
    standardError: null,
    sequentialBound: null,
    oneSided: null,
    probabilityPastRollback: null,
    smallestDetectableChange: null,
    flip: null,
    reading: "no_data",
    classification: "no_data",
    fires: null,
    volumeNeeded: null,
    daysNeeded: null,
    because,
  };
}

/** No events of the candidate at all, one column absent, nothing configured around it. */
export function noDataResult(): Result {
  return sampleResult({
    metrics: sampleResult().metrics.map((metric, index) => ({
      ...metric,
      observation: {
        ...emptyWindow("No events of clip-cosine-v2 in this window."),
        daysNeededAtLeast: false,
        clock: null,
        never: null,
        ...{ promoteBound: null, adjusted: null, notAdjusted: null },
        coverage: null,
      },
      days: [],
      movers: [],
      unavailable: index === 2 ? "column author_id is absent" : null,
    })),
    traffic: { days: [], sampleRatio: null, crossoverUnits: 0 },
    cells: sampleCells.map((cell) => ({ ...cell, rows: [], rowCount: 0 })),
    checks: [],
    preflight: [],
    checklist: [],
    changes: [],
    loads: [],
    window: { ...sampleResult().window, completeDays: 0, sufficientDays: 0, quietDays: 0 },
    decision: sampleDecision({
      action: "hold",
      to: null,
      rule: "data",
      reasons: ["No guardrail has data: no events of clip-cosine-v2 from 2026-02-01 to 2026-02-07."],
      literalAction: "hold",
      literalRule: "data",
      ...stepsOf(step("Find out why the export is empty.")),
      expect: "Expect hold until events of both algorithms arrive.",
      trace: [],
    }),
  });
}

/** At g100 without a holdback: nothing is randomised, and the report must say so wherever it shows a delta. */
export function beforeAfterResult(): Result {
  const base = sampleResult();
  return sampleResult({
    rollout: {
      ...base.rollout,
      gate: "g100",
      exposure: 1,
      comparison: "before-after",
      gates: base.rollout.gates.map((gate) => ({ ...gate, active: gate.name === "g100" })),
    },
    decision: sampleDecision({
      action: "hold",
      to: null,
      rule: "observing",
      reasons: [
        "At g100 there is no concurrent baseline: a comparison with earlier weeks never proves health.",
      ],
      ...stepsOf(step("Keep the baseline available for a rapid rollback.")),
      expect: "Expect hold until the holdback is large enough or the rollout is closed by hand.",
    }),
  });
}

/** Opened at 06:30 of Berlin, looked at at 12:20: of the seven hours the last is not over. */
export function firstDayResult(): Result {
  const base = sampleResult();
  const hour = <Part extends { readonly date: string; readonly complete: boolean }>(
    part: Part,
    at: number,
  ) => ({
    ...part,
    date: `2026-02-01T${String(at + 6).padStart(2, "0")}`,
    complete: at < 6,
  });
  return sampleResult({
    phase: "first-24h",
    window: {
      ...base.window,
      to: "2026-02-01",
      reportDate: "2026-02-01",
      openedAt: "2026-02-01T05:30:00Z",
      asOf: "2026-02-01T11:20:00Z",
      timeZone: "Europe/Berlin",
      completeDays: 0,
      sufficientDays: 0,
      quietDays: 0,
    },
    metrics: base.metrics.map((metric) => ({ ...metric, days: metric.days.map(hour) })),
    traffic: { ...base.traffic, days: base.traffic.days.map(hour) },
    decision: sampleDecision({
      action: "hold",
      to: null,
      rule: "observing",
      reasons: ["The first 24 hours never promote."],
      ...stepsOf(
        step("Nothing to change now: keep g10."),
        step("Look again at the end of the day:", { commands: ["gatebook run --phase first-24h"] }),
      ),
      expect: "Run again at the end of the day.",
    }),
  });
}

/** An attack in every place where data reaches the page. */
export const hostile =
  '<script>alert(1)</script>"><img src=x onerror=alert(2)>|`x`{{this}}](javascript:alert(3))\u0007\u001b[31m';

export function hostileResult(): Result {
  const base = sampleResult();
  return sampleResult({
    rollout: { ...base.rollout, name: hostile, candidate: hostile },
    metrics: base.metrics.map((metric) => ({
      ...metric,
      title: hostile,
      description: hostile,
      observation: { ...metric.observation, because: hostile },
      movers: [{ key: hostile, baselineShare: 0.1, candidateShare: 0.2 }],
    })),
    checks: base.checks.map((check) => ({
      ...check,
      title: hostile,
      detail: hostile,
      observed: hostile,
      expected: hostile,
    })),
    preflight: base.preflight.map((entry) => ({
      ...entry,
      key: hostile,
      actual: hostile,
      source: hostile,
      detail: hostile,
    })),
    checklist: [{ text: hostile, done: true, evidence: hostile }],
    loads: base.loads.map((load) => ({
      ...load,
      file: hostile,
      source: hostile,
      rejectedByReason: { [hostile]: 1 },
      notes: [hostile],
    })),
    cells: base.cells.map((cell, index) => ({
      ...cell,
      title: hostile,
      description: hostile,
      owner: hostile,
      sql: `SELECT '${hostile}' -- ${hostile}`,
      columns: cell.columns.map((column) => ({ ...column, name: hostile })),
      rows: cell.rows.map((row) => row.map(() => hostile)),
      chart: null,
      error: index === 0 ? { ...bindError, message: hostile, excerpt: hostile, hint: hostile } : null,
    })),
    changes: [{ kind: "load", subject: hostile, before: hostile, after: hostile, text: hostile }],
    decision: sampleDecision({
      reasons: [hostile],
      ...stepsOf(
        step(hostile, { edits: [{ place: hostile, line: hostile, was: hostile }], commands: [hostile] }),
      ),
      expect: hostile,
      trace: [{ rule: "promote", matched: true, because: hostile }],
    }),
  });
}

/** The candidate's impressions of items that the lookup does not know are in no concentration; everything else is counted. */
export function lossyResult(): Result {
  const result = sampleResult();
  const none = { crossover: 0, unit: 0, name: 0, attribute: 0, orphan: 0, rejected: 0 };
  return {
    ...result,
    metrics: result.metrics.map((metric) => {
      const isBlind = metric.shape === "concentration";
      const [events, attribute] = [140_000, isBlind ? 7_560 : 0];
      const candidate = { events, counted: events - attribute, leftOut: { ...none, attribute } };
      const baseline = { events: 1_260_000, counted: 1_259_988, leftOut: { ...none, crossover: 12 } };
      const { because } = metric.observation;
      const judgedOn = isBlind ? "; judged on 94.6% of the candidate's impressions." : ".";
      return {
        ...metric,
        observation: {
          ...metric.observation,
          because: because.replace(/\.$/, judgedOn),
          coverage: { baseline, candidate },
        },
      };
    }),
  };
}
