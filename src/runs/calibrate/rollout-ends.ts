/** How the rollouts of many splits end, counted: of a harmless candidate, and of one with a planted change. */
import type { NightLook } from "../../judge/decision/alarms.ts";
import { type RolloutEnd, rolloutEnd } from "../../judge/decision/rollout-end.ts";
import type { EndRates, Ends } from "../../model/calibration.ts";
import type { Config } from "../../model/config.ts";
import { type CollectedMetric, guardrailsBySplits, rateOf } from "./calibration-report.ts";
import type { Plant } from "./planted.ts";

/** Under the configured judge; `plant` null: nothing is planted. */
export function endsOf(metrics: readonly CollectedMetric[], config: Config, plant: Plant | null): Ends {
  const [most, fewest = null] = guardrailsBySplits(metrics, config);
  const rates = (under: readonly CollectedMetric[], splits: number) =>
    endRates(under, { config, plant, splits });
  return {
    ...rates(most?.guardrails ?? [], most?.splits ?? 0),
    withConcentrations: fewest === null ? null : rates(fewest.guardrails, fewest.splits),
  };
}

interface Counted {
  readonly config: Config;
  readonly plant: Plant | null;
  readonly splits: number;
}

function endRates(metrics: readonly CollectedMetric[], { config, plant, splits }: Counted): EndRates {
  const all = metrics.map((metric) => looksUnder(metric, plant));
  const rollouts = Array.from({ length: splits }, (_, salt) =>
    rolloutEnd(
      all.flatMap((looks) => [looks[salt] ?? []]),
      config.activeGate,
    ),
  );
  const share = (counts: (end: RolloutEnd) => boolean) => rateOf(rollouts.filter(counts).length, splits);
  return {
    rolledBack: share(({ action }) => action === "rollback"),
    promoted: share(({ action }) => action === "promote"),
    held: share(({ action }) => action === "hold"),
    healthyAtEnd: share(({ isHealthyAtEnd }) => isHealthyAtEnd),
    medianNight: medianNight(rollouts, "rollback"),
    medianPromoteNight: medianNight(rollouts, "promote"),
    guardrails: metrics.map(({ definition }) => definition.name),
    splits,
  };
}

/** By salt: the planted ones of the metric that something was planted into, else the harmless ones. */
function looksUnder(metric: CollectedMetric, plant: Plant | null): readonly (readonly NightLook[])[] {
  if (plant === null || plant.metric !== metric.definition.name)
    return metric.outcomes.map(({ looks }) => looks);
  return metric.planted.find(({ change }) => change === plant.change)?.looks ?? [];
}

function medianNight(rollouts: readonly RolloutEnd[], action: RolloutEnd["action"]): number | null {
  const nights = rollouts.flatMap((end) => (end.action === action && end.night !== null ? [end.night] : []));
  return nights.toSorted((a, b) => a - b)[Math.floor((nights.length - 1) / 2)] ?? null;
}
