/** One window's evidence and class in the shape of the result. */
import type { WindowResult } from "../../model/result.ts";
import { probabilityPast } from "../../statistics/posterior.ts";
import { smallestDetectableChange } from "../../statistics/power.ts";
import { thresholdLog } from "../../statistics/scale.ts";
import { interval } from "../metric/bounds.ts";
import type { ClassifiedWindow } from "../metric/classify.ts";
import type { Criteria } from "../metric/criteria.ts";
import { type Evidence, judgedComparison } from "../metric/evidence.ts";

/** Most ranking changes move a rate by less than this; wider where the rollback line itself is. */
const PRIOR_SD = 0.05;

export function windowResult({
  evidence,
  classified,
  criteria,
}: ClassifiedWindow): Omit<WindowResult, "because"> {
  const { lines } = criteria;
  const error = evidence.comparison?.standardError ?? (evidence.bothZero ? 0 : null);
  const judgedError = judgedComparison(evidence)?.standardError ?? null;
  const harm = lines?.harm ?? "drop";
  return {
    baseline: evidence.baseline,
    candidate: evidence.candidate,
    delta: evidence.delta,
    unbounded: evidence.unbounded,
    interval: interval(evidence),
    standardError: error,
    sequentialBound: classified.deciding === null ? null : classified.deciding[harm === "drop" ? 1 : 0],
    oneSided: classified.oneSided,
    probabilityPastRollback: probabilityPastLine(evidence, criteria),
    smallestDetectableChange:
      judgedError === null || evidence.bothZero
        ? null
        : smallestDetectableChange({ standardError: judgedError, harm }),
    flip: null,
    reading: classified.reading,
    classification: classified.classification,
    fires: classified.fires,
    volumeNeeded: null,
    daysNeeded: null,
  };
}

/** None before/after: a probability would promise a precision that weeks without randomisation do not have. */
function probabilityPastLine(evidence: Evidence, criteria: Criteria): number | null {
  const { lines } = criteria;
  const comparison = judgedComparison(evidence);
  if (criteria.comparison === "before-after" || comparison === null || lines?.rollback == null) return null;
  const { harm, rollback: line } = lines;
  return probabilityPast({
    logRatio: comparison.logRatio,
    standardError: comparison.standardError,
    thresholdLog: thresholdLog(line, harm),
    harm,
    priorSd: Math.max(PRIOR_SD, line),
  });
}
