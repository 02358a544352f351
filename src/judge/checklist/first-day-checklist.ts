/** The runbook's checklist of the first 24 hours. */

import type { ChecklistItem } from "../../model/result.ts";
import { countText } from "../../text/numbers.ts";
import { clockText } from "../../text/times.ts";
import { listText, plural } from "../../text/words.ts";
import type { DecisionContext } from "../decision/decision-context.ts";
import {
  aggregateItem,
  type ChecklistInput,
  checkFilesItem,
  checkItem,
  evaluateItem,
  preflightItem,
} from "./checklist-items.ts";

export function firstDayChecklist({ context, metrics, decision }: ChecklistInput): readonly ChecklistItem[] {
  const { checks, input } = context;
  const { activeGate } = input.config;
  const { baseline, candidate } = served(context);
  const evidence = `${countText(candidate)} candidate against ${countText(baseline)} baseline impressions`;
  const isRollback = decision.action === "rollback";
  const share = `${Number((activeGate.exposure * 100).toFixed(4))}%`;
  return [
    preflightItem(checks, `Confirm activation and the gate: ${activeGate.name}, both versions, weights`),
    { text: "Both algorithms receive traffic", done: baseline > 0 && candidate > 0, evidence },
    checkItem(`Candidate near ${share} of units`, "sample_ratio", checks),
    ...(activeGate.exposure < 0.5
      ? [{ text: "The baseline stays dominant", done: baseline > candidate, evidence }]
      : []),
    aggregateItem(context),
    evaluateItem(metrics),
    twiceItem(context),
    belowRollbackItem(context),
    { ...checkFilesItem(checks, /save/), text: "Save events healthy" },
    {
      text: "On any breach: the emergency preset, at once",
      done: !isRollback,
      evidence: isRollback ? "a breach: type the lines of the immediate preset now" : "no breach",
    },
  ];
}

/** Impressions since the gate opened. */
function served({ input }: DecisionContext) {
  const { days: hours } = input.traffic;
  return {
    baseline: hours.reduce((sum, { baseline }) => sum + baseline.impressions, 0),
    candidate: hours.reduce((sum, { candidate }) => sum + candidate.impressions, 0),
  };
}

/** Midday and end of day: this run and at least one earlier one of the first 24 hours. */
function twiceItem({ input }: DecisionContext): ChecklistItem {
  const earlier = input.ledger.nights.filter(
    (night) =>
      night.phase === "first-24h" &&
      night.date >= (input.config.activeGate.started?.day ?? input.window.from),
  );
  const runs = new Set([...earlier.map((night) => night.asOf), input.window.asOf]);
  const { timeZone } = input.config.rollout;
  const times = [...runs].sort().map((asOf) => clockText(asOf, timeZone));
  return {
    text: "Aggregate and evaluate at least twice: midday and end of day",
    done: runs.size >= 2,
    evidence: `${plural(runs.size, "run")} of the first 24 hours: ${times.join(", ")}`,
  };
}

function belowRollbackItem({ guardrails }: DecisionContext): ChecklistItem {
  const reading = guardrails.filter(({ observation }) => observation.reading === "rollback");
  const unknown = guardrails.filter(
    ({ observation, required }) => required && observation.reading === "no_data",
  );
  const open = [
    reading.length > 0 ? `${listText(reading.map(({ name }) => name))} read rollback` : null,
    unknown.length > 0 ? `${listText(unknown.map(({ name }) => name))} without data` : null,
  ].filter((text) => text !== null);
  return {
    text: "Guardrails below rollback",
    done: guardrails.length > 0 && open.length === 0,
    evidence: open.join("; ") || `${plural(guardrails.length, "guardrail")}, none reads rollback`,
  };
}
