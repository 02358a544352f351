/** Is every day of the window read in the right zone, and, where its single events are gone, counted as the other days are? */

import type { Engine } from "../../engine/engine.ts";
import { readMisdatedDays } from "../../load/events/misdated-days.ts";
import { daysOfTwoZones } from "../../load/events/zone-rules.ts";
import { finding } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import { acceptedText } from "../../text/acceptance.ts";
import { type DayRequest, prunedDaysCheck } from "./pruned-days-check.ts";

export async function dayChecks(engine: Engine, request: DayRequest): Promise<readonly CheckResult[]> {
  return [
    await givenDaysCheck(engine, request),
    await prunedDaysCheck(engine, request),
    await zoneRulesCheck(engine, request),
  ];
}

async function zoneRulesCheck(
  engine: Engine,
  { window, timeZone, ledger }: DayRequest,
): Promise<CheckResult> {
  const describe = finding("zone_rules", "Days begin alike for the events and for the clock");
  const range = { timeZone, from: window.shownFrom, to: window.reportDate };
  const [first, ...others] = await daysOfTwoZones(engine, range);
  const counts = { observed: first === undefined ? 0 : 1 + others.length, expected: 0 };
  if (first === undefined) return describe("pass", `${timeZone}: one set of rules`, counts);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const detail = `${first}${more} in ${timeZone}: Node's time zone data is of another release than the engine's, so that a day may be judged before it is over; use a Node whose data agrees`;
  const accept = `zone-rules:${timeZone}`;
  const acceptance = ledger.accepted.find(({ what }) => what === accept);
  if (acceptance === undefined) return describe("fail", detail, { ...counts, accept });
  return describe("warn", `${detail}; ${acceptedText(acceptance)}`, { ...counts, effect: "warn", accept });
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
