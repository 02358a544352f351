/** A workspace on disk and a terminal that remembers, for tests that run a command as `cli.ts` does. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Command, CommandContext, ExitCode } from "../../src/commands/terminal/command.ts";
import { printable } from "../../src/commands/terminal/errors.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { writeNight } from "../../src/ledger/night.ts";
import { createLedgerTables } from "../../src/ledger/tables.ts";
import { formatPlace, GatebookError } from "../../src/model/error.ts";
import type { CheckResult } from "../../src/model/result.ts";
import type { CheckStatus, Preset, Rule } from "../../src/model/words.ts";
import { serializeResult } from "../../src/result/serialize.ts";
import { openStore } from "../../src/warehouse/store.ts";
import { sampleResult } from "../helpers/sample-result.ts";

export const ROLLOUT = `rollout: { name: clip, baseline: v1, candidate: v2, time_zone: UTC }
active_gate: g10
gates:
  - { name: g10, exposure: 10%, started: 2026-02-01, min_days: 2 }
  - { name: g50, exposure: 50%, min_days: 3 }
  - { name: g100, exposure: 100%, min_days: 3 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }
sources:
  - { name: feed, files: exports/*.csv }
`;

/** Writes files, `/` separated, into a folder that is gone after the test. */
export function workspace(files: Readonly<Record<string, string>> = { "rollout.yaml": ROLLOUT }): string {
  const root = mkdtempSync(join(tmpdir(), "gatebook-commands-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) writeAt(root, path, text);
  return root;
}

/** `savedAt` sets the modification time. */
export function writeAt(root: string, path: string, text: string, savedAt?: string): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  if (savedAt !== undefined) utimesSync(target, new Date(savedAt), new Date(savedAt));
}

/** Opens the store, lets `work` fill it, and publishes the warehouse. */
export async function withStore(root: string, work: (engine: Engine) => Promise<void>): Promise<void> {
  const store = await openStore(root, [], { waitMs: 0, onWait: () => {} });
  try {
    await work(store.engine);
    await store.publish();
  } finally {
    store.close();
  }
}

export interface NightSketch {
  readonly date: string;
  readonly rule?: Rule;
  readonly gate?: string;
  readonly preset?: Preset;
  readonly checks?: readonly CheckResult[];
}

/** One night in the ledger, judged as of the end of its day. */
export async function addNight(
  engine: Engine,
  { date, gate = "g10", ...sketch }: NightSketch,
): Promise<void> {
  const { rule = "observing", preset = null } = sketch;
  const base = sampleResult();
  const rollback = rule === "severe" || rule === "rollback" || rule === "latched";
  const action = rollback ? "rollback" : rule === "promote" ? "promote" : "hold";
  const end = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 19);
  await createLedgerTables(engine);
  const result = {
    ...base,
    phase: "daily" as const,
    rollout: { ...base.rollout, name: "clip", gate },
    window: { ...base.window, reportDate: date, asOf: `${end}Z` },
    decision: { ...base.decision, rule, action, preset, reasons: [`${rule} on ${date}`] } as const,
    checks: sketch.checks ?? base.checks,
  };
  await writeNight(engine, {
    result,
    stored: serializeResult(result),
    healthyDay: true,
    moveSeen: null,
    changed: "first",
    recordedAt: `${end}Z`,
  });
}

/** A check's finding that a person can accept by that word; null: none can. */
export function finding(accept: string | null, status: CheckStatus = "fail"): CheckResult {
  const [base] = sampleResult().checks;
  if (base === undefined) throw new Error("the sample has checks");
  return { ...base, name: "severe_days", status, accept, detail: "down 16.9%" };
}

export interface Ran {
  readonly code: ExitCode | null;
  readonly out: string;
  readonly remarks: string;
  /** What a refused command says: message, place and hint in one line; "" when it ran. */
  readonly refused: string;
}

export interface RunOptions {
  readonly now?: string;
  readonly env?: CommandContext["env"];
  readonly columns?: number;
}

/** Runs a command with its defaults filled in as yargs does. */
export async function run(
  command: Command,
  root: string,
  given: Readonly<Record<string, unknown>> = {},
  { now = "2026-02-08T08:00:00Z", env = {}, columns = 200 }: RunOptions = {},
): Promise<Ran> {
  const out: string[] = [];
  const remarks: string[] = [];
  const context: CommandContext = {
    version: "0.0.0",
    nodeVersion: "v20.0.0",
    cwd: root,
    env,
    now: () => new Date(now),
    progress: () => {},
    terminal: {
      print: (text) => out.push(printable(text)),
      note: (text) => out.push(printable(text)),
      printRaw: (text) => out.push(text),
      remark: (text) => remarks.push(text),
      columns,
      colour: false,
      readInput: async () => "",
      ask: async () => "",
      stopped: async () => {},
    },
  };
  const told = { out: "", remarks: "", refused: "" };
  try {
    const code = await command.run({ ...defaultsOf(command), ...given }, context);
    return { ...told, code, out: out.join("\n"), remarks: remarks.join("\n") };
  } catch (error) {
    if (!(error instanceof GatebookError)) throw error;
    const where = error.where === undefined ? "" : ` at ${formatPlace(error.where)}`;
    return { ...told, code: null, refused: `${error.code}: ${error.message}${where} | ${error.hint ?? ""}` };
  }
}

/** `query-timeout` reaches a command as queryTimeout. */
function defaultsOf({ options }: Command): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      option.default,
    ]),
  );
}
