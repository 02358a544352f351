/**
 * The runbook's operator checklist, ticked from evidence (first-day-checklist.ts has that of the first 24 hours). An item that
 * is not done says what is missing; nothing is ticked because nobody looked.
 */

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
  return {
    text: `Compare ${candidate} with ${baseline}`,
    done: guardrails.length > 0 && open.length === 0,
    evidence:
      open.length === 0 && guardrails.length > 0
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
    text: "Record the deltas of the guardrails",
    done: guardrails.length > 0 && missing.filter(affectsVerdict).length === 0,
    evidence: `${known.join(", ") || `${countText(0)} deltas`}${without}`,
  };
}

function informationalItem(metrics: readonly MetricResult[]): ChecklistItem {
  const told = metrics.filter((metric) => metric.role === "informational");
  const known = told.filter(({ observation }) => observation.delta !== null);
  return {
    text: `Record ${listText(told.map(({ name }) => name)) || "informational metrics"} as informational`,
    done: told.length > 0 && known.length === told.length,
    evidence:
      told.length === 0
        ? "no informational metric is measured"
        : told
            .map(
              ({ name, thresholds, observation }) =>
                `${name} ${observation.delta === null ? "has no delta" : directionText(observation.delta, thresholdLines(thresholds))}`,
            )
            .join(", "),
  };
}
