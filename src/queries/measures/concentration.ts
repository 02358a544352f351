/**
 * Concentration metrics: the share of weight on a variant's K heaviest keys. A plain top-K share reads higher
 * on the smaller variant, so both are cut into disjoint groups of the same number of units and the value is the mean over
 * groups; the plain share is shown beside it. The engine counts, here are only means and the delete-a-group jackknife.
 */
import type { DataEngine, TypedColumn } from "../../engine/engine.ts";
import type { Mover } from "../../model/measurement.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { areIntegers } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { readDays, readMovers, readRow, readWindow } from "./concentration-estimate.ts";
import { type ConcentrationQuery, concentrationSql, type JackknifeSizes } from "./concentration-sql.ts";
import { type DayRange, earlierDays, type MeasurePlan } from "./plan.ts";
import type { MeasuredRatio } from "./ratio.ts";
import { refuseFaults } from "./row-faults.ts";

export interface ConcentrationMetric {
  readonly file: CatalogFile;
  readonly columns: readonly TypedColumn[];
  readonly top: number;
}

/** 50 groups, fewer below 250 units, none below 50 units. */
const SIZES: JackknifeSizes = { groups: 50, unitsPerGroup: 5, fewestUnits: 50 };

/**
 * Days before the observation window have keys and groups of their own, chosen over those days. Throws GatebookError `query`
 * when the file fails or returns rows that are no measurement.
 */
export async function measureConcentration(
  engine: DataEngine,
  metric: ConcentrationMetric,
  plan: MeasurePlan,
  sizes: JackknifeSizes = SIZES,
): Promise<MeasuredRatio & { readonly movers: readonly Mover[] }> {
  const measureRange = async (range: DayRange, crossed: ConcentrationQuery["crossed"] = "left out") => {
    const wholeWeights = areIntegers(metric.columns, "weight");
    const query: ConcentrationQuery = { plan, range, top: metric.top, wholeWeights, sizes, crossed };
    const file = { ...asQueryFile(metric.file), ...concentrationSql(query, engine.dialect) };
    const rows = (await engine.query(file, { timeoutMs: plan.timeoutMs })).rows.map(readRow);
    const faults = rows.find(({ kind }) => kind === "faults");
    refuseFaults(metric.file, faults === undefined ? [] : [faults.topWeight, faults.weight, faults.units]);
    return rows;
  };
  const earlier = earlierDays(plan);
  const before = earlier === null ? [] : await measureRange(earlier);
  const window = await measureRange(plan);
  return {
    observation: readWindow(window),
    prePeriod: null,
    intentionToTreat:
      plan.readsCrossed === true ? readWindow(await measureRange(plan, "where first seen")) : null,
    days: [...readDays(before, sizes), ...readDays(window, sizes)],
    movers: readMovers(window),
  };
}
