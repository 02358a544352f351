/** What a run measures, by its phase: days of the gate so far, or the hours of its first day. */
import type { Engine } from "../../engine/engine.ts";
import type { JudgeWindow } from "../../judge/input.ts";
import type { Phase } from "../../model/words.ts";
import { keepMeasurement, measurementKey, readKept } from "./kept-measurement.ts";
import { type MeasuredNight, measure, readCells } from "./measure.ts";
import { type FirstDayRequest, measureFirstDay } from "./measure-first-day.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface MeasureNightRequest extends FirstDayRequest {
  readonly phase: Phase;
  readonly window: JudgeWindow;
  /** Of the tool. */
  readonly version: string;
  /** Where the last measurement is kept. */
  readonly folder: string;
}

export async function measureNight(
  engine: Engine,
  request: MeasureNightRequest,
  time: Stopwatch["time"],
): Promise<MeasuredNight> {
  if (request.phase === "first-24h") return await measureFirstDay(engine, request, time);
  const key = await measurementKey(engine, request);
  const kept = await readKept(request.folder, key);
  if (kept !== null) {
    // the same stages, so that a run and its repetition differ in nothing but times
    return {
      measurement: await time("measure", async () => kept.measurement),
      cells: await time("cells", async () => {
        await request.onCells?.(kept.cells);
        return kept.cells;
      }),
    };
  }
  const night = {
    measurement: await time("measure", () => measure(engine, request)),
    cells: await time("cells", () => readCells(engine, request)),
  };
  await keepMeasurement(request.folder, key, night);
  return night;
}
