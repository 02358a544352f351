/** Where to look: for each check a line for a shell that shows what it found. */
import type { CheckResult } from "../../model/result.ts";

const sql = (query: string): string => `echo "${query}" | gatebook query -`;

const files = sql(
  "SELECT source, file, status, rejected, notes FROM loads ORDER BY status DESC, rejected DESC",
);
const rejects = sql("SELECT file, line, column_name, reason, raw FROM rejected_rows LIMIT 20");
const times = sql(
  "SELECT event_date, event_type, count(*) AS events, min(occurred_at), max(occurred_at) FROM events GROUP BY 1, 2 ORDER BY 1, 2",
);
const names = sql(
  "SELECT algo_version, count(*) AS events, min(event_date), max(event_date) FROM events GROUP BY 1 ORDER BY 2 DESC",
);
const units = sql(
  "SELECT event_date, algo_version, count(DISTINCT unit_id) AS units, count(*) AS events FROM events GROUP BY 1, 2 ORDER BY 1, 2",
);
const heaviest = sql(
  "SELECT unit_id, algo_version, count(*) AS events FROM events GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 20",
);
const crossed = sql(
  "SELECT unit_id, count(*) AS events, min(event_date), max(event_date) FROM events GROUP BY 1 HAVING count(DISTINCT algo_version) > 1 ORDER BY 2 DESC LIMIT 20",
);
const attributes = sql(
  "SELECT item_id, count(*) AS events, count(author_id) AS with_author, count(category_id) AS with_category FROM events GROUP BY 1 ORDER BY count(*) - count(author_id) DESC LIMIT 20",
);
const hours = sql(
  "SELECT date_trunc('hour', occurred_at) AS hour, algo_version, event_type, count(*) AS events FROM events GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
);

/** By the name of the check. */
export const inspectLines: Readonly<Record<string, string>> = {
  missing_files: files,
  refused_files: files,
  copied_files: files,
  vanished_files: files,
  skipped_files: files,
  load_accounting: files,
  changed_columns: files,
  columns_found: files,
  closed_days: files,
  rejected_rows: rejects,
  conflicting_event_ids: sql("SELECT * FROM duplicate_events LIMIT 20"),
  given_days: sql("SELECT * FROM misdated_days ORDER BY misdated DESC"),
  algorithm_names: names,
  candidate_off: names,
  fresh_data: times,
  complete_days: times,
  complete_hours: hours,
  events_by_hour: hours,
  event_times: times,
  repeated_days: hours,
  sample_ratio: units,
  sample_ratio_by_day: units,
  alike_before: units,
  impressions_per_unit: units,
  clicks_with_dwell_per_unit: units,
  saves_per_unit: units,
  heaviest_unit: heaviest,
  crossover_units: crossed,
  coverage: attributes,
  guardrails_measured: "gatebook check",
  metric_queries: "gatebook check",
  query_headers: "gatebook check",
  cells_ran: "gatebook check",
  relations_built: "gatebook check",
  lines_within_reach: "gatebook check",
  preflight: "gatebook preflight",
  one_gate: "gatebook history",
  ledger_agrees: "gatebook history",
  ledger_lost: "gatebook restore --dry-run",
  ledger_recovered: "gatebook history",
  ledger_fresh_start: "gatebook history",
  recorded_move: "gatebook history",
  override: "gatebook history",
};

/** A file that failed: what fails in its rows binds all the same, and `check` finds nothing wrong with it. */
export function queryLine(path: string): string {
  return `gatebook query ${path}`;
}

/** A check file shows its own rows. Null: nothing but the report. */
export function inspectLine({
  name,
  path,
  error,
}: Pick<CheckResult, "name" | "path" | "error">): string | null {
  if (path !== null) return `gatebook query ${name}`;
  const runs = name === "cells_ran" || name === "relations_built";
  return error !== null && runs ? queryLine(error.file) : (inspectLines[name] ?? null);
}
