/**
 * DESIGN §7 as data: the rules in their order. Each says whether it matches and why, always, so that the trace shows
 * what what was looked at; the first match decides; when none matches, hold remains.
 */
import type { CheckResult, DayResult } from "../model/result.ts";
import type { Rule } from "../model/words.ts";
import { daysText } from "./days.ts";
import { counts, type Facts, judgedDays } from "./facts.ts";
import { observing } from "./observing.ts";
import { nextGate } from "./runbook.ts";
import { no, type Verdict, yes } from "./verdict.ts";
import { directionText, listText, plural } from "./wording.ts";

export interface RuleDefinition {
  readonly rule: Rule;
  /** `standing`: the rules before it that matched; only promote and complete ask. */
  readonly look: (facts: Facts, standing: readonly Rule[]) => Verdict;
}

export const rules: readonly RuleDefinition[] = [
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

function disabled({ switches, input }: Facts): Verdict {
  const source = switches.source === null ? "" : ` (${switches.source})`;
  const { candidate } = input.config.rollout;
  if (switches.forced !== null) {
    const told = `Every request is forced to ${switches.forced}${source}, so there is no rollout to judge.`;
    return yes(switches.forced === candidate ? [told] : [told, `See that ${candidate} gets no traffic.`]);
  }
  if (switches.off)
    return yes([`The rollout is switched off${source}.`, `See that ${candidate} gets no traffic.`]);
  return no("No algorithm is forced and the rollout is not switched off, as far as preflight read it.");
}

function latched({ input }: Facts): Verdict {
  const { latched: earlier } = input.ledger;
  if (earlier === null) return no("No earlier rollback stands in the ledger.");
  return yes([
    `The rollback of ${earlier.since} (${earlier.key}) stands until a person clears it with a reason.`,
    `It said: ${earlier.reason}`,
  ]);
}

function severe(facts: Facts): Verdict {
  const fired = facts.guardrails.flatMap((metric) => severeSentence(judgedDays(metric, facts)));
  if (fired.length > 0) {
    return yes(fired);
  }
  const judged = facts.days.filter((day) => day.judged);
  const reads = facts.guardrails.flatMap((metric) =>
    judgedDays(metric, facts)
      .filter((day) => day.reading === "rollback")
      .map((day) => `${metric.name} on ${day.date}`),
  );
  const noise =
    reads.length === 0
      ? ""
      : ` (${reads.length} read severe within their noise: ${listText(reads.slice(0, 3))})`;
  return no(`No guardrail fires severe on any single day (${judged.length} looked at)${noise}.`);
}

/** The worst day of one guardrail in full, the others by date. */
function severeSentence(days: readonly DayResult[]): readonly string[] {
  const size = (day: DayResult) => Math.abs(day.delta ?? Number.POSITIVE_INFINITY);
  const [worst, ...others] = days
    .filter((day) => day.fires === "severe")
    .toSorted((a, b) => size(b) - size(a) || (a.date < b.date ? -1 : 1));
  if (worst === undefined) return [];
  return [others.length === 0 ? worst.because : `${worst.because} So do ${daysText(others)}.`];
}

function rollback({ guardrails, input }: Facts): Verdict {
  const fired = guardrails.filter((metric) => metric.observation.classification === "rollback");
  if (fired.length > 0) return yes(fired.map((metric) => metric.observation.because));
  const deltas = guardrails.flatMap(({ name, observation, thresholds }) => {
    if (observation.delta === null) return [];
    const lines = [thresholds?.warning, thresholds?.rollback].filter((line) => typeof line === "number");
    return [`${name} ${directionText(observation.delta, lines)}`];
  });
  const since = `since ${input.window.from}`;
  return no(
    `No guardrail classifies rollback ${since}${deltas.length === 0 ? "" : `: ${deltas.join(", ")}`}.`,
  );
}

function data({ blockers, checks }: Facts): Verdict {
  if (blockers.length > 0) return yes(blockers.map(failure));
  const warned = checks
    .filter((check) => check.status === "warn" || check.status === "fail")
    .map((check) => check.name);
  const skipped = checks.filter((check) => check.status === "not_checked").length;
  const warnings = warned.length === 0 ? "" : `; ${listText(warned)} only warn`;
  const unchecked = skipped === 0 ? "" : `, ${skipped} not checked`;
  return no(`None of ${plural(checks.length, "check")} blocks${unchecked}${warnings}.`);
}

function failure({ title, status, detail }: CheckResult): string {
  return `"${title}" ${status === "error" ? "could not be checked" : "fails"}: ${detail.replace(/\.$/, "")}.`;
}

/** The gate so far warns, or the last N complete days do. A single warning day alone does not stop a gate. */
function warning({ guardrails, complete, input }: Facts): Verdict {
  const now = guardrails.filter((metric) => metric.observation.classification === "warning");
  const last = complete.slice(-input.config.persistentWarningDays);
  const dates = new Set(last.map((day) => day.date));
  const trends = guardrails.filter((metric) => {
    const days = metric.days.filter((day) => dates.has(day.date));
    return (
      last.length === input.config.persistentWarningDays &&
      days.length === last.length &&
      days.every((day) => day.fires !== null)
    );
  });
  const persistent = trends.map(
    (metric) =>
      `${metric.title} warned on each of the last ${plural(last.length, "complete day")} (${daysText(last)}).`,
  );
  if (now.length + persistent.length > 0)
    return yes([...now.map((metric) => metric.observation.because), ...persistent]);
  const single = guardrails.flatMap((metric) =>
    metric.days
      .filter((day) => day.observed && day.fires === "warning")
      .map((day) => `${metric.name} on ${day.date}`),
  );
  const alone =
    single.length === 0
      ? ""
      : ` (single warning days, which do not count alone: ${listText(single.slice(0, 3))})`;
  return no(
    `No guardrail warns over the window or over the last ${plural(input.config.persistentWarningDays, "complete day")}${alone}.`,
  );
}

function healthyDays({ healthyRun, input }: Facts): Verdict {
  const needed = input.config.activeGate.consecutiveHealthyDays;
  const broken = healthyRun.brokenBy === null ? "" : `: ${healthyRun.brokenBy}`;
  const text = `${plural(healthyRun.length, "healthy day")} in a row up to ${input.window.reportDate}, ${needed} needed${broken}.`;
  return healthyRun.length < needed ? yes([text]) : no(text);
}

function promote(facts: Facts, standing: readonly Rule[]): Verdict {
  const { config } = facts.input;
  if (config.gates.at(-1)?.name === config.activeGate.name)
    return no(`${config.activeGate.name} is the last gate.`);
  if (nextGate(config) === null) return no(`rollout.yaml names no gate after ${config.activeGate.name}.`);
  return proven(facts, standing);
}

function complete(facts: Facts, standing: readonly Rule[]): Verdict {
  const { gates, activeGate } = facts.input.config;
  if (gates.at(-1)?.name !== activeGate.name) return no(`${activeGate.name} is not the last gate.`);
  return proven(facts, standing);
}

/** Health is proven, not what is left over: a state nobody thought of ends in hold. */
function proven(facts: Facts, standing: readonly Rule[]): Verdict {
  const { guardrails, input, counted } = facts;
  const judging = guardrails.filter(counts);
  const unproven = judging.filter((metric) => metric.observation.classification !== "healthy");
  if (judging.length === 0) return no("No guardrail was measured, so nothing is proven.");
  if (unproven.length > 0) return no(`Not healthy: ${listText(unproven.map((metric) => metric.name))}.`);
  if (standing.length > 0) return no(`Every guardrail is healthy, but ${listText(standing)} matched before.`);
  return yes([
    `All ${plural(judging.length, "guardrail")} are healthy over ${plural(counted.length, "complete day")} at ${input.config.activeGate.name}, and no check blocks.`,
  ]);
}
