/** The rules as data, in their order. Each always says whether it matches and why, for the trace; the first match decides. */
import type { Config } from "../../model/config.ts";
import { judgedOnText, leastShare } from "../../model/coverage.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { MetricResult } from "../../model/result.ts";
import type { Rule } from "../../model/words.ts";
import { listText, plural } from "../../text/words.ts";
import { nextGate } from "../checklist/runbook.ts";
import { affectsVerdict, type DecisionContext } from "./decision-context.ts";
import { forecastOf } from "./forecast.ts";
import { rollback, severe, warning } from "./guardrail-rules.ts";
import { observing } from "./observing.ts";
import { failures, no, type RuleOutcome, sentence, yes } from "./verdict.ts";

/** `earlier`: the rules before it that matched; only promote and complete ask. */
type LookAt = (context: DecisionContext, earlier: readonly Rule[]) => RuleOutcome;

export const rules: readonly { readonly rule: Rule; readonly look: LookAt }[] = [
  { rule: "disabled", look: disabled },
  { rule: "latched", look: latched },
  { rule: "severe", look: severe },
  { rule: "rollback", look: rollback },
  { rule: "data", look: data },
  { rule: "warning", look: warning },
  { rule: "observing", look: observing },
  { rule: "healthy_days", look: healthyDays },
  { rule: "promote", look: promote },
  { rule: "complete", look: complete },
];

function disabled({ switches, input }: DecisionContext): RuleOutcome {
  const source = switches.source === null ? "" : ` (${switches.source})`;
  const { candidate } = input.config.rollout;
  const see = `See that ${candidate} gets no traffic.`;
  const disputes = switches.disputed.map(({ key, detail }) => `${key}: ${sentence(detail)}`);
  if (switches.forced !== null) {
    const forced = `Every request is forced to ${switches.forced}${source}, so there is no rollout to judge.`;
    return yes([forced, ...(switches.forced === candidate ? [] : [see]), ...disputes]);
  }
  if (switches.off) return yes([`The rollout is switched off${source}.`, see, ...disputes]);
  if (disputes.length > 0)
    return no(`Whether the rollout is on and nothing forced is not known: ${disputes.join(" ")}`);
  return no("No algorithm is forced and the rollout is not switched off, as far as preflight read it.");
}

function latched({ input }: DecisionContext): RuleOutcome {
  const { latched: earlier } = input.ledger;
  if (earlier === null) return no("The ledger has no rollback in force.");
  return yes([
    `The rollback of ${earlier.since} is in force until a person clears it with a reason.`,
    `It said: ${earlier.reason}`,
  ]);
}

function data({ blockers, checks }: DecisionContext): RuleOutcome {
  if (blockers.length > 0) return yes(failures(blockers));
  const warned = checks
    .filter((check) => check.status === "warn" || check.status === "fail")
    .map((check) => `"${check.title}"`);
  const skipped = checks.filter((check) => check.status === "not_checked").length;
  const warnings = warned.length === 0 ? "" : `; ${listText(warned)} only warn`;
  const unchecked = skipped === 0 ? "" : `, ${skipped} had nothing to check`;
  return no(`None of ${plural(checks.length, "check")} blocks${unchecked}${warnings}.`);
}

function healthyDays(context: DecisionContext): RuleOutcome {
  const { quietRun, input } = context;
  const needed = input.config.activeGate.consecutiveHealthyDays;
  const broken = quietRun.brokenBy === null ? "" : `: ${quietRun.brokenBy}`;
  const text = `${plural(quietRun.length, "quiet day")} in a row up to ${input.window.reportDate}, ${needed} needed${broken}.`;
  if (quietRun.length >= needed) return no(text);
  const forecast = forecastOf(context);
  return yes(forecast === null ? [text] : [text, forecast.text]);
}

function promote(context: DecisionContext, earlier: readonly Rule[]): RuleOutcome {
  const { config } = context.input;
  if (isLastGate(config)) return no(`${config.activeGate.name} is the last gate.`);
  if (nextGate(config) === null) return no(`rollout.yaml names no gate after ${config.activeGate.name}.`);
  return proven(context, earlier);
}

function complete(context: DecisionContext, earlier: readonly Rule[]): RuleOutcome {
  const { activeGate } = context.input.config;
  if (!isLastGate(context.input.config)) return no(`${activeGate.name} is not the last gate.`);
  const closed = closedBy(context);
  if (closed !== null)
    return yes([`${closed.by} closed ${activeGate.name} on ${closed.since}: ${sentence(closed.reason)}`]);
  return proven(context, earlier);
}

/** Who closed the last gate while it is the active one; null: nobody. */
export function closedBy({ input }: DecisionContext): LedgerState["completed"] {
  return isLastGate(input.config) ? input.ledger.completed : null;
}

export function isLastGate({ gates, activeGate }: Config): boolean {
  return gates.at(-1)?.name === activeGate.name;
}

/** Health is proven, not what is left over: an unforeseen state ends in hold. */
function proven(context: DecisionContext, earlier: readonly Rule[]): RuleOutcome {
  const { guardrails, input, sufficient } = context;
  const judging = guardrails.filter(affectsVerdict);
  const unproven = judging.filter((metric) => metric.observation.classification !== "healthy");
  if (judging.length === 0) return no("No guardrail was measured, so nothing is proven.");
  if (unproven.length > 0) return no(`Not healthy: ${listText(unproven.map((metric) => metric.title))}.`);
  if (earlier.length > 0) return no(`Every guardrail is healthy, but ${listText(earlier)} matched before.`);
  const all = judging.length === 1 ? "The guardrail is" : `All ${judging.length} guardrails are`;
  const days = `${plural(sufficient.length, "sufficient day")} at ${input.config.activeGate.name}`;
  return yes([`${all} healthy over ${days}, and no check blocks${leastCovered(judging)}.`]);
}

/** "; Click-through rate is judged on 97.6% of the candidate's impressions" */
function leastCovered(judging: readonly MetricResult[]): string {
  const least = judging
    .flatMap(({ title, denominator, observation: { coverage } }) => {
      const text = judgedOnText(coverage, denominator);
      return coverage === null || text === null ? [] : [{ title, text, share: leastShare(coverage) }];
    })
    .toSorted((one, other) => one.share - other.share)[0];
  return least === undefined ? "" : `; ${least.title} is ${least.text}`;
}
