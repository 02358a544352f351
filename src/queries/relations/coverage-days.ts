/**
 * What single events alone can say of coverage, counted per day into the store's own tables, so that it outlives them:
 *   coverage_days    impressions and clicks by day, algorithm and placeholder id (null: none); a day that is here is known
 *   coverage_misses  by day, algorithm and unit: events whose item has no author or category, or is unknown to the lookups
 *   coverage_items   by day and algorithm: the item with the most of those
 *   unit_firsts      units that met two algorithms on one day: when each was first
 */
import type { DataEngine, Overlay } from "../../engine/engine.ts";
import type { OwnBuild } from "./own-build.ts";

export const COVERAGE_DAYS = "coverage_days";

/** Bits of `missing`: a name that is null; and the same where the lookups would have it, but do not know the item. */
export const missingBits = {
  author_id: { isNull: 1, isUnknown: 8 },
  category_id: { isNull: 2, isUnknown: 16 },
  duplicate_group: { isNull: 4, isUnknown: 32 },
} as const;

/** `missing IN (1, 3, …)`: it has any of these bits. */
export function isMissing(bits: number): string {
  const values = Array.from({ length: 64 }, (_, value) => value).filter((value) => (value & bits) !== 0);
  return `missing IN (${values.join(", ")})`;
}

const columns = {
  coverage_days:
    "event_date DATE, algo_version VARCHAR, placeholder VARCHAR, impressions BIGINT, clicks BIGINT",
  coverage_misses:
    "event_date DATE, algo_version VARCHAR, unit_id VARCHAR, missing UTINYINT, impressions BIGINT, clicks BIGINT",
  coverage_items: "event_date DATE, algo_version VARCHAR, missing UTINYINT, item_id VARCHAR, events BIGINT",
  unit_firsts: "event_date DATE, algo_version VARCHAR, unit_id VARCHAR, first_at TIMESTAMP",
} as const;

/** What the hours of a first day are counted from again: not the days, which are no hours. */
type CountedTable = Exclude<keyof typeof columns, "coverage_days">;

/** To be built when user_days is. */
export const coverage: OwnBuild = {
  name: COVERAGE_DAYS,
  fingerprint: COVERAGE_DAYS,
  tables: async (data, { where }) => {
    const days = `SELECT event_date, algo_version, placeholder, ${COUNTS} FROM event_rows
      WHERE ${where} AND algo_version IS NOT NULL GROUP BY event_date, algo_version, placeholder`;
    const counted = [[COVERAGE_DAYS, days] as const, ...(await countedFrom(data, where))];
    return counted.map(([name, select]) => ({ name, columns: columns[name], select }));
  },
};

/** The same of `events` as an overlay shows it. */
export async function coverageOverlays(engine: DataEngine): Promise<readonly Overlay[]> {
  const counted = await countedFrom(engine, "true");
  return counted.map(([name, select]) => ({ name, kind: "table", select: () => select }));
}

/** An example is for reading. */
const EXAMPLE_LENGTH = 80;

const COUNTS = `count(*) FILTER (WHERE event_type = 'impression') AS impressions,
    count(*) FILTER (WHERE event_type = 'click') AS clicks`;

/** What is counted from single events, by table. Leaves the temporary table `misses` behind, which two of the three read. */
async function countedFrom(
  engine: DataEngine,
  where: string,
): Promise<readonly (readonly [CountedTable, string])[]> {
  await engine.scratch("misses", await missesSql(engine, where));
  const hasUnits = (await engine.tables()).has("user_days");
  const several = `SELECT event_date, CAST(unit_id AS VARCHAR) AS unit_id FROM user_days WHERE ${where}
    GROUP BY event_date, unit_id HAVING count(DISTINCT algo_version) > 1`;
  return [
    [
      "coverage_misses",
      `SELECT event_date, algo_version, unit_id, missing, sum(impressions) AS impressions, sum(clicks) AS clicks
        FROM misses GROUP BY event_date, algo_version, unit_id, missing`,
    ],
    [
      "coverage_items",
      `SELECT event_date, algo_version, missing, substr(item_id, 1, ${EXAMPLE_LENGTH}) AS item_id, events FROM (
        SELECT event_date, algo_version, missing, item_id, sum(impressions + clicks) AS events, row_number() OVER
          (PARTITION BY event_date, algo_version, missing ORDER BY sum(impressions + clicks) DESC, item_id) AS place
        FROM misses WHERE item_id IS NOT NULL GROUP BY event_date, algo_version, missing, item_id
      ) AS items WHERE place = 1`,
    ],
    [
      "unit_firsts",
      `SELECT event_date, algo_version, unit_id, min(occurred_at) AS first_at
        FROM events ${hasUnits ? `JOIN (${several}) AS several USING (event_date, unit_id)` : ""}
        WHERE ${hasUnits ? "algo_version IS NOT NULL" : "false"} GROUP BY event_date, algo_version, unit_id`,
    ],
  ];
}

/** Impressions and clicks that lack something, by day, algorithm, unit and item. */
async function missesSql(engine: DataEngine, where: string): Promise<string> {
  const filled = await filledByLookups(engine);
  const unknown =
    filled.size === 0 ? "false" : "(item_id IS NULL OR item_id NOT IN (SELECT item_id FROM item_attributes))";
  const missing = Object.entries(missingBits).map(([name, { isNull, isUnknown }]) => {
    const bit = filled.has(name) ? `CASE WHEN unknown THEN ${isNull + isUnknown} ELSE ${isNull} END` : isNull;
    return `CASE WHEN ${name} IS NULL THEN ${bit} ELSE 0 END`;
  });
  const anyNull = Object.keys(missingBits).map((name) => `${name} IS NULL`);
  // an item without a duplicate group has none, unless the lookups that would say so do not know the item
  return `SELECT event_date, algo_version, unit_id, item_id, missing, ${COUNTS} FROM (
      SELECT event_date, algo_version, unit_id, item_id, event_type, ${missing.join(" + ")} AS missing
      FROM (
        SELECT *, ${unknown} AS unknown FROM events
        WHERE ${where} AND event_type IN ('impression', 'click') AND algo_version IS NOT NULL
          AND (${anyNull.join(" OR ")})
      ) AS incomplete
    ) AS named WHERE missing <> ${missingBits.duplicate_group.isNull}
    GROUP BY event_date, algo_version, unit_id, item_id, missing`;
}

async function filledByLookups(engine: DataEngine): Promise<ReadonlySet<string>> {
  const counts = Object.keys(missingBits).map((name) => `count(${name}) AS ${name}`);
  const [row] = await engine.rows(`SELECT ${counts.join(", ")} FROM item_attributes`);
  return new Set(Object.keys(missingBits).filter((name) => Number(row?.[name]) > 0));
}
