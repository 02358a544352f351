/** One decision out of all rules: each is evaluated and in the trace, the first match decides, and what no rule foresaw is a hold. */
import type { CheckResult, Decision, Runbook, SevereDoubt, TraceEntry } from "../../model/result.ts";
import type { Action, Preset, Rule } from "../../model/words.ts";
import { FALSE_PROMOTE, FALSE_ROLLBACK } from "../../statistics/spending/spending.ts";
import { thresholdLines } from "../../text/beside.ts";
import { slotNoun } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import { nextGate, remainingSteps, runbookFor } from "../checklist/runbook.ts";
import { stepLines } from "../checklist/steps.ts";
import { isOfData } from "../checks/causes.ts";
import { chanceText, dayAndChange, firstThree, severeDoubts } from "../checks/severe-days.ts";
import type { JudgeInput } from "../input.ts";
import { SEVERE_ALPHA } from "../metric/classify.ts";
import { daysInGate } from "../window/days.ts";
import { type DecisionContext, severeChance } from "./decision-context.ts";
import { forecastOf } from "./forecast.ts";
import { expectation, nextSteps } from "./next-steps.ts";
import { closedBy, isLastGate, rules } from "./rules.ts";
import { failures, no, type RuleOutcome, sentence } from "./verdict.ts";

const actions: Readonly<Record<Rule, Action>> = {
  disabled: "disabled",
  latched: "rollback",
  severe: "rollback",
  rollback: "rollback",
  data: "hold",
  warning: "hold",
  observing: "hold",
  healthy_days: "hold",
  promote: "promote",
  complete: "complete",
};

/** In a gate that a person closed only a breach still counts. */
const MOOT = "A person closed the gate, so this no longer matters.";

/** Holds that days alone can end; the others wait for a person. */
const waits: ReadonlySet<Rule> = new Set<Rule>(["observing", "healthy_days"]);

interface DecidingRule {
  readonly rule: Rule;
  readonly action: Action;
  readonly reasons: readonly string[];
  readonly trace: readonly TraceEntry[];
}

/** `literal` are the same context under the bare thresholds. */
export function decide(context: DecisionContext, literal: DecisionContext): Decision {
  const { rule, action, reasons, trace } = evaluateRules(context);
  const bare = evaluateRules(literal);
  const { config, ledger } = context.input;
  const said = rule === "latched" ? ledger.latched?.reason : reasons[0];
  const runbookInput = {
    config,
    switches: context.switches,
    preflight: context.input.preflight,
    reportDate: context.input.window.reportDate,
    action,
    reason: said ?? "",
  };
  const runbook = runbookFor(runbookInput);
  const remaining = rule === "latched" ? remainingSteps(runbookInput, ledger) : null;
  const chosen = remaining === null ? presetFor(rule, context, runbook) : "standard";
  const preset = action === "rollback" ? chosen : null;
  const steps = nextSteps(context, { rule, action }, { runbook, preset, remaining });
  const { maxDays } = config.activeGate;
  const overdue = action === "hold" && maxDays !== null && daysInGate(context.input) > maxDays;
  return {
    action,
    to: action === "promote" ? (nextGate(config)?.name ?? null) : null,
    rule,
    reasons: [...reasons, ...besides(context, { rule, action, overdue }, bare)],
    literalAction: bare.action,
    literalRule: bare.rule,
    latched: ledger.latched !== null,
    overdue,
    preset,
    next: stepLines(steps),
    steps,
    expect: expectation(context, { rule, action }),
    runbook,
    trace,
    forecast: waits.has(rule) && action === "hold" ? forecastOf(context) : null,
    errorRates: errorRates(context.input),
  };
}

/** What all nights of the gate together may get wrong. Before/after nobody was randomised, and no rate is known. */
function errorRates({ config, phase, window, comparison }: JudgeInput): Decision["errorRates"] {
  const plannedNights = window.plannedNights ?? null;
  if (plannedNights === null || phase !== "daily" || comparison === "before-after") return null;
  if (config.judge === "literal") return null;
  const hasSevere = [...config.thresholds.values()].some(
    ({ role, severe }) => role === "guardrail" && severe !== null,
  );
  const severe = hasSevere ? SEVERE_ALPHA * plannedNights : 0;
  return { falsePromote: FALSE_PROMOTE, falseRollback: FALSE_ROLLBACK + severe, plannedNights };
}

function evaluateRules(context: DecisionContext): DecidingRule {
  const outcomes: (RuleOutcome & { readonly rule: Rule })[] = [];
  for (const { rule, look } of rules) {
    const outcome = look(
      context,
      outcomes.filter(({ matched }) => matched).map((earlier) => earlier.rule),
    );
    const isMoot = outcome.matched && actions[rule] === "hold" && closedBy(context) !== null;
    outcomes.push({ rule, ...(isMoot ? no(`${outcome.because} ${MOOT}`) : outcome) });
  }
  const trace = outcomes.map(({ rule, matched, because }) => ({ rule, matched, because }));
  const first = outcomes.find(({ matched }) => matched);
  if (first !== undefined) {
    return { rule: first.rule, action: actions[first.rule], reasons: first.reasons, trace };
  }
  const last = outcomes.at(isLastGate(context.input.config) ? -1 : -2);
  const reasons = [last?.because ?? "No rule matched.", "What is not proven is held."];
  return { rule: "observing", action: "hold", reasons, trace };
}

/** Severe, and anything in the first 24 hours, goes the fast way; a preset that would change nothing is never chosen. */
function presetFor(rule: Rule, { input }: DecisionContext, runbook: Runbook): Preset {
  if (runbook.standard === null || rule === "severe" || input.phase === "first-24h") return "immediate";
  return rule === "latched" ? (input.ledger.latched?.preset ?? "standard") : "standard";
}

/** A rollback does not wait for a check; which of them could be the whole story is for a person to see. */
function besideRollback(blockers: readonly CheckResult[]): readonly string[] {
  const [cause, ...others] = failures(blockers.filter(isOfData));
  const confirm = cause === undefined ? [] : [`Confirm that this is not an ingestion fault: ${cause}`];
  return [...confirm, ...others, ...failures(blockers.filter((check) => !isOfData(check)))];
}

/** The ledger was taken over or restarted: the verdict rests on less than the last nights wrote down. */
function isOfMemory({ name, status }: CheckResult): boolean {
  return (name === "ledger_recovered" || name === "ledger_fresh_start") && status === "warn";
}

/** What must be read beside the deciding reason. */
function besides(
  context: DecisionContext,
  { rule, action, overdue }: { readonly rule: Rule; readonly action: Action; readonly overdue: boolean },
  bare: DecidingRule,
): readonly string[] {
  const { blockers, checks, input } = context;
  const { config, ledger, window } = input;
  const { maxDays, name } = config.activeGate;
  const lines: string[] = [];
  if (action === "rollback" && rule !== "latched" && blockers.length > 0) {
    lines.push(...besideRollback(blockers));
  }
  lines.push(...checks.filter(isOfMemory).map(({ detail }) => sentence(detail)));
  if (overdue) lines.push(`Overdue: ${name} is on day ${daysInGate(input)} of at most ${maxDays}.`);
  const { override } = ledger;
  if (override !== null && override.until >= window.reportDate && override.action !== "hold") {
    const { by, action: instead, until, reason } = override;
    lines.push(`${by} overrides this with ${instead} until ${until}: ${sentence(reason)}`);
  }
  return bare.action === action ? lines : [...lines, ...severeDaysAlone(context, bare)];
}

/** Single days past a severe line, for which the bare runbook would roll back, and how much that means. */
function severeDaysAlone(context: DecisionContext, bare: DecidingRule): readonly string[] {
  const doubted = severeDoubts(context.guardrails);
  if (bare.rule !== "severe") return [];
  const sentenceOf = (kind: SevereDoubt["kind"], ending: string) => {
    const days = doubted.filter(({ day }) => day.doubt?.kind === kind);
    const named = firstThree(days, ({ metric, day }) => dayAndChange(day, thresholdLines(metric.thresholds)));
    return days.length === 0 ? [] : [`The bare runbook would roll back for ${listText(named)}${ending}.`];
  };
  const odds = chanceText(severeChance(context), slotNoun(context.input.phase));
  return [
    ...sentenceOf("person", ""),
    ...sentenceOf("accepted", ", which a person has accepted"),
    ...sentenceOf("chance", `; ${odds}`),
  ];
}
