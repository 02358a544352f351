/** The known truth written beside a sample as `exports/truth.json`: what was planted, what a correct load must count. */
import type { Day, Variant } from "../model/words.ts";
import type { expectedVerdict, Scenario } from "./scenario.ts";
import type { Platform } from "./traffic/platforms.ts";

export interface SampleTruth {
  readonly sampleVersion: 1;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly usersPerDay: number;
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** Days before the rollout, the baseline alone; absent when there are none. They count in `totals` and `files`, in no metric. */
  readonly before?: { readonly firstDay: Day; readonly lastDay: Day; readonly days: number };
  readonly timeZone: "UTC";
  readonly baseline: string;
  readonly candidate: string;
  /** Share of units meant for the candidate, and the share that got it. */
  readonly exposure: { readonly configured: number; readonly delivered: number };
  readonly metrics: readonly MetricTruth[];
  /** What is true by platform, in scenarios that have them. */
  readonly platforms?: readonly PlatformTruth[];
  readonly totals: readonly VariantDayTotals[];
  /** Every file that is loaded, with the accounting of a correct load. */
  readonly files: readonly FileTruth[];
  readonly defects: readonly Defect[];
  /** Null when the sample is not of the size that the scenario's verdict is stated for, or its users differ more (days before). */
  readonly expected: ReturnType<typeof expectedVerdict>;
}

export interface PlatformTruth {
  readonly platform: Platform;
  /** Of all units. */
  readonly share: number;
  /** Share of its units that got the candidate. */
  readonly delivered: number;
  /** Planted relative change of the candidate's click rate over the window. */
  readonly ctr: number;
}

export interface MetricTruth {
  readonly name: string;
  /** Mean rate planted in the baseline; a concentration: the share in the catalogue that both variants draw from. */
  readonly baselineRate: number;
  /** Planted relative change of the candidate over the window, and day by day. */
  readonly delta: number;
  readonly days: readonly { readonly date: Day; readonly delta: number }[];
  /** What the rows of all whole and cut days show; a concentration: over all units at once. */
  readonly observed: {
    readonly baseline: Observed;
    readonly candidate: Observed;
    readonly delta: number | null;
  };
}

export interface Observed {
  readonly numerator: number;
  readonly denominator: number;
}

/** Exact counts after a correct load: duplicates once, rejects gone. */
export interface VariantDayTotals {
  readonly date: Day;
  readonly variant: Variant;
  readonly units: number;
  readonly impressions: number;
  /** Clicks of units with an impression that day. */
  readonly clicks: number;
  readonly clicksWithDwell: number;
  readonly longDwellClicks: number;
  readonly nearDuplicates: number;
  /** Saves that carry their algorithm. */
  readonly favorites: number;
  readonly downloads: number;
}

/** `rows = loaded + duplicates + rejected`; conflicts are those duplicates whose content differs. */
export interface FileTruth {
  readonly path: string;
  readonly source: string;
  readonly rows: number;
  readonly loaded: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly rejected: number;
}

export type DefectKind =
  | "null_event_id"
  | "duplicate"
  | "overlapping_export"
  | "conflicting_duplicate"
  | "malformed_line"
  | "unknown_event_type"
  | "future_date"
  | "unknown_algorithm"
  | "click_without_impression"
  | "negative_dwell"
  | "save_without_algorithm"
  | "day_cut_off"
  | "saves_missing"
  | "clicks_cut_off"
  | "placeholder_user"
  | "crossed_units"
  | "unknown_items"
  | "misdirected_units";

export interface Defect {
  readonly kind: DefectKind;
  readonly date: Day;
  /** Path of the file that has it, or lacks it. */
  readonly file: string;
  /** Rows touched or added; of a day cut off and of missing saves, the rows that are not there. */
  readonly rows: number;
  readonly text: string;
}
