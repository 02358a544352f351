/** Defects that are no copies: broken lines, rows of foreign kinds, impossible values, saves without an algorithm. */

import type { Random } from "../../statistics/random.ts";
import type { DayExport } from "../exports/day-export.ts";
import { baselineVersion } from "../scenario.ts";
import type { DefectKind } from "../truth.ts";
import { chooseRows, inFeed, inSaves, withBrokenLines, withChanges } from "./planting.ts";
import { eventIds, type FeedRow } from "./rows.ts";
import { DAY_MS } from "./schedule.ts";

/** Only clicks whose dwell is unknown anyway: a correct load turns the negative number into null again. */
export function negateDwell(clean: DayExport, count: number, random: Random): DayExport {
  const eligible = (row: FeedRow): boolean => row.event === "feed_click" && row.dwellMs === null;
  return inFeed(clean, { kind: "negative_dwell", text: "clicks with dwell_seconds -1" }, (file) =>
    withChanges(file, chooseRows(file.rows, { count, eligible }, random), (row) => ({
      ...row,
      dwellMs: -1_000,
    })),
  );
}

/** Two lines of the feed (too few columns; no such time), one of the saves (cut in half). */
export function breakLines(clean: DayExport): DayExport {
  const { date } = clean.day;
  const id = date.replaceAll("-", "");
  const short = `${id}x1,feed_impression,${date}T10:1`;
  const late = `${id}x2,feed_click,${date}T25:61:00.000Z,u1,s1,clip-00001,${baselineVersion},3.000,1`;
  const feedText = "a line cut short and a time of 25:61";
  const fed = inFeed(clean, { kind: "malformed_line", text: feedText }, (file) =>
    withBrokenLines(file, [short, late]),
  );
  return inSaves(fed, { kind: "malformed_line", text: "a line cut in half" }, (file) =>
    withBrokenLines(file, [`{"event_id":"${id}y1","event_type":"favo`]),
  );
}

interface Foreign {
  /** Begins the names of its events and units. */
  readonly letter: string;
  readonly text: string;
  readonly change?: Partial<FeedRow>;
  readonly daysAhead?: number;
  readonly rejected?: boolean;
}

const foreign = {
  unknown_event_type: {
    letter: "h",
    text: "events of type feed_hide",
    change: { event: "feed_hide" },
    rejected: true,
  },
  future_date: { letter: "t", text: "events dated 400 days ahead", daysAhead: 400, rejected: true },
  unknown_algorithm: {
    letter: "a",
    text: "impressions served by clip-cosine-v0",
    change: { algorithm: "clip-cosine-v0" },
  },
  click_without_impression: {
    letter: "c",
    text: "clicks of units without an impression that day",
    change: { event: "feed_click", dwellMs: 5_000 },
  },
} satisfies Partial<Record<DefectKind, Foreign>>;

/** Rows of units that are seen nowhere else, one in each of the day's first minutes. */
export function addForeignRows(clean: DayExport, kind: keyof typeof foreign, count: number): DayExport {
  const { letter, text, change, daysAhead = 0, rejected = false }: Foreign = foreign[kind];
  const { day } = clean;
  const name = eventIds(day, `x${letter}`);
  return inFeed(clean, { kind, text }, (file) => {
    const rows = Array.from(
      { length: count },
      (_, index): FeedRow => ({
        eventId: name(),
        event: "feed_impression",
        at: day.start + daysAhead * DAY_MS + (index + 1) * 60_000,
        user: `${letter}${day.index}-${index}`,
        session: `s${letter}${day.index}-${index}`,
        item: "clip-00001",
        platform: "web",
        algorithm: baselineVersion,
        dwellMs: null,
        position: 1,
        ...change,
      }),
    );
    const extraRows = [...file.extraRows, ...rows];
    return { file: { ...file, extraRows, rejected: file.rejected + (rejected ? count : 0) }, rows: count };
  });
}

/** Saves whose export lacks the algorithm: kept, but in no variant's save rate. */
export function addUnlabelledSaves(clean: DayExport, count: number): DayExport {
  const name = eventIds(clean.day, "xn");
  const wording = { kind: "save_without_algorithm", text: "saves without algo_version" } as const;
  return inSaves(clean, wording, (file) => {
    const rows = file.rows
      .slice(0, count)
      .map((row, index) => ({ ...row, eventId: name(), at: row.at + 5 + index, algorithm: null }));
    return { file: { ...file, extraRows: [...file.extraRows, ...rows] }, rows: rows.length };
  });
}
