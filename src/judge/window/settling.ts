/**
 * What an insufficient window waits for, as an interval that narrows: from the change it is counted around to an end so many standard
 * errors away, which must come to lie on the near side of a line. Log ratios.
 */
import { normalQuantile } from "../../statistics/normal.ts";
import { volumeFactorNeeded } from "../../statistics/power.ts";
import { type Harm, thresholdLog } from "../../statistics/scale.ts";
import { peekingMultiplier } from "../metric/bounds.ts";
import { type ClassifiedWindow, ROLLBACK_ALPHA, WARNING_ALPHA } from "../metric/classify.ts";
import { lineToExclude } from "../metric/criteria.ts";
import { judgedComparison } from "../metric/evidence.ts";

export interface Settling {
  /** How many times today's volume; at most 1: it is there. */
  readonly factor: number;
  /** No change while the planned volume has not been reached, since forecasts around an estimate jump with it; then the present change. */
  readonly center: number;
  /** A harmful line that must be excluded, or no change where harm must be proven. */
  readonly line: number;
  /** Tonight's; of another night by its own. */
  readonly standardError: number;
  readonly endAt: (standardError: number) => number;
}

/** The chance to find what is there once the planned volume has come. */
const PLANNED_POWER = 0.8;

/** Null: nothing to compare, or nothing that volume decides. */
export function settlingOf(window: ClassifiedWindow): Settling | null {
  const { evidence, classified, criteria } = window;
  const { lines, mode } = criteria;
  const line = lineToExclude(lines);
  const comparison = judgedComparison(evidence);
  if (mode === "literal" || lines === null || line === null || comparison === null) return null;
  const { standardError, logRatio } = comparison;
  const lineLog = thresholdLog(line, lines.harm);
  const fixed = normalQuantile(1 - WARNING_ALPHA);
  // later nights' boundaries differ little from tonight's
  const toPromote = finite(classified.boundaries?.promote) ?? fixed;
  const question = { standardError, center: 0, line: lineLog };
  const planned = settling({ ...question, multiplier: toPromote, power: PLANNED_POWER });
  if (planned === null || planned.factor > 1) return planned;
  const present = { ...question, center: logRatio, power: 0.5 };
  switch (classified.ownReading) {
    case "rollback":
      return settling({ ...present, line: 0, multiplier: toRollBack(window, lines.harm, line) });
    case "warning":
      return settling({ ...present, line: 0, multiplier: fixed });
    case "healthy":
      return settling({ ...present, multiplier: toPromote });
    case "no_data":
      return null;
    default:
      return classified.ownReading satisfies never;
  }
}

type Multiplier = number | ((standardError: number) => number);

function toRollBack(
  { evidence, classified, criteria }: ClassifiedWindow,
  harm: Harm,
  line: number,
): Multiplier {
  const peeking = { harm, line, alpha: ROLLBACK_ALPHA / criteria.guardrails };
  return finite(classified.boundaries?.rollback) ?? ((error) => peekingMultiplier(evidence, peeking, error));
}

interface Question extends Pick<Settling, "center" | "line" | "standardError"> {
  readonly multiplier: Multiplier;
  readonly power: number;
}

function settling({ center, line, standardError, multiplier, power }: Question): Settling | null {
  const factor = volumeFactorNeeded({ standardError, change: line - center, multiplier, power });
  if (factor === null || !(factor > 0)) return null;
  const side = Math.sign(line - center);
  const away = typeof multiplier === "number" ? () => multiplier : multiplier;
  const endAt = (error: number) => center + side * (away(error) + normalQuantile(power)) * error;
  return { factor, center, line, standardError, endAt };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
