/**
 * The recorded SQL on the stored data. In: a record, and the relations as far as they can be had. Out: what was measured now;
 * where a file's input is gone, what was recorded, with the reason.
 */
import type { Engine } from "../../engine/engine.ts";
import type { Measurement } from "../../model/measurement.ts";
import type { CellResult, Result } from "../../model/result.ts";
import { catalogFiles } from "../../queries/catalog/catalog.ts";
import { missingInput, type ReplayRange, replayRelations } from "../../queries/relations/replay-relations.ts";
import { differencesOf } from "../../result/differences.ts";
import { KEPT_EVENTS } from "../night/first-day-events.ts";
import { measure, readCells } from "../night/measure.ts";
import { type FirstDayRequest, measureFirstDay } from "../night/measure-first-day.ts";

export interface Missing {
  readonly path: string;
  readonly why: string;
}

export interface MeasuredAgain {
  readonly measurement: Measurement;
  readonly cells: readonly CellResult[];
  readonly missing: readonly Missing[];
  /** Relations made anew from kept events. */
  readonly rebuilt: readonly string[];
}

interface AgainRequest {
  readonly recorded: Result;
  readonly plan: FirstDayRequest;
  readonly range: ReplayRange;
}

/** Hours are always counted from the single events: as many as then are still kept, or nothing can be made again. */
export async function measureFirstDayAgain(engine: Engine, request: AgainRequest): Promise<MeasuredAgain> {
  const { recorded, plan, range } = request;
  const { from, retentionStart } = range;
  const then = recorded.checks.find(({ name }) => name === KEPT_EVENTS);
  const needed = String(then?.expected ?? from);
  if (retentionStart === null || retentionStart <= needed || retentionStart === then?.observed) {
    const measured = await measureFirstDay(engine, plan, (_, work) => work());
    return { ...measured, missing: [], rebuilt: [] };
  }
  const why = `the events before ${retentionStart} are no longer kept`;
  const { measurement, cells } = recorded;
  return { measurement, cells, missing: [{ path: "events", why }], rebuilt: [] };
}

export async function measureAgain(engine: Engine, request: AgainRequest): Promise<MeasuredAgain> {
  const { recorded, plan, range } = request;
  const relations = await replayRelations(engine, plan.catalog, range);
  const gone = new Map<string, string>();
  for (const file of catalogFiles(plan.catalog)) {
    const why = await missingInput(engine, file, relations, range);
    if (why !== null) gone.set(file.path, why);
  }
  const measured = await measure(engine, plan);
  const cells = await readCells(engine, plan);
  const missing: Missing[] = [];
  /** What comes out the same in spite of its lost input is as good as made again. */
  const settle = <Part>(path: string, before: Part | undefined, after: Part): Part => {
    const why = gone.get(path);
    if (why === undefined || before === undefined || same(before, after)) return after;
    missing.push({ path, why });
    return before;
  };
  const { measurement } = recorded;
  const units = relations.impossible.get("user_days");
  if (units !== undefined) missing.push({ path: "traffic", why: `user_days: ${units}` });
  return {
    measurement: {
      metrics: measured.metrics.map((metric) => {
        const { path } = metric.definition;
        const before = measurement.metrics.find(({ definition }) => definition.path === path);
        return settle(path, before, metric);
      }),
      traffic: units === undefined ? measured.traffic : measurement.traffic,
      checks: measured.checks.map((check) =>
        settle(
          check.path,
          measurement.checks.find(({ path }) => path === check.path),
          check,
        ),
      ),
    },
    cells: cells.map((cell) =>
      settle(
        cell.path,
        recorded.cells.find(({ path }) => path === cell.path),
        cell,
      ),
    ),
    missing,
    rebuilt: relations.rebuilt,
  };
}

function same(before: unknown, after: unknown): boolean {
  return differencesOf(before, after, ["durationMs"]).length === 0;
}
