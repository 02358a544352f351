/** How often noise alone reaches a line somewhere, when many windows are looked at. */
import { normalCdf } from "./normal.ts";
import { type Harm, thresholdLog } from "./scale.ts";

interface SevereLook {
  /** Of ln(candidate/baseline) in that window. */
  readonly standardError: number;
  /** A fraction: 0.1. */
  readonly line: number;
  readonly harm: Harm;
}

/** 1 − Π Φ(|ln(1 ∓ line)|/SE): the chance that a candidate that changes nothing is past its line in at least one of them. */
export function chanceOfAny(looks: readonly SevereLook[]): number {
  const none = looks.reduce((product, { standardError, line, harm }) => {
    const reach = Math.abs(thresholdLog(line, harm));
    return standardError > 0 ? product * normalCdf(reach / standardError) : product;
  }, 1);
  return 1 - none;
}
