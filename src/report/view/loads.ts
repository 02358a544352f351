/** The accounting of the loaded files: read = loaded + duplicates + rejected, over all and file by file. */

import type { LoadRecord } from "../../model/result.ts";
import { countText } from "../../text/numbers.ts";
import { instantText } from "../../text/times.ts";
import { bytesText, plural, shortHash } from "../../text/words.ts";
import { type Badge, badge } from "./badge.ts";

export interface LoadsView {
  /** "1,411,909 rows read = 1,411,880 loaded + 14 duplicates + 15 rejected, from 8 files" */
  readonly summary: string;
  readonly files: readonly LoadView[];
}

export interface LoadView {
  readonly source: string;
  readonly file: string;
  readonly status: Badge;
  readonly lines: string;
  readonly read: string;
  readonly loaded: string;
  readonly duplicates: string;
  readonly conflicts: string;
  readonly rejected: string;
  readonly days: string;
  readonly bytes: string;
  readonly modifiedAt: string;
  readonly hash: string;
  readonly columns: string;
  /** Rejects by reason first, then what else is worth knowing. */
  readonly notes: readonly string[];
}

export function loadsView(loads: readonly LoadRecord[]): LoadsView {
  return { summary: summary(loads), files: loads.map(loadView) };
}

function summary(loads: readonly LoadRecord[]): string {
  if (loads.length === 0) return "No file was loaded.";
  const sum = (pick: (load: LoadRecord) => number) =>
    countText(loads.reduce((total, load) => total + pick(load), 0));
  const rows = `${sum((load) => load.read)} rows read = ${sum((load) => load.loaded)} loaded`;
  const rest = `${sum((load) => load.duplicates)} duplicates + ${sum((load) => load.rejected)} rejected`;
  return `${rows} + ${rest}, from ${plural(loads.length, "file")}.`;
}

const statuses: Readonly<Record<LoadRecord["status"], Badge>> = {
  loaded: badge("loaded", "plain"),
  vanished: badge("vanished, rows kept", "warning"),
  refused: badge("refused", "rollback"),
};

function loadView(load: LoadRecord): LoadView {
  const reasons = Object.entries(load.rejectedByReason).map(
    ([reason, rows]) => `${countText(rows)} rejected: ${reason}`,
  );
  const { firstDay, lastDay } = load;
  return {
    source: load.source,
    file: load.file,
    status: statuses[load.status],
    lines: load.lines === null ? "–" : countText(load.lines),
    read: countText(load.read),
    loaded: countText(load.loaded),
    duplicates: countText(load.duplicates),
    conflicts: countText(load.conflicts),
    rejected: countText(load.rejected),
    days:
      firstDay === null || lastDay === null
        ? "–"
        : firstDay === lastDay
          ? firstDay
          : `${firstDay} to ${lastDay}`,
    bytes: bytesText(load.bytes),
    modifiedAt: instantText(load.modifiedAt),
    hash: shortHash(load.sha256),
    columns: load.columns.join(", "),
    notes: [...reasons, ...load.notes],
  };
}
