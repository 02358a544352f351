import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { readNight, writeNight } from "../../src/ledger/night.ts";
import { addRecord, type PersonEntry, readHistory } from "../../src/ledger/record.ts";
import { readLedger } from "../../src/ledger/state.ts";
import { createLedgerTables } from "../../src/ledger/tables.ts";
import type { Result } from "../../src/model/result.ts";
import type { Action, Phase, Rule } from "../../src/model/words.ts";
import { sampleResult } from "../helpers/sample-result.ts";

let engine: Engine;
beforeEach(async () => {
  engine = await openDuckDb({ file: ":memory:" });
  await createLedgerTables(engine);
});
afterEach(() => engine.close());

const base = sampleResult();
const rollout = base.rollout.name;

interface NightSketch {
  readonly date: string;
  readonly rule?: Rule;
  readonly action?: Action;
  readonly gate?: string;
  readonly phase?: Phase;
  readonly asOf?: string;
  readonly changed?: string;
  readonly moveSeen?: boolean | null;
}

async function night(sketch: NightSketch): Promise<void> {
  const {
    date,
    rule = "observing",
    action = "hold",
    gate = "g10",
    phase = "daily",
    changed = "first",
    moveSeen = null,
  } = sketch;
  const asOf = sketch.asOf ?? `${date}T23:59:59Z`;
  const result: Result = {
    ...base,
    phase,
    rollout: { ...base.rollout, gate },
    window: { ...base.window, reportDate: date, asOf },
    decision: { ...base.decision, rule, action, reasons: [`${rule} on ${date}`] },
  };
  await writeNight(engine, {
    result,
    stored: `{"night": "${date} ${rule}"}`,
    healthyDay: true,
    moveSeen,
    changed,
    recordedAt: `${date}T23:59:59Z`,
  });
}

async function person(entry: Partial<PersonEntry> & Pick<PersonEntry, "kind" | "effective">): Promise<void> {
  await addRecord(engine, {
    rollout,
    fromGate: null,
    toGate: null,
    fromShare: null,
    toShare: null,
    preset: null,
    action: null,
    until: null,
    subject: null,
    reason: "agreed",
    person: "ada",
    ticket: null,
    recordedAt: `${entry.effective}T09:00:00Z`,
    ...entry,
  });
}

const ledgerAt = (date: string) =>
  readLedger(engine, { rollout, phase: "daily", date, asOf: `${date}T23:59:59Z` });

describe("an earlier rollback", () => {
  beforeEach(async () => {
    await night({ date: "2026-02-03" });
    await night({ date: "2026-02-04", rule: "severe", action: "rollback" });
    await night({ date: "2026-02-05", rule: "latched", action: "rollback" });
  });

  it("latches every later night, from the night that called for it", async () => {
    expect((await ledgerAt("2026-02-06")).state.latched).toMatchObject({
      since: "2026-02-04",
      key: "daily 2026-02-04",
      reason: "severe on 2026-02-04",
    });
  });

  it("does not latch a rerun of its own date or of an earlier one", async () => {
    expect((await ledgerAt("2026-02-04")).state.latched).toBeNull();
    expect((await ledgerAt("2026-02-03")).state.latched).toBeNull();
  });

  it("is over once a person cleared it, and the observation starts on that day", async () => {
    await person({ kind: "clear", effective: "2026-02-06" });
    const { state, observedSince } = await ledgerAt("2026-02-06");
    expect(state.latched).toBeNull();
    expect(observedSince).toBe("2026-02-06");
  });

  it.each(["data", "disabled"] as const)(
    "stays latched when its night is run again and says %s",
    async (rule) => {
      await night({
        date: "2026-02-04",
        rule,
        action: rule === "data" ? "hold" : "disabled",
        changed: "lost",
      });
      await night({ date: "2026-02-04", rule: "data", changed: "lost again" });
      expect((await ledgerAt("2026-02-06")).state.latched).toMatchObject({
        since: "2026-02-04",
        key: "daily 2026-02-04",
        reason: "severe on 2026-02-04",
      });
      await night({ date: "2026-02-04", rule: "observing", changed: "came again" });
      await night({ date: "2026-02-05", rule: "observing", changed: "came again" });
      expect((await ledgerAt("2026-02-06")).state.latched).toBeNull();
    },
  );

  it("stays latched for reruns of dates before the clearing", async () => {
    await person({ kind: "clear", effective: "2026-02-06" });
    expect((await ledgerAt("2026-02-05")).state.latched).not.toBeNull();
  });

  it("latches again when a later night calls for a rollback after the clearing", async () => {
    await person({ kind: "clear", effective: "2026-02-06" });
    await night({ date: "2026-02-07", rule: "rollback", action: "rollback" });
    expect((await ledgerAt("2026-02-08")).state.latched?.since).toBe("2026-02-07");
  });
});

describe("the active gate", () => {
  it("is what the last night ran under while nobody recorded a move", async () => {
    await night({ date: "2026-02-03" });
    await night({ date: "2026-02-04" });
    expect((await ledgerAt("2026-02-05")).state.activeGate).toEqual({ gate: "g10", since: "2026-02-03" });
  });

  it("is what a person recorded, and the move stays pending until a night saw the traffic move", async () => {
    await night({ date: "2026-02-04", rule: "promote", action: "promote" });
    await person({
      kind: "promote",
      effective: "2026-02-05",
      fromGate: "g10",
      toGate: "g50",
      fromShare: 0.1,
      toShare: 0.5,
    });
    await night({ date: "2026-02-06", gate: "g50", moveSeen: false });
    const pending = await ledgerAt("2026-02-07");
    expect(pending.state.activeGate).toEqual({ gate: "g50", since: "2026-02-05" });
    expect(pending.state.pendingMove).toMatchObject({
      action: "promote",
      firstDay: "2026-02-06",
      fromShare: 0.1,
      toShare: 0.5,
    });
    await night({ date: "2026-02-07", gate: "g50", moveSeen: true });
    expect((await ledgerAt("2026-02-08")).state.pendingMove).toBeNull();
  });
});

it("an override counts up to and with its last day", async () => {
  await person({ kind: "override", effective: "2026-02-05", action: "hold", until: "2026-02-06" });
  expect((await ledgerAt("2026-02-06")).state.override).toEqual({
    action: "hold",
    until: "2026-02-06",
    reason: "agreed",
    by: "ada",
  });
  expect((await ledgerAt("2026-02-07")).state.override).toBeNull();
  expect((await ledgerAt("2026-02-04")).state.override).toBeNull();
});

describe("a rerun of the same key", () => {
  it("that says the same leaves the ledger as it was", async () => {
    await night({ date: "2026-02-03" });
    await night({ date: "2026-02-03", changed: "" });
    expect(await engine.rows("SELECT revision FROM decisions")).toEqual([{ revision: 1 }]);
    expect(await engine.rows("SELECT * FROM restatements")).toEqual([]);
  });

  it("that says something else replaces the row and keeps the old one with what changed", async () => {
    await night({ date: "2026-02-03" });
    await night({ date: "2026-02-03", rule: "data", changed: "late events for 2026-02-02" });
    expect(await engine.rows("SELECT revision, rule FROM decisions")).toEqual([
      { revision: 2, rule: "data" },
    ]);
    expect(await engine.rows("SELECT revision, rule, changed FROM restatements")).toEqual([
      { revision: 1, rule: "observing", changed: "late events for 2026-02-02" },
    ]);
  });

  it("of the first 24 hours keeps two runs of one day apart", async () => {
    await night({ date: "2026-02-01", phase: "first-24h", asOf: "2026-02-01T12:00:00Z" });
    await night({ date: "2026-02-01", phase: "first-24h", asOf: "2026-02-01T23:00:00Z" });
    expect(await engine.rows("SELECT key FROM decisions ORDER BY key")).toEqual([
      { key: "2026-02-01T12:00:00Z" },
      { key: "2026-02-01T23:00:00Z" },
    ]);
  });
});

it("last night is the latest one before, whatever was rerun since", async () => {
  await night({ date: "2026-02-04" });
  await night({ date: "2026-02-03" });
  const at = { rollout, phase: "daily" as const, asOf: "2026-02-05T23:59:59Z" };
  expect(await readNight(engine, { ...at, which: "before" })).toBe('{"night": "2026-02-04 observing"}');
  expect(await readNight(engine, { ...at, which: "same" })).toBeNull();
});

it("the history tells nights, restatements and records in the order of time, quotes and all", async () => {
  await night({ date: "2026-02-03" });
  await night({ date: "2026-02-03", rule: "data", changed: "it's late" });
  await person({
    kind: "promote",
    effective: "2026-02-04",
    fromGate: "g10",
    toGate: "g50",
    reason: "it's fine",
    ticket: "CHG-7",
  });
  const lines = (await readHistory(engine, rollout)).map(
    (row) => `${row["day"]} ${row["what"]} ${row["action"]} ${row["detail"]}`,
  );
  expect(lines).toEqual([
    "2026-02-03 daily restated hold was observing: observing on 2026-02-03 (changed: it's late)",
    "2026-02-03 daily hold data: data on 2026-02-03",
    "2026-02-04 recorded promote g10 → g50: it's fine (CHG-7)",
  ]);
});
