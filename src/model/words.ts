/** The closed lists of the domain (DESIGN §3). Every room uses these words and no others. */

export type Variant = "baseline" | "candidate";
export type Phase = "daily" | "first-24h";
export type JudgeMode = "evidence" | "literal";
export type Role = "guardrail" | "informational";
/** Why no number of further days settles a window: the same people come back, too little comes, or a line lies above 100%. */
export type Never = "same_people" | "too_little" | "out_of_reach";
/** What a hold waits for (DESIGN §12.15). */
export type ForecastCondition = "comparison" | "sufficient_days" | "quiet_days" | "stability" | "evidence";
export type Better = "higher" | "lower" | "neither";
export type Unit = "percent" | "ratio" | "count" | "seconds";
export type Denominator = "impressions" | "clicks";
export type Shape = "ratio" | "concentration";

export type Action = "promote" | "hold" | "rollback" | "complete" | "disabled";
export type Rule =
  | "disabled"
  | "latched"
  | "severe"
  | "rollback"
  | "data"
  | "warning"
  | "observing"
  | "healthy_days"
  | "promote"
  | "complete";
export type Reading = "healthy" | "warning" | "rollback" | "no_data";
export type Classification = "healthy" | "warning" | "rollback" | "insufficient" | "no_data";
export type CheckStatus = "pass" | "warn" | "fail" | "error" | "not_checked";
export type CheckEffect = "block" | "warn";
export type Preset = "immediate" | "standard";

export type EventType = "impression" | "click" | "favorite" | "download";

/** A calendar day, `YYYY-MM-DD`, in the rollout's time zone. */
export type Day = string;

/** The window of one row or point: a day, or in the first 24 hours of a gate an hour of the clock, `2026-02-01T13`. */
export type Slot = string;

/** What a table cell of a result may hold: JSON without nesting. */
export type Scalar = string | number | boolean | null;
