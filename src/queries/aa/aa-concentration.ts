/**
 * A concentration under one split: what measureConcentration gives for the rows of an analyst's file that ran once over relations that
 * carry their unit. Groups, keys and jackknife are cut again for every split and night: no sum replaces that, so splits are fewer.
 */
import type { DataEngine, TypedColumn } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { measureConcentration } from "../measures/concentration.ts";
import { inRange, type MeasurePlan } from "../measures/plan.ts";
import type { MeasuredRatio } from "../measures/ratio.ts";
import { refuseFaults } from "../measures/row-faults.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { refuseStrangers } from "./aa-ratio.ts";

/** Throws GatebookError `query` as prepareRatio does. */
export async function prepareConcentration(
  engine: DataEngine,
  file: CatalogFile,
  plan: MeasurePlan,
): Promise<void> {
  const before = "WITH metric AS NOT MATERIALIZED (";
  const after = `)
  SELECT event_date, CAST(algo_version AS VARCHAR) AS tag, CAST(unit_id AS VARCHAR) AS unit_id, key, weight
  FROM metric WHERE event_date IS NULL OR ${inRange(plan)}`;
  await engine.scratch("split_rows", { ...asQueryFile(file), before, after, timeoutMs: plan.timeoutMs });
  const [faults] = (
    await engine.table(`SELECT count(*) FILTER (WHERE event_date IS NULL OR unit_id IS NULL OR key IS NULL),
      count(*) FILTER (WHERE weight IS NULL), count(*) FILTER (WHERE weight < 0) FROM split_rows`)
  ).rows;
  refuseFaults(file, (faults ?? []).map(Number));
  await refuseStrangers(engine, file);
  await engine.scratch(
    weightsTable(file),
    `SELECT unit_no, event_date, split_rows.unit_id, key, weight
    FROM split_rows JOIN split_units ON tag = split_units.unit_id WHERE NOT crossed`,
  );
}

function weightsTable({ name }: CatalogFile): string {
  return `split_weights_${name}`;
}

const SIDES = { baseline: "baseline", candidate: "candidate" } as const;

export interface SplitConcentration {
  readonly file: CatalogFile;
  readonly columns: readonly TypedColumn[];
  readonly top: number;
}

/** One salt of `splits`: its windows from the first night to each night, in order. */
export async function measureSplit(
  engine: DataEngine,
  { file, columns, top }: SplitConcentration,
  {
    salt,
    nights,
    plan,
  }: { readonly salt: number; readonly nights: readonly Day[]; readonly plan: MeasurePlan },
): Promise<readonly MeasuredRatio[]> {
  await engine.scratch(
    "split_now",
    `SELECT event_date, CASE WHEN is_chosen THEN '${SIDES.candidate}' ELSE '${SIDES.baseline}' END AS algo_version, unit_id, key, weight
    FROM ${sqlName(weightsTable(file))} LEFT JOIN (SELECT unit_no, true AS is_chosen FROM splits WHERE salt = ${salt}) AS side USING (unit_no)`,
  );
  const metric = { file: { ...file, sql: "SELECT * FROM split_now" }, columns, top };
  const measured: MeasuredRatio[] = [];
  for (const to of nights) {
    measured.push(
      await measureConcentration(engine, metric, { ...plan, ...SIDES, shownFrom: plan.from, to }),
    );
  }
  return measured;
}
