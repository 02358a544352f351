/** Defects that are no copies: broken lines, rows of foreign kinds, impossible values, saves without an algorithm. */

import type { Random } from "../../statistics/random.ts";
import type { DayExport } from "../exports/day-export.ts";
import { baselineVersion } from "../scenario.ts";
import type { DefectKind } from "../truth.ts";
import { chooseRows, inFeed, inSaves, withBrokenLines } from "./planting.ts";
import { eventIds, type FeedRow } from "./rows.ts";

const DAY_MS = 86_400_000;

/** Only clicks whose dwell is unknown anyway: a correct load turns the negative number into null again. */
export function negateDwell(clean: DayExport, count: number, random: Random): DayExport {
  const eligible = (row: FeedRow): boolean => row.event === "feed_click" && row.dwellMs === null;
  return inFeed(clean, { kind: "negative_dwell", text: "clicks with dwell_seconds -1" }, (file) => {
    const chosen = new Set(chooseRows(file.rows, { count, eligible }, random));
    const rows = file.rows.map((row) => (chosen.has(row) ? { ...row, dwellMs: -1_000 } : row));
    return { file: { ...file, rows }, rows: chosen.size };
  });
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

type ForeignKind = Extract<
  DefectKind,
  "unknown_event_type" | "future_date" | "unknown_algorithm" | "click_without_impression"
>;

interface Foreign {
  /** Begins the names of its events and units. */
  readonly letter: string;
  readonly change: Partial<FeedRow>;
  readonly daysAhead: number;
  readonly refused: boolean;
  readonly text: string;
}

const foreign: Readonly<Record<ForeignKind, Foreign>> = {
  unknown_event_type: {
    letter: "h",
    change: { event: "feed_hide" },
    daysAhead: 0,
    refused: true,
    text: "events of type feed_hide",
  },
  future_date: {
    letter: "t",
    change: {},
    daysAhead: 400,
    refused: true,
    text: "events dated 400 days ahead",
  },
  unknown_algorithm: {
    letter: "a",
    change: { algorithm: "clip-cosine-v0" },
    daysAhead: 0,
    refused: false,
    text: "impressions served by clip-cosine-v0",
  },
  click_without_impression: {
    letter: "c",
    change: { event: "feed_click", dwellMs: 5_000 },
    daysAhead: 0,
    refused: false,
    text: "clicks of units without an impression that day",
  },
};

/** Rows of units that are seen nowhere else, one in each of the day's first minutes. */
export function addForeignRows(clean: DayExport, kind: ForeignKind, count: number): DayExport {
  const { letter, change, daysAhead, refused, text } = foreign[kind];
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
        algorithm: baselineVersion,
        dwellMs: null,
        position: 1,
        ...change,
      }),
    );
    const rejected = file.rejected + (refused ? count : 0);
    return { file: { ...file, extraRows: [...file.extraRows, ...rows], rejected }, rows: count };
  });
}

/** Saves whose export lacks the algorithm: kept, but in no variant's save rate. */
export function addUntoldSaves(clean: DayExport, count: number): DayExport {
  const name = eventIds(clean.day, "xn");
  const wording = { kind: "save_without_algorithm", text: "saves without algo_version" } as const;
  return inSaves(clean, wording, (file) => {
    const rows = file.rows
      .slice(0, count)
      .map((row, index) => ({ ...row, eventId: name(), at: row.at + 5 + index, algorithm: null }));
    return { file: { ...file, extraRows: [...file.extraRows, ...rows] }, rows: rows.length };
  });
}
