/** What surrounds the numbers of the sample result: checks, preflight, checklist, traffic, loads, changes, provenance. */
import type {
  Change,
  ChecklistItem,
  CheckResult,
  LoadRecord,
  PreflightLine,
  Provenance,
  TrafficResult,
} from "../../src/model/result.ts";
import { dailyImpressions, sampleDays } from "./sample-metrics.ts";

const check = (name: string, title: string, part: Partial<CheckResult> = {}): CheckResult => ({
  name,
  title,
  description: "",
  status: "pass",
  effect: "block",
  observed: 0,
  expected: 0,
  detail: "none found",
  rows: [],
  path: `queries/checks/${name}.sql`,
  error: null,
  accept: null,
  owner: null,
  inspect: null,
  ...part,
});

export const sampleChecks: readonly CheckResult[] = [
  check("event_id_populated", "Every event has an event_id", {
    description: "Null or empty event ids by day.",
    rows: sampleDays.map((date) => ({
      status: "pass",
      observed: 0,
      expected: 0,
      detail: `${date}: all ids present`,
    })),
    detail: "all 1,411,894 events have one",
  }),
  check("duplicate_event_ids", "No event id occurs twice", {
    effect: "warn",
    status: "warn",
    observed: 12,
    detail: "12 exact duplicates, counted once",
  }),
  check("save_events_present", "Favorites and downloads arrive every day", {
    observed: 7,
    expected: 7,
    detail: "both types on 7 of 7 days",
  }),
  check("unknown_algorithms", "No events of unknown algorithms", {
    effect: "warn",
    detail: "none outside clip-cosine-v1 and clip-cosine-v2",
  }),
  check("freshness", "The newest complete day is the report date", {
    path: null,
    observed: "2026-02-07",
    expected: "2026-02-07",
    detail: "last event 2026-02-07 23:59:58",
  }),
  check("sample_ratio", "Units split as the gate says", {
    path: null,
    observed: 0.1003,
    expected: 0.1,
    detail: "10.03% of new units, p = 0.41",
  }),
  check("crossover_units", "Few units saw both algorithms", {
    path: null,
    observed: 0.0004,
    expected: 0.01,
    detail: "11 of 28,204 units",
  }),
];

const line = (key: string, expected: string, part: Partial<PreflightLine> = {}): PreflightLine => ({
  key,
  expected,
  actual: expected,
  source: ".env:3",
  ageHours: 2.5,
  status: "pass",
  detail: "as expected",
  contradictedBy: [],
  ...part,
});

export const samplePreflight: readonly PreflightLine[] = [
  line("DISCOVERY_ROLLOUT_ENABLED", "true", { source: ".env:1" }),
  line("DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION", "clip-cosine-v1", { source: ".env:2" }),
  line("DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION", "clip-cosine-v2"),
  line("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10", { source: ".env:4" }),
  line("DISCOVERY_FORCE_ALGO_VERSION", "", { actual: "", source: ".env:5", detail: "empty, as it must be" }),
  line("DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL", "true", { source: "environment", ageHours: null }),
  line("w1", "0.52", { source: "discovery.json", ageHours: 30.2 }),
  line("w2", "0.23", { source: "discovery.json", ageHours: 30.2 }),
  line("w3", "0.15", { source: "discovery.json", ageHours: 30.2 }),
  line("w4", "0.10", { actual: "0.1", source: "discovery.json", ageHours: 30.2 }),
  line("sum of weights", "1", { source: null, ageHours: null, status: "pass" }),
];

export const sampleChecklist: readonly ChecklistItem[] = [
  { text: "Aggregate the day", done: true, evidence: "relations rebuilt for 2026-02-07" },
  { text: "Evaluate both algorithms", done: true, evidence: "6 of 6 metrics have numbers" },
  { text: "Compare candidate with baseline", done: true, evidence: "7 complete days since 2026-02-01" },
  { text: "Record deltas", done: true, evidence: "this night stands in the ledger" },
  { text: "Record save_rate as informational", done: true, evidence: "save_rate has role informational" },
  { text: "Decide", done: false, evidence: "no decision recorded: gatebook record promote|hold|rollback" },
];

export const sampleTraffic: TrafficResult = {
  days: sampleDays.map((date, index) => {
    const candidateUnits = 1_000 + index * 7;
    const baselineUnits = 9_000 - index * 21;
    return {
      date,
      complete: true,
      missing: null,
      observed: true,
      events: 201_699 + index * 113,
      baselineImpressions: dailyImpressions * 9 - index * 411,
      candidateImpressions: dailyImpressions + index * 137,
      baselineClicks: 9_216 - index * 21,
      candidateClicks: 1_030 + index * 7,
      baselineUnits,
      candidateUnits,
      baselineNewUnits: index === 0 ? baselineUnits : 2_730 + index * 11,
      candidateNewUnits: index === 0 ? candidateUnits : 304 + index,
      candidateShare: candidateUnits / (candidateUnits + baselineUnits),
      sampleRatioP: 0.2 + index * 0.09,
    };
  }),
  sampleRatio: {
    baselineUnits: 25_611,
    candidateUnits: 2_845,
    expectedShare: 0.1,
    observedShare: 0.09998,
    chiSquare: 0.0001,
    p: 0.99,
    sequentialP: 1,
  },
  crossoverUnits: 11,
};

const load = (date: string, part: Partial<LoadRecord> = {}): LoadRecord => ({
  source: "feed_events",
  file: `exports/feed_events/${date}.csv`,
  status: "loaded",
  lines: 200_731,
  read: 200_730,
  loaded: 200_728,
  duplicates: 2,
  conflicts: 0,
  rejected: 0,
  rejectedByReason: {},
  bytes: 35_911_204,
  modifiedAt: `${date}T23:59:59Z`,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  snapshot: null,
  firstDay: date,
  lastDay: date,
  columns: [
    "event_id",
    "event_type",
    "occurred_at",
    "user_id",
    "item_id",
    "algo_version",
    "dwell_seconds",
    "position",
    "meta",
  ],
  notes: [],
  ...part,
});

export const sampleLoads: readonly LoadRecord[] = [
  ...sampleDays.map((date) => load(date)),
  load("2026-02-07", {
    source: "user_discovery_events",
    file: "exports/user_discovery_events/2026-02.jsonl.gz",
    lines: 6_799,
    read: 6_799,
    loaded: 6_784,
    duplicates: 0,
    rejected: 15,
    rejectedByReason: { "event_type is unknown": 12, "occurred_at is not a time": 3 },
    bytes: 412_330,
    sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    firstDay: "2026-02-01",
    notes: ["column meta taken as metadata"],
  }),
];

export const sampleChanges: readonly Change[] = [
  { kind: "verdict", subject: "verdict", before: "hold", after: "promote", text: "Verdict: hold → promote" },
  {
    kind: "metric",
    subject: "long_dwell_share",
    before: "insufficient",
    after: "healthy",
    text: "Long-dwell share: insufficient → healthy",
  },
  {
    kind: "query",
    subject: "queries/cells/top_authors.sql",
    before: "77de68da",
    after: "5f2b0c91",
    text: "queries/cells/top_authors.sql was edited",
  },
  {
    kind: "restated",
    subject: "2026-02-05",
    before: "201,690 events",
    after: "202,151 events",
    text: "2026-02-05 restated: 461 late events",
  },
];

export const sampleProvenance: Provenance = {
  engine: null,
  duckdb: "v1.5.6",
  node: "v20.20.0",
  configSha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  configText:
    "rollout: { name: clip-cosine-v2, baseline: clip-cosine-v1, candidate: clip-cosine-v2 }\nactive_gate: g10\n",
  git: { commit: "3f6a1d0c5b7e92846ad1f0c3e5b79d2468ace013", dirty: false },
  queries: {
    "queries/relations/user_days.sql": {
      kind: "relation",
      sql: "SELECT 1",
      sha256: "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
    },
    "queries/metrics/ctr.sql": {
      kind: "metric",
      sql: "SELECT 1",
      sha256: "baa5a0964d3320fbc0c6a922140453c8513ea24ab8fd0577034804a967248096",
    },
  },
  generatedAt: "2026-02-08T03:00:12Z",
  durationMs: 2_184,
  stages: [
    { name: "load", durationMs: 1_204 },
    { name: "relations", durationMs: 402 },
    { name: "metrics", durationMs: 311 },
    { name: "cells", durationMs: 96 },
    { name: "judge", durationMs: 8 },
  ],
};
