/** Counting the rows of a cluster's table by day and reason, where they are. In: a look at a table. Out: its counts, and some rejects. */
import type { RemoteEngine, Row } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { canonicalNames, columnsOf } from "../../model/event-columns.ts";
import type { BoundRelation } from "../events/binding.ts";
import { contentText, filledRows, type NotedTable, type TablePlan, typedRows } from "./event-sql.ts";
import type { Look } from "./look-at-tables.ts";

export interface CountedTable {
  readonly rows: readonly Row[];
  readonly examples: readonly Row[];
}

/** One row per day, reason and, of rejects, algorithm and type. */
export async function countEvents(
  cluster: RemoteEngine,
  { noted, bound }: Look,
  { plan, hasLookups }: { readonly plan: TablePlan; readonly hasLookups: boolean },
): Promise<CountedTable> {
  if (noted === null || bound === null) return { rows: [], examples: [] };
  const flags = ["reason", "fault", "nan_dwell", "negative_dwell", "misdated"];
  const filled = filledRows(cluster, typedRows(cluster, noted, bound, plan), {
    config: plan.config,
    hasLookups,
    more: flags,
  });
  const present = presentNames(noted.source, bound).map(
    (name) => `count(${sqlName(name)}) AS ${sqlName(`present_${name}`)}`,
  );
  const rejected = (name: string): string => `CASE WHEN reason IS NOT NULL THEN ${name} END`;
  const groups = ["event_date", "reason", rejected("algo_version"), rejected("event_type")];
  const rows = await cluster.rows(`SELECT event_date, reason, ${rejected("algo_version")} AS algo_version,
      ${rejected("event_type")} AS event_type, count(*) AS rows, count(*) FILTER (WHERE misdated) AS misdated,
      count(*) FILTER (WHERE nan_dwell) AS nan, count(*) FILTER (WHERE negative_dwell) AS negative,
      count(row_unit) AS without_id, ${[...present, `${cluster.values.checksum(contentText(cluster, plan.config))} AS content`].join(", ")}
    FROM (${filled}) AS counted GROUP BY ${groups.join(", ")} ORDER BY 1, 2, 3, 4`);
  const isRejected = rows.some(({ reason }) => reason !== null);
  return { rows, examples: isRejected ? await rejectExamples(cluster, noted, { bound, plan }) : [] };
}

export function presentNames(source: Source, { values }: BoundRelation): readonly string[] {
  return columnsOf(source).filter((name) => values.has(name) || name === "event_date");
}

const EXAMPLES = 5;

/** A few of each reason, with the canonical values as they were read. */
async function rejectExamples(
  cluster: RemoteEngine,
  noted: NotedTable,
  { bound, plan }: { readonly bound: BoundRelation; readonly plan: TablePlan },
): Promise<readonly Row[]> {
  const texts = canonicalNames.map((name) => `coalesce(CAST(${name} AS VARCHAR), '')`).join(", ");
  const raw = `concat_ws(',', ${texts})`;
  return await cluster.rows(`SELECT fault, reason, raw FROM (
      SELECT fault, reason, ${raw} AS raw, row_number() OVER (PARTITION BY reason ORDER BY ${raw}) AS place
      FROM (${typedRows(cluster, noted, bound, plan)}) AS typed_rows WHERE reason IS NOT NULL
    ) AS rejected WHERE place <= ${EXAMPLES} ORDER BY reason, place`);
}
