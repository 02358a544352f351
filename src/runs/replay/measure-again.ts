/** The recorded SQL on the stored data: what is measured now, and where a file's input is gone, what was recorded, with the reason. */
import type { Engines } from "../../engine/engine.ts";
import type { Result } from "../../model/result.ts";
import { catalogFiles } from "../../queries/catalog/catalog.ts";
import { type KeptRange, missingInput, overlayRelations } from "../../queries/relations/overlay-relations.ts";
import type { KnownBuild } from "../../queries/relations/relation-builds.ts";
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
  /** Relations built again from kept events. */
  readonly rebuilt: readonly string[];
}

interface AgainRequest {
  readonly recorded: Result;
  readonly plan: FirstDayRequest;
  readonly range: KeptRange;
  /** Builds of the relations that are found. */
  readonly stored: ReadonlyMap<string, KnownBuild>;
}

/** Hours are counted from single events: as many as then are still kept, or nothing can be measured again. */
export async function measureFirstDayAgain(engines: Engines, request: AgainRequest): Promise<MeasuredAgain> {
  const { recorded, plan, range } = request;
  const { from, retentionStart } = range;
  const then = recorded.checks.find(({ name }) => name === KEPT_EVENTS);
  const needed = String(then?.expected ?? from);
  if (retentionStart === null || retentionStart <= needed || retentionStart === then?.observed) {
    const measured = await measureFirstDay(engines, plan);
    return { ...measured, missing: [], rebuilt: [] };
  }
  const why = `the events before ${retentionStart} are no longer kept`;
  const { measurement, cells } = recorded;
  return { measurement, cells, missing: [{ path: "events", why }], rebuilt: [] };
}

export async function measureAgain(engines: Engines, request: AgainRequest): Promise<MeasuredAgain> {
  const { recorded, plan, range } = request;
  const overlays = overlayRelations(engines.data, request.stored);
  const { timeoutMs } = plan;
  const relations = await overlays.sync(plan.catalog.relations, { kept: range, timeoutMs });
  const gone = new Map<string, string>();
  for (const file of catalogFiles(plan.catalog)) {
    const why = await missingInput(engines.data, file, relations, range);
    if (why !== null) gone.set(file.path, why);
  }
  const now = await measureWindow(engines, { ...plan, failedRelations: relations.failed });
  const missing: Missing[] = [];
  /** A part that comes out the same in spite of its lost input counts as measured again. */
  const settle = <Part>(
    after: readonly Part[],
    recordedParts: readonly Part[],
    pathOf: (part: Part) => string,
  ): readonly Part[] =>
    after.map((part) => {
      const path = pathOf(part);
      const why = gone.get(path);
      const before = recordedParts.find((other) => pathOf(other) === path);
      if (why === undefined || before === undefined || same(before, part)) return part;
      missing.push({ path, why });
      return before;
    });
  const then = recorded.measurement;
  const units = relations.unavailable.get("user_days");
  if (units !== undefined) missing.push({ path: "traffic", why: `user_days: ${units.message}` });
  const metrics = settle(now.measurement.metrics, then.metrics, ({ definition }) => definition.path);
  const traffic = units === undefined ? now.measurement.traffic : then.traffic;
  const checks = settle(now.measurement.checks, then.checks, ({ path }) => path);
  const cells = settle(now.cells, recorded.cells, ({ path }) => path);
  return { measurement: { metrics, traffic, checks }, cells, missing, rebuilt: relations.made };
}

function same(before: unknown, after: unknown): boolean {
  return differencesOf(before, after, ["durationMs"]).length === 0;
}
