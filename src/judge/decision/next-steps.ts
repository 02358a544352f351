/** After the verdict: what to type now, and what to expect from the next run. */

import { addDays, endOfDay } from "../../model/calendar.ts";
import type { CheckResult, Runbook } from "../../model/result.ts";
import type { Action, Preset, Rule } from "../../model/words.ts";
import { clockText } from "../../text/times.ts";
import { listText, plural } from "../../text/words.ts";
import { acceptLine, nextGate, recordLine } from "../checklist/runbook.ts";
import { type Switches, variables } from "../checklist/switches.ts";
import { explain } from "../checks/causes.ts";
import type { JudgeInput } from "../input.ts";
import { gateFirstDayOver } from "../window/first-day-window.ts";
import { awaitsFirstDay } from "../window/window.ts";
import type { DecisionContext } from "./decision-context.ts";
import { forecastOf } from "./forecast.ts";

interface Deciding {
  readonly rule: Rule;
  readonly action: Action;
}

/** Exact lines to type now. */
export function nextLines(
  context: DecisionContext,
  { rule, action }: Deciding,
  { runbook, preset }: { readonly runbook: Runbook; readonly preset: Preset | null },
): readonly string[] {
  const { input, blockers, switches } = context;
  const { activeGate, rollout } = input.config;
  switch (action) {
    case "promote":
      return runbook.promote ?? [];
    case "rollback": {
      const lines = preset === "standard" ? (runbook.standard ?? runbook.immediate) : runbook.immediate;
      const clear = recordLine("clear", null);
      return rule === "latched"
        ? [...lines, "# when it is done and understood, to start a new observation window:", clear]
        : lines;
    }
    case "complete":
      return [
        `# nothing to change tonight: ${rollout.candidate} has passed ${activeGate.name}`,
        `# keep ${rollout.baseline} and its force toggle configured for a rapid rollback`,
      ];
    case "disabled":
      return disabledLines(switches, rollout.candidate);
    case "hold": {
      const again = runAgain(input);
      if (rule === "data" && blockers.length > 0) {
        const { causes, others } = explain(blockers);
        const named = [...causes, ...others].map(({ title }) => `"${title}"`);
        return [`# keep ${activeGate.name}; fix ${listText(named)}, then`, again, ...acceptLines(blockers)];
      }
      return input.phase === "first-24h"
        ? firstDayLines(input)
        : [`# nothing to change tonight: keep ${activeGate.name}`, ...closingLines(context)];
    }
    default:
      return action satisfies never;
  }
}

/** What a person may settle, one line for each finding. */
function acceptLines(blockers: readonly CheckResult[]): readonly string[] {
  const lines = blockers.flatMap(({ accept }) => (accept === null ? [] : [acceptLine(accept)]));
  return lines.length === 0
    ? []
    : ["# or, once a person has looked at it and says why it is acceptable:", ...lines];
}

/** Before/after proves no health: from min_days on, the gate waits for a person alone. */
function closingLines({ input, sufficient }: DecisionContext): readonly string[] {
  if (input.comparison !== "before-after" || sufficient.length < input.config.activeGate.minDays) return [];
  return [
    "# only a person can close this gate, once it has been watched long enough:",
    recordLine("complete", null),
  ];
}

/** The same key once more. */
function runAgain({ phase, window }: JudgeInput): string {
  return phase === "daily"
    ? `gatebook run --date ${window.reportDate}`
    : `gatebook run --phase first-24h --as-of ${window.asOf}`;
}

function firstDayLines({ config, window }: JudgeInput): readonly string[] {
  const keep = `# nothing to change now: keep ${config.activeGate.name}`;
  if (window.asOf >= gateFirstDayOver(config)) return [keep];
  return [
    keep,
    `# ${nextLook({ config, window })}, and whenever you want to look:`,
    "gatebook run --phase first-24h",
  ];
}

function disabledLines({ forced }: Switches, candidate: string): readonly string[] {
  if (forced === candidate)
    return [`# every request gets ${candidate}: empty ${variables.forced} to go on with the rollout`];
  const preset = forced === null ? "standard" : "immediate";
  return [
    `# nothing to change tonight: see that ${candidate} gets no traffic`,
    `gatebook verify-rollback --preset ${preset} --since "TIME OF THE RELOAD"`,
  ];
}

/** One sentence about tomorrow. */
export function expectation(context: DecisionContext, { rule, action }: Deciding): string {
  const { config, window } = context.input;
  const gate = config.activeGate;
  switch (action) {
    case "promote": {
      const next = nextGate(config);
      const opening = `The day you open ${next?.name} is in no gate; after it`;
      if (next !== null && next.exposure >= 1 && !next.holdback)
        return `${opening} there is no baseline to compare with, so expect hold every night until a person closes ${next.name} (gatebook record complete).`;
      const days = plural(next?.minDays ?? 1, "sufficient day");
      return `${opening} a new window starts, so expect hold (observing) for at least ${days}.`;
    }
    case "rollback":
      return rule === "latched"
        ? "Every night says rollback (latched) until a person clears it; clearing starts a new observation window."
        : `Expect rollback (latched) from ${context.input.phase === "daily" ? `the night of ${addDays(window.reportDate, 1)}` : "the next run"} on, until a person clears it with a reason, or disabled once the rollout is switched off.`;
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
    return "Expect hold while the warning lasts; past the rollback line and statistically significant it becomes rollback.";
  const forecast = forecastOf(context);
  return forecast === null ? `Expect hold while ${gate} is observed.` : `Expect hold. ${forecast.text}`;
}
