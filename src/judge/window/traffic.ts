/** Traffic as the result shows it: days with the candidate's share of new units, and the ratio over the whole gate. */
import type { TrafficDay } from "../../model/measurement.ts";
import type { TrafficDayResult, TrafficResult } from "../../model/result.ts";
import { dayRatio, promisedShare, ratioOf } from "../checks/sample-ratio.ts";
import type { JudgeInput } from "../input.ts";
import type { DayState } from "./days.ts";

export function describeTraffic(input: JudgeInput, days: readonly DayState[]): TrafficResult {
  const share = promisedShare(input);
  const states = new Map(days.map((day) => [day.date, day]));
  return {
    days: input.traffic.days
      .toSorted((a, b) => (a.date < b.date ? -1 : 1))
      .map((day) => describeDay(day, states.get(day.date), share)),
    sampleRatio: share === null ? null : ratioOf(input.traffic, share),
    crossoverUnits: input.traffic.crossoverUnits,
  };
}

function describeDay(day: TrafficDay, state: DayState | undefined, share: number | null): TrafficDayResult {
  const { baseline, candidate } = day;
  return {
    date: day.date,
    complete: state?.complete ?? false,
    missing: state?.missing ?? null,
    observed: state?.observed ?? false,
    events: day.events,
    baselineImpressions: baseline.impressions,
    candidateImpressions: candidate.impressions,
    baselineClicks: baseline.clicks,
    candidateClicks: candidate.clicks,
    baselineUnits: baseline.units,
    candidateUnits: candidate.units,
    baselineNewUnits: baseline.newUnits,
    candidateNewUnits: candidate.newUnits,
    ...dayRatio(baseline, candidate, state?.observed === true ? share : null),
  };
}
