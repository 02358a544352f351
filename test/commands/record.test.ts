import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { historyCommand } from "../../src/commands/history.ts";
import { recordCommand } from "../../src/commands/record.ts";
import type { Row } from "../../src/engine/engine.ts";
import { readLastRollback } from "../../src/ledger/last-rollback.ts";
import { readLedger } from "../../src/ledger/state.ts";
import type { CheckResult } from "../../src/model/result.ts";
import { storePaths } from "../../src/warehouse/paths.ts";
import { openStore, openWarehouse } from "../../src/warehouse/store.ts";
import { madeOnce } from "../helpers/made-once.ts";
import {
  addNight,
  finding,
  type NightSketch,
  type Ran,
  ROLLOUT,
  run,
  withStore,
  workspace,
} from "./workspace.ts";

const SAID = { reason: "two healthy days", by: "ada" };

async function ledgerOf(nights: readonly NightSketch[], rollout: string = ROLLOUT): Promise<string> {
  const made = await madeOnce(
    `ledger-${createHash("sha256").update(JSON.stringify(nights)).digest("hex")}`,
    (folder) =>
      withStore(folder, async (engine) => {
        for (const night of nights) await addNight(engine, night);
      }),
  );
  const root = workspace({ "rollout.yaml": rollout });
  cpSync(made, root, { recursive: true, preserveTimestamps: true });
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

/** A night that says promote, at g10 unless it says otherwise. */
const PROMOTE = { date: "2026-02-07", rule: "promote" } as const;

it("a record that was killed before it was published is published when it is made again, though that is refused", async () => {
  const root = await ledgerOf([PROMOTE]);
  const { warehouse } = storePaths(root);
  const before = readFileSync(warehouse);
  await record(root, { kind: "promote" });
  writeFileSync(warehouse, before);
  expect(await published(root)).toEqual([]);
  expect((await record(root, { kind: "promote" })).refused).toMatch(/^usage: /);
  expect(await published(root)).toMatchObject([{ kind: "promote", to_gate: "g50" }]);
});

describe("a promote", () => {
  it("goes to the next gate and tells the lines of rollout.yaml to edit", async () => {
    const root = await ledgerOf([PROMOTE]);
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
        subject: null,
      },
    ]);
  });

  it("that is refused writes nothing", async () => {
    const root = await ledgerOf([PROMOTE]);
    expect((await record(root, { kind: "promote", gate: "g10" })).refused).toContain("usage: g10 is not");
    expect(await published(root)).toEqual([]);
  });
});

describe("a clear", () => {
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

  it("of a rollback that today called for counts from tomorrow on", async () => {
    const root = await ledgerOf([{ date: "2026-02-08", rule: "severe", preset: "immediate" }]);
    expect((await record(root, { kind: "clear" })).out).toContain("from 2026-02-09 on: clear");
  });
});

it("who recorded it is git's user.name when it is not told", async () => {
  const root = workspace();
  const name = (text: string) => execFileSync("git", ["-C", root, "config", "user.name", text]);
  execFileSync("git", ["init", "-q", root]);
  name("Ada Lovelace");
  const ran = await run(recordCommand, root, { reason: "launch week", kind: "hold" });
  expect(ran.out).toContain("by Ada Lovelace: launch week");
  name("");
  expect((await run(recordCommand, root, { reason: "launch week", kind: "hold" })).refused).toContain(
    "it is unknown who decided this | give a name with --by, GATEBOOK_BY",
  );
});

describe("an undo", () => {
  it("takes a record back: no night sees it any more, and the history keeps both", async () => {
    const root = await ledgerOf([PROMOTE]);
    await record(root, { kind: "promote" });
    const { code, out } = await record(root, { kind: "undo", what: "1", reason: "wrong day" });
    expect([code, out]).toEqual([0, expect.stringContaining("undo of record 1, by ada: wrong day")]);
    await withStore(root, async (engine) => {
      const key = {
        rollout: "clip",
        phase: "daily",
        date: "2026-02-20",
        asOf: "2026-02-21T00:00:00Z",
      } as const;
      const { state } = await readLedger(engine, key);
      expect([state.activeGate?.gate, state.pendingMove]).toEqual(["g10", null]);
    });
    const { out: history } = await run(historyCommand, root);
    expect(history).toMatch(/recorded 1 +promote.*two healthy days \(taken back by record 2\), by ada/);
    expect(history).toMatch(/recorded 2 +undo.*of record 1: wrong day, by ada/);
  });

  it("of a rollback leaves verify-rollback none to prove", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g50" }], AT_G50);
    await record(root, { kind: "rollback" });
    const last = async () => {
      const engine = await openWarehouse(root);
      try {
        return await readLastRollback(engine, "clip");
      } finally {
        engine.close();
      }
    };
    expect((await last())?.toGate).toBe("g10");
    await record(root, { kind: "undo", what: "1" });
    expect(await last()).toBeNull();
  });
});

describe("a complete", () => {
  it("closes the last gate and stays until the rollout moves", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    const { out } = await record(root, { kind: "complete", reason: "watched for two weeks" });
    expect(out).toContain("from 2026-02-08 on: complete at g100, by ada: watched for two weeks");
    const seen: unknown[] = [];
    const completed = (...dates: readonly string[]) =>
      withStore(root, async (engine) => {
        for (const date of dates) {
          const key = { rollout: "clip", phase: "daily", date, asOf: `${date}T23:00:00Z` } as const;
          seen.push((await readLedger(engine, key)).state.completed);
        }
      });
    await completed("2026-02-07", "2026-02-08");
    expect(seen).toEqual([null, { since: "2026-02-08", reason: "watched for two weeks", by: "ada" }]);
    expect((await record(root, { kind: "complete" })).refused).toContain("ada closed g100 on 2026-02-08");
    await record(root, { kind: "rollback" });
    await completed("2026-02-09");
    expect(seen.at(-1)).toBeNull();
  });
});

describe("an accept", () => {
  const night = (...checks: readonly CheckResult[]) => ledgerOf([{ date: "2026-02-07", checks }]);
  const accept = (root: string, what: string | null, more = {}) =>
    record(root, { kind: "accept", what, reason: "the app was down", ...more });

  it("settles a finding of the latest night by its word, from that night on", async () => {
    const root = await night(finding("day:2026-02-06"), finding("closed-days:1a2b"));
    const { out } = await accept(root, "day:2026-02-06");
    expect(out).toContain("from 2026-02-07 on: accept day:2026-02-06, by ada: the app was down");
    expect(out).toContain("gatebook run --date 2026-02-07");
    await withStore(root, async (engine) => {
      const key = {
        rollout: "clip",
        phase: "daily",
        date: "2026-02-07",
        asOf: "2026-02-08T00:00:00Z",
      } as const;
      expect((await readLedger(engine, key)).state.accepted).toEqual([
        { what: "day:2026-02-06", since: "2026-02-07", reason: "the app was down", by: "ada" },
      ]);
    });
  });
});

it("a day that is none is refused", async () => {
  const { refused } = await record(workspace(), { kind: "hold", date: "2026-02-30" });
  expect(refused).toContain('--date must be a day, not "2026-02-30"');
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
