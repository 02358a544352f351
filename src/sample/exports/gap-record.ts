/** The gap that takes events away, and the record of every gap: rows that carry it, or rows that are not there. */
import type { DayExport } from "./day-export.ts";
import { CROSSED_SESSION, PLACEHOLDER_USER, UNKNOWN_ITEM } from "../traffic/gaps.ts";
import type { FeedRow, SaveRow } from "../traffic/rows.ts";
import { candidateVersion, type Gap } from "../scenario.ts";
import type { ScheduledDay } from "../traffic/schedule.ts";
import { type DayTraffic, trafficUntil } from "../traffic/traffic.ts";
import type { Defect, DefectKind } from "../truth.ts";

const LAST_CLICK_MS = (8 * 60 + 31) * 60_000;

/** Clicks and saves of the last day end in the morning; impressions run on. */
export function gapTraffic(
  gap: Gap | null,
  traffic: DayTraffic,
  { day, days }: { readonly day: ScheduledDay; readonly days: number },
): DayTraffic {
  if (gap !== "lost-clicks" || day.index < days - 1) return traffic;
  return { ...trafficUntil(traffic, day.start + LAST_CLICK_MS), impressions: traffic.impressions };
}

interface Trace {
  readonly kind: DefectKind;
  readonly text: string;
  /** Null: it left no row. */
  readonly isOf: ((row: FeedRow | SaveRow) => boolean) | null;
}

const traces: Readonly<Record<Gap, Trace>> = {
  "lost-clicks": {
    kind: "clicks_cut_off",
    text: "clicks and saves of this day end at 08:31",
    isOf: null,
  },
  "placeholder-user": {
    kind: "placeholder_user",
    text: `rows whose user_id is "${PLACEHOLDER_USER}"`,
    isOf: (row) => row.user === PLACEHOLDER_USER,
  },
  "crossed-heavy-users": {
    kind: "crossed_units",
    text: "rows of the baseline for units of the candidate",
    isOf: (row) => row.session.endsWith(CROSSED_SESSION),
  },
  "lookup-miss": {
    kind: "unknown_items",
    text: "rows of items that the lookup does not have",
    isOf: (row) => row.item.startsWith(UNKNOWN_ITEM),
  },
  "broken-split": {
    kind: "misdirected_units",
    text: "rows of the candidate on the web, where too many units get it",
    isOf: (row) => row.platform === "web" && row.algorithm === candidateVersion,
  },
};

export function gapDefects(
  gap: Gap | null,
  { day, feed, saves }: DayExport,
  { whole, kept }: { readonly whole: DayTraffic; readonly kept: DayTraffic },
): readonly Defect[] {
  if (gap === null) return [];
  const { kind, text, isOf } = traces[gap];
  return [
    { file: feed, lost: whole.clicks.length - kept.clicks.length },
    ...(saves === null ? [] : [{ file: saves, lost: whole.saves.length - kept.saves.length }]),
  ].flatMap(({ file, lost }) => {
    const rows = isOf === null ? lost : file.rows.filter(isOf).length;
    return rows === 0 ? [] : [{ kind, date: day.date, file: file.path, rows, text }];
  });
}
