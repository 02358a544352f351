/** A calendar of verdicts: months of weeks of days, newest month first, weeks from the first night to the last. Pure. */
import { daysFrom } from "../../model/calendar.ts";
import { weekdayText } from "../../text/times.ts";
import { verdictView } from "../view/verdict.ts";
import { type IndexNight, nightsByDate } from "./index-nights.ts";

export function calendar(nights: readonly IndexNight[]) {
  const byDate = nightsByDate(nights);
  const dates = [...byDate.keys()].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const months = [...new Set(daysFrom(first, last).map((date) => date.slice(0, 7)))];
  return months.reverse().map((month) => ({
    title: monthTitle(month),
    weeks: weeksOf(month)
      .filter((week) => week.some((date) => date !== null && date >= first && date <= last))
      .map((week) =>
        week.map((date) => {
          // Outside of the month.
          if (date === null) return { number: "", label: "", night: null, isMissed: false };
          const night = byDate.get(date);
          return {
            number: String(Number(date.slice(8))),
            label: weekdayText(date),
            night: night === undefined ? null : nightMark(night),
            /** A day between nights without a report of its own: it breaks a row of quiet days. */
            isMissed: night === undefined && date > first && date < last,
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

export function nightMark({ result, link }: IndexNight) {
  const { word, tone, icon } = verdictView(result);
  return { word, tone, icon, gate: result.rollout.gate, link };
}
