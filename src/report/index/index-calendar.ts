/** A calendar of verdicts and of what people did: months of weeks of days, from the first to the last. Pure. */
import { daysFrom } from "../../model/calendar.ts";
import type { KeptRecord } from "../../model/ledger.ts";
import type { Rule } from "../../model/words.ts";
import { deedText } from "../../text/people.ts";
import { weekdayText } from "../../text/times.ts";
import { verdictView } from "../view/verdict.ts";
import { type IndexNight, nightsByDate } from "./index-nights.ts";

export function calendar(nights: readonly IndexNight[], records: readonly KeptRecord[]) {
  const byDate = nightsByDate(nights);
  const dates = [...byDate.keys(), ...records.map(({ date }) => date)].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const ran = [...byDate.keys()].sort();
  const nightDates = [ran[0] ?? first, ran.at(-1) ?? last] as const;
  const months = [...new Set(daysFrom(first, last).map((date) => date.slice(0, 7)))];
  return months.map((month) => ({
    title: monthTitle(month),
    weeks: weeksOf(month)
      .filter((week) => week.some((date) => date !== null && date >= first && date <= last))
      .map((week) =>
        week.map((date) => {
          // Outside of the month.
          if (date === null) return { number: "", label: "", night: null, isMissed: false, deeds: [] };
          const night = byDate.get(date);
          return {
            number: String(Number(date.slice(8))),
            label: weekdayText(date),
            night: night === undefined ? null : nightMark(night),
            /** What people did that day: "Ada promoted g10 → g50". */
            deeds: records
              .filter((record) => record.date === date)
              .map((record) => `${record.by} ${deedText(record)}`),
            /** A day between nights without a report of its own: it breaks a row of quiet days. */
            isMissed: night === undefined && date > nightDates[0] && date < nightDates[1],
          };
        }),
      ),
  }));
}

function monthTitle(month: string): string {
  const name = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });
  return name.format(new Date(`${month}-01T00:00:00Z`));
}

/** Weeks from Monday; null fills the first and the last. */
function weeksOf(month: string): readonly (readonly (string | null)[])[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const count = Math.ceil((before + length) / 7);
  return Array.from({ length: count }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const date = week * 7 + weekday - before + 1;
      return date < 1 || date > length ? null : `${month}-${String(date).padStart(2, "0")}`;
    }),
  );
}

/** Why, in as many words as a day of a calendar has room for. */
const whyTexts: Readonly<Record<Rule, string>> = {
  disabled: "off",
  latched: "not cleared",
  severe: "severe day",
  rollback: "guardrail",
  data: "data",
  warning: "warning",
  observing: "more days",
  healthy_days: "quiet days",
  promote: "",
  complete: "",
};

export function nightMark({ result, link }: IndexNight) {
  const { word, tone, icon, reason } = verdictView(result);
  return { word, tone, icon, gate: result.rollout.gate, why: whyTexts[result.decision.rule], reason, link };
}
