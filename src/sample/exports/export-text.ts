/** Rows as the text of the two exports, byte for byte the same for the same rows. */
import { gzipSync } from "node:zlib";
import type { ExportFile } from "./day-export.ts";
import type { FeedRow, SaveRow } from "../traffic/rows.ts";

const header = "event_id,event,occurred_at,user_id,session_id,item_id,algo_version,dwell_seconds,position";

/** Nothing written here contains a comma or a quote, so nothing is quoted. */
export function feedText(file: ExportFile<FeedRow>, hasPlatforms: boolean): string {
  const time = isoTimes();
  const lines = linesOf(
    file,
    (row) =>
      `${row.eventId ?? ""},${row.event},${time(row.at)},${row.user ?? ""},${row.session},${row.item},` +
      `${row.algorithm},${row.dwellMs === null ? "" : (row.dwellMs / 1000).toFixed(3)},${row.position}${hasPlatforms ? `,${row.platform}` : ""}`,
  );
  return `${header}${hasPlatforms ? ",device" : ""}\n${lines.join("\n")}\n`;
}

/** The app renamed its column one day: `metadataName` says which name this day's rows carry. */
export function savesGzip(file: ExportFile<SaveRow>, metadataName: "meta" | "metadata"): Uint8Array {
  const time = isoTimes();
  const lines = linesOf(file, (row) =>
    JSON.stringify({
      event_id: row.eventId,
      event_type: row.event,
      occurred_at: time(row.at),
      user_id: row.user,
      session_id: row.session,
      item_id: row.item,
      algo_version: row.algorithm,
      [metadataName]: { surface: "feed", position: row.position },
    }),
  );
  return gzip(lines.map((line) => `${line}\n`).join(""));
}

/** Broken lines are a third of the way down, so that their line numbers are worth checking. */
function linesOf<Row>(file: ExportFile<Row>, write: (row: Row) => string): readonly string[] {
  const lines = [...file.rows, ...file.extraRows].map(write);
  lines.splice(Math.floor(lines.length / 3), 0, ...file.brokenLines);
  return lines;
}

/** Node writes no time into the header, but the name of the operating system: byte 9, set to "unknown". */
function gzip(text: string): Uint8Array {
  const bytes = gzipSync(text, { level: 6 });
  bytes[9] = 255;
  return bytes;
}

/** "2026-02-01T00:01:12.345Z"; the part up to the minute is kept, since rows are nearly in order. */
function isoTimes(): (at: number) => string {
  let minute = -1;
  let prefix = "";
  return (at) => {
    const itsMinute = Math.floor(at / 60_000);
    if (itsMinute !== minute) {
      minute = itsMinute;
      prefix = new Date(at).toISOString().slice(0, 17);
    }
    const ms = at - minute * 60_000;
    const seconds = Math.floor(ms / 1000);
    return `${prefix}${String(seconds).padStart(2, "0")}.${String(ms - seconds * 1000).padStart(3, "0")}Z`;
  };
}
