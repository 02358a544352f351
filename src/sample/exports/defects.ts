/**
 * What goes wrong in real exports, planted and counted: a clean day's export → the same with its defects and a record of each. A
 * correct load counts the same rows, but for the day that is cut off and the saves that are missing: the truth leaves those out.
 */
import { createRandom } from "../../statistics/random.ts";
import { contradictRows, dropFeedIds, dropSaveIds, overlapExport, repeatRows } from "./copies.ts";
import type { DayExport } from "./day-export.ts";
import { addForeignRows, addUnlabelledSaves, breakLines, negateDwell } from "../traffic/intruders.ts";
import type { Planting } from "../traffic/planting.ts";
import type { FeedRow } from "../traffic/rows.ts";
import type { ScheduledDay } from "../traffic/schedule.ts";
import { type DayTraffic, trafficUntil } from "../traffic/traffic.ts";
import type { Defect } from "../truth.ts";

/** Which day of the sample suffers what, counted from 0; a shorter sample wraps round. */
const CUT_OFF_DAY = 3;
const SAVES_MISSING_DAY = 5;
const OVERLAP_DAY = 1;
const OVERLAP_ROWS = 40;
const HALF_DAY_MS = 12 * 3_600_000;

/** In this order: rows change before others are copied. */
const plantings: readonly (readonly [day: number, plant: Planting])[] = [
  [1, (clean, random) => dropFeedIds(clean, 30, random)],
  [2, (clean, random) => dropFeedIds(clean, 20, random)],
  [2, (clean, random) => dropSaveIds(clean, 6, random)],
  [1, (clean, random) => negateDwell(clean, 8, random)],
  [0, (clean, random) => repeatRows(clean, { feed: 60, saves: 5 }, random)],
  [4, (clean, random) => contradictRows(clean, 12, random)],
  [2, (clean) => breakLines(clean)],
  [4, (clean) => addForeignRows(clean, "unknown_event_type", 25)],
  [6, (clean) => addForeignRows(clean, "future_date", 3)],
  [6, (clean) => addForeignRows(clean, "unknown_algorithm", 40)],
  [0, (clean) => addForeignRows(clean, "click_without_impression", 25)],
  [4, (clean) => addUnlabelledSaves(clean, 10)],
];

/** The day's traffic as it still reaches the exports. */
export function loseTraffic(day: ScheduledDay, days: number, traffic: DayTraffic): DayTraffic {
  const kept = isDay(CUT_OFF_DAY, day, days) ? trafficUntil(traffic, day.start + HALF_DAY_MS) : traffic;
  return isDay(SAVES_MISSING_DAY, day, days) ? { ...kept, saves: [] } : kept;
}

export interface DefectContext {
  readonly days: number;
  readonly seed: number;
  /** The day's traffic before anything was lost, and what was left of it. */
  readonly whole: DayTraffic;
  readonly kept: DayTraffic;
  /** Feed rows of the day before. */
  readonly previous: readonly FeedRow[];
}

export function plantDefects(clean: DayExport, context: DefectContext): DayExport {
  const { day } = clean;
  const random = createRandom(`defects ${day.date} ${context.seed}`);
  const lossy = {
    ...clean,
    saves: isDay(SAVES_MISSING_DAY, day, context.days) ? null : clean.saves,
    defects: lossesOf(clean, context),
  };
  const planted = plantings
    .filter(([place]) => isDay(place, day, context.days))
    .reduce((file, [, plant]) => plant(file, random), lossy);
  return day.index === OVERLAP_DAY ? overlapExport(planted, context.previous, OVERLAP_ROWS) : planted;
}

function isDay(place: number, day: ScheduledDay, days: number): boolean {
  return place % days === day.index;
}

function lossesOf({ day, feed, saves }: DayExport, context: DefectContext): readonly Defect[] {
  const losses: Defect[] = [];
  if (isDay(CUT_OFF_DAY, day, context.days)) {
    const rows = feedCount(context.whole) - feedCount(context.kept);
    const text = "the exports of this day end at 12:00";
    losses.push({ kind: "day_cut_off", date: day.date, file: feed.path, rows, text });
  }
  if (isDay(SAVES_MISSING_DAY, day, context.days) && saves !== null) {
    const rows = context.whole.saves.length;
    const text = "there is no file of saves for this day";
    losses.push({ kind: "saves_missing", date: day.date, file: saves.path, rows, text });
  }
  return losses;
}

function feedCount(traffic: DayTraffic): number {
  return traffic.impressions.length + traffic.clicks.length;
}
