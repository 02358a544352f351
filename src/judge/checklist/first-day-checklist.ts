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
  evaluateItem,
  fromCheck,
  preflightItem,
} from "./checklist-items.ts";

export function firstDayChecklist({ context, metrics, decision }: ChecklistInput): readonly ChecklistItem[] {
  const { checks, input } = context;
  const { activeGate } = input.config;
  const ratio = checks.find((check) => check.name === "sample_ratio");
  return [
    {
      ...preflightItem(checks),
      text: `Confirm activation and the gate: ${activeGate.name}, both versions, weights`,
    },
    bothServedItem(context),
    fromCheck(`Candidate near ${Number((activeGate.exposure * 100).toFixed(4))}% of units`, ratio),
    ...(activeGate.exposure < 0.5 ? [dominantItem(context)] : []),
    aggregateItem(context),
    evaluateItem(metrics),
    twiceItem(context),
    belowRollbackItem(context),
    { ...checkFilesItem(checks, /save/), text: "Save events healthy" },
    {
      text: "On any breach: the emergency preset, at once",
      done: decision.action !== "rollback",
      evidence:
        decision.action === "rollback" ? "a breach: type the lines of the immediate preset now" : "no breach",
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

function impressionsText(context: DecisionContext): string {
  const { baseline, candidate } = served(context);
  return `${countText(candidate)} candidate against ${countText(baseline)} baseline impressions`;
}

function bothServedItem(context: DecisionContext): ChecklistItem {
  const { baseline, candidate } = served(context);
  return {
    text: "Both algorithms receive traffic",
    done: baseline > 0 && candidate > 0,
    evidence: impressionsText(context),
  };
}

function dominantItem(context: DecisionContext): ChecklistItem {
  const { baseline, candidate } = served(context);
  return {
    text: "The baseline stays dominant",
    done: baseline > candidate,
    evidence: impressionsText(context),
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
  const said = [
    reading.length > 0 ? `${listText(reading.map(({ name }) => name))} read rollback` : null,
    unknown.length > 0 ? `${listText(unknown.map(({ name }) => name))} without data` : null,
  ].filter((text) => text !== null);
  return {
    text: "Guardrails below rollback",
    done: guardrails.length > 0 && said.length === 0,
    evidence: said.join("; ") || `${plural(guardrails.length, "guardrail")}, none reads rollback`,
  };
}
