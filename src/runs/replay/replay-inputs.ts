/** What has changed since a record in the loads and the ledger, and whether it can change a number of that record. */
import type { LedgerState } from "../../model/ledger.ts";
import type { LoadRecord, Result } from "../../model/result.ts";
import { differencesOf } from "../../result/differences.ts";
import { countText } from "../../text/numbers.ts";
import { shortHash } from "../../text/words.ts";

export interface InputChange {
  /** A file, or "ledger". */
  readonly subject: string;
  readonly text: string;
  /** It can explain another number. */
  readonly matters: boolean;
  /** The recorded state can be read no more: what was read in its place is another input, whatever it gives. */
  readonly isGone?: boolean | undefined;
}

type ShownDays = Pick<Result["window"], "shownFrom" | "to">;

/** Changed and missing files in the record's order, then those that came since. */
export function loadChanges(
  recorded: readonly LoadRecord[],
  now: readonly LoadRecord[],
  days: ShownDays,
): readonly InputChange[] {
  const present = new Map(now.map((load) => [keyOf(load), load]));
  const before = new Set(recorded.map(keyOf));
  const known = recorded.flatMap((load) => fileChange(load, present.get(keyOf(load))));
  const added = now.filter((load) => !before.has(keyOf(load)));
  return [...known, ...added.map((load) => addedFile(load, days))];
}

function keyOf({ source, file }: LoadRecord): string {
  return `${source}\n${file}`;
}

function fileChange(was: LoadRecord, is: LoadRecord | undefined): readonly InputChange[] {
  const subject = was.file;
  if (is === undefined) return [{ subject, matters: true, text: "the warehouse no longer knows it" }];
  const counts = (["read", "loaded", "duplicates", "rejected"] as const).filter(
    (count) => was[count] !== is[count],
  );
  const parts = counts.map((count) => `${count} ${countText(is[count])} after ${countText(was[count])}`);
  if (was.sha256 !== is.sha256) parts.push(`SHA-256 ${shortHash(is.sha256)} after ${shortHash(was.sha256)}`);
  if (parts.length > 0) return [{ subject, matters: true, text: parts.join(", ") }];
  if (was.status === is.status) return [];
  const text = `is ${is.status} now, was ${was.status}; its rows are the same`;
  return [{ subject, matters: false, text }];
}

function addedFile({ file, loaded, firstDay, lastDay }: LoadRecord, days: ShownDays): InputChange {
  const range = firstDay === null || lastDay === null ? "" : `, ${firstDay} to ${lastDay}`;
  const later = firstDay !== null && firstDay > days.to;
  const earlier = lastDay !== null && lastDay < days.shownFrom;
  const text = `came since: ${countText(loaded)} rows${range}`;
  return { subject: file, text, matters: !later && !earlier };
}

/** Earlier nights may have been restated, and people may have recorded later what they did. */
export function ledgerChanges(recorded: LedgerState, now: LedgerState): readonly InputChange[] {
  return differencesOf(recorded, now).map((difference) => ({
    subject: "ledger",
    matters: true,
    text: `${difference.path} ${difference.replayed ?? "gone"} after ${difference.recorded ?? "nothing"}`,
  }));
}
