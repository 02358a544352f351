/**
 * What an operator does, step by step: promote, and both ways back. All names come from rollout.yaml; a preset that equals the present
 * state is left out, because it would change nothing and look like a remedy.
 */
import { addDays } from "../../model/calendar.ts";
import type { Config, Gate } from "../../model/config.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { PreflightLine, Runbook, SettingEdit, Step } from "../../model/result.ts";
import type { Action, Day, Preset } from "../../model/words.ts";
import { settingEdit, step, stepLines } from "./steps.ts";
import { type Switches, variables } from "./switches.ts";

/** What the steps are written from; they record the verdict's own sentence as their reason. */
export interface RunbookInput {
  readonly config: Config;
  readonly switches: Switches;
  readonly preflight: readonly PreflightLine[];
  readonly reportDate: Day;
  readonly action: Action;
  readonly reason: string;
}

export function runbookFor(input: RunbookInput): Runbook {
  const steps = {
    promote: promoteSteps(input),
    immediate: immediateSteps(input),
    standard: standardSteps(input),
  };
  const lines = (own: readonly Step[] | null) => (own === null ? null : stepLines(own));
  return {
    promote: lines(steps.promote),
    immediate: stepLines(steps.immediate),
    standard: lines(steps.standard),
    steps,
  };
}

export function nextGate(config: Config): Gate | null {
  return neighbour(config, 1);
}

function previousGate(config: Config): Gate | null {
  return neighbour(config, -1);
}

function neighbour(config: Config, step: number): Gate | null {
  const at = config.gates.findIndex((gate) => gate.name === config.activeGate.name);
  // An active gate that is not in the list has no neighbour: nothing is promoted on a guess.
  return at === -1 ? null : (config.gates[at + step] ?? null);
}

function promoteSteps(input: RunbookInput): readonly Step[] | null {
  const { config, action, reason } = input;
  const gate = nextGate(config);
  if (gate === null) return null;
  const record =
    action === "promote" ? recordLine("promote", reason) : recordLine("promote --against-verdict", null);
  return [
    step(`Open ${gate.name} in the app's settings:`, {
      edits: [setting(variables.activeGate, gate.name, input)],
    }),
    step("Reload the app's config and cache, and note the time."),
    gateStep(gate, input),
    step(`Record it${action === "promote" ? "" : ", against the verdict; it asks for the reason"}:`, {
      commands: [record],
    }),
  ];
}

function immediateSteps(input: RunbookInput): readonly Step[] {
  const { rollout } = input.config;
  const proof = proofStep("immediate", `only ${rollout.baseline} is served`);
  if (input.switches.forced === rollout.baseline) {
    const already = `${variables.forced} is ${rollout.baseline} already. Note the time since when:`;
    return [step(already, { commands: [NOTE_TIME] }), proof];
  }
  return [
    step(`Force ${rollout.baseline} for everybody in the app's settings:`, {
      edits: [setting(variables.forced, rollout.baseline, input)],
    }),
    reloadStep(`Feed responses must then show meta.algo_version=${rollout.baseline}.`),
    proof,
    rollbackStep("immediate", input),
  ];
}

/** Back by one gate; at the first gate there is none to go back to, so the rollout is switched off. */
function standardSteps(input: RunbookInput): readonly Step[] | null {
  const { config, switches } = input;
  const { candidate, baseline } = config.rollout;
  if (switches.off || switches.forced === baseline) return null;
  const gate = previousGate(config);
  if (gate !== null && switches.gate === gate.name) return null;
  const edit =
    gate === null
      ? setting(variables.enabled, "false", input)
      : setting(variables.activeGate, gate.name, input);
  const what = gate === null ? "Switch the rollout off" : `Go back to ${gate.name}`;
  const left = gate === null ? `only controlled validation traffic gets ${candidate}` : servedAt(gate, input);
  return [
    step(`${what} in the app's settings:`, { edits: [edit] }),
    reloadStep(),
    ...(gate === null ? [] : [gateStep(gate, input)]),
    proofStep("standard", left),
    rollbackStep("standard", input),
  ];
}

/** What is left of the latched rollback where the app is back at its gate already; null where it is not, or is to be forced. */
export function remainingSteps(input: RunbookInput, ledger: LedgerState): readonly Step[] | null {
  const { config, switches } = input;
  const { latched, records } = ledger;
  if (latched?.preset !== "standard") return null;
  const recorded = records.findLast(({ kind, date }) => kind === "rollback" && date >= latched.since) ?? null;
  const to = recorded === null ? previousGate(config)?.name : recorded.toGate;
  const gate = config.gates.find(({ name }) => name === to);
  if (gate === undefined || switches.gate !== gate.name) return null;
  const known = `${variables.activeGate} is ${gate.name} already`;
  return [
    recorded === null
      ? step(`${known}. Note the time since when:`, { commands: [NOTE_TIME] })
      : step(`${known}, and the rollback is recorded.`),
    ...(gate.name === config.activeGate.name ? [] : [gateStep(gate, input)]),
    recorded === null ? proofStep("standard", servedAt(gate, input)) : provedStep(servedAt(gate, input)),
    ...(recorded === null ? [rollbackStep("standard", input)] : []),
  ];
}

function servedAt({ name }: Gate, { config }: RunbookInput): string {
  return `at most ${name}'s share gets ${config.rollout.candidate}`;
}

function setting(key: string, value: string, { preflight }: RunbookInput): SettingEdit {
  return settingEdit(key, value, preflight);
}

/** For the line that proves it. */
const NOTE_TIME = 'reloaded="$(date -u +%Y-%m-%dT%H:%M:%SZ)"';

function reloadStep(more = ""): Step {
  return step(`Reload the app's config and cache, then note the time.${more === "" ? "" : ` ${more}`}`, {
    commands: [NOTE_TIME],
  });
}

function proofStep(preset: Preset, claim: string): Step {
  return step(
    `Prove with later events that ${claim} (new terminal: the time, as 2026-02-08T09:30, for $reloaded):`,
    { commands: [`gatebook verify-rollback --preset ${preset} --since "$reloaded"`] },
  );
}

/** Since the recorded rollback. */
function provedStep(claim: string): Step {
  return step(`Prove with later events that ${claim}:`, {
    commands: ["gatebook verify-rollback --preset standard"],
  });
}

function gateStep({ name, started }: Gate, { config, reportDate }: RunbookInput): Step {
  const opened = `${addDays(reportDate, 1)}T09:30`;
  return step("In rollout.yaml, name the gate and when you reloaded (that day is a ramp day, in no gate):", {
    edits: [
      { place: "rollout.yaml", line: `active_gate: ${name}`, was: config.activeGate.name },
      { place: `rollout.yaml, gate ${name}`, line: `started: ${opened}`, was: started?.day ?? null },
    ],
  });
}

function rollbackStep(preset: Preset, { action, reason }: RunbookInput): Step {
  const isVerdict = action === "rollback";
  return step(`Record it${isVerdict ? "" : "; it asks for the reason"}:`, {
    commands: [recordLine(`rollback --preset ${preset}`, isVerdict ? reason : null)],
  });
}

/** recordLine("promote", "All 5 are healthy.") → `gatebook record promote --reason "All 5 are healthy."`; null: the command asks for a person's own. */
export function recordLine(what: string, reason: string | null): string {
  return `gatebook record ${what}${reason === null ? "" : ` --reason ${shellQuoted(reason)}`}`;
}

/** A finding as `record accept` takes it. */
export function acceptLine(word: string): string {
  const plain = /^[\w.:@/+-]+$/.test(word);
  return recordLine(`accept ${plain ? word : shellQuoted(word)}`, null);
}

/** One argument of a POSIX shell, whatever is in it: reasons quote values and names that come from data. */
export function shellQuoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return /[$`"\\!]/.test(line) ? `'${line.replaceAll("'", "'\\''")}'` : `"${line}"`;
}
