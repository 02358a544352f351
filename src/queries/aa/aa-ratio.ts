/**
 * The sums of measureRatio for every split and night, of an analyst's file that runs once over relations that carry their unit: of the
 * day and of the window so far, of the candidate's units; the baseline's are the rest of the whole. A unit's part of a window grows
 * only on days on which it was there, so a split adds up such steps and no window is grouped again.
 */
import type { DataEngine, TypedColumn } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { RatioMoments, VariantPair } from "../../model/measurement.ts";
import type { Day, Scalar } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { queryPlace } from "../catalog/header-lines.ts";
import { queryProblem } from "../catalog/query-problem.ts";
import { inRange, type MeasurePlan } from "../measures/plan.ts";
import { momentsOf } from "../measures/ratio.ts";
import { refuseFaults } from "../measures/row-faults.ts";
import { areIntegers } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";

/** One night of one split; null: a side without units. */
export interface SplitNight {
  readonly day: VariantPair<RatioMoments | null>;
  /** From the first night on. */
  readonly window: SplitNight["day"];
}

/** Throws GatebookError `query` when the file fails, returns rows that are no measurement, or nobody's rows. */
export async function prepareRatio(
  engine: DataEngine,
  file: CatalogFile,
  columns: readonly TypedColumn[],
  plan: MeasurePlan,
): Promise<void> {
  const whole = areIntegers(columns, "numerator", "denominator");
  const exact = (name: string) => (whole ? name : `CAST(${name} AS DECIMAL(18, 6))`);
  const before = "WITH metric AS NOT MATERIALIZED (";
  const after = `)
  SELECT event_date, CAST(algo_version AS VARCHAR) AS tag, CAST(unit_id AS VARCHAR) AS unit_id,
    sum(${exact("numerator")}) AS y, sum(${exact("denominator")}) AS m,
    count(*) FILTER (WHERE numerator IS NULL OR denominator IS NULL) AS nulls, count(*) FILTER (WHERE denominator < 0) AS negatives, count(*) AS rows_read
  FROM metric WHERE event_date IS NULL OR ${inRange(plan)}
  GROUP BY event_date, CAST(algo_version AS VARCHAR), CAST(unit_id AS VARCHAR)`;
  await engine.scratch("split_rows", { ...asQueryFile(file), before, after, timeoutMs: plan.timeoutMs });
  const [faults] = (
    await engine.table(`SELECT coalesce(sum(rows_read) FILTER (WHERE event_date IS NULL OR unit_id IS NULL), 0),
      coalesce(sum(nulls), 0), coalesce(sum(negatives), 0) FROM split_rows`)
  ).rows;
  refuseFaults(file, (faults ?? []).map(Number));
  await refuseStrangers(engine, file);
  await engine.scratch(stepsTable(file), stepsSql());
}

/** Rows must belong to units that traffic knows, each row's unit to one of them: else no choice of units splits them. */
export async function refuseStrangers(engine: DataEngine, file: CatalogFile): Promise<void> {
  const [row] =
    await engine.rows(`SELECT count(*) AS rows, count(*) FILTER (WHERE unit_no IS NULL) AS strangers,
      (SELECT count(*) FROM (SELECT 1 FROM split_rows GROUP BY unit_id HAVING count(DISTINCT tag) > 1)) AS shared
    FROM split_rows LEFT JOIN split_units ON tag = split_units.unit_id`);
  const refuse = (message: string, hint: string): never => {
    throw queryProblem(file, message, { ...queryPlace(file.sql), hint });
  };
  if (Number(row?.["rows"]) === 0) {
    const hint =
      "a metric takes algo_version as it comes: it does not compare it with rollout.baseline or a name";
    refuse("it returns no row when each unit takes the place of its algorithm", hint);
  }
  if (Number(row?.["strangers"]) > 0) {
    const hint = "it reads a relation without unit_id, or makes algo_version up: then it cannot be split";
    refuse("it returns rows of units that user_days does not have", hint);
  }
  if (Number(row?.["shared"]) > 0) {
    const hint = "what several units share cannot be split between two algorithms";
    refuse("its unit_id joins several units of user_days", hint);
  }
}

/**
 * What a unit adds on a day: d_… to that day's sums, w_… to those of the window so far, which is what its squares grow by.
 * A unit counts from the first day on which its denominator is above zero, as in measureRatio.
 */
function stepsSql(): string {
  const counted = (m: string, value: string) => `CASE WHEN ${m} > 0 THEN ${value} ELSE 0 END`;
  const step = (name: string, now: string, before: string) =>
    `${counted("now_m", now)} - ${counted("before_m", before)} AS w_${name}`;
  return `WITH running AS (
    SELECT unit_no, event_date, m, y, sum(m) OVER so_far AS now_m, sum(y) OVER so_far AS now_y
    FROM split_rows JOIN split_units ON tag = split_units.unit_id WHERE NOT crossed
    WINDOW so_far AS (PARTITION BY tag, split_rows.unit_id ORDER BY event_date ROWS UNBOUNDED PRECEDING)
  ),
  steps AS (SELECT *, now_m - m AS before_m, now_y - y AS before_y FROM running)
  SELECT unit_no, event_date,
    ${counted("m", "1")} AS d_n, ${counted("m", "m")} AS d_m, ${counted("m", "y")} AS d_y,
    ${counted("m", "m * m")} AS d_mm, ${counted("m", "y * y")} AS d_yy, ${counted("m", "m * y")} AS d_my,
    ${step("n", "1", "1")}, ${step("m", "now_m", "before_m")}, ${step("y", "now_y", "before_y")},
    ${step("mm", "now_m * now_m", "before_m * before_m")}, ${step("yy", "now_y * now_y", "before_y * before_y")},
    ${step("my", "now_m * now_y", "before_m * before_y")}
  FROM steps`;
}

const SUMS = ["n", "m", "y", "mm", "yy", "my"];
const ALL_SUMS = ["d", "w"].flatMap((scope) => SUMS.map((name) => `sum(${scope}_${name})`)).join(", ");

function stepsTable({ name }: CatalogFile): string {
  return `split_steps_${name}`;
}

/** Twelve sums per night: six of the day, six of the window so far. */
export type NightSums = readonly (readonly number[])[];

/** Of all units together. */
export async function wholeSums(
  engine: DataEngine,
  file: CatalogFile,
  nights: readonly Day[],
): Promise<NightSums> {
  const { rows } = await engine.table(
    `SELECT event_date, ${ALL_SUMS} FROM ${sqlName(stepsTable(file))} GROUP BY event_date ORDER BY event_date`,
  );
  return cumulated(rows, nights);
}

/** Of the candidate's side, by salt, for every salt in `splits`; a salt without any row is absent. */
export async function splitSums(
  engine: DataEngine,
  file: CatalogFile,
  nights: readonly Day[],
): Promise<ReadonlyMap<number, NightSums>> {
  const { rows } = await engine.table(`SELECT salt, event_date, ${ALL_SUMS}
    FROM ${sqlName(stepsTable(file))} JOIN splits USING (unit_no) GROUP BY salt, event_date ORDER BY salt, event_date`);
  const bySalt = new Map<number, (readonly Scalar[])[]>();
  for (const [salt, ...rest] of rows) {
    const list = bySalt.get(Number(salt));
    if (list === undefined) bySalt.set(Number(salt), [rest]);
    else list.push(rest);
  }
  return new Map([...bySalt].map(([salt, found]) => [salt, cumulated(found, nights)]));
}

function cumulated(rows: readonly (readonly Scalar[])[], nights: readonly Day[]): NightSums {
  const byDay = new Map(rows.map(([day, ...sums]) => [String(day), sums.map(Number)]));
  let window = SUMS.map(() => 0);
  return nights.map((night) => {
    const steps = byDay.get(night) ?? [...SUMS, ...SUMS].map(() => 0);
    window = window.map((sum, at) => sum + (steps[at + SUMS.length] ?? 0));
    return [...steps.slice(0, SUMS.length), ...window];
  });
}

/** Candidate's side as it is, baseline's side as the rest. */
export function splitNights(whole: NightSums, candidate: NightSums | undefined): readonly SplitNight[] {
  return whole.map((all, night) => {
    const chosen = candidate?.[night] ?? all.map(() => 0);
    const rest = all.map((sum, at) => sum - (chosen[at] ?? 0));
    const side = (sums: readonly number[]) => ((sums[0] ?? 0) === 0 ? null : momentsOf(sums));
    const window = (from: number): SplitNight["day"] => ({
      baseline: side(rest.slice(from, from + SUMS.length)),
      candidate: side(chosen.slice(from, from + SUMS.length)),
    });
    return { day: window(0), window: window(SUMS.length) };
  });
}
