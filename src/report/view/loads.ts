/** The accounting of the loaded files, or of a cluster's tables: read = loaded + duplicates + rejected, over all and file by file. */

import type { LoadRecord } from "../../model/result.ts";
import { countText } from "../../text/numbers.ts";
import { instantText } from "../../text/times.ts";
import { bytesText, plural, shortHash } from "../../text/words.ts";
import { type Badge, badge } from "./badge.ts";

export function loadsView(loads: readonly LoadRecord[]) {
  const areTables = loads.some(({ snapshot }) => snapshot !== null);
  return {
    title: areTables ? "Tables" : "Files",
    summary: summary(loads, areTables ? "table" : "file"),
    each: areTables ? "Table by table" : "File by file",
    files: loads.map(loadView),
  };
}

/** "1,411,909 rows read = 1,411,880 loaded + 14 duplicates + 15 rejected, from 8 files." */
function summary(loads: readonly LoadRecord[], what: "file" | "table"): string {
  if (loads.length === 0) return "No file was loaded.";
  const sum = (pick: (load: LoadRecord) => number) =>
    countText(loads.reduce((total, load) => total + pick(load), 0));
  const rows = `${sum((load) => load.read)} rows read = ${sum((load) => load.loaded)} loaded`;
  const rest = `${sum((load) => load.duplicates)} duplicates + ${sum((load) => load.rejected)} rejected`;
  return `${rows} + ${rest}, from ${plural(loads.length, what)}.`;
}

const statuses: Readonly<Record<LoadRecord["status"], Badge>> = {
  loaded: badge("loaded", "plain"),
  vanished: badge("vanished, rows kept", "warning"),
  refused: badge("refused", "rollback"),
};

function loadView(load: LoadRecord) {
  const reasons = Object.entries(load.rejectedByReason).map(
    ([reason, rows]) => `${countText(rows)} rejected: ${reason}`,
  );
  const { firstDay, lastDay } = load;
  const days = firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;
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
    days: firstDay === null || lastDay === null ? "–" : days,
    bytes: bytesText(load.bytes),
    modifiedAt: instantText(load.modifiedAt),
    hash: load.snapshot === null ? shortHash(load.sha256) : `snapshot ${load.snapshot}`,
    columns: load.columns.join(", "),
    /** Rejects by reason first, then what else is worth knowing. */
    notes: [...reasons, ...load.notes],
  };
}
