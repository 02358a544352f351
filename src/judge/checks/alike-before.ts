/**
 * Were the variants alike before the rollout? Units that were split by chance were: a difference that chance does not explain means that
 * the split follows something (old accounts, one country), and is never adjusted away.
 */
import { finding } from "../../model/check-result.ts";
import type { MetricMeasurement } from "../../model/measurement.ts";
import type { CheckResult } from "../../model/result.ts";
import { acceptedOnText } from "../../text/acceptance.ts";
import { listText, plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { evidenceOf, MOST_IMBALANCE } from "../metric/evidence.ts";

/** None where no days before the rollout are kept. */
export function alikeBeforeChecks(input: JudgeInput): readonly CheckResult[] {
  const { preFrom = null, preTo = null } = input.window;
  if (preFrom === null || preTo === null || input.comparison === "before-after") return [];
  const describe = finding("alike_before", "The variants were alike before the rollout");
  const days = `${preFrom} to ${preTo}`;
  const measured = input.metrics.flatMap((metric) => imbalanceOf(metric, input));
  if (measured.length === 0)
    return [describe("not_checked", `too few units of the window were there from ${days}`)];
  const apart = measured.filter(({ imbalance }) => Math.abs(imbalance) > MOST_IMBALANCE);
  const most = Math.max(...measured.map(({ imbalance }) => Math.abs(imbalance)));
  const options = { observed: Number(most.toFixed(2)), expected: MOST_IMBALANCE };
  if (apart.length === 0)
    return [describe("pass", `${plural(measured.length, "guardrail")} from ${days}, none apart`, options)];
  const texts = apart.map(
    ({ title, imbalance }) => `${title} by ${Math.abs(imbalance).toFixed(1)} standard errors`,
  );
  const detail = `from ${days} the variants' own units differed in ${listText(texts)}, before the candidate was served at all`;
  const word = `before:${preFrom}@${input.config.activeGate.name}`;
  const accepted = input.ledger.accepted.findLast(({ what }) => what === word);
  if (accepted !== undefined) return [describe("warn", `${detail}: ${acceptedOnText(accepted)}`, options)];
  const ask = `how were they split? A person must decide (gatebook record accept ${word})`;
  return [describe("fail", `${detail}: ${ask}`, { ...options, accept: word })];
}

function imbalanceOf(
  { definition, observation, prePeriod, error }: MetricMeasurement,
  { config }: JudgeInput,
): readonly { readonly title: string; readonly imbalance: number }[] {
  if (error !== null || config.thresholds.get(definition.name)?.role !== "guardrail") return [];
  const { imbalance } = evidenceOf(observation, prePeriod);
  return imbalance === null ? [] : [{ title: definition.title, imbalance }];
}
