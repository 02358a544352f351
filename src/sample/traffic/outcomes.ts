/** What people do with the impressions of one variant on one day: clicks, dwell and saves, each in the planted number. */

import type { Random } from "../../statistics/random.ts";
import { baselineRates } from "../scenario.ts";
import { drawQuota } from "./draws.ts";
import type { Impression } from "./impressions.ts";

export interface Click {
  readonly impression: Impression;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Null: the client did not report how long the item stayed open. */
  readonly dwellMs: number | null;
}

export interface Save {
  readonly click: Click;
  readonly type: "favorite" | "download";
  readonly at: number;
}

export interface OutcomeRates {
  readonly ctr: number;
  readonly longDwellShare: number;
  readonly favoriteRate: number;
  readonly downloadRate: number;
}

export const LONG_DWELL_MS = 30_000;

/** Log-normal dwell, median 22 s: 40% of draws last 30 s and longer. */
const DWELL_MEDIAN_MS = 22_000;
const DWELL_SPREAD = 1.2;
const LONGEST_DWELL_MS = 900_000;

export function drawClicks(
  impressions: readonly Impression[],
  rates: OutcomeRates,
  random: Random,
): readonly Click[] {
  const weights = impressions.map(
    ({ visit, view }) => Math.min(visit.propensity, 2) / (1 + 0.05 * (view.position - 1)),
  );
  const chosen = drawQuota(weights, rates.ctr * impressions.length, random);
  const clicked = impressions.filter((_, index) => chosen[index] === 1);
  const patience = clicked.map(({ visit }) => Math.min(visit.patience, 2));
  const long = drawQuota(patience, rates.longDwellShare * clicked.length, random);
  const reported = clicked.map((_, index) => (long[index] === 1 ? 0 : 1));
  const unreported = drawQuota(reported, baselineRates.nullDwellShare * clicked.length, random);
  return clicked.map((impression, index) => ({
    impression,
    at: impression.view.at + 700 + random.integer(5_000),
    dwellMs: long[index] !== 1 && unreported[index] === 1 ? null : drawDwell(long[index] === 1, random),
  }));
}

/** `impressions` is the denominator of the save rates, not the clicks that saves come from. */
export function drawSaves(
  clicks: readonly Click[],
  { impressions, rates, dayEnd }: { impressions: number; rates: OutcomeRates; dayEnd: number },
  random: Random,
): readonly Save[] {
  const even = clicks.map(() => 1);
  const saves = (type: Save["type"], rate: number): readonly Save[] => {
    const chosen = drawQuota(even, rate * impressions, random);
    return clicks
      .filter((_, index) => chosen[index] === 1)
      .map((click) => {
        const at = click.at + 1_000 + random.integer(Math.min(click.dwellMs ?? 8_000, 60_000));
        return { click, type, at: Math.min(at, dayEnd - 1) };
      });
  };
  return [...saves("favorite", rates.favoriteRate), ...saves("download", rates.downloadRate)];
}

/** Drawn until it falls on the wanted side of 30 s: two or three tries on average. */
function drawDwell(long: boolean, random: Random): number {
  for (;;) {
    const drawn = Math.exp(Math.log(DWELL_MEDIAN_MS) + DWELL_SPREAD * random.normal());
    const dwellMs = Math.round(Math.min(Math.max(drawn, 300), LONGEST_DWELL_MS));
    if (dwellMs >= LONG_DWELL_MS === long) return dwellMs;
  }
}
