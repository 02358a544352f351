/**
 * A view with every place filled: no null, no empty list. Templates are checked against it, since a place that is empty
 * tonight may be full tomorrow; templates/README.md is held to it by a test.
 */

import type { MarkdownPage } from "../markdown/markdown.ts";
import type { HtmlPage } from "../templates/html.ts";
import type { Badge } from "./badge.ts";
import type { CellView } from "./cell.ts";
import type { DayRow } from "./days.ts";
import type { CheckView } from "./health.ts";
import type { MetricView } from "./metric.ts";
import type { ErrorView } from "./text.ts";
import type { View } from "./view.ts";

/** Every property present and not null, every list with at least one entry, all the way down. */
export type Full<T> = T extends string | boolean
  ? T
  : T extends readonly (infer Entry)[]
    ? readonly [Full<Entry>, ...Full<Entry>[]]
    : { readonly [Key in keyof T]-?: Full<NonNullable<T[Key]>> };

const badge: Full<Badge> = { word: "healthy", tone: "healthy", glyph: "✓" };
const fact = { label: "Chance that it is past the rollback line", value: "0.3%" } as const;
const svg = "<svg></svg>";

const error: Full<ErrorView> = {
  message: 'Referenced column "impresions" not found',
  place: "queries/cells/traffic_by_day.sql:5:7",
  excerpt: "  sum(impresions)\n      ^",
  hint: 'Did you mean "impressions"?',
};

const value: Full<MetricView["candidate"]> = {
  value: "5.14%",
  fraction: "7,202 of 140,000 impressions",
  units: "3,214 units",
  raw: "5.30% over all units",
};

const metric: Full<MetricView> = {
  name: "ctr",
  anchor: "metric-ctr",
  slug: "ctr",
  title: "Click-through rate",
  description: "Clicks per impression.",
  path: "queries/metrics/ctr.sql",
  isGuardrail: true,
  classification: badge,
  reads: "reads warning",
  delta: "−3.1%",
  comparison: "before/after, not randomised",
  interval: "−6.0% to −0.1%",
  baseline: value,
  candidate: value,
  lines: [{ level: "warning", at: "−3%", isReached: true, distance: "0.1 points past" }],
  distance: "1.9 points from the rollback line",
  strip: {
    label: "Change −3.1%, 95% interval −6.0% to −0.1%; warning at −3%.",
    zones: [{ isWarning: true, isRollback: false, x: "10.0", width: "40.0" }],
    zero: "220.0",
    ticks: [{ level: "warning", isWarning: true, x: "150.0", label: "−3%", labelX: "150.0" }],
    interval: { x: "100.0", width: "110.0", isCutLeft: false, isCutRight: false },
    point: { x: "150.0", isWithin: true, isBeyondLeft: false, isBeyondRight: false },
  },
  standing: [fact],
  facts: [fact],
  because: "Nothing fires.",
  judgedOn: "judged on 94.6% of the candidate's impressions",
  movers: [{ key: "author-0037", baseline: "2.10%", candidate: "2.40%", difference: "+0.3 points" }],
  sparkline: "▄▅▄▃",
  unavailable: "column author_id is absent",
  error,
  charts: { sparkline: svg, delta: svg, values: svg, movers: svg },
};

const dayRow: Full<DayRow> = {
  label: "Sat 2026-02-07",
  flags: ["incomplete"],
  isObserved: true,
  cells: [{ delta: "+0.5%", badge }],
};

const cell: Full<CellView> = {
  number: "1",
  name: "traffic_by_day",
  anchor: "cell-traffic_by_day",
  slug: "traffic_by_day",
  title: "Traffic by day",
  description: "Impressions by day.",
  owner: "feed-analytics",
  path: "queries/cells/traffic_by_day.sql",
  sql: "SELECT 1",
  tokens: [{ kind: "keyword", text: "SELECT" }],
  sqlLines: "1 line",
  columns: [{ name: "share", type: "DOUBLE", isNumeric: true }],
  rows: [[{ text: "10.0%", isNumeric: true, isNull: false, isLong: false }]],
  timing: "14 rows in 12 ms",
  cut: "The first 200 of 1,000,000 rows",
  isEmpty: false,
  isLong: false,
  error,
  chart: svg,
  chartError: "field shar is not a column",
};

const check: Full<CheckView> = {
  anchor: "check-freshness",
  name: "freshness",
  title: "The newest complete day is the report date",
  description: "Freshness.",
  badge,
  effect: "blocks promote",
  observed: "2026-02-07",
  expected: "2026-02-07",
  detail: "as expected",
  origin: "built in",
  rows: [{ badge, observed: "0", expected: "0", detail: "2026-02-07" }],
  error,
};

const preflightLine = {
  key: "w1",
  expected: "0.52",
  actual: "0.52",
  source: ".env:3",
  age: "3 hours",
  badge,
  note: "as expected",
} as const;

const commands = { lines: [{ text: "gatebook check", isComment: false }], text: "gatebook check" } as const;

export const exampleView: Full<View> = {
  title: "HOLD · clip-cosine-v2 at g10 · 2026-02-07",
  tool: "gatebook 0.1.0",
  generatedAt: "2026-02-08 03:00 UTC",
  subject: {
    rollout: "clip-cosine-v2",
    baseline: "clip-cosine-v1",
    candidate: "clip-cosine-v2",
    gate: "g10",
    exposure: "10%",
    phase: "First 24 hours",
    window: "Sun 2026-02-01 to Sat 2026-02-07",
    completeDays: "7 complete days",
    reportDate: "Sat 2026-02-07",
    asOf: "2026-02-08 00:00 UTC",
    timeZone: "UTC",
    judge: "evidence",
    comparison: "before/after, not randomised",
    comparisonNote: "At this gate there is no concurrent baseline.",
    gates: [{ name: "g10", exposure: "10%", isActive: true, state: "active since 2026-02-01" }],
  },
  verdict: {
    word: "HOLD",
    tone: "hold",
    glyph: "⏸️",
    icon: { promote: false, hold: true, rollback: false, disabled: false },
    headline: "Hold clip-cosine-v2 at g10",
    reason: "Click-through rate fell 3.1%.",
    moreReasons: ["12 duplicate event ids were seen."],
    nextReasons: ["12 duplicate event ids were seen."],
    foldedReasons: ["12 duplicate event ids were seen."],
    foldedTitle: "4 more reasons",
    rule: "warning",
    ruleText: "a guardrail warns",
    flags: [{ word: "overdue", text: "g10 is past its max_days" }],
    literal: {
      word: "ROLLBACK",
      rule: "severe",
      differs: true,
      text: "The bare thresholds would have said ROLLBACK.",
    },
    scale: [{ word: "HOLD", tone: "hold", isVerdict: true, isLiteral: false, note: "the verdict" }],
  },
  next: {
    commands,
    when: "tomorrow",
    expect: "Expect hold again.",
    others: [{ title: "Immediate rollback", note: "Forces the baseline for everyone.", ...commands }],
  },
  changes: {
    title: "Since last night",
    since: "Compared with Fri 2026-02-06",
    nothing: "Nothing changed since last night.",
    summary: "1 change",
    items: [{ kind: "verdict", text: "Verdict: hold → promote" }],
  },
  guardrails: [metric],
  guardrailSummary: "1 warning, 4 healthy",
  informational: [{ ...metric, isGuardrail: false }],
  days: {
    title: "Day by day",
    slot: "day",
    columns: [{ anchor: "metric-ctr", title: "Click-through rate", isGuardrail: true }],
    window: dayRow,
    rows: [dayRow],
    recent: [dayRow],
    older: [dayRow],
    olderTitle: "16 older days of this window",
    earlier: [dayRow],
    earlierTitle: "16 days before this window",
    comparison: "before/after, not randomised",
    summary: "7 days shown",
  },
  health: {
    summary: "1 warn, 6 pass",
    checks: [check],
    open: [check],
    settled: [check],
    settledTitle: "18 pass",
    coverage: {
      summary: "Every guardrail stands on at least 94.6% of each variant's events.",
      reasons: ["unit saw both algorithms"],
      rows: [
        {
          title: "Click-through rate",
          variants: [
            {
              variant: "candidate",
              events: "140,000 impressions",
              counted: "132,440",
              share: "94.6%",
              leftOut: ["7,560"],
            },
          ],
        },
      ],
    },
    traffic: {
      slot: "day",
      sampleRatio: "10.0% of 28,456 new units got the candidate.",
      crossover: "11 units saw both algorithms.",
      days: [
        {
          label: "Sat 2026-02-07",
          isComplete: false,
          missing: "clicks end at 08:31; 412 were due after that",
          events: "201,699",
          baselineImpressions: "180,000",
          candidateImpressions: "20,000",
          baselineClicks: "9,216",
          candidateClicks: "1,030",
          baselineUnits: "9,000",
          candidateUnits: "1,000",
          candidateShare: "10.0%",
          p: "p = 0.41",
        },
      ],
      chart: svg,
    },
    loads: {
      summary: "200,730 rows read",
      files: [
        {
          source: "feed_events",
          file: "exports/feed_events/2026-02-07.csv",
          status: badge,
          lines: "200,731",
          read: "200,730",
          loaded: "200,728",
          duplicates: "2",
          conflicts: "0",
          rejected: "0",
          days: "2026-02-07",
          bytes: "35.9 MB",
          modifiedAt: "2026-02-08 00:00 UTC",
          hash: "9f86d081884c",
          columns: "event_id, event_type",
          notes: ["column meta taken as metadata"],
        },
      ],
    },
  },
  preflight: {
    summary: "11 pass",
    lines: [preflightLine],
    open: [preflightLine],
    settled: [preflightLine],
    settledTitle: "11 pass",
  },
  checklist: {
    title: "Daily operator checklist",
    summary: "5 of 6 done",
    items: [{ text: "Decide", isDone: false, state: "open", evidence: "no decision recorded" }],
  },
  cells: [cell],
  cellSummary: "4 cells",
  trace: [
    {
      number: "1",
      rule: "warning",
      meaning: "a guardrail warns",
      outcome: "decides",
      decides: true,
      because: "ctr",
    },
  ],
  provenance: {
    facts: [fact],
    queries: [{ kind: "metric", path: "queries/metrics/ctr.sql", hash: "baa5a0964d33" }],
    config: "active_gate: g10",
    profile: [
      { isStage: true, what: "measure", took: "311 ms", cpu: "590 ms", steps: "" },
      {
        isStage: false,
        what: "queries/metrics/ctr.sql",
        took: "42 ms",
        cpu: "80 ms",
        steps: "hash_group_by 31 ms",
      },
    ],
  },
  contents: [
    {
      anchor: "guardrails",
      title: "Guardrails",
      note: "1 warning, 4 healthy",
      items: [
        {
          anchor: "metric-ctr",
          title: "Click-through rate",
          note: "−3.1%",
          glyph: "▲",
          tone: "warning",
          word: "warning",
        },
      ],
    },
  ],
  gateTimeline: svg,
  chartErrors: ["delta-ctr: field delta is not a column"],
};

export const exampleHtmlPage: Full<HtmlPage> = { ...exampleView, css: ":root { }" };

export const exampleMarkdownPage: Full<MarkdownPage> = {
  ...exampleView,
  cells: [{ ...cell, showsSql: true }],
  hasChartFiles: true,
  showsFiles: true,
  evidence: [metric],
  leftOut: "longer tables",
};
