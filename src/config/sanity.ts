/** What must be true of rollout.yaml beyond the shape of each key: lines in order, gates that rise, names that are unique. */

import type { z } from "zod";
import { suggestion } from "../model/suggest.ts";
import type { Role } from "../model/words.ts";
import { lineText } from "../text/numbers.ts";

type Refinement = z.RefinementCtx;

interface Trouble {
  readonly path?: PropertyKey[];
  readonly message: string;
  readonly hint?: string;
  /** Shown at the key instead of its value. */
  readonly at?: "key";
}

/** An issue as `problems.ts` reads it. */
export function report(context: Refinement, { path = [], message, hint, at }: Trouble): void {
  context.addIssue({ code: "custom", path, message, params: { hint, at } });
}

interface ThresholdLines {
  readonly warning?: number | undefined;
  readonly rollback?: number | undefined;
  readonly severe?: number | undefined;
}

/** warning < rollback < severe, as far as they are set. */
export function refineLines(lines: ThresholdLines, context: Refinement): void {
  const { warning, rollback, severe } = lines;
  if (warning === undefined && rollback === undefined) {
    report(context, { message: "needs a warning or a rollback line", at: "key" });
  }
  const order = Object.entries({ warning, rollback, severe }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  for (const [index, line] of order.entries()) {
    const below = order[index - 1];
    if (below === undefined || line.value > below.value) continue;
    const message = `${line.name} ${lineText(line.value)} must be above ${below.name} ${lineText(below.value)}`;
    report(context, { path: [line.name], message });
  }
}

interface GuardrailShape {
  readonly drop?: ThresholdLines | undefined;
  readonly rise?: ThresholdLines | undefined;
  readonly role: Role;
}

export function refineGuardrail({ drop, rise, role }: GuardrailShape, context: Refinement): void {
  if (drop !== undefined && rise !== undefined) {
    const message = "has drop and rise: one direction is the harmful one";
    report(context, { path: ["rise"], message, at: "key" });
  }
  if (drop === undefined && rise === undefined && role === "guardrail") {
    report(context, {
      message: "a guardrail needs drop or rise",
      hint: "e.g. drop: { warning: 3%, rollback: 5% }, or role: informational",
      at: "key",
    });
  }
}

interface GateShape {
  readonly name: string;
  readonly exposure: number;
  readonly started?: string | undefined;
  readonly min_days: number;
  readonly max_days?: number | undefined;
}

export function refineGate({ min_days, max_days }: GateShape, context: Refinement): void {
  if (max_days === undefined || max_days >= min_days) return;
  report(context, { path: ["max_days"], message: `max_days ${max_days} is below min_days ${min_days}` });
}

export function refineGates(gates: readonly GateShape[], context: Refinement): void {
  for (const [index, gate] of gates.entries()) {
    const before = gates[index - 1];
    if (gates.slice(0, index).some(({ name }) => name === gate.name)) {
      report(context, { path: [index, "name"], message: `two gates are called "${gate.name}"` });
    }
    if (before !== undefined && gate.exposure <= before.exposure) {
      const message = `exposure ${lineText(gate.exposure)} must be above ${lineText(before.exposure)} of "${before.name}"`;
      const hint = "list the gates in order, smallest exposure first";
      report(context, { path: [index, "exposure"], message, hint });
    }
  }
}

export function refineActiveGate(
  { active_gate, gates }: { readonly active_gate: string; readonly gates: readonly GateShape[] },
  context: Refinement,
): void {
  const names = gates.map(({ name }) => name);
  const index = names.indexOf(active_gate);
  if (index < 0) {
    const message = `no gate is called "${active_gate}"${suggestion(active_gate, names)}`;
    report(context, { path: ["active_gate"], message, hint: `gates: ${names.join(", ")}` });
    return;
  }
  if (gates[index]?.started !== undefined) return;
  report(context, {
    path: ["gates", index],
    message: `"${active_gate}" is active but does not say since when`,
    hint: "add started: with the first day, e.g. started: 2026-02-01",
  });
}

export function refineSources(
  sources: readonly { readonly name: string; readonly kind: string }[],
  context: Refinement,
): void {
  // DuckDB ignores case in the names of tables.
  const names = sources.map(({ name }) => name.toLowerCase());
  for (const [index, source] of sources.entries()) {
    if (names.indexOf(source.name.toLowerCase()) === index) continue;
    report(context, { path: [index, "name"], message: `two sources are called "${source.name}"` });
  }
  if (sources.length > 0 && sources.every(({ kind }) => kind === "lookup")) {
    report(context, { message: "no source has events: all are lookups", at: "key" });
  }
}
