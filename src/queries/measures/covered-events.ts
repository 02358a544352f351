/** The coverage of one kind of event: counts by reason, how unevenly the variants lose events, and the heaviest examples. */
import type { DataEngine, Row } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type {
  CoveredEvents,
  LeftOutExample,
  LeftOutReason,
  RatioMoments,
  VariantCoverage,
  VariantPair,
} from "../../model/measurement.ts";
import type { Denominator, Variant } from "../../model/words.ts";
import { addMoments } from "../../statistics/ratio.ts";
import { shareDifference } from "../../statistics/share-difference.ts";
import type { AlgorithmNames } from "../catalog/algorithm-names.ts";
import { isMissing } from "../relations/coverage-days.ts";
import { inRange, type MeasurePlan, ofVariants, variantNumber } from "./plan.ts";
import { momentsOf } from "./ratio.ts";

/** Of one plan: `covered_units` is built, and valid until the next one is. */
export interface CoverageTables {
  readonly plan: MeasurePlan;
  readonly names: AlgorithmNames;
  readonly tables: ReadonlySet<string>;
  /** Days of the window that an earlier version loaded, so that nothing is known of their items. */
  readonly unknownDays: number;
  /** What was counted of these tables: metrics of one denominator share it. */
  readonly counted: Map<string, Promise<CoveredEvents>>;
}

export interface CoverageSubject {
  /** What is counted. */
  readonly denominator: Denominator;
  /** Bits of `missing` that keep an event out; 0: none do. */
  readonly missing: number;
  /** Orphaned clicks are left out. */
  readonly withoutOrphans: boolean;
}

export function coveredEvents(
  engine: DataEngine,
  subject: CoverageSubject,
  tables: CoverageTables,
): Promise<CoveredEvents> {
  const { denominator, missing, withoutOrphans } = subject;
  const key = `${denominator} ${missing} ${withoutOrphans}`;
  const counted = tables.counted.get(key) ?? countCovered(engine, subject, tables);
  tables.counted.set(key, counted);
  return counted;
}

async function countCovered(
  engine: DataEngine,
  subject: CoverageSubject,
  tables: CoverageTables,
): Promise<CoveredEvents> {
  const rows = await engine.rows(countsSql(subject, tables));
  const rejected = await countRejected(engine, subject.denominator, tables);
  const sides = pairOf((variant) => {
    const row = rows.find((one) => Number(one["variant"]) === numberOf(variant));
    return sideOf(row, rejected[variant]);
  });
  const { baseline, candidate } = sides;
  return {
    coverage: { baseline: baseline.coverage, candidate: candidate.coverage },
    evidence: {
      units: pairOf((variant) => sides[variant].units),
      crossedUnits: pairOf((variant) => sides[variant].crossedUnits),
      lostUnits: pairOf((variant) => sides[variant].lostUnits),
      ...shareDifference(withRejected(baseline), withRejected(candidate)),
      examples: await readExamples(engine, subject, { tables, sides }),
    },
  };
}

interface Side {
  readonly coverage: VariantCoverage;
  readonly units: number;
  readonly crossedUnits: number;
  readonly lostUnits: number;
  /** Of units that did not cross: m events, y of them left out. */
  readonly moments: RatioMoments;
}

const variants = ["baseline", "candidate"] as const;

function pairOf<Value>(of: (variant: Variant) => Value): VariantPair<Value> {
  return { baseline: of("baseline"), candidate: of("candidate") };
}

function numberOf(variant: Variant): number {
  return variant === "candidate" ? 1 : 0;
}

function sideOf(row: Row | undefined, rejected: number): Side {
  const count = (name: string): number => Number(row?.[name] ?? 0);
  const leftOut = {
    crossover: count("crossover"),
    unit: count("without_unit"),
    name: count("misnamed"),
    attribute: count("attribute"),
    orphan: count("orphan"),
    rejected,
  };
  const events = count("events") + rejected;
  const counted = events - Object.values(leftOut).reduce((sum, each) => sum + each, 0);
  return {
    coverage: { events, counted, leftOut },
    units: count("units"),
    crossedUnits: count("crossed_units"),
    lostUnits: count("lost_units"),
    moments: momentsOf(["n", "sm", "sy", "smm", "syy", "smy"].map(count)),
  };
}

/** Whose a rejected row is, is not known: as if each were of a unit by itself. */
function withRejected({ moments, coverage }: Side): RatioMoments {
  const { rejected } = coverage.leftOut;
  return addMoments(moments, momentsOf([0, rejected, rejected, rejected, rejected, rejected]));
}

/** One row per variant. A unit's events are left out by the first reason that applies. */
function countsSql(
  { denominator, missing, withoutOrphans }: CoverageSubject,
  { plan, tables }: CoverageTables,
): string {
  const knowsMisses = missing !== 0 && tables.has("coverage_misses");
  const lost = knowsMisses
    ? `LEFT JOIN (SELECT ${variantNumber(plan)} AS variant, CAST(unit_id AS VARCHAR) AS unit_id, sum(${denominator}) AS lost
        FROM coverage_misses WHERE ${inRange(plan)} AND ${ofVariants(plan)} AND ${isMissing(missing)}
        GROUP BY ${variantNumber(plan)}, CAST(unit_id AS VARCHAR)) AS misses
      USING (variant, unit_id)`
    : "";
  const attribute = knowsMisses ? `least(coalesce(lost, 0), ${denominator})` : "0";
  const orphan = withoutOrphans ? `least(orphans, ${denominator} - ${attribute})` : "0";
  return `WITH units AS (
  SELECT variant, reason, ${denominator} AS m,
    CASE WHEN reason = 'counted' THEN ${attribute} ELSE 0 END AS attribute,
    CASE WHEN reason = 'counted' THEN ${orphan} ELSE 0 END AS orphan
  FROM covered_units ${lost} WHERE ${denominator} > 0
),
lost AS (
  SELECT *, CASE WHEN reason = 'counted' THEN attribute + orphan ELSE m END AS y FROM units
)
SELECT variant, sum(m) AS events, count(*) AS units,
  sum(m) FILTER (WHERE reason = 'crossover') AS crossover, count(*) FILTER (WHERE reason = 'crossover') AS crossed_units,
  sum(m) FILTER (WHERE reason = 'unit') AS without_unit, sum(m) FILTER (WHERE reason = 'name') AS misnamed,
  sum(attribute) AS attribute, sum(orphan) AS orphan,
  count(*) FILTER (WHERE y = m AND reason <> 'crossover') AS lost_units,
  count(*) FILTER (WHERE reason <> 'crossover') AS n, sum(m) FILTER (WHERE reason <> 'crossover') AS sm,
  sum(y) FILTER (WHERE reason <> 'crossover') AS sy, sum(m * m) FILTER (WHERE reason <> 'crossover') AS smm,
  sum(y * y) FILTER (WHERE reason <> 'crossover') AS syy, sum(m * y) FILTER (WHERE reason <> 'crossover') AS smy
FROM lost GROUP BY variant ORDER BY variant`;
}

async function countRejected(
  engine: DataEngine,
  denominator: Denominator,
  { plan, names, tables }: CoverageTables,
): Promise<VariantPair<number>> {
  if (!tables.has("reject_days")) return pairOf(() => 0);
  const type = denominator === "clicks" ? "click" : "impression";
  const rows =
    await engine.rows(`SELECT ${names.variantSql} AS variant, sum(rejected) AS rejected FROM reject_days
    WHERE ${inRange(plan)} AND event_type = ${sqlText(type)} AND algo_version IN (${names.all}) GROUP BY 1`);
  return pairOf((variant) =>
    Number(rows.find((row) => Number(row["variant"]) === numberOf(variant))?.["rejected"] ?? 0),
  );
}

/** One per variant and reason by which anything is left out. A rejected row is named by its load. */
async function readExamples(
  engine: DataEngine,
  subject: CoverageSubject,
  { tables, sides }: { readonly tables: CoverageTables; readonly sides: VariantPair<Side> },
): Promise<readonly LeftOutExample[]> {
  const examples: LeftOutExample[] = [];
  for (const variant of variants) {
    const { leftOut } = sides[variant].coverage;
    for (const reason of ["crossover", "name", "attribute", "orphan"] as const) {
      if (leftOut[reason] === 0) continue;
      const [row] = await engine.rows(exampleSql(reason, variant, subject, tables));
      if (row === undefined) continue;
      examples.push({ variant, reason, name: String(row["name"]), events: Number(row["events"]) });
    }
  }
  return examples;
}

function exampleSql(
  reason: Exclude<LeftOutReason, "unit" | "rejected">,
  variant: Variant,
  subject: CoverageSubject,
  tables: CoverageTables,
): string {
  const { plan, names } = tables;
  const heaviest = "GROUP BY 1 HAVING sum(events) > 0 ORDER BY 2 DESC, 1 LIMIT 1";
  const select = (name: string, events: string, from: string): string =>
    `SELECT name, sum(events) AS events FROM (SELECT ${name} AS name, ${events} AS events FROM ${from}) AS each ${heaviest}`;
  const ofUnits = `covered_units WHERE variant = ${numberOf(variant)}`;
  switch (reason) {
    case "crossover":
      return select("unit_id", subject.denominator, `${ofUnits} AND reason = 'crossover'`);
    case "orphan":
      return select("unit_id", "orphans", `${ofUnits} AND reason = 'counted'`);
    case "name": {
      const own = names.misnamed.filter((one) => one.variant === variant).map(({ name }) => sqlText(name));
      const from = `user_days WHERE ${inRange(plan)} AND algo_version IN (${own.join(", ")})`;
      return select("CAST(algo_version AS VARCHAR)", subject.denominator, from);
    }
    case "attribute": {
      const from = `coverage_items WHERE ${inRange(plan)} AND algo_version = ${sqlText(plan[variant])}`;
      return select("item_id", "events", `${from} AND ${isMissing(subject.missing)}`);
    }
    default:
      return reason satisfies never;
  }
}
