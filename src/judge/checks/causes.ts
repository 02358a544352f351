/**
 * Cause first: which of several failing checks explains the others. A refused file leaves days incomplete, guardrails without data and
 * a split that looks wrong; what the reader must know is the file. A check that is not in the table neither explains nor follows.
 */
import type { CheckResult } from "../../model/result.ts";

/** In the order in which they are named. */
const KINDS = [
  "file",
  "row",
  "name",
  "source",
  "query",
  "record",
  "finding",
  "judgement",
  "setup",
  "metric",
  "day",
] as const;

/**
 * `file`, `row`, `name`, `source`: where data comes in. `record`: what is remembered of earlier days and of people. `query`: a file
 * of SQL that metrics depend on. `judgement`: a person's. `setup`: says nothing about the data. `metric` and `day`: where a cause shows.
 */
type CauseKind = (typeof KINDS)[number];

const kinds: Readonly<Record<string, CauseKind>> = {
  missing_files: "file",
  refused_files: "file",
  copied_files: "file",
  unnamed_sources: "source",
  columns_found: "source",
  event_ids: "source",
  vanished_files: "file",
  skipped_files: "file",
  rejected_rows: "row",
  load_accounting: "row",
  conflicting_event_ids: "row",
  late_rows: "row",
  given_days: "row",
  algorithm_names: "name",
  changed_columns: "source",
  repeats: "source",
  repeated_days: "source",
  closed_days: "record",
  zone_rules: "setup",
  one_gate: "record",
  ledger_agrees: "record",
  ledger_lost: "record",
  ledger_recovered: "record",
  ledger_fresh_start: "record",
  recorded_move: "record",
  override: "record",
  relations_built: "query",
  metric_queries: "query",
  query_headers: "setup",
  cells_ran: "setup",
  preflight: "setup",
  candidate_off: "setup",
  severe_day: "judgement",
  guardrails_measured: "metric",
  fresh_data: "day",
  freshness: "day",
  complete_days: "day",
  complete_hours: "day",
  sample_ratio: "day",
  sample_ratio_by_day: "day",
  sample_ratio_by_value: "day",
  alike_before: "day",
  crossover_units: "day",
  impressions_per_unit: "day",
  heaviest_unit: "day",
  events_by_hour: "day",
  clicks_with_dwell_per_unit: "day",
  saves_per_unit: "day",
  traffic_share: "day",
  unknown_algorithms: "day",
  leap: "day",
  save_events_present: "day",
  metadata_present: "day",
};

/** The others explain nothing. */
const explains: Readonly<Partial<Record<CauseKind, readonly CauseKind[]>>> = {
  file: ["metric", "day"],
  row: ["metric", "day"],
  name: ["metric", "day"],
  source: ["metric", "day"],
  query: ["metric"],
};

/** "severe_day_2026-02-06" is of the kind of every severe_day. */
const OF_ONE_DAY = /_\d{4}-\d{2}-\d{2}$/;

export function kindOf({ name }: Pick<CheckResult, "name">): CauseKind {
  return kinds[name.replace(OF_ONE_DAY, "")] ?? "finding";
}

/** Whether a rollback may be nothing but this: a failing cell or an unreadable switch is no fault of the data. */
export function isOfData(check: Pick<CheckResult, "name">): boolean {
  return !["record", "query", "judgement", "setup"].includes(kindOf(check));
}

export function causesFirst<Check extends Pick<CheckResult, "name">>(
  checks: readonly Check[],
): readonly Check[] {
  const rank = (check: Check) => KINDS.indexOf(kindOf(check));
  return checks.toSorted((a, b) => rank(a) - rank(b));
}

/** `causes` are to be named first and in full, `consequences` only by title; `others` have nothing to do with either. */
export function explain<Check extends Pick<CheckResult, "name">>(checks: readonly Check[]) {
  const explained = new Set(checks.flatMap((check) => explains[kindOf(check)] ?? []));
  const ordered = causesFirst(checks);
  const isCause = (check: Check) => kindOf(check) in explains;
  const follows = (check: Check) => explained.has(kindOf(check));
  return {
    causes: ordered.filter(isCause),
    consequences: ordered.filter(follows),
    others: ordered.filter((check) => !isCause(check) && !follows(check)),
  };
}
