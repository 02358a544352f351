/** Guardrails read once more with crossed units under the algorithm that they saw first, whatever they saw later. */

import type { MetricResult } from "../../model/result.ts";
import type { Classification } from "../../model/words.ts";
import { directionText } from "../../text/numbers.ts";
import { affectsVerdict } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";
import { classifyObservation } from "../metric/classify.ts";
import { criteriaFor } from "../metric/criteria.ts";
import { evidenceOf } from "../metric/evidence.ts";

export interface Intention {
  readonly metric: string;
  readonly delta: number | null;
  readonly classification: Classification;
  readonly reported: Pick<MetricResult["observation"], "delta" | "classification">;
  /** Another verdict than the reported one: what is not yet settled may settle either way without being one. */
  readonly differs: boolean;
}

/** Of guardrails that were measured so. */
export function intentions(input: JudgeInput, metrics: readonly MetricResult[]): readonly Intention[] {
  const { config, comparison } = input;
  return metrics
    .filter((metric) => metric.role === "guardrail" && affectsVerdict(metric))
    .flatMap(({ name, title, observation }) => {
      const measured = input.metrics.find(({ definition }) => definition.name === name);
      if (measured === undefined || measured.intentionToTreat === null) return [];
      const criteria = criteriaFor(measured.definition, config, { comparison, mode: config.judge });
      const evidence = evidenceOf(measured.intentionToTreat);
      const fires = observation.fires === "severe";
      const { classification } = classifyObservation(evidence, criteria, {
        reads: fires,
        fires,
        waits: false,
      });
      const differs = isOther(observation.classification, classification);
      return [{ metric: title, delta: evidence.delta, classification, reported: observation, differs }];
    });
}

function isOther(reported: Classification, intended: Classification): boolean {
  const isOpen = (one: Classification) => one === "insufficient" || one === "no_data";
  if (isOpen(reported)) return !isOpen(intended) && intended !== "healthy";
  return reported !== intended;
}

/** "with them under the algorithm they saw first ctr is down 10.1% and rollback, not up 5.0% and healthy" */
export function describeIntention({ metric, delta, classification, reported }: Intention): string {
  const told = (change: number | null) => (change === null ? "without a number" : directionText(change));
  return `with them under the algorithm they saw first ${metric} is ${told(delta)} and ${classification}, not ${told(reported.delta)} and ${reported.classification}`;
}
