/**
 * Days whose single events are gone keep the sums that relations made of them. Where their files, the definition of their source or a
 * relation's SQL have changed since, they would be pooled with days that are counted differently: a person must accept that.
 */

import { createHash } from "node:crypto";
import type { Engine } from "../../engine/engine.ts";
import type { ComparisonKind, JudgeWindow } from "../../judge/input.ts";
import { type ChangedDay, type ClosedDays, readClosedDays } from "../../load/days/changed-pruned-days.ts";
import { addDays } from "../../model/calendar.ts";
import { finding } from "../../model/check-result.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { CheckResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { type ClosedRows, readClosedRows } from "../../queries/relations/relation-builds.ts";
import { acceptedText } from "../../text/acceptance.ts";

export interface DayRequest {
  readonly window: JudgeWindow;
  /** In which the rollout's days begin. */
  readonly timeZone: string;
  readonly comparison: ComparisonKind;
  readonly ledger: Pick<LedgerState, "accepted">;
}

export async function prunedDaysCheck(
  engine: Engine,
  { window, comparison, ledger }: DayRequest,
): Promise<CheckResult> {
  const describe = finding("closed_days", "Days whose single events are gone are still what the exports say");
  const closed = await readClosedDays(engine);
  const rows = await readClosedRows(engine);
  const days = [...new Set([...closed.changed, ...rows].map(({ date }) => date))].toSorted();
  const counts = { observed: days.length, expected: 0 };
  const [first] = days;
  if (first === undefined) return describe("pass", unchangedText(closed), counts);
  const accept = `closed-days:${digestOf(closed, rows)}`;
  const texts = [...changesText(closed.changed), ...rowsText(rows)].join("; ");
  const what = `${texts}; the relations keep these days as they were counted`;
  const acceptance = ledger.accepted.find((each) => each.what === accept);
  const options = { ...counts, effect: "warn", accept } as const;
  if (acceptance !== undefined) return describe("warn", `${what}; ${acceptedText(acceptance)}`, options);
  // before/after, the baseline's days lie in earlier weeks
  const isRead = comparison === "before-after" || days.some((date) => date >= window.shownFrom);
  if (!isRead) return describe("warn", `${what}; none of them is in the window`, options);
  const ways = "export them again and load them with gatebook aggregate --reload, or a person accepts them";
  return describe("fail", `${what}: ${ways}`, { ...counts, accept });
}

function unchangedText({ retentionStart }: ClosedDays): string {
  return retentionStart === null
    ? "the single events of every day are kept"
    : `no day before ${retentionStart} became another`;
}

/** Changes with any of the days and of what changed in them: an acceptance does not cover what it did not see. */
function digestOf({ digest }: ClosedDays, rows: readonly ClosedRows[]): string {
  return createHash("sha256")
    .update(JSON.stringify([digest, rows]))
    .digest("hex")
    .slice(0, 8);
}

const kinds: Readonly<Record<ChangedDay["kind"], string>> = {
  rows: "their files now have another number of rows",
  content: "their files now have other rows",
  definition: "their source is now read otherwise",
};

/** "feed_events on 2026-02-01 to 2026-02-06: their files now have another number of rows (1200 → 800; changed: staging)" */
function changesText(changed: readonly ChangedDay[]): readonly string[] {
  return grouped(changed, ({ source, kind, parts }) => [source, kind, ...parts]).map(([first, days]) => {
    const counted = days.reduce((sum, day) => sum + day.counted, 0);
    const found = days.reduce((sum, day) => sum + (day.found ?? 0), 0);
    const details = [
      ...(first.kind === "rows" ? [`${counted} → ${found}`] : []),
      ...(first.parts.length === 0 ? [] : [`changed: ${first.parts.join(", ")}`]),
    ];
    const more = details.length === 0 ? "" : ` (${details.join("; ")})`;
    return `${first.source} on ${daysText(days)}: ${kinds[first.kind]}${more}`;
  });
}

function rowsText(rows: readonly ClosedRows[]): readonly string[] {
  return grouped(rows, ({ relation, whole }) => [relation, whole]).map(([first, days]) => {
    const lacking = first.whole ? "" : ", which did not make all of its columns";
    return `relation ${first.relation} on ${daysText(days)}: made by an earlier SQL${lacking}`;
  });
}

/** Each group with its first member. */
function grouped<Each>(
  all: readonly Each[],
  keyOf: (each: Each) => readonly unknown[],
): readonly (readonly [Each, readonly Each[]])[] {
  const groups = new Map<string, [Each, Each[]]>();
  for (const each of all) {
    const key = JSON.stringify(keyOf(each));
    const group = groups.get(key) ?? [each, []];
    group[1].push(each);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** "2026-02-01 to 2026-02-06, 2026-02-09" */
function daysText(days: readonly { readonly date: Day }[]): string {
  const ranges: { readonly from: Day; readonly to: Day }[] = [];
  for (const date of [...new Set(days.map((day) => day.date))].toSorted()) {
    const last = ranges.at(-1);
    if (last !== undefined && addDays(last.to, 1) === date) ranges[ranges.length - 1] = { ...last, to: date };
    else ranges.push({ from: date, to: date });
  }
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(", ");
}
