/** What each scenario plants: its traffic, the true changes, and the verdict that gatebook should reach on it. */

import type { Action, JudgeMode, Rule } from "../model/words.ts";
import type { Platform } from "./traffic/platforms.ts";

/** What is missing or mislabelled without a row that is rejected. */
export type Gap = "lost-clicks" | "placeholder-user" | "crossed-heavy-users" | "lookup-miss" | "broken-split";

/** True relative changes of the candidate, fractions: −0.04 is a drop of 4%. */
export interface TrueDeltas {
  readonly ctr: number;
  readonly longDwellShare: number;
  readonly nearDuplicateShare: number;
  readonly saveRate: number;
}

export interface ExpectedVerdict {
  readonly action: Action;
  readonly rule: Rule;
}

export interface Plan {
  /** Share of units that really get the candidate. */
  readonly delivered: number;
  /** Mean number of people a day; each sees about ten impressions. */
  readonly usersPerDay: number;
  readonly deltas: TrueDeltas;
  /** Change of the click rate on one day in the middle of the window, in place of `deltas.ctr`. */
  readonly severeDay: number | null;
  readonly defects: boolean;
  readonly gap: Gap | null;
  /** The exports say on which platform each event was; on one of them the change of the click rate is another. */
  readonly platforms: PlatformPlan | null;
  readonly expected: ExpectedVerdict;
}

export const configuredExposure = 0.1;
export const baselineVersion = "clip-cosine-v1";
export const candidateVersion = "clip-cosine-v2";

/** Rates of the baseline. A near-duplicate is an impression of a group that the unit has seen that day. */
export const baselineRates = {
  ctr: 0.14,
  longDwellShare: 0.4,
  nearDuplicateShare: 0.06,
  favoriteRate: 0.016,
  downloadRate: 0.008,
  nullDwellShare: 0.02,
} as const;

export interface PlatformPlan {
  /** In place of `deltas.ctr`. */
  readonly ctr: Readonly<Partial<Record<Platform, number>>>;
  /** In place of `delivered`. */
  readonly delivered: Readonly<Partial<Record<Platform, number>>>;
}

const slightlyBetter: TrueDeltas = {
  ctr: 0.01,
  longDwellShare: 0.01,
  nearDuplicateShare: -0.01,
  saveRate: 0.02,
};

const healthy: Plan = {
  delivered: configuredExposure,
  usersPerDay: 4800,
  deltas: slightlyBetter,
  severeDay: null,
  defects: false,
  gap: null,
  platforms: null,
  expected: { action: "promote", rule: "promote" },
};

const dataHold: ExpectedVerdict = { action: "hold", rule: "data" };

const plans = {
  healthy,
  warning: {
    ...healthy,
    deltas: { ...slightlyBetter, ctr: -0.04 },
    expected: { action: "hold", rule: "warning" },
  },
  rollback: {
    ...healthy,
    deltas: { ...slightlyBetter, ctr: -0.075 },
    expected: { action: "rollback", rule: "rollback" },
  },
  severe: { ...healthy, severeDay: -0.17, expected: { action: "rollback", rule: "severe" } },
  "broken-ingestion": { ...healthy, defects: true, expected: dataHold },
  "sample-ratio": { ...healthy, delivered: 0.13, expected: dataHold },
  thin: { ...healthy, usersPerDay: 80, expected: { action: "hold", rule: "observing" } },
  "lost-clicks": { ...healthy, gap: "lost-clicks", expected: dataHold },
  // Every event belongs to a unit once the placeholder is read as nothing: then the drop is there to see.
  "placeholder-user": {
    ...healthy,
    deltas: { ...slightlyBetter, ctr: -0.15 },
    gap: "placeholder-user",
    expected: { action: "rollback", rule: "severe" },
  },
  "crossed-heavy-users": {
    ...healthy,
    usersPerDay: 3600,
    deltas: { ...slightlyBetter, ctr: -0.1 },
    gap: "crossed-heavy-users",
    expected: dataHold,
  },
  "lookup-miss": { ...healthy, gap: "lookup-miss", expected: dataHold },
  "one-platform": {
    ...healthy,
    platforms: { ctr: { android: -0.085 }, delivered: {} },
    expected: { action: "hold", rule: "warning" },
  },
  "broken-split": {
    ...healthy,
    gap: "broken-split",
    platforms: { ctr: {}, delivered: { web: 0.25 } },
    expected: dataHold,
  },
} satisfies Readonly<Record<string, Plan>>;

export type Scenario = keyof typeof plans;

export const scenarios = Object.keys(plans) as readonly Scenario[];

export function planOf(scenario: Scenario): Plan {
  return plans[scenario];
}

/**
 * The verdict under `judge: literal` and `judge: evidence`, which agree on every scenario of full size. Null for other
 * volumes: under about 30,000 candidate impressions evidence rightly says "insufficient" and holds.
 */
export function expectedVerdict(
  scenario: Scenario,
  days: number,
  usersPerDay: number,
): Readonly<Record<JudgeMode, ExpectedVerdict>> | null {
  const plan = planOf(scenario);
  const longEnough = scenario === "thin" ? days === 7 : days >= 7;
  if (!longEnough || usersPerDay !== plan.usersPerDay) return null;
  return { literal: plan.expected, evidence: plan.expected };
}
