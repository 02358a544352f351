/** Defects around the id of an event: missing, repeated, overlapping and contradicting rows. */

import type { Random } from "../../statistics/random.ts";
import type { DayExport } from "./day-export.ts";
import { chooseRows, inFeed, inSaves, withChanges, withCopies } from "../traffic/planting.ts";
import type { FeedRow } from "../traffic/rows.ts";
import { DAY_MS } from "../traffic/schedule.ts";

const CONFLICT_DELAY_MS = 1_500;

export function dropFeedIds(clean: DayExport, count: number, random: Random): DayExport {
  return inFeed(clean, { kind: "null_event_id", text: "rows whose event_id is empty" }, (file) =>
    withChanges(file, chooseRows(file.rows, { count }, random), (row) => ({ ...row, eventId: null })),
  );
}

/** Null, empty and absent by turns. */
export function dropSaveIds(clean: DayExport, count: number, random: Random): DayExport {
  const forms = [null, "", undefined];
  const text = "rows whose event_id is null, empty or absent";
  return inSaves(clean, { kind: "null_event_id", text }, (file) =>
    withChanges(file, chooseRows(file.rows, { count }, random), (row, turn) => ({
      ...row,
      eventId: forms[turn % forms.length],
    })),
  );
}

/** The same row once more at the end of the file. */
export function repeatRows(
  clean: DayExport,
  counts: { readonly feed: number; readonly saves: number },
  random: Random,
): DayExport {
  const wording = { kind: "duplicate", text: "rows that appear twice in the file" } as const;
  const fed = inFeed(clean, wording, (file) =>
    withCopies(file, chooseRows(file.rows, { count: counts.feed, eligible: isNamed }, random)),
  );
  return inSaves(fed, wording, (file) =>
    withCopies(file, chooseRows(file.rows, { count: counts.saves, eligible: isNamed }, random)),
  );
}

/** The last rows of the day before are in this day's file, too. */
export function overlapExport(clean: DayExport, previous: readonly FeedRow[], count: number): DayExport {
  return inFeed(clean, { kind: "overlapping_export", text: "rows of the day before" }, (file) =>
    withCopies(file, previous.filter(isNamed).slice(-count)),
  );
}

/** The same id with another position a moment later: the earlier row is the one to keep. */
export function contradictRows(clean: DayExport, count: number, random: Random): DayExport {
  const lastMoment = clean.day.start + DAY_MS - 2 * CONFLICT_DELAY_MS;
  const eligible = (row: FeedRow): boolean => isNamed(row) && row.at < lastMoment;
  const text = "the same event_id with another time and position";
  return inFeed(clean, { kind: "conflicting_duplicate", text }, (file) => {
    const copies = chooseRows(file.rows, { count, eligible }, random).map((row) => ({
      ...row,
      at: row.at + CONFLICT_DELAY_MS,
      position: row.position + 1,
    }));
    const { file: copied, rows } = withCopies(file, copies);
    return { file: { ...copied, conflicts: copied.conflicts + rows }, rows };
  });
}

function isNamed(row: { readonly eventId?: string | null | undefined }): boolean {
  return Boolean(row.eventId);
}
