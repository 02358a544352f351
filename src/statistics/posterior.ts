/** How probable it is that the true change is past a line. For readers only: it is not calibrated for nightly peeking. */
import { normalCdf } from "./normal.ts";
import type { Harm } from "./scale.ts";

interface PosteriorInput {
  readonly logRatio: number;
  readonly standardError: number;
  /** The line on the log scale (`thresholdLog` of scale.ts); 0 asks for any harm at all. */
  readonly thresholdLog: number;
  readonly harm: Harm;
  /** Spread of true log changes before any data, 0.05 for ranking changes; null is a flat prior. */
  readonly priorSd: number | null;
}

/** Normal likelihood and normal prior around no change, on the log scale. */
export function probabilityPast(input: PosteriorInput): number {
  const { logRatio, standardError, priorSd } = input;
  const shrink =
    priorSd === null || standardError === 0 ? 1 : priorSd ** 2 / (priorSd ** 2 + standardError ** 2);
  const mean = shrink * logRatio;
  const sd = Math.sqrt(shrink) * standardError;
  const past = input.harm === "drop" ? input.thresholdLog - mean : mean - input.thresholdLog;
  // A line that is just reached counts as passed, as in the reading.
  if (sd === 0) return past >= -1e-9 ? 1 : 0;
  return normalCdf(past / sd);
}
