/**
 * Measurement → judgement → result, and the ledger's row. What comes in: the open store with tonight's events in it. What
 * goes out: the Result. It loads nothing and renders nothing.
 */

import type { Engine } from "../../engine/engine.ts";
import { changesSince } from "../../judge/changes/changes.ts";
import type { Judgement, JudgeWindow } from "../../judge/input.ts";
import { judge } from "../../judge/judge.ts";
import { comparisonFor } from "../../judge/window/comparison.ts";
import { readNight, writeNight } from "../../ledger/night.ts";
import type { LedgerView } from "../../ledger/state.ts";
import { clearDirtyDays } from "../../load/days/dirty-days.ts";
import type { LoadSummary } from "../../load/load.ts";
import { isoSeconds } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import type { CheckResult, Result } from "../../model/result.ts";
import type { Phase } from "../../model/words.ts";
import { readPreflight } from "../../preflight/preflight.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { buildRelations } from "../../queries/relations/relations.ts";
import { parseResult } from "../../result/serialize.ts";
import { writeRolloutTable } from "../../warehouse/rollout-table.ts";
import { namesCheck } from "./algorithm-names.ts";
import { assemble } from "./assemble.ts";
import { dayChecks } from "./day-checks.ts";
import { fileChecks } from "./file-checks.ts";
import { firstDayEventChecks } from "./first-day-events.ts";
import type { MeasureRequest } from "./measure.ts";
import { measureNight } from "./measure-night.ts";
import { memoryChecks } from "./memory-checks.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { storedText } from "./stored-text.ts";

export interface NightRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly phase: Phase;
  readonly window: JudgeWindow;
  readonly ledger: LedgerView;
  readonly loaded: LoadSummary;
  /** Findings of the run itself. */
  readonly otherChecks: readonly CheckResult[];
  /** False for an ad-hoc window: nothing is written down. */
  readonly keepsLedger: boolean;
  readonly timeoutMs: number;
  readonly watch: Stopwatch;
  /** Where the last measurement is kept. */
  readonly folder: string;
  readonly onCells?: MeasureRequest["onCells"];
}

export async function judgeNight(engine: Engine, request: NightRequest, context: Context): Promise<Result> {
  const { config, catalog, phase, window, loaded, watch, timeoutMs, onCells, folder } = request;
  await writeRolloutTable(engine, config, window);
  context.progress({ stage: "relations", text: "building relations" });
  const relations = await watch.time("relations", () =>
    buildRelations(engine, catalog, { dirtyDates: loaded.dirtyDates, rebuildAll: false, timeoutMs }),
  );
  await clearDirtyDays(engine);
  const { presentColumns } = loaded;
  const plan = { ...window, window, phase, config, catalog, presentColumns, timeoutMs, onCells };
  context.progress({ stage: "measure", text: "measuring metrics and running checks" });
  const { measurement, cells } = await measureNight(
    engine,
    { ...plan, folder, version: context.version },
    watch.time,
  );
  const comparison = comparisonFor(config, window, measurement.traffic);
  const ofHours = phase === "first-24h" ? await firstDayEventChecks(engine, plan, comparison) : [];
  const ofLedger = await memoryChecks(engine, { rollout: config.rollout.name, asOf: window.asOf });
  const preflight = readPreflight(config, { env: context.env, now: context.now() });
  const judged = judge({
    ...measurement,
    config,
    phase,
    window,
    preflight,
    builtInChecks: [
      ...loaded.checks,
      await namesCheck(engine, { config, window, comparison }),
      ...(await dayChecks(engine, { ...config.rollout, window, comparison, ledger: request.ledger.state })),
      ...ofHours,
      ...ofLedger,
      ...request.otherChecks,
      ...fileChecks({ catalog, relations, cells }),
    ],
    ledger: request.ledger.state,
    comparison,
  });
  const result = await assemble(
    {
      config,
      catalog,
      phase,
      window,
      measurement,
      ledger: request.ledger.state,
      judged,
      preflight,
      cells,
      loads: loaded.records,
      stages: watch.stages(),
      comparison,
      duckdb: engine.version,
    },
    context,
  );
  return request.keepsLedger ? await writeDown(engine, result, judged, context) : result;
}

/** Compares with last night, then puts tonight into the ledger. */
async function writeDown(
  engine: Engine,
  result: Result,
  judged: Judgement,
  context: Context,
): Promise<Result> {
  const at = { rollout: result.rollout.name, phase: result.phase, asOf: result.window.asOf };
  const [before, same] = [
    await readNight(engine, { ...at, which: "before" }),
    await readNight(engine, { ...at, which: "same" }),
  ];
  const complete: Result = {
    ...result,
    changes: changesSince(before === null ? null : parseResult(before), result),
  };
  const restated =
    same === null ? ["first"] : changesSince(parseResult(same), complete).map(({ text }) => text);
  await writeNight(engine, {
    result: complete,
    stored: storedText(complete),
    healthyDay: judged.healthyDay,
    moveSeen: judged.moveSeen,
    changed: restated.join("; "),
    recordedAt: isoSeconds(context.now()),
  });
  return complete;
}
