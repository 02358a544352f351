/** The closed lists of the domain. */
import { z } from "zod";

export const variant = z.enum(["baseline", "candidate"]);
export const phase = z.enum(["daily", "first-24h"]);
export const judgeMode = z.enum(["evidence", "literal"]);
export const role = z.enum(["guardrail", "informational"]);
export const better = z.enum(["higher", "lower", "neither"]);
export const unit = z.enum(["percent", "ratio", "count", "seconds"]);
export const denominator = z.enum(["impressions", "clicks"]);
export const shape = z.enum(["ratio", "concentration"]);

export const action = z.enum(["promote", "hold", "rollback", "complete", "disabled"]);
export const rule = z.enum([
  "disabled",
  "latched",
  "severe",
  "rollback",
  "data",
  "warning",
  "observing",
  "healthy_days",
  "promote",
  "complete",
]);
export const reading = z.enum(["healthy", "warning", "rollback", "no_data"]);
export const classification = z.enum(["healthy", "warning", "rollback", "insufficient", "no_data"]);
/** Why no number of further days settles a window: the same people come back, too little comes, or a line lies above 100%. */
export const never = z.enum(["same_people", "too_little", "out_of_reach"]);
/** What a hold waits for. */
export const forecastCondition = z.enum([
  "comparison",
  "sufficient_days",
  "quiet_days",
  "stability",
  "evidence",
]);
export const checkStatus = z.enum(["pass", "warn", "fail", "error", "not_checked"]);
export const checkEffect = z.enum(["block", "warn"]);
export const preset = z.enum(["immediate", "standard"]);

/** Of a unit's day: a value of the dimension; none: it is null; unknown: the dimension has no row; other: small values pooled. */
export const cutKind = z.enum(["value", "none", "unknown", "other"]);
