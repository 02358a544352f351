/** The operator's checklist, ticked from evidence: an item that is not done says what is missing, and what nobody checked is not ticked. */
import type { ChecklistItem, MetricResult } from "../../model/result.ts";
import { thresholdLines } from "../../text/beside.ts";
import { countText, directionText } from "../../text/numbers.ts";
import { listText, plural } from "../../text/words.ts";
import { affectsVerdict, type DecisionContext } from "../decision/decision-context.ts";
import {
  aggregateItem,
  type ChecklistInput,
  checkFilesItem,
  evaluateItem,
  preflightItem,
} from "./checklist-items.ts";
import { firstDayChecklist } from "./first-day-checklist.ts";

export function checklistFor(input: ChecklistInput): readonly ChecklistItem[] {
  return input.context.input.phase === "first-24h" ? firstDayChecklist(input) : dailyChecklist(input);
}

function dailyChecklist({ context, metrics, decision }: ChecklistInput): readonly ChecklistItem[] {
  return [
    preflightItem(context.checks),
    aggregateItem(context),
    evaluateItem(metrics),
    compareItem(context),
    checkFilesItem(context.checks),
    deltasItem(context),
    informationalItem(metrics),
    {
      text: "Decide: hold, promote or rollback",
      done: true,
      evidence: `${decision.action}${decision.to === null ? "" : ` to ${decision.to}`}, by the rule ${decision.rule}`,
    },
  ];
}

function compareItem({ input, guardrails }: DecisionContext): ChecklistItem {
  const { baseline, candidate } = input.config.rollout;
  const open = guardrails
    .filter(affectsVerdict)
    .filter(({ observation }) => observation.classification === "no_data");
  const kind = input.comparison === "concurrent" ? "" : `, ${input.comparison}`;
  const done = guardrails.length > 0 && open.length === 0;
  return {
    text: `Compare ${candidate} with ${baseline}`,
    done,
    evidence: done
      ? `${plural(guardrails.length, "guardrail")} compared from ${input.window.from} to ${input.window.to}${kind}`
      : `no comparison for ${listText(open.map(({ name }) => name)) || "any guardrail"}`,
  };
}

function deltasItem({ guardrails }: DecisionContext): ChecklistItem {
  const known = guardrails.flatMap(({ name, thresholds, observation: { delta, unbounded } }) => {
    if (unbounded) return [`${name} up from nothing`];
    return delta === null ? [] : [`${name} ${directionText(delta, thresholdLines(thresholds))}`];
  });
  const missing = guardrails.filter(
    ({ observation }) => observation.delta === null && !observation.unbounded,
  );
  const without =
    missing.length === 0 ? "" : `; without a delta: ${listText(missing.map(({ name }) => name))}`;
  return {
    text: "Record the changes of the guardrails",
    done: guardrails.length > 0 && missing.filter(affectsVerdict).length === 0,
    evidence: `${known.join(", ") || `${countText(0)} changes`}${without}`,
  };
}

function informationalItem(metrics: readonly MetricResult[]): ChecklistItem {
  const informational = metrics.filter((metric) => metric.role === "informational");
  const names = listText(informational.map(({ name }) => name)) || "informational metrics";
  const deltas = informational.map(({ name, thresholds, observation: { delta } }) =>
    delta === null ? `${name} has no delta` : `${name} ${directionText(delta, thresholdLines(thresholds))}`,
  );
  return {
    text: `Record ${names} as informational`,
    done: deltas.length > 0 && informational.every(({ observation }) => observation.delta !== null),
    evidence: deltas.join(", ") || "no informational metric is measured",
  };
}
