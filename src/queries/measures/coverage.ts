/**
 * Coverage: of the events that carry an algorithm's name, how many a number is based on, and why it
 * leaves out the others. Counted from `user_days`, so that it is known of every day whose sums are; what only single events say
 * comes from the tables of coverage-days.ts. It judges nothing.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import type {
  CoverageEvidence,
  CoveredEvents,
  MetricDefinition,
  TrafficCoverage,
} from "../../model/measurement.ts";
import { type AlgorithmNames, readAlgorithmNames } from "../catalog/algorithm-names.ts";
import { missingBits } from "../relations/coverage-days.ts";
import { type CoverageSubject, type CoverageTables, coveredEvents } from "./covered-events.ts";
import { IS_NO_UNIT, inRange, type MeasurePlan } from "./plan.ts";

/**
 * Builds `covered_units`(variant, unit_id, reason, impressions, clicks, orphans): a unit's events in the window with why they are in
 * no number; reason is "counted" where they are. To be called after `buildCrossoverUnits` of the same plan.
 */
export async function buildCoveredUnits(engine: DataEngine, plan: MeasurePlan): Promise<CoverageTables> {
  const names = await readAlgorithmNames(engine, plan);
  await engine.scratch(
    "covered_units",
    `WITH crossed AS (SELECT DISTINCT unit_id, true AS has_crossed FROM crossover_units WHERE crossed AND ${inRange(plan)}),
    named AS (
      SELECT ${names.variantSql} AS variant, ${names.misnamedSql} AS misnamed, CAST(unit_id AS VARCHAR) AS unit_id,
        sum(impressions) AS impressions, sum(clicks) AS clicks,
        sum(CASE WHEN impressions = 0 AND NOT (${shownBefore(plan)}) THEN clicks ELSE 0 END) AS orphans
      FROM user_days WHERE ${inRange(plan)} AND algo_version IN (${names.all})
      GROUP BY ${names.variantSql}, ${names.misnamedSql}, CAST(unit_id AS VARCHAR)
    )
    SELECT variant, unit_id, impressions, clicks, orphans,
      CASE WHEN misnamed THEN 'name' WHEN has_crossed THEN 'crossover'
        WHEN ${IS_NO_UNIT} THEN 'unit' ELSE 'counted' END AS reason
    FROM named LEFT JOIN crossed USING (unit_id)`,
  );
  const tables = await engine.tables();
  const unknownDays = await countUnknownDays(engine, plan, names, tables);
  return { plan, names, tables, unknownDays, counted: new Map() };
}

/** Clicks on what was shown before the window began are no fault; of the hours before a first day nothing is seen. */
function shownBefore({ from, slots }: MeasurePlan): string {
  if (slots !== undefined) return "false";
  return `event_date = ${sqlDate(from)} AND (algo_version, unit_id) IN (SELECT algo_version, unit_id FROM user_days
        WHERE event_date = ${sqlDate(addDays(from, -1))} AND impressions > 0)`;
}

/** The hours of a first day are counted from the events themselves: nothing of them is unknown. */
async function countUnknownDays(
  engine: DataEngine,
  plan: MeasurePlan,
  { all }: AlgorithmNames,
  tables: ReadonlySet<string>,
): Promise<number> {
  if (plan.slots !== undefined) return 0;
  const known = tables.has("coverage_days")
    ? "AND event_date NOT IN (SELECT event_date FROM coverage_days)"
    : "";
  const [row] = await engine.rows(`SELECT count(DISTINCT event_date) AS days FROM user_days
    WHERE ${inRange(plan)} AND algo_version IN (${all}) ${known}`);
  return Number(row?.["days"]);
}

export async function measureTrafficCoverage(
  engine: DataEngine,
  tables: CoverageTables,
): Promise<TrafficCoverage> {
  const of = (subject: Pick<CoverageSubject, "denominator" | "withoutOrphans">): Promise<CoveredEvents> =>
    coveredEvents(engine, { ...subject, missing: 0 }, tables);
  return {
    impressions: await of({ denominator: "impressions", withoutOrphans: false }),
    clicks: await of({ denominator: "clicks", withoutOrphans: true }),
    placeholders: await readPlaceholders(engine, tables),
    unknownDays: tables.unknownDays,
  };
}

const MOST_PLACEHOLDERS = 3;

async function readPlaceholders(
  engine: DataEngine,
  { plan, names, tables }: CoverageTables,
): Promise<TrafficCoverage["placeholders"]> {
  if (!tables.has("coverage_days")) return [];
  const of = (variant: number): string =>
    `coalesce(sum(impressions + clicks) FILTER (WHERE variant = ${variant}), 0)`;
  const rows = await engine.rows(`SELECT placeholder AS id, ${of(0)} AS baseline, ${of(1)} AS candidate
    FROM (SELECT *, ${names.variantSql} AS variant FROM coverage_days
      WHERE ${inRange(plan)} AND algo_version IN (${names.all}) AND placeholder IS NOT NULL) AS named
    GROUP BY placeholder ORDER BY sum(impressions + clicks) DESC, placeholder LIMIT ${MOST_PLACEHOLDERS}`);
  return rows.map((row) => ({
    id: String(row["id"]),
    baseline: Number(row["baseline"]),
    candidate: Number(row["candidate"]),
  }));
}

export interface MetricCoverage {
  readonly coverage: CoveredEvents["coverage"] | null;
  readonly coverageEvidence: CoverageEvidence | null;
}

/** What a metric of the given shape leaves out; it needs an attribute of the items when its header requires one. */
export async function measureMetricCoverage(
  engine: DataEngine,
  { shape, denominator }: Pick<MetricDefinition, "shape" | "denominator">,
  requires: readonly string[],
  tables: CoverageTables,
): Promise<MetricCoverage> {
  // a key that is null is in no concentration; a ratio counts the event, but does not know what it counts
  const bit = shape === "concentration" ? "isNull" : "isUnknown";
  const missing = Object.entries(missingBits)
    .filter(([name]) => requires.includes(name))
    .reduce((sum, [, bits]) => sum + bits[bit], 0);
  if (missing !== 0 && tables.unknownDays > 0) return { coverage: null, coverageEvidence: null };
  const subject = { denominator, missing, withoutOrphans: false };
  const { coverage, evidence } = await coveredEvents(engine, subject, tables);
  return { coverage, coverageEvidence: evidence };
}
