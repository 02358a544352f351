/**
 * The one query that measures a concentration around an analyst's SELECT. It returns rows of six kinds, all sums exact:
 *   group  per variant and group: weight on its K heaviest keys, weight, units
 *   jack   the same without the units of one jackknife group
 *   raw    per variant over all units at once
 *   day    per day, variant, group and jackknife group: weight on the window's K keys, weight, weight on the raw K keys, units
 *   mover  per key: weight in baseline and candidate, weight of baseline and candidate
 *   faults rows that are no measurement
 */
import type { QueryFile } from "../engine/engine.ts";
import { type DayRange, inRange, type MeasurePlan, ofVariants, withoutCrossover } from "./plan.ts";
import { quoteText } from "./sql-text.ts";

/** Sizes of the delete-a-group jackknife (STATISTICS b); a test on four units takes its own. */
export interface JackknifeSizes {
  readonly groups: number;
  /** Below `groups × unitsPerGroup` units there are fewer groups. */
  readonly unitsPerGroup: number;
  readonly fewestUnits: number;
}

export interface ConcentrationQuery {
  readonly plan: MeasurePlan;
  /** Keys are chosen and groups cut over this range. */
  readonly range: DayRange;
  readonly top: number;
  readonly wholeWeights: boolean;
  readonly sizes: JackknifeSizes;
}

const MOVERS = 10;

export function concentrationSql(query: ConcentrationQuery): Required<Pick<QueryFile, "before" | "after">> {
  const parts = [
    rowsSql(query),
    groupsSql(query),
    keysSql(query),
    jackknifeSql(query),
    daysSql(),
    resultSql(query),
  ];
  return { before: "WITH metric AS NOT MATERIALIZED (", after: `),\n${parts.join("\n")}` };
}

/** The analyst's rows, checked and typed; read several times rather than copied, since a relation is cheap to scan. */
function rowsSql({ plan, range, wholeWeights }: ConcentrationQuery): string {
  const weight = wholeWeights ? "CAST(weight AS HUGEINT)" : "CAST(weight AS DECIMAL(18, 6))";
  return `source AS NOT MATERIALIZED (
  SELECT event_date, CAST(algo_version AS VARCHAR) AS algo_version, CAST(unit_id AS VARCHAR) AS unit_id,
    CAST(key AS VARCHAR) AS key, ${weight} AS weight
  FROM metric
  WHERE ${ofVariants(plan)} AND (event_date IS NULL OR ${inRange(range)})
),
kept AS NOT MATERIALIZED (
  SELECT * FROM source AS source_row WHERE weight > 0 AND event_date IS NOT NULL AND ${withoutCrossover("source_row")}
),`;
}

/**
 * Each variant cut into disjoint groups of as many units as the smaller variant has, by (unit_bucket, unit_id); what is left
 * over has no group. Within them the jackknife groups.
 */
function groupsSql({ sizes }: ConcentrationQuery): string {
  const { groups, unitsPerGroup, fewestUnits } = sizes;
  const hash = "CAST('0x' || substr(md5('jk1:' || unit_id), 1, 8) AS UBIGINT)";
  return `units AS MATERIALIZED (
  SELECT algo_version, unit_id,
    row_number() OVER (PARTITION BY algo_version ORDER BY md5_number_lower('gatebook:' || unit_id) % 10000, unit_id) - 1 AS place
  FROM (SELECT DISTINCT algo_version, unit_id FROM kept) AS seen
),
counts AS (
  SELECT algo_version, count(*) AS units, min(count(*)) OVER () AS size FROM units GROUP BY algo_version
),
placed AS MATERIALIZED (
  SELECT algo_version, unit_id,
    CASE WHEN place < (units // size) * size THEN place // size END AS grp,
    CASE WHEN place < (units // size) * size AND (units // size) * size >= ${fewestUnits}
      THEN ${hash} % least(${groups}, (units // size) * size // ${unitsPerGroup}) END AS jack
  FROM units JOIN counts USING (algo_version)
),`;
}

function keysSql({ top }: ConcentrationQuery): string {
  return `parts AS MATERIALIZED (
  SELECT algo_version, grp, jack, key, sum(weight) AS weight
  FROM kept JOIN placed USING (algo_version, unit_id) GROUP BY ALL
),
raw_keys AS MATERIALIZED (
  SELECT algo_version, key, sum(weight) AS weight,
    row_number() OVER (PARTITION BY algo_version ORDER BY sum(weight) DESC, key) AS place
  FROM parts GROUP BY algo_version, key
),
raw AS MATERIALIZED (
  SELECT algo_version, sum(weight) FILTER (WHERE place <= ${top}) AS top_weight, sum(weight) AS weight
  FROM raw_keys GROUP BY algo_version
),
group_keys AS MATERIALIZED (
  SELECT algo_version, grp, key, sum(weight) AS weight,
    row_number() OVER (PARTITION BY algo_version, grp ORDER BY sum(weight) DESC, key) AS place
  FROM parts WHERE grp IS NOT NULL GROUP BY algo_version, grp, key
),
groups AS MATERIALIZED (
  SELECT algo_version, grp, sum(weight) FILTER (WHERE place <= ${top}) AS top_weight, sum(weight) AS weight
  FROM group_keys GROUP BY algo_version, grp
),
top_keys AS (SELECT algo_version, grp, key FROM group_keys WHERE place <= ${top}),
raw_top_keys AS (SELECT algo_version, key FROM raw_keys WHERE place <= ${top}),`;
}

/**
 * Exact pruning. Leaders are the present top 2K + 10. Without jackknife group j the K-th largest total among the leaders is a
 * floor under the true K-th; a key whose whole total is not above the lowest of these floors cannot raise any top-K sum.
 */
function jackknifeSql({ top }: ConcentrationQuery): string {
  const leaders = 2 * top + 10;
  const without = (
    keys: string,
  ) => `SELECT algo_version, grp, j.jack, k.key, k.weight - coalesce(p.weight, 0) AS weight,
    row_number() OVER (PARTITION BY algo_version, grp, j.jack ORDER BY k.weight - coalesce(p.weight, 0) DESC, k.key) AS place
  FROM ${keys} AS k JOIN jacks AS j USING (algo_version) LEFT JOIN parts AS p USING (algo_version, grp, jack, key)`;
  return `jacks AS MATERIALIZED (SELECT DISTINCT algo_version, jack FROM placed WHERE jack IS NOT NULL),
leaders AS (SELECT * FROM group_keys WHERE place <= ${leaders}),
leaders_without AS (${without("leaders")}),
floors AS (SELECT algo_version, grp, min(weight) AS floor FROM leaders_without WHERE place = ${top} GROUP BY algo_version, grp),
contenders AS (
  SELECT k.* FROM group_keys AS k LEFT JOIN floors USING (algo_version, grp)
  WHERE k.place <= ${leaders} OR k.weight > coalesce(floor, 0)
),
contenders_without AS (${without("contenders")}),
deleted AS (SELECT algo_version, grp, jack, sum(weight) AS weight FROM parts WHERE jack IS NOT NULL GROUP BY algo_version, grp, jack),
groups_without AS (
  SELECT c.algo_version, c.grp, c.jack, sum(c.weight) AS top_weight,
    any_value(g.weight) - coalesce(any_value(d.weight), 0) AS weight
  FROM contenders_without AS c JOIN groups AS g USING (algo_version, grp) LEFT JOIN deleted AS d USING (algo_version, grp, jack)
  WHERE c.place <= ${top} GROUP BY c.algo_version, c.grp, c.jack
),`;
}

function daysSql(): string {
  return `unit_days AS (
  SELECT event_date, algo_version, unit_id, grp, jack, sum(kept.weight) AS weight,
    coalesce(sum(kept.weight) FILTER (WHERE top.key IS NOT NULL), 0) AS top_weight,
    coalesce(sum(kept.weight) FILTER (WHERE raw_top.key IS NOT NULL), 0) AS raw_top_weight
  FROM kept JOIN placed USING (algo_version, unit_id)
    LEFT JOIN top_keys AS top USING (algo_version, grp, key) LEFT JOIN raw_top_keys AS raw_top USING (algo_version, key)
  GROUP BY event_date, algo_version, unit_id, grp, jack
)`;
}

function resultSql({ plan }: ConcentrationQuery): string {
  const variant = (algoVersion: string) => `algo_version = ${quoteText(algoVersion)}`;
  const share = (side: string) => `CAST(${side}_weight AS DOUBLE) / ${side}_total`;
  return `SELECT 'group' AS kind, NULL AS event_date, algo_version, grp, NULL AS jack, NULL AS key,
  top_weight, weight, 0 AS raw_top_weight, size AS units FROM groups JOIN counts USING (algo_version)
UNION ALL SELECT 'jack', NULL, algo_version, grp, jack, NULL, top_weight, weight, 0, 0 FROM groups_without
UNION ALL SELECT 'raw', NULL, algo_version, NULL, NULL, NULL, top_weight, weight, 0, units FROM raw JOIN counts USING (algo_version)
UNION ALL SELECT 'day', event_date, algo_version, grp, jack, NULL, sum(top_weight), sum(weight), sum(raw_top_weight), count(*)
  FROM unit_days GROUP BY event_date, algo_version, grp, jack
UNION ALL SELECT * FROM (
  SELECT 'mover', NULL, NULL, NULL, NULL, key, b_weight, c_weight, b_total, c_total
  FROM (SELECT key, coalesce(sum(weight) FILTER (WHERE ${variant(plan.baseline)}), 0) AS b_weight,
      coalesce(sum(weight) FILTER (WHERE ${variant(plan.candidate)}), 0) AS c_weight FROM raw_keys GROUP BY key) AS keys,
    (SELECT weight AS b_total FROM raw WHERE ${variant(plan.baseline)}) AS b,
    (SELECT weight AS c_total FROM raw WHERE ${variant(plan.candidate)}) AS c
  WHERE ${share("b")} <> ${share("c")}
  ORDER BY abs(${share("c")} - ${share("b")}) DESC, key LIMIT ${MOVERS}) AS movers
UNION ALL SELECT 'faults', NULL, NULL, NULL, NULL, NULL,
  count(*) FILTER (WHERE event_date IS NULL OR unit_id IS NULL OR key IS NULL),
  count(*) FILTER (WHERE weight IS NULL), count(*) FILTER (WHERE weight < 0), 0 FROM source
ORDER BY 1, 2, 3, 4, 5, 6`;
}
