/**
 * Is every day of the window what the exports say it is: read in the right zone, and, where its single events are gone, still of
 * the definition by which the others are counted? Both are known from loading; which days matter is the window's.
 */
import type { Engine } from "../engine/engine.ts";
import { finding } from "../judge/finding.ts";
import type { ComparisonKind, JudgeWindow } from "../judge/input.ts";
import { type ChangedDay, readClosedDays } from "../load/changed-days.ts";
import { readMisdatedDays } from "../load/misdated-days.ts";
import { addDays } from "../model/calendar.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { CheckResult } from "../model/result.ts";
import type { Day } from "../model/words.ts";

export interface DayRequest {
  readonly window: JudgeWindow;
  readonly comparison: ComparisonKind;
  readonly ledger: Pick<LedgerState, "accepted">;
}

export async function dayChecks(engine: Engine, request: DayRequest): Promise<readonly CheckResult[]> {
  return [await givenDaysCheck(engine, request), await closedDaysCheck(engine, request)];
}

async function givenDaysCheck(engine: Engine, { window }: DayRequest): Promise<CheckResult> {
  const describe = finding("given_days", "Each given event_date is the day of its time");
  const days = await readMisdatedDays(engine, window.shownFrom, window.reportDate);
  const counts = { observed: days.length, expected: 0 };
  if (days.length === 0) return describe("pass", "at most 1% of a source's rows of a day differ", counts);
  const sources = [...new Set(days.map(({ source }) => source))];
  const named = sources.map((source) => {
    const own = days.filter((day) => day.source === source);
    const [worst = own[0]] = own.toSorted((a, b) => b.misdated / b.rows - a.misdated / a.rows);
    if (worst === undefined) return source;
    const share = ((100 * worst.misdated) / worst.rows).toFixed(1);
    const more =
      own.length === 1 ? "" : `, and on ${own.length - 1} more ${own.length === 2 ? "day" : "days"}`;
    return `${source}: on ${worst.date} ${share}% of the rows (${worst.misdated} of ${worst.rows}) have another event_date than the day of occurred_at${more}`;
  });
  return describe(
    "fail",
    `time_zone of the source? ${named.join("; ")}: set options.time_zone of the source in rollout.yaml, or correct event_date in the export`,
    counts,
  );
}

async function closedDaysCheck(
  engine: Engine,
  { window, comparison, ledger }: DayRequest,
): Promise<CheckResult> {
  const describe = finding("closed_days", "Days whose single events are gone are still what the exports say");
  const { firstOpenDay, changed, digest } = await readClosedDays(engine);
  if (firstOpenDay === null) return describe("pass", "the single events of every day are kept");
  const counts = { observed: new Set(changed.map(({ date }) => date)).size, expected: 0 };
  if (digest === null) return describe("pass", `no day before ${firstOpenDay} changed`, counts);
  const accept = `closed-days:${digest}`;
  const what = `${changesText(changed)}; the relations keep these days as they were counted`;
  const acceptance = ledger.accepted.find((each) => each.what === accept);
  if (acceptance !== undefined) {
    const who = `accepted by ${acceptance.by}: ${acceptance.reason}`;
    return describe("warn", `${what} (${who})`, { ...counts, effect: "warn", accept });
  }
  // before/after, the baseline's days lie in earlier weeks
  const isRead = comparison === "before-after" || changed.some(({ date }) => date >= window.shownFrom);
  if (!isRead)
    return describe("warn", `${what}; none is in the window`, { ...counts, effect: "warn", accept });
  const ways = `export these days again and load them with gatebook aggregate --reload, or accept them: gatebook record accept ${accept}`;
  return describe("fail", `${what}: ${ways}`, { ...counts, accept });
}

const kinds: Readonly<Record<ChangedDay["kind"], string>> = {
  rows: "their files now have another number of rows",
  content: "their files now have other rows",
  definition: "their source is now read otherwise",
};

/** "feed_events on 2026-02-01 to 2026-02-06: their files now have another number of rows (1,200 → 800; changed: staging)" */
function changesText(changed: readonly ChangedDay[]): string {
  const keyOf = ({ source, kind, parts }: ChangedDay): string => JSON.stringify([source, kind, parts]);
  const texts = [...new Set(changed.map(keyOf))].flatMap((key) => {
    const days = changed.filter((day) => keyOf(day) === key);
    const [first] = days;
    if (first === undefined) return [];
    const counted = days.reduce((sum, day) => sum + day.counted, 0);
    const found = days.reduce((sum, day) => sum + (day.found ?? 0), 0);
    const rows = first.kind === "rows" ? [`${counted} → ${found}`] : [];
    const parts = first.parts.length === 0 ? [] : [`changed: ${first.parts.join(", ")}`];
    const details = [...rows, ...parts];
    const told = details.length === 0 ? "" : ` (${details.join("; ")})`;
    return [`${first.source} on ${daysText(days.map(({ date }) => date))}: ${kinds[first.kind]}${told}`];
  });
  return texts.join("; ");
}

/** Ranges of days in a row; more than a few are not all named. */
function daysText(days: readonly Day[]): string {
  const dates = [...new Set(days)].toSorted();
  const ranges: { from: Day; to: Day }[] = [];
  for (const date of dates) {
    const last = ranges.at(-1);
    if (last !== undefined && addDays(last.to, 1) === date) last.to = date;
    else ranges.push({ from: date, to: date });
  }
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(", ");
}
