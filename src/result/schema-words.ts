/** The closed lists of the domain and the small shapes that several parts of a result share, as zod schemas. */
import { z } from "zod";

/** Lists of a result are read-only, in the types as in memory. */
export function list<Item extends z.core.SomeType>(item: Item) {
  return z.array(item).readonly();
}

export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: "expected a day such as 2026-02-01" });
/** A day; in the first 24 hours of a gate an hour of the clock. */
export const slot = z.string().regex(/^\d{4}-\d{2}-\d{2}(T\d{2})?$/, {
  error: "expected a day such as 2026-02-01 or an hour such as 2026-02-01T13",
});
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "expected text, a number, true, false or null",
});
/** A number, or null where there is none to be had. */
export const number = z.number().nullable();
export const count = z.number();
export const text = z.string().nullable();

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
export const never = z.enum(["same_people", "too_little", "out_of_reach"]);
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

export const queryError = z
  .object({
    message: z.string(),
    file: z.string(),
    line: number,
    column: number,
    excerpt: text,
    hint: text,
  })
  .nullable();

export const mover = z.object({ key: z.string(), baselineShare: z.number(), candidateShare: z.number() });

const leftOut = z.object({
  crossover: count,
  unit: count,
  name: count,
  attribute: count,
  orphan: count,
  rejected: count,
});
const variantCoverage = z.object({ events: count, counted: count, leftOut });
export const coverage = z
  .object({ baseline: variantCoverage, candidate: variantCoverage })
  .describe("events each variant's number stands on; events = counted + all of leftOut");
