/**
 * A change of a known size planted into the candidate's side of a split, on the site's own data: what would this configuration do with
 * a candidate that truly drops 5%? The sums of the split are changed and judged like any others.
 */
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { didYouMean } from "../../model/suggest.ts";
import type { NightSums, SplitNight } from "../../queries/aa/aa-ratio.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { plantChange, thinningVariance } from "../../statistics/calibration/planted.ts";
import type { Random } from "../../statistics/random.ts";
import { percentText, signedLineText, sizeText } from "../../text/numbers.ts";
import type { CollectedMetric } from "./calibration-report.ts";

export interface Plant {
  /** A ratio guardrail. */
  readonly metric: string;
  /** Relative, a fraction: −0.05. */
  readonly change: number;
}

/** Throws GatebookError `usage` for what cannot be planted. */
export function refuseUnplantable(plants: readonly Plant[], { thresholds }: Config, catalog: Catalog): void {
  for (const { metric } of plants) {
    const file = catalog.metrics.find(({ name }) => name === metric);
    const ratios = catalog.metrics
      .filter(({ name, header }) => header.top === null && thresholds.get(name)?.role === "guardrail")
      .map(({ name }) => name);
    if (ratios.includes(metric)) continue;
    const why =
      file === undefined
        ? "is no metric of this workspace"
        : file.header.top !== null
          ? "is a concentration, whose sums no change can be planted into"
          : "is no guardrail, so that it decides nothing";
    const hint =
      didYouMean(metric, ratios) ?? `plant into ${ratios.join(", ") || "a ratio guardrail of rollout.yaml"}`;
    throw new GatebookError("usage", `--plant ${metric}: ${metric} ${why}`, { hint });
  }
}

/** Throws GatebookError `input` where a metric has no numbers to change. */
export function refuseUnmeasured(plants: readonly Plant[], metrics: readonly CollectedMetric[]): void {
  for (const { metric } of plants) {
    const found = metrics.find(({ definition }) => definition.name === metric);
    const why = found?.error?.message ?? found?.unavailable ?? null;
    if (why !== null) throw new GatebookError("input", `--plant ${metric}: it could not be measured: ${why}`);
  }
}

/** Throws GatebookError `usage` when a share would rise above everything. */
export function refuseBeyondReach({ metric, change }: Plant, unit: string, whole: NightSums): void {
  const [, denominator = 0, numerator = 0] = whole.at(-1)?.slice(WINDOW) ?? [];
  const value = numerator / denominator;
  if (unit !== "percent" || !(value * (1 + change) > 1)) return;
  const message = `--plant ${metric}=${signedLineText(change)}: ${metric} is at ${percentText(value)} already`;
  const hint = `it has room for a rise of ${sizeText(1 / value - 1)}`;
  throw new GatebookError("usage", message, { hint });
}

/** Of a night's twelve sums the last six are the window's. */
const WINDOW = 6;

/** What the day lost stays lost in every later window. */
export function plantNights(
  nights: readonly SplitNight[],
  change: number,
  random: Random,
): readonly SplitNight[] {
  const factor = 1 + change;
  let lost = 0;
  return nights.map(({ day, window }) => {
    const events = day.candidate?.sumNumerator ?? 0;
    const draw = Math.sqrt(thinningVariance(events, factor)) * random.normal();
    lost += draw;
    return {
      day: { ...day, candidate: day.candidate && plantChange(day.candidate, factor, draw) },
      window: { ...window, candidate: window.candidate && plantChange(window.candidate, factor, lost) },
    };
  });
}
