/** After the verdict: what to type now, and what to expect from the next run. */

import { addDays, endOfDay } from "../../model/calendar.ts";
import type { CheckResult, Runbook, Step } from "../../model/result.ts";
import type { Action, Preset, Rule } from "../../model/words.ts";
import { clockText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { acceptLine, nextGate, recordLine } from "../checklist/runbook.ts";
import { settingEdit, step } from "../checklist/steps.ts";
import { type Switches, variables } from "../checklist/switches.ts";
import { explain, kindOf } from "../checks/causes.ts";
import type { JudgeInput } from "../input.ts";
import { missedNights } from "../window/days.ts";
import { gateFirstDayOver } from "../window/first-day-window.ts";
import { awaitsFirstDay } from "../window/window.ts";
import type { DecisionContext } from "./decision-context.ts";
import { forecastOf } from "./forecast.ts";

interface Deciding {
  readonly rule: Rule;
  readonly action: Action;
}

interface Ways {
  readonly runbook: Runbook;
  readonly preset: Preset | null;
  /** Of a latched rollback that is done in part; null: all of it is to be done. */
  readonly remaining: readonly Step[] | null;
}

/** What to do now, step by step. */
export function nextSteps(
  context: DecisionContext,
  { rule, action }: Deciding,
  { runbook, preset, remaining }: Ways,
): readonly Step[] {
  const { input, blockers, switches } = context;
  const { activeGate, rollout } = input.config;
  const { promote = null, immediate = [], standard = null } = runbook.steps ?? {};
  switch (action) {
    case "promote":
      return promote ?? [];
    case "rollback": {
      const steps = remaining ?? (preset === "standard" ? (standard ?? immediate) : immediate);
      return rule === "latched" ? [...steps, clearStep] : steps;
    }
    case "complete":
      return [
        step(`Nothing to change tonight: ${rollout.candidate} has passed ${activeGate.name}.`),
        step(`Keep ${rollout.baseline} and its force toggle configured for a rapid rollback.`),
      ];
    case "disabled":
      return [disabledStep(switches, input)];
    case "hold":
      if (rule === "data" && blockers.length > 0) return dataSteps(context);
      if (input.phase === "first-24h") return firstDaySteps(input);
      return [
        step(`Nothing to change tonight: keep ${activeGate.name}.`),
        ...scarceSteps(context, rule),
        ...missedSteps(context, rule),
        ...closingSteps(context),
      ];
    default:
      return action satisfies never;
  }
}

const clearStep = step(
  "When it is done and understood, clear it; it asks for the reason, and a new observation window starts:",
  { commands: [recordLine("clear", null)] },
);

const shownFindings = 5;

/** For each finding whom to ask and what to run; a consequence goes with its cause. */
function dataSteps({ input, blockers }: DecisionContext): readonly Step[] {
  const { causes, others } = explain(blockers);
  const found = [...causes, ...others];
  const more = found.length - shownFindings;
  return [
    step(`Change nothing in the app: keep ${input.config.activeGate.name}.`),
    ...found.slice(0, shownFindings).flatMap(findingSteps),
    ...(more > 0 ? [step(`Look at ${plural(more, "more finding")} under Data health.`)] : []),
    step("Then judge the same day again:", { commands: [runAgain(input)] }),
  ];
}

/** A day past a severe line is no fault to fix: it is real, or there is a reason for it. */
function findingSteps(check: CheckResult): readonly Step[] {
  const { title, accept, owner, inspect } = check;
  const whom = owner === null ? "" : ` (ask ${owner})`;
  const commands = inspect === null ? [] : [inspect];
  if (accept === null) return [step(`Fix "${title}"${whom}. What it found:`, { commands })];
  const real =
    kindOf(check) === "judgement" ? "Roll back if it is real, by the steps in the report" : "Fix it";
  const accepting = `${real}; or accept it, once you can say why that is right (it asks):`;
  return [
    step(`Look into "${title}"${whom}:`, { commands }),
    step(accepting, { commands: [acceptLine(accept)] }),
  ];
}

/** Traffic that no number of days makes enough. */
function scarceSteps(context: DecisionContext, rule: Rule): readonly Step[] {
  const { never = false, condition } = forecastOf(context) ?? {};
  if (rule !== "observing" || !never || condition !== "sufficient_days") return [];
  const { name } = context.input.config.activeGate;
  return [
    step(
      `Waiting will not end this: change ${name}'s exposure (the app and rollout.yaml) or min_sample (rollout.yaml).`,
    ),
  ];
}

/** A night that nobody looked at ends a row of quiet days; running it mends that. */
function missedSteps({ input }: DecisionContext, rule: Rule): readonly Step[] {
  const missed = rule === "healthy_days" ? [...missedNights(input)].sort() : [];
  if (missed.length === 0) return [];
  return [
    step("Judge the nights that were missed, then this one again:", {
      commands: [...missed.map((date) => `gatebook run --date ${date}`), runAgain(input)],
    }),
  ];
}

/** Before/after proves no health: from min_days on, the gate waits for a person alone. */
function closingSteps({ input, sufficient }: DecisionContext): readonly Step[] {
  if (input.comparison !== "before-after" || sufficient.length < input.config.activeGate.minDays) return [];
  return [
    step("Only a person can close this gate, once it has been watched long enough; it asks for the reason:", {
      commands: [recordLine("complete", null)],
    }),
  ];
}

/** The same key once more. */
function runAgain({ phase, window }: JudgeInput): string {
  return phase === "daily"
    ? `gatebook run --date ${window.reportDate}`
    : `gatebook run --phase first-24h --as-of ${window.asOf}`;
}

function firstDaySteps({ config, window }: JudgeInput): readonly Step[] {
  const keep = step(`Nothing to change now: keep ${config.activeGate.name}.`);
  if (window.asOf >= gateFirstDayOver(config)) return [keep];
  const look = `Look again ${nextLook({ config, window })}, and whenever you want to:`;
  return [keep, step(look, { commands: ["gatebook run --phase first-24h"] })];
}

function disabledStep({ forced }: Switches, { config, preflight, window }: JudgeInput): Step {
  const { candidate } = config.rollout;
  if (forced === candidate)
    return step(`Every request gets ${candidate}. To go on with the rollout, empty the force toggle:`, {
      edits: [settingEdit(variables.forced, "", preflight)],
    });
  const preset = forced === null ? "standard" : "immediate";
  return step(`Nothing to change tonight: see that ${candidate} gets no traffic.`, {
    commands: [`gatebook verify-rollback --preset ${preset} --since ${window.asOf}`],
  });
}

/** One sentence about tomorrow. */
export function expectation(context: DecisionContext, { rule, action }: Deciding): string {
  const { config, window } = context.input;
  const gate = config.activeGate;
  switch (action) {
    case "promote": {
      const next = nextGate(config);
      const opening = "Expect hold: the day you switch does not count, then";
      if (next !== null && next.exposure >= 1 && !next.holdback)
        return `${opening} there is no baseline left to compare with, and a person closes ${next.name} (gatebook record complete).`;
      return `${opening} ${next?.name} needs ${plural(next?.minDays ?? 1, "sufficient day")}.`;
    }
    case "rollback":
      return rule === "latched"
        ? "Every night says rollback (latched) until a person clears it; clearing starts a new observation window."
        : `From ${context.input.phase === "daily" ? `the night of ${addDays(window.reportDate, 1)}` : "the next run"} on expect rollback (latched), until a person clears it. Once the rollout is switched off, expect disabled.`;
    case "complete":
      return "Expect complete again every night; a breach still rolls back.";
    case "disabled":
      return "Expect disabled every night until preflight reads the rollout as switched on and nothing forced.";
    case "hold":
      return holdExpectation(context, rule, gate.name);
    default:
      return action satisfies never;
  }
}

/** Two looks in the first 24 hours, midday and end of day; then the nights. */
function firstDayExpectation({ input }: DecisionContext): string {
  const { activeGate } = input.config;
  const nights = `The nightly run judges ${activeGate.name} from its first whole day on, ${activeGate.started?.firstDay ?? "once it has started"}.`;
  if (input.window.asOf >= gateFirstDayOver(input.config)) return nights;
  return `Run again ${nextLook(input)}; any breach until then is a rollback. ${nights}`;
}

/** Midday and the end of the day are the runbook's two looks; after midnight only the end of the 24 hours is left. */
function nextLook({ config, window }: Pick<JudgeInput, "config" | "window">): string {
  const opened = config.activeGate.started?.day;
  const atMidnight = window.asOf === endOfDay(window.reportDate, config.rollout.timeZone);
  if (window.reportDate === opened && !atMidnight) return "at the end of the day";
  return `before the first 24 hours end, ${clockText(gateFirstDayOver(config), config.rollout.timeZone)}`;
}

function holdExpectation(context: DecisionContext, rule: Rule, gate: string): string {
  const { input } = context;
  if (input.phase === "first-24h") return firstDayExpectation(context);
  if (awaitsFirstDay(input.window)) {
    const { name, minDays } = input.config.activeGate;
    return `Expect hold until ${name} has ${plural(minDays, "sufficient day")}, the first of them ${input.window.opensOn}.`;
  }
  if (rule === "data")
    return "Expect hold until every blocking check passes; a breach of a guardrail still rolls back.";
  if (rule === "warning")
    return "Expect hold while the warning lasts; past the rollback line, and more than chance, it becomes rollback.";
  const forecast = forecastOf(context);
  return forecast === null ? `Expect hold while ${gate} is observed.` : `Expect hold. ${forecast.text}`;
}
