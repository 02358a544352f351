/**
 * How far a window is from (or inside) a rollback, in the candidate's own events: "210 fewer clicks and this would be a rollback". The
 * standard error is taken as constant, so the number is exact near the line and about right far from it.
 */
import type { Flip } from "../../model/result.ts";
import { thresholdLog } from "../../statistics/scale.ts";
import { countText } from "../../text/numbers.ts";
import type { Boundaries } from "./boundaries.ts";
import { peekingMultiplier, stretched } from "./bounds.ts";
import { type ClassifiedWindow, ROLLBACK_ALPHA } from "./classify.ts";
import type { Criteria } from "./criteria.ts";
import { type Evidence, judgedComparison } from "./evidence.ts";

/** Null: no rollback line, nothing to compare, a sample no event could settle, or a rollback that a single day fired. */
export function marginToNextClass(window: ClassifiedWindow): Flip | null {
  const { evidence, classified, criteria } = window;
  const { lines } = criteria;
  const events = eventsToNextClass(window);
  if (events === null || events === 0 || lines === null) return null;
  const inside = classified.fires === "rollback";
  const to = !inside ? "rollback" : lines.warning === null ? "insufficient" : "warning";
  const size = `${countText(Math.abs(events))} ${events < 0 ? "fewer" : "more"} ${noun(criteria, evidence)}`;
  return { events, to, text: `${size} and this would ${inside ? "no longer " : ""}be a rollback` };
}

function eventsToNextClass({ evidence, classified, criteria }: ClassifiedWindow): number | null {
  const { baseline, candidate, comparison } = evidence;
  const limit = logLimit(evidence, criteria, classified.boundaries);
  if (limit === null || evidence.delta === null || classified.fires === "severe") return null;
  if (!classified.sampled || (criteria.mode === "evidence" && (!classified.enough || comparison === null)))
    return null;
  const denominator = candidate.denominator ?? 0;
  const now = denominator * (candidate.value ?? 0);
  // The count at which the rollback level is just reached.
  const reached = denominator * (baseline.value ?? 0) * Math.exp(limit);
  const drop = criteria.lines?.harm === "drop";
  const inside = classified.fires === "rollback";
  // A whole event on the other side of the line: at it a rollback remains, so leaving takes one step past it.
  const target = drop ? Math.floor(reached + 1e-9) : Math.ceil(reached - 1e-9);
  const whole = inside ? (drop ? target + 1 : target - 1) : target;
  const events = Math.round(whole - now);
  const wrongWay = drop === inside ? events < 0 : events > 0;
  const impossible = criteria.definition.unit === "percent" && whole > denominator;
  return !Number.isFinite(events) || wrongWay || impossible ? null : events;
}

/** The log ratio at which rollback begins: past the line, and past what the noise reaches. */
function logLimit(
  evidence: Evidence,
  { lines, mode, guardrails }: Criteria,
  boundaries: Boundaries | null,
): number | null {
  if (lines === null || lines.rollback === null || !((evidence.baseline.value ?? 0) > 0)) return null;
  const { harm, rollback: line } = lines;
  const atLine = thresholdLog(line, harm);
  if (mode === "literal" || evidence.comparison === null) return atLine;
  const { standardError, logRatio, counts } = judgedComparison(evidence) ?? evidence.comparison;
  const error = counts?.nullStandardError ?? standardError;
  const multiplier =
    boundaries === null
      ? peekingMultiplier(evidence, { harm, line, alpha: ROLLBACK_ALPHA / guardrails }, error)
      : stretched(evidence, boundaries.rollback);
  const noise = error === 0 ? 0 : error * multiplier;
  // events change the reading; what is adjusted for stays
  const shift = logRatio - evidence.comparison.logRatio;
  return harm === "drop" ? Math.min(atLine, -noise - shift) : Math.max(atLine, noise - shift);
}

function noun({ definition }: Criteria, { candidate }: Evidence): string {
  const { top, denominator } = definition;
  if (candidate.groups !== null && top !== null) {
    return `${denominator} on the ${top === 1 ? "heaviest key" : `${top} heaviest keys`}`;
  }
  return definition.numerator ?? "events";
}
