/** What only single events show of the first 24 hours: are they all kept, do they all have a time? */
import type { DataEngine, Engines } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import type { ComparisonKind } from "../../judge/input.ts";
import { retentionStart } from "../../load/days/pruned-days.ts";
import { addDays } from "../../model/calendar.ts";
import { finding } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { daysEarlier, type FirstDayRequest } from "../measure/measure-first-day.ts";

type FirstDay = Pick<FirstDayRequest, "config" | "window">;

/** Name of the check that records from which day on the events were kept. */
export const KEPT_EVENTS = "kept_events";

export async function firstDayEventChecks(
  { books, data }: Engines,
  request: FirstDay & { readonly comparison: ComparisonKind },
): Promise<readonly CheckResult[]> {
  const { from } = request.window;
  const needed = request.comparison === "before-after" ? addDays(from, -daysEarlier(request)) : from;
  return [keptCheck(await retentionStart(books), needed), await timesCheck(data, request)];
}

/** Hours are counted from single events: what was pruned is missing from them. */
function keptCheck(firstKept: Day | null, needed: Day): CheckResult {
  const describe = finding(KEPT_EVENTS, "The single events that the hours are counted from are kept");
  const options = { observed: firstKept, expected: needed };
  if (firstKept === null || firstKept <= needed) return describe("pass", `kept from ${needed} on`, options);
  const text = `the events before ${firstKept} are no longer kept, and the hours need those from ${needed} on`;
  return describe("fail", `${text}: raise keep_events`, options);
}

async function timesCheck(engine: DataEngine, { config, window }: FirstDay): Promise<CheckResult> {
  const describe = finding("event_times", "Every event says when it happened");
  const [row] =
    await engine.rows(`SELECT count(*) AS events, count(*) - count(occurred_at) AS timeless FROM events
    WHERE event_date BETWEEN ${sqlDate(window.from)} AND ${sqlDate(window.to)}`);
  const [events, timeless] = [Number(row?.["events"]), Number(row?.["timeless"])];
  const counts = { observed: timeless, expected: 0 };
  if (timeless === 0) return describe("pass", "every event of these days has a time", counts);
  const text = `${timeless} of ${events} events from ${window.from} to ${window.to} have no occurred_at and are in no hour`;
  return describe(timeless > config.maxRejected * events ? "fail" : "warn", text, counts);
}
