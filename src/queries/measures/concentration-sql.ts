/**
 * The one query that measures a concentration around an analyst's SELECT. It returns rows of seven kinds, all sums exact:
 *   group  per group: weight on its K heaviest keys, weight, units
 *   jack   the same without the units of one jackknife group
 *   raw    per variant, over all its units at once
 *   day    per day, group and jackknife group: weight on the window's K keys, weight, weight on the raw K keys
 *   units  per day and variant: units with any weight
 *   mover  per key: its weight and the whole weight, baseline and candidate
 *   faults rows that are no measurement
 * A `grp` is 1000 × variant (0 baseline, 1 candidate) + its number from 1; number 0 holds units in no group. A `jack` of −1
 * is none.
 */
import type { Dialect } from "../../engine/dialect.ts";
import type { QueryFile } from "../../engine/engine.ts";
import {
  type DayRange,
  inRange,
  type MeasurePlan,
  variantNumber,
  withCrossover,
  withoutCrossover,
} from "./plan.ts";

/** Sizes of the delete-a-group jackknife; a test on four units takes its own. */
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
  /** What becomes of units under both algorithms. */
  readonly crossed?: "left out" | "where first seen" | undefined;
}

/** More would add work and no precision: by then the noise is all the smaller variant's. At 1% exposure there are 99. */
const MOST_GROUPS = 100;
const MOVERS = 10;

export function concentrationSql(
  query: ConcentrationQuery,
  dialect: Dialect,
): Required<Pick<QueryFile, "before" | "after">> {
  const variant = dialect.divide("grp", 1000);
  const parts = [
    rowsSql(query),
    groupsSql(query, dialect),
    keysSql(query, variant),
    DAYS,
    jackknifeSql(query, variant),
    resultSql(variant),
  ];
  return { before: "WITH metric AS NOT MATERIALIZED (", after: `),\n${parts.join(",\n")}` };
}

/** The analyst's rows, typed; read twice rather than copied, since a relation is cheap to scan. */
function rowsSql({ plan, range, wholeWeights, crossed }: ConcentrationQuery): string {
  const isFirst = readsFirst(crossed);
  const weight = wholeWeights ? "weight" : "CAST(weight AS DECIMAL(18, 6)) AS weight";
  // asked for by the number: IN costs twice as much, and a join would not reach below the metric's own GROUP BY
  const own = variantNumber(plan);
  return `source AS NOT MATERIALIZED (
  SELECT event_date, ${isFirst ? `coalesce(first_variant, ${own})` : own} AS variant,
    CAST(unit_id AS VARCHAR) AS unit_id, CAST(key AS VARCHAR) AS key, ${weight}
  FROM metric ${isFirst ? FIRSTS : ""}
  WHERE ${own} IS NOT NULL AND (event_date IS NULL OR ${inRange(range)})
),
checked AS NOT MATERIALIZED (
  SELECT CASE WHEN fault = 0 THEN event_date END AS event_date, CASE WHEN fault = 0 THEN variant ELSE fault END AS variant,
    CASE WHEN fault = 0 THEN unit_id ELSE '' END AS unit_id, key, weight
  FROM (SELECT *, CASE WHEN event_date IS NULL OR unit_id IS NULL OR key IS NULL THEN ${FAULTS.unnamed}
      WHEN weight IS NULL THEN ${FAULTS.withoutWeight} WHEN weight < 0 THEN ${FAULTS.negative} ELSE 0 END AS fault FROM source) AS found
  WHERE fault < 0 OR weight > 0
)`;
}

/**
 * Rows that are no measurement, by the first fault that applies. Each fault is a unit among the others, its number being its variant and
 * its group, so that rows are counted where they are joined anyway: per unit and day it took 190 ms of 2,500 (4.75 million rows).
 */
const FAULTS = { unnamed: -1, withoutWeight: -2, negative: -3 } as const;

const FIRSTS = `LEFT JOIN (SELECT unit_id AS crossed_unit, variant AS first_variant FROM crossover_firsts) AS firsts
    ON crossed_unit = CAST(unit_id AS VARCHAR)`;

function countedIn(table: string, crossed: ConcentrationQuery["crossed"]): string {
  return readsFirst(crossed) ? withCrossover(table) : withoutCrossover(table);
}

function readsFirst(crossed: ConcentrationQuery["crossed"]): boolean {
  return crossed === "where first seen";
}

/**
 * Each variant cut into disjoint groups of as many units as the smaller variant has, by (unit_bucket, unit_id); what is left
 * over is in none. Within them the jackknife groups.
 */
function groupsSql({ sizes, crossed }: ConcentrationQuery, { bucket, divide, hash32 }: Dialect): string {
  const hash = hash32("'jk1:' || unit_id");
  const jacks = `least(${sizes.groups}, ${divide("groups * size", sizes.unitsPerGroup)})`;
  return `shown AS NOT MATERIALIZED (
  SELECT DISTINCT event_date, variant, unit_id FROM source WHERE weight > 0 AND event_date IS NOT NULL
),
seen AS MATERIALIZED (
  SELECT * FROM ${countedIn("shown", crossed)}
),
ranked AS MATERIALIZED (
  SELECT variant, unit_id, row_number() OVER (PARTITION BY variant
    ORDER BY ${bucket("'gatebook:' || unit_id")}, unit_id) - 1 AS place
  FROM (SELECT DISTINCT variant, unit_id FROM seen) AS once
),
variants AS MATERIALIZED (
  SELECT variant, units, size, least(${divide("units", "size")}, ${MOST_GROUPS}) AS groups
  FROM (SELECT variant, count(*) AS units, min(count(*)) OVER () AS size FROM ranked GROUP BY variant) AS counted
),
units AS MATERIALIZED (
  SELECT variant, unit_id,
    CAST(variant * 1000 + CASE WHEN place < groups * size THEN 1 + ${divide("place", "size")} ELSE 0 END AS INTEGER) AS grp,
    CAST(CASE WHEN place < groups * size AND groups * size >= ${sizes.fewestUnits} THEN ${hash} % ${jacks} ELSE -1 END AS INTEGER) AS jack
  FROM ranked JOIN variants USING (variant)
  UNION ALL VALUES ${Object.values(FAULTS)
    .map((fault) => `(${fault}, '', ${fault}, -1)`)
    .join(", ")}
),
out_days AS MATERIALIZED (
  SELECT unit_id, event_date FROM crossover_units JOIN units USING (unit_id)${readsFirst(crossed) ? " WHERE NOT crossed" : ""}
),
coded AS MATERIALIZED (
  SELECT t.event_date, grp, jack, key, weight
  FROM checked AS t JOIN units AS u ON u.variant = t.variant AND u.unit_id = t.unit_id
    LEFT JOIN out_days AS o ON o.unit_id = t.unit_id AND o.event_date = t.event_date
  WHERE o.unit_id IS NULL
)`;
}

/** So many of a group's present heaviest keys are looked at without each jackknife group. */
function leadersOf(top: number): number {
  return 2 * top + 10;
}

function keysSql({ top }: ConcentrationQuery, variant: string): string {
  return `group_keys AS MATERIALIZED (
  SELECT grp, key, weight, row_number() OVER (PARTITION BY grp ORDER BY weight DESC, key) AS place
  FROM (SELECT grp, key, sum(weight) AS weight FROM coded GROUP BY grp, key) AS summed
),
raw_keys AS MATERIALIZED (
  SELECT variant, key, weight, row_number() OVER (PARTITION BY variant ORDER BY weight DESC, key) AS place
  FROM (SELECT ${variant} AS variant, key, sum(weight) AS weight FROM group_keys GROUP BY ${variant}, key) AS summed
),
groups AS MATERIALIZED (
  SELECT grp, sum(weight) FILTER (WHERE place <= ${top}) AS top_weight, sum(weight) AS weight
  FROM group_keys WHERE grp % 1000 > 0 GROUP BY grp
),
raw AS MATERIALIZED (
  SELECT variant, sum(weight) FILTER (WHERE place <= ${top}) AS top_weight, sum(weight) AS weight
  FROM raw_keys GROUP BY variant
),
marked_keys AS (
  SELECT grp, group_keys.key, group_keys.place, group_keys.weight, group_keys.place <= ${top} AND grp % 1000 > 0 AS is_top,
    raw_keys.place <= ${top} AS is_raw_top
  FROM group_keys JOIN raw_keys ON raw_keys.variant = ${variant} AND raw_keys.key = group_keys.key
  WHERE (group_keys.place <= ${leadersOf(top)} AND grp % 1000 > 0) OR raw_keys.place <= ${top}
)`;
}

/**
 * Exact pruning. Leaders are the present top 2K + 10. Without jackknife group j the K-th largest weight among the leaders is a
 * floor under the true K-th; a key whose whole weight is not above the lowest of these floors cannot raise any top-K sum.
 */
function jackknifeSql({ top }: ConcentrationQuery, variant: string): string {
  const leaders = leadersOf(top);
  const without = (keys: string) => `${keys}_without AS (
  SELECT k.grp, j.jack, k.weight - coalesce(p.weight, 0) AS weight,
    row_number() OVER (PARTITION BY k.grp, j.jack ORDER BY k.weight - coalesce(p.weight, 0) DESC, k.key) AS place
  FROM ${keys} AS k JOIN jacks AS j ON j.variant = ${variant.replace("grp", "k.grp")}
    LEFT JOIN ${keys}_parts AS p ON p.grp = k.grp AND p.jack = j.jack AND p.key = k.key
)`;
  return `jacks AS MATERIALIZED (SELECT DISTINCT variant, jack FROM units WHERE jack >= 0),
leaders AS (SELECT grp, key, place, weight FROM marked_keys WHERE place <= ${leaders} AND grp % 1000 > 0),
leaders_parts AS (
  SELECT grp, jack, key, sum(cells.weight) AS weight FROM cells JOIN leaders USING (grp, place) GROUP BY grp, jack, key
),
${without("leaders")},
floors AS (SELECT grp, min(weight) AS floor FROM leaders_without WHERE place = ${top} GROUP BY grp),
contenders AS MATERIALIZED (
  SELECT grp, key, weight FROM group_keys LEFT JOIN floors USING (grp)
  WHERE grp % 1000 > 0 AND (place <= ${leaders} OR weight > coalesce(floor, 0))
),
others AS MATERIALIZED (SELECT grp, key FROM contenders AS c
  WHERE NOT EXISTS (SELECT 1 FROM leaders AS l WHERE l.grp = c.grp AND l.key = c.key)),
contenders_parts AS MATERIALIZED (
  SELECT * FROM leaders_parts
  UNION ALL SELECT grp, jack, key, sum(coded.weight) FROM coded JOIN others USING (grp, key) GROUP BY grp, jack, key
),
${without("contenders")},
deleted AS (SELECT grp, jack, sum(weight) AS weight FROM day_parts GROUP BY grp, jack),
groups_without AS (
  SELECT grp, jack, kept_weight AS top_weight, groups.weight - coalesce(deleted.weight, 0) AS weight
  FROM (SELECT grp, jack, sum(weight) AS kept_weight FROM contenders_without WHERE place <= ${top} GROUP BY grp, jack) AS top
    JOIN groups USING (grp) LEFT JOIN deleted USING (grp, jack)
)`;
}

/** Sums over the rows, with a place for each key that is looked at and none for all the others. */
const DAYS = `cells AS MATERIALIZED (
  SELECT event_date, grp, jack, place, sum(coded.weight) AS weight FROM coded LEFT JOIN marked_keys USING (grp, key)
  GROUP BY event_date, grp, jack, place
),
day_parts AS MATERIALIZED (
  SELECT event_date, grp, jack, sum(cells.weight) AS weight,
    coalesce(sum(cells.weight) FILTER (WHERE is_top), 0) AS top_weight,
    coalesce(sum(cells.weight) FILTER (WHERE is_raw_top), 0) AS raw_top_weight
  FROM cells LEFT JOIN marked_keys USING (grp, place)
  GROUP BY event_date, grp, jack
)`;

const SHARE_MOVED = "CAST(c_weight AS DOUBLE) / c_whole - CAST(b_weight AS DOUBLE) / b_whole";

const resultSql = (variant: string): string => `movers AS (
  SELECT key, b_weight, b_whole, c_weight, c_whole
  FROM (SELECT key, coalesce(sum(weight) FILTER (WHERE variant = 0), 0) AS b_weight,
      coalesce(sum(weight) FILTER (WHERE variant = 1), 0) AS c_weight FROM raw_keys GROUP BY key) AS keys,
    (SELECT weight AS b_whole FROM raw WHERE variant = 0) AS baseline,
    (SELECT weight AS c_whole FROM raw WHERE variant = 1) AS candidate
  WHERE ${SHARE_MOVED} <> 0 ORDER BY abs(${SHARE_MOVED}) DESC, key LIMIT ${MOVERS}
)
SELECT 'group' AS kind, NULL AS event_date, grp, -1 AS jack, NULL AS key, top_weight, weight, size AS units, 0 AS more
  FROM groups JOIN variants ON variant = ${variant}
UNION ALL SELECT 'jack', NULL, grp, jack, NULL, top_weight, weight, 0, 0 FROM groups_without
UNION ALL SELECT 'raw', NULL, variant * 1000, -1, NULL, top_weight, weight, units, 0 FROM raw JOIN variants USING (variant)
UNION ALL SELECT 'day', event_date, grp, jack, NULL, top_weight, weight, 0, raw_top_weight FROM day_parts
UNION ALL SELECT 'units', event_date, variant * 1000, -1, NULL, 0, 0, count(*), 0 FROM seen GROUP BY event_date, variant
UNION ALL SELECT 'mover', NULL, 0, 0, key, b_weight, b_whole, c_weight, c_whole FROM movers
UNION ALL SELECT 'faults', NULL, 0, 0, NULL, count(*) FILTER (WHERE grp = ${FAULTS.unnamed}),
  count(*) FILTER (WHERE grp = ${FAULTS.withoutWeight}), count(*) FILTER (WHERE grp = ${FAULTS.negative}), 0 FROM coded WHERE grp < 0
ORDER BY 1, 2, 3, 4, 5`;
