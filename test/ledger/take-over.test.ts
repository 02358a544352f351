/** What a later result remembers of a ledger is all of what the next night asks of it. */
import { describe, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { writeNight } from "../../src/ledger/night.ts";
import { addRecord, type PersonEntry } from "../../src/ledger/record.ts";
import { readLedger } from "../../src/ledger/state.ts";
import { createLedgerTables } from "../../src/ledger/tables.ts";
import { addRemembered, missingRecords } from "../../src/ledger/take-over.ts";
import type { Result } from "../../src/model/result.ts";
import type { Day, Rule } from "../../src/model/words.ts";
import { sampleResult } from "../helpers/sample-result.ts";

const base = sampleResult();
const rollout = base.rollout.name;

interface Night {
  readonly date: string;
  readonly rule?: Rule;
  readonly gate?: string;
  readonly moveSeen?: boolean;
}

type Entry = Partial<PersonEntry> & Pick<PersonEntry, "kind" | "effective">;

async function ledger(): Promise<Engine> {
  const engine = await openDuckDb({ file: ":memory:" });
  onTestFinished(() => engine.close());
  await createLedgerTables(engine);
  return engine;
}

const keyOf = (date: string) => ({ rollout, phase: "daily" as const, date, asOf: `${date}T23:59:59Z` });
const nightKey = (result: Result) => keyOf(result.window.reportDate);

async function write(
  engine: Engine,
  { date, rule = "observing", gate = "g10", moveSeen }: Night,
): Promise<Result> {
  const { state, observedSince } = await readLedger(engine, keyOf(date));
  const action = rule === "severe" || rule === "rollback" ? ("rollback" as const) : ("hold" as const);
  const result: Result = {
    ...base,
    rollout: { ...base.rollout, gate },
    window: {
      ...base.window,
      from: observedSince ?? "2026-02-01",
      reportDate: date,
      asOf: `${date}T23:59:59Z`,
    },
    decision: { ...base.decision, rule, action, preset: "immediate", reasons: [`${rule} on ${date}`] },
    ledger: state,
  };
  await copyNight(engine, result, moveSeen ?? null);
  return result;
}

async function copyNight(engine: Engine, result: Result, moveSeen: boolean | null): Promise<void> {
  const recordedAt = result.window.asOf;
  await writeNight(engine, {
    result,
    stored: "{}",
    healthyDay: true,
    moveSeen,
    changed: "first",
    recordedAt,
  });
}

async function record(engine: Engine, entry: Entry): Promise<void> {
  const nothing = { fromGate: null, toGate: null, fromShare: null, toShare: null, preset: null };
  const rest = {
    action: null,
    until: null,
    subject: null,
    ticket: null,
    recordedAt: `${entry.effective}T09:00:00Z`,
  };
  await addRecord(engine, { rollout, ...nothing, ...rest, reason: "agreed", person: "ada", ...entry });
}

const promote: Omit<Entry, "effective"> = {
  kind: "promote",
  fromGate: "g10",
  toGate: "g50",
  fromShare: 0.1,
  toShare: 0.5,
};
const lives: Readonly<Record<string, readonly (Night | Entry)[]>> = {
  "nights alone": [{ date: "2026-02-01" }, { date: "2026-02-02" }, { date: "2026-02-03" }],
  "a latched rollback": [
    { date: "2026-02-01" },
    { date: "2026-02-02", rule: "severe" },
    { date: "2026-02-03", rule: "latched" },
  ],
  "a rollback whose night was run again when the rollout was off": [
    { date: "2026-02-01" },
    { date: "2026-02-02", rule: "severe" },
    { date: "2026-02-02", rule: "disabled" },
    { date: "2026-02-03", rule: "latched" },
  ],
  "a rollback of the last night": [{ date: "2026-02-01" }, { date: "2026-02-02", rule: "rollback" }],
  "a rollback that was cleared": [
    { date: "2026-02-01", rule: "severe" },
    { kind: "clear", effective: "2026-02-02" },
    { date: "2026-02-02" },
    { date: "2026-02-03" },
  ],
  "a rollback after one that was cleared": [
    { date: "2026-02-01", rule: "severe" },
    { kind: "clear", effective: "2026-02-02" },
    { date: "2026-02-03", rule: "rollback" },
    { date: "2026-02-04", rule: "latched" },
  ],
  "a promote that traffic has shown": [
    { date: "2026-02-01" },
    { ...promote, effective: "2026-02-02" },
    { date: "2026-02-02", gate: "g50" },
    { date: "2026-02-03", gate: "g50", moveSeen: true },
    { date: "2026-02-04", gate: "g50" },
  ],
  "a promote that waits to be seen": [
    { date: "2026-02-01" },
    { ...promote, effective: "2026-02-02" },
    { date: "2026-02-02", gate: "g50" },
  ],
  "a forced rollback that waits to be seen": [
    { date: "2026-02-01", rule: "severe" },
    {
      kind: "rollback",
      effective: "2026-02-02",
      preset: "immediate",
      fromGate: "g10",
      fromShare: 0.1,
      toShare: 0,
    },
    { date: "2026-02-02", rule: "latched" },
  ],
  "an override and acceptances": [
    { date: "2026-02-01" },
    { kind: "override", effective: "2026-02-02", action: "hold", until: "2026-02-09" },
    { kind: "accept", effective: "2026-02-02", subject: "day:2026-02-01" },
    { date: "2026-02-02" },
    { date: "2026-02-03" },
  ],
};

describe("a ledger taken over from its newest result alone gives the next night what the lost one would have given", () => {
  it.each(Object.entries(lives))("%s", async (_, steps) => {
    const lost = await ledger();
    let newest: Result | null = null;
    let seen: boolean | null = null;
    for (const step of steps) {
      if ("kind" in step) await record(lost, step);
      else {
        newest = await write(lost, step);
        seen = step.moveSeen ?? null;
      }
    }
    if (newest === null) throw new Error("no night");
    const engine = await ledger();
    await copyNight(engine, newest, seen);
    const taken = { result: newest, source: "result.json", recordedAt: "2026-02-10T00:00:00Z" };
    await addRemembered(engine, taken);
    for (const entry of missingRecords(taken, (await readLedger(engine, nightKey(newest))).state))
      await addRecord(engine, entry);
    // what a gate fixed before an observation began again counts no more
    const known = async (of: Engine, date: Day) => {
      const view = await readLedger(of, keyOf(date));
      return { ...view, plans: view.plans.filter((plan) => plan.date >= (view.observedSince ?? "")) };
    };
    for (const date of ["2026-02-05", "2026-02-09", "2026-02-10"])
      expect(await known(engine, date)).toEqual(await known(lost, date));
    expect((await readLedger(engine, nightKey(newest))).state).toEqual(newest.ledger);
  });
});

it("a rollback stays in force where its night's own report says that the rollout was off", async () => {
  const lost = await ledger();
  await write(lost, { date: "2026-02-02", rule: "severe" });
  const nights = [
    await write(lost, { date: "2026-02-02", rule: "disabled" }),
    await write(lost, { date: "2026-02-03", rule: "latched" }),
  ];
  const engine = await ledger();
  for (const result of nights) await copyNight(engine, result, null);
  const [, newest = nights[0]] = nights;
  if (newest === undefined) throw new Error("no night");
  await addRemembered(engine, { result: newest, source: "result.json", recordedAt: "2026-02-10T00:00:00Z" });
  const { latched } = (await readLedger(engine, keyOf("2026-02-04"))).state;
  expect(latched).toEqual((await readLedger(lost, keyOf("2026-02-04"))).state.latched);
  expect(latched?.since).toBe("2026-02-02");
});
