/**
 * The lines an operator types: promote, and both ways back. All names come from rollout.yaml; a preset that equals the present state
 * is left out, because typing it would change nothing and look like a remedy.
 */
import type { Config, Gate } from "../../model/config.ts";
import type { Runbook } from "../../model/result.ts";
import type { Action, Preset } from "../../model/words.ts";
import { type Switches, variables } from "./switches.ts";

const RELOAD = "# reload the application's config and cache";

/** The lines record the verdict's own sentence as their reason. */
interface Verdict {
  readonly action: Action;
  readonly reason: string;
}

export function runbookFor(config: Config, switches: Switches, verdict: Verdict): Runbook {
  return {
    promote: promoteLines(config, verdict),
    immediate: immediateLines(config, switches, verdict),
    standard: standardLines(config, switches, verdict),
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

function promoteLines(config: Config, { action, reason }: Verdict): readonly string[] | null {
  const gate = nextGate(config);
  if (gate === null) return null;
  const record =
    action === "promote" ? recordLine("promote", reason) : recordLine("promote --against-verdict", null);
  return [`${variables.activeGate}=${gate.name}`, RELOAD, gateLine(gate), record];
}

function immediateLines({ rollout }: Config, switches: Switches, verdict: Verdict): readonly string[] {
  const verify = 'gatebook verify-rollback --preset immediate --since "TIME OF THE RELOAD"';
  if (switches.forced === rollout.baseline) {
    return [`# ${variables.forced} is ${rollout.baseline} already: see that nothing else is served`, verify];
  }
  return [
    `${variables.forced}=${rollout.baseline}`,
    RELOAD,
    `# feed responses must show meta.algo_version=${rollout.baseline}`,
    verify,
    rollbackLine("immediate", verdict),
  ];
}

/** Back by one gate; at the first gate there is none to go back to, so the rollout is switched off. */
function standardLines(config: Config, switches: Switches, verdict: Verdict): readonly string[] | null {
  if (switches.off || switches.forced === config.rollout.baseline) return null;
  const gate = previousGate(config);
  const verify = 'gatebook verify-rollback --preset standard --since "TIME OF THE RELOAD"';
  if (gate !== null && switches.gate === gate.name) return null;
  return [
    gate === null ? `${variables.enabled}=false` : `${variables.activeGate}=${gate.name}`,
    RELOAD,
    `# ${config.rollout.candidate} only for controlled validation traffic`,
    ...(gate === null ? [] : [gateLine(gate)]),
    verify,
    rollbackLine("standard", verdict),
  ];
}

function gateLine({ name }: Gate): string {
  return `# rollout.yaml: active_gate: ${name}, and on gate ${name} started: the time you did it (that day is a ramp day)`;
}

function rollbackLine(preset: Preset, { action, reason }: Verdict): string {
  return recordLine(`rollback --preset ${preset}`, action === "rollback" ? reason : null);
}

/** `record` rejects it: what only a person knows must be typed. */
const TO_FILL_IN = '"…"';

/** recordLine("promote", "All 5 are healthy.") → `gatebook record promote --reason "All 5 are healthy."`; null: a person's own. */
export function recordLine(what: string, reason: string | null): string {
  return `gatebook record ${what} --reason ${reason === null ? TO_FILL_IN : shellQuoted(reason)}`;
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
