/**
 * The recorded SQL on the stored data. In: a record, and the relations as far as they can be had. Out: what was measured now;
 * where a file's input is gone, what was recorded, with the reason.
 */
import type { Engine } from "../../engine/engine.ts";
import type { Result } from "../../model/result.ts";
import { catalogFiles } from "../../queries/catalog/catalog.ts";
import { type KeptRange, missingInput, overlayRelations } from "../../queries/relations/overlay-relations.ts";
import { readKnownBuilds } from "../../queries/relations/relation-builds.ts";
import { differencesOf } from "../../result/differences.ts";
import { KEPT_EVENTS } from "../checks/first-day-events.ts";
import { type FirstDayRequest, measureFirstDay } from "../measure/measure-first-day.ts";
import { type MeasuredWindow, measureWindow } from "../measure/measure-window.ts";

export interface Missing {
  readonly path: string;
  readonly why: string;
}

export interface MeasuredAgain extends MeasuredWindow {
  readonly missing: readonly Missing[];
  /** Relations made anew from kept events. */
  readonly rebuilt: readonly string[];
}

interface AgainRequest {
  readonly recorded: Result;
  readonly plan: FirstDayRequest;
  readonly range: KeptRange;
}

/** Hours are always counted from the single events: as many as then are still kept, or nothing can be made again. */
export async function measureFirstDayAgain(engine: Engine, request: AgainRequest): Promise<MeasuredAgain> {
  const { recorded, plan, range } = request;
  const { from, retentionStart } = range;
  const then = recorded.checks.find(({ name }) => name === KEPT_EVENTS);
  const needed = String(then?.expected ?? from);
  if (retentionStart === null || retentionStart <= needed || retentionStart === then?.observed) {
    const measured = await measureFirstDay(engine, plan);
    return { ...measured, missing: [], rebuilt: [] };
  }
  const why = `the events before ${retentionStart} are no longer kept`;
  const { measurement, cells } = recorded;
  return { measurement, cells, missing: [{ path: "events", why }], rebuilt: [] };
}

export async function measureAgain(engine: Engine, request: AgainRequest): Promise<MeasuredAgain> {
  const { recorded, plan, range } = request;
  const overlays = overlayRelations(engine, await readKnownBuilds(engine));
  const { timeoutMs } = plan;
  const relations = await overlays.sync(plan.catalog.relations, { kept: range, timeoutMs });
  const gone = new Map<string, string>();
  for (const file of catalogFiles(plan.catalog)) {
    const why = await missingInput(engine, file, relations, range);
    if (why !== null) gone.set(file.path, why);
  }
  const now = await measureWindow(engine, { ...plan, failedRelations: relations.failed });
  const missing: Missing[] = [];
  /** What comes out the same in spite of its lost input is as good as measured again. */
  const settle = <Part>(path: string, after: Part, before: Part | undefined): Part => {
    const why = gone.get(path);
    if (why === undefined || before === undefined || same(before, after)) return after;
    missing.push({ path, why });
    return before;
  };
  const settleAll = <Part extends { readonly path: string }>(
    after: readonly Part[],
    before: readonly Part[],
  ): readonly Part[] =>
    after.map((part) =>
      settle(
        part.path,
        part,
        before.find(({ path }) => path === part.path),
      ),
    );
  const then = recorded.measurement;
  const units = relations.unavailable.get("user_days");
  if (units !== undefined) missing.push({ path: "traffic", why: `user_days: ${units.message}` });
  const metrics = now.measurement.metrics.map((metric) => {
    const { path } = metric.definition;
    return settle(
      path,
      metric,
      then.metrics.find(({ definition }) => definition.path === path),
    );
  });
  const traffic = units === undefined ? now.measurement.traffic : then.traffic;
  const checks = settleAll(now.measurement.checks, then.checks);
  const cells = settleAll(now.cells, recorded.cells);
  return { measurement: { metrics, traffic, checks }, cells, missing, rebuilt: relations.made };
}

function same(before: unknown, after: unknown): boolean {
  return differencesOf(before, after, ["durationMs"]).length === 0;
}
