/** What a run measures, by its phase: days of the gate so far, or the hours of its first day. */
import type { Engine } from "../engine/engine.ts";
import type { Phase } from "../model/words.ts";
import { type MeasuredNight, measure, readCells } from "./measure.ts";
import { type FirstDayRequest, measureFirstDay } from "./measure-first-day.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface MeasureNightRequest extends FirstDayRequest {
  readonly phase: Phase;
}

export async function measureNight(
  engine: Engine,
  request: MeasureNightRequest,
  time: Stopwatch["time"],
): Promise<MeasuredNight> {
  if (request.phase === "first-24h") return await measureFirstDay(engine, request, time);
  return {
    measurement: await time("measure", () => measure(engine, request)),
    cells: await time("cells", () => readCells(engine, request)),
  };
}
