import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { recordCommand } from "../../src/commands/record.ts";
import type { Row } from "../../src/engine/engine.ts";
import { readLedger } from "../../src/ledger/state.ts";
import { openStore, openWarehouse, storePaths } from "../../src/warehouse/store.ts";
import { addNight, type NightSketch, type Ran, ROLLOUT, run, withStore, workspace } from "./workspace.ts";

const SAID = { reason: "two healthy days", by: "ada" };

async function ledgerOf(nights: readonly NightSketch[], rollout: string = ROLLOUT): Promise<string> {
  const root = workspace({ "rollout.yaml": rollout });
  await withStore(root, async (engine) => {
    for (const night of nights) await addNight(engine, night);
  });
  return root;
}

function record(root: string, options: Readonly<Record<string, unknown>>): Promise<Ran> {
  return run(recordCommand, root, { ...SAID, ...options });
}

/** What clients of the published warehouse see. */
async function published(root: string): Promise<readonly Row[]> {
  const engine = await openWarehouse(root);
  try {
    return await engine.rows("SELECT * EXCLUDE (rollout, recorded_at) FROM records ORDER BY number");
  } finally {
    engine.close();
  }
}

/** rollout.yaml after somebody moved on to g50. */
const AT_G50 = ROLLOUT.replace("active_gate: g10", "active_gate: g50").replace(
  "{ name: g50,",
  "{ name: g50, started: 2026-02-08,",
);

describe("a promote", () => {
  it("goes to the next gate and tells the lines of rollout.yaml to edit", async () => {
    const root = await ledgerOf([{ date: "2026-02-07" }]);
    const { code, out } = await record(root, { kind: "promote", ticket: "CHG-7" });
    expect(code).toBe(0);
    expect(out).toContain(
      "Recorded for clip, from 2026-02-08 on: promote g10 → g50 (the candidate's share goes from 10% to 50%), by ada: two healthy days (CHG-7)",
    );
    expect(out).toContain("edit rollout.yaml: active_gate: g50, and on gate g50 started: 2026-02-08THH:MM");
    expect(out).toContain("the night of 2026-02-09 checks that 50% of units get the candidate");
    expect(await published(root)).toEqual([
      {
        number: 1,
        effective: "2026-02-08",
        kind: "promote",
        from_gate: "g10",
        to_gate: "g50",
        from_share: 0.1,
        to_share: 0.5,
        preset: null,
        action: null,
        until: null,
        reason: "two healthy days",
        person: "ada",
        ticket: "CHG-7",
      },
    ]);
  });

  it("starts from the ledger's gate, also when rollout.yaml was edited before it was recorded", async () => {
    const root = await ledgerOf([{ date: "2026-02-07" }], AT_G50);
    const { out } = await record(root, { kind: "promote" });
    expect(out).toContain("promote g10 → g50");
    expect(out).toContain("rollout.yaml already says active_gate: g50, started 2026-02-08");
  });

  it("of an earlier day starts from the gate of that day", async () => {
    const root = await ledgerOf([
      { date: "2026-02-04" },
      { date: "2026-02-05", gate: "g50" },
      { date: "2026-02-06", gate: "g50" },
    ]);
    expect((await record(root, { kind: "promote", date: "2026-02-05" })).out).toContain("promote g10 → g50");
  });

  it("starts from rollout.yaml's gate while the ledger is empty, and may skip a gate by name", async () => {
    const root = workspace();
    expect((await record(root, { kind: "promote", gate: "g100" })).out).toContain("promote g10 → g100");
  });

  it.each([
    ["g10", "usage: g10 is not a later gate than g10, where the rollout stands since 2026-02-07"],
    ["g05", 'usage: rollout.yaml has no gate g05; did you mean "g50"? | its gates: g10, g50, g100'],
  ])("to gate %s is refused and nothing is written", async (gate, message) => {
    const root = await ledgerOf([{ date: "2026-02-07" }]);
    expect((await record(root, { kind: "promote", gate })).refused).toContain(message);
    expect(await published(root)).toEqual([]);
  });

  it("beyond the last gate is refused", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    expect((await record(root, { kind: "promote" })).refused).toContain("g100 is the last gate");
  });

  it("from a gate that rollout.yaml no longer has is refused with the file", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "ten" }]);
    expect((await record(root, { kind: "promote" })).refused).toMatch(
      /^config: the ledger has the rollout at ten since 2026-02-07 at .*rollout\.yaml \| .*add it/,
    );
  });

  it("while a rollback is latched says that it stays latched", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", rule: "severe", preset: "immediate" }]);
    expect((await record(root, { kind: "promote" })).out).toContain(
      "the rollback of 2026-02-07 stays latched",
    );
  });
});

describe("a rollback", () => {
  it("takes the preset that the latched decision calls for; immediate leaves the gate and no traffic", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", rule: "severe", preset: "immediate", gate: "g50" }]);
    const { out } = await record(root, { kind: "rollback" });
    expect(out).toContain("immediate rollback at g50 (the candidate's share goes from 50% to 0%)");
    expect(out).toContain("gatebook verify-rollback --preset immediate");
    expect(out).not.toContain("edit rollout.yaml");
    expect(await published(root)).toMatchObject([
      {
        kind: "rollback",
        from_gate: "g50",
        to_gate: null,
        from_share: 0.5,
        to_share: 0,
        preset: "immediate",
      },
    ]);
  });

  it("of preset standard goes to the gate before", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g50" }], AT_G50);
    const { out } = await record(root, { kind: "rollback" });
    expect(out).toContain("standard rollback g50 → g10 (the candidate's share goes from 50% to 10%)");
    expect(out).toContain("edit rollout.yaml: active_gate: g10, and on gate g10 started: 2026-02-08THH:MM");
  });

  it("of preset standard at the first gate switches the rollout off", async () => {
    const root = await ledgerOf([{ date: "2026-02-07" }]);
    await record(root, { kind: "rollback", preset: "standard" });
    expect(await published(root)).toMatchObject([
      { from_gate: "g10", to_gate: null, from_share: 0.1, to_share: 0 },
    ]);
  });

  it("may go back more than one gate, but not forward", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    expect((await record(root, { kind: "rollback", gate: "g10" })).out).toContain(
      "standard rollback g100 → g10",
    );
    expect((await record(root, { kind: "rollback", gate: "g50" })).refused).toContain(
      "g50 is not an earlier gate than g10",
    );
  });
});

describe("a clear", () => {
  it("is refused when nothing is latched", async () => {
    const root = await ledgerOf([{ date: "2026-02-07" }]);
    expect((await record(root, { kind: "clear" })).refused).toContain(
      "usage: no rollback is latched on 2026-02-08: there is nothing to clear",
    );
    expect(await published(root)).toEqual([]);
  });

  it("releases the latch for the nights from its day on", async () => {
    const root = await ledgerOf([{ date: "2026-02-06", rule: "rollback", preset: "standard" }]);
    expect((await record(root, { kind: "clear" })).code).toBe(0);
    const store = await openStore(root, [], { waitMs: 0, onWait: () => {} });
    const key = {
      rollout: "clip",
      phase: "daily",
      date: "2026-02-08",
      asOf: "2026-02-09T00:00:00Z",
    } as const;
    const { state, observedSince } = await readLedger(store.engine, key);
    store.close();
    expect(state.latched).toBeNull();
    expect(observedSince).toBe("2026-02-08");
    expect((await record(root, { kind: "clear" })).refused).toContain("there is nothing to clear");
  });

  it("cannot begin on the day of the rollback, which would stay latched", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", rule: "rollback" }]);
    expect((await record(root, { kind: "clear", date: "2026-02-07" })).refused).toContain(
      "--date 2026-02-08",
    );
  });

  it("of a rollback that today called for counts from tomorrow on", async () => {
    const root = await ledgerOf([{ date: "2026-02-08", rule: "severe", preset: "immediate" }]);
    expect((await record(root, { kind: "clear" })).out).toContain("from 2026-02-09 on: clear");
  });
});

describe("an override", () => {
  it("counts up to its last day", async () => {
    const root = await ledgerOf([{ date: "2026-02-07" }]);
    const { out } = await record(root, { kind: "override", action: "hold", until: "2026-02-14" });
    expect(out).toContain("override with hold until 2026-02-14");
    expect(out).toContain("nights from 2026-02-08 to 2026-02-14 do not promote");
  });

  it.each([
    [{ until: "2026-02-14" }, "--action is missing"],
    [{ action: "hold" }, "--until is missing | an override ends by itself: --until 2026-02-10"],
    [{ action: "hold", until: "2026-02-07" }, "--until 2026-02-07 is before 2026-02-08"],
  ])("with only %o is refused", async (options, message) => {
    expect((await record(workspace(), { kind: "override", ...options })).refused).toContain(message);
  });
});

it("a note to hold says that it changes nothing, and what would", async () => {
  const { out } = await record(workspace(), { kind: "hold" });
  expect(out).toContain("the note changes no verdict");
  expect(out).toContain("gatebook record override --action hold");
});

it.each([
  [{ reason: "  " }, "--reason is empty"],
  [{ by: "" }, "--by is empty"],
  [{ ticket: " " }, "--ticket is empty"],
  [{ preset: "standard" }, "--preset means nothing to record hold | it belongs to gatebook record rollback"],
  [{ until: "2026-02-09" }, "--until means nothing to record hold"],
  [
    { date: "2026-02-09" },
    "--date 2026-02-09 is in the future | a record says what was done; today is 2026-02-08",
  ],
  [{ date: "2026-02-30" }, "--date 2026-02-30 is not a day"],
])("a record with %o is refused", async (options, message) => {
  expect((await record(workspace(), { kind: "hold", ...options })).refused).toContain(message);
});

it("today is the day in the rollout's time zone", async () => {
  const root = workspace({ "rollout.yaml": ROLLOUT.replace("UTC", "Asia/Tokyo") });
  const ran = await run(recordCommand, root, { ...SAID, kind: "hold" }, { now: "2026-02-08T20:00:00Z" });
  expect(ran.out).toContain("from 2026-02-09 on");
});

it("while another process holds the store a record waits, then names that process", async () => {
  const root = await ledgerOf([{ date: "2026-02-07" }]);
  const holder = await holdStore(root);
  expect((await record(root, { kind: "hold", wait: "300ms" })).refused).toMatch(
    new RegExp(`^busy: the store is in use by process ${holder.pid} `),
  );
  const waiting = record(root, { kind: "hold", wait: "30s" });
  setTimeout(() => holder.kill(), 300);
  expect((await waiting).code).toBe(0);
});

/** A lock of our own process would not stop us: another one opens the file and keeps it. */
async function holdStore(root: string): Promise<ChildProcess> {
  const script = `import { DuckDBInstance } from "@duckdb/node-api";
    const instance = await DuckDBInstance.create(${JSON.stringify(storePaths(root).store)});
    console.log("held"); setInterval(() => instance, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill();
  });
  await once(child.stdout, "data");
  return child;
}
