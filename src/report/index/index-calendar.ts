/** A calendar of verdicts: months of weeks of days, newest month first, weeks from the first night to the last. Pure. */
import { weekdayText } from "../../text/times.ts";
import { daysBetween } from "../charts/time-axis.ts";
import { type VerdictIcons, type VerdictTone, verdictView } from "../view/verdict.ts";
import { type IndexNight, nightsByDate } from "./index-nights.ts";

export interface MonthView {
  /** "February 2026" */
  readonly title: string;
  readonly weeks: readonly (readonly CalendarDay[])[];
}

export interface CalendarDay {
  /** "7"; empty before the first and after the last day of the month. */
  readonly number: string;
  /** "Sat 2026-02-07" */
  readonly label: string;
  readonly night: NightMark | null;
  /** A day between nights without a report of its own: it breaks a row of quiet days. */
  readonly isMissed: boolean;
}

export interface NightMark {
  readonly word: string;
  readonly tone: VerdictTone;
  readonly icon: VerdictIcons;
  readonly gate: string;
  readonly link: string;
}

const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export function calendar(nights: readonly IndexNight[]): readonly MonthView[] {
  const byDate = nightsByDate(nights);
  const dates = [...byDate.keys()].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const months = [...new Set(daysBetween(first, last).map((date) => date.slice(0, 7)))];
  return months.reverse().map((month) => ({
    title: monthTitle(month),
    weeks: weeksOf(month)
      .filter((week) => week.some((date) => date !== null && date >= first && date <= last))
      .map((week) =>
        week.map((date) => {
          const night = date === null ? undefined : byDate.get(date);
          return {
            number: date === null ? "" : String(Number(date.slice(8))),
            label: date === null ? "" : weekdayText(date),
            night: night === undefined ? null : nightMark(night),
            isMissed: date !== null && night === undefined && date > first && date < last,
          };
        }),
      ),
  }));
}

function monthTitle(month: string): string {
  return `${monthNames[Number(month.slice(5)) - 1] ?? month} ${month.slice(0, 4)}`;
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

export function nightMark({ result, link }: IndexNight): NightMark {
  const { word, tone, icon } = verdictView(result);
  return { word, tone, icon, gate: result.rollout.gate, link };
}
