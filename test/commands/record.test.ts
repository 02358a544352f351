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
import type { CheckStatus } from "../../src/model/words.ts";
import { storePaths } from "../../src/warehouse/paths.ts";
import { openStore, openWarehouse } from "../../src/warehouse/store.ts";
import { madeOnce } from "../helpers/made-once.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { addNight, type NightSketch, type Ran, ROLLOUT, run, withStore, workspace } from "./workspace.ts";

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

  it("starts from the ledger's gate, also when rollout.yaml was edited before it was recorded", async () => {
    const root = await ledgerOf([PROMOTE], AT_G50);
    const { out } = await record(root, { kind: "promote" });
    expect(out).toContain("promote g10 → g50");
    expect(out).toContain("rollout.yaml already says active_gate: g50, started 2026-02-08");
  });

  it("of an earlier day starts from the gate and the verdict of that day", async () => {
    const root = await ledgerOf([
      { date: "2026-02-04", rule: "promote" },
      { date: "2026-02-05", gate: "g50" },
      { date: "2026-02-06", gate: "g50" },
    ]);
    const promoted = await record(root, { kind: "promote", date: "2026-02-04" });
    expect(promoted.out).toContain("promote g10 → g50");
  });

  it.each([
    ["g10", "usage: g10 is not a later gate than g10, where the rollout is since 2026-02-07"],
    ["g05", 'usage: rollout.yaml has no gate g05; did you mean "g50"? | its gates: g10, g50, g100'],
  ])("to gate %s is refused and nothing is written", async (gate, message) => {
    const root = await ledgerOf([PROMOTE]);
    expect((await record(root, { kind: "promote", gate })).refused).toContain(message);
    expect(await published(root)).toEqual([]);
  });

  it("beyond the last gate is refused, and the record that closes it is named", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    expect((await record(root, { kind: "promote" })).refused).toContain(
      "g100 is the last gate: there is none to promote to | gatebook record complete closes it",
    );
  });

  it("from a gate that rollout.yaml no longer has is refused with the file", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "ten" }]);
    expect((await record(root, { kind: "promote" })).refused).toMatch(
      /^config: the ledger has the rollout at ten since 2026-02-07 at .*rollout\.yaml \| .*add it/,
    );
  });

  it("while a rollback is latched says that it stays latched", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", rule: "severe", preset: "immediate" }]);
    const { out } = await record(root, { kind: "promote", againstVerdict: true });
    expect(out).toContain("the rollback of 2026-02-07 stays latched");
  });
});

describe("a promote needs a promote verdict of the gate's latest night", () => {
  const refusedBy = async (nights: readonly NightSketch[], options = {}) =>
    (await record(await ledgerOf(nights), { kind: "promote", ...options })).refused;

  it.each<[string, readonly NightSketch[], string]>([
    ["no night", [], "no night has judged g10 yet"],
    ["a hold", [{ date: "2026-02-07" }], "the latest verdict of g10 is hold (observing) of 2026-02-07"],
    [
      "a hold after a promote",
      [{ date: "2026-02-06", rule: "promote" }, { date: "2026-02-07" }],
      "the latest verdict of g10 is hold (observing) of 2026-02-07",
    ],
    [
      "a rollback",
      [{ date: "2026-02-07", rule: "severe", preset: "immediate" }],
      "the latest verdict of g10 is rollback (severe) of 2026-02-07",
    ],
  ])("%s is none", async (_, nights, message) => {
    expect(await refusedBy(nights)).toContain(message);
    expect(await refusedBy(nights)).toContain("--against-verdict");
  });

  it("and a verdict of one gate says nothing of the gate after the next", async () => {
    expect(await refusedBy([PROMOTE], { gate: "g100" })).toContain("does not cover a gate further on");
  });

  it("or is recorded as against it, and the ledger says against what", async () => {
    const root = await ledgerOf([{ date: "2026-02-07" }]);
    const { out } = await record(root, { kind: "promote", againstVerdict: true });
    expect(out).toContain("against hold (observing) of 2026-02-07");
    expect(await published(root)).toMatchObject([{ subject: "against hold (observing) of 2026-02-07" }]);
    const empty = workspace();
    await record(empty, { kind: "promote", gate: "g100", againstVerdict: true });
    expect(await published(empty)).toMatchObject([{ to_gate: "g100", subject: "without a verdict of g10" }]);
  });

  it("so that correcting its date never opens the gate after it", async () => {
    const root = await ledgerOf([{ date: "2026-02-06", rule: "promote" }, PROMOTE]);
    expect((await record(root, { kind: "promote" })).code).toBe(0);
    for (const options of [
      {},
      { date: "2026-02-07" },
      { againstVerdict: true },
      { againstVerdict: true, date: "2026-02-07" },
    ])
      expect((await record(root, { kind: "promote", ...options })).refused).toContain(
        "record 1 opened g50 on 2026-02-08 | to correct it: gatebook record undo 1, then record it again",
      );
    const next = { now: "2026-02-09T08:00:00Z" };
    const later = await run(recordCommand, root, { ...SAID, kind: "promote" }, next);
    expect(later.refused).toContain("no night has judged g50 yet");
    expect((await record(root, { kind: "undo", what: "1" })).code).toBe(0);
    const corrected = await record(root, { kind: "promote", date: "2026-02-07" });
    expect(corrected.out).toContain("from 2026-02-07 on: promote g10 → g50");
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
    [{ action: "hold" }, "--until is missing | an override needs its last day: --until 2026-02-10"],
    [{ action: "hold", until: "2026-02-07" }, "--until 2026-02-07 is before 2026-02-08"],
  ])("with only %o is refused", async (options, message) => {
    expect((await record(workspace(), { kind: "override", ...options })).refused).toContain(message);
  });
});

describe("who recorded it", () => {
  const unnamed = (root: string, env: Readonly<Record<string, string>> = {}) =>
    run(recordCommand, root, { reason: "launch week", kind: "hold" }, { env });

  it("is GATEBOOK_BY when --by is not there", async () => {
    expect((await unnamed(workspace(), { GATEBOOK_BY: " grace " })).out).toContain("by grace: launch week");
  });

  it("is git's user.name when neither is", async () => {
    const root = workspace();
    execFileSync("git", ["init", "-q", root]);
    execFileSync("git", ["-C", root, "config", "user.name", "Ada Lovelace"]);
    expect((await unnamed(root)).out).toContain("by Ada Lovelace: launch week");
    expect((await unnamed(root, { GATEBOOK_BY: "grace" })).out).toContain("by grace");
    execFileSync("git", ["-C", root, "config", "user.name", "Your Name"]);
    expect((await unnamed(root)).refused).toContain("--by Your Name is a placeholder");
    execFileSync("git", ["-C", root, "config", "user.name", ""]);
    expect((await unnamed(root)).refused).toContain(
      "it is unknown who decided this | give a name with --by, GATEBOOK_BY",
    );
  });
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

  it.each([
    [null, "the number of the record is missing | current records: 1 (hold of 2026-02-08)"],
    ["7", "there is no record 7 to undo | current records: 1 (hold of 2026-02-08)"],
    ["2", "there is no record 2 to undo"],
  ])("of %s is refused", async (what, message) => {
    const root = workspace();
    await record(root, { kind: "hold" });
    await record(root, { kind: "hold", date: "2026-02-07" });
    await record(root, { kind: "undo", what: "2" });
    expect((await record(root, { kind: "undo", what })).refused).toContain(message);
  });
});

describe("a complete", () => {
  it("closes the last gate and stays until the rollout moves", async () => {
    const root = await ledgerOf([{ date: "2026-02-07", gate: "g100" }]);
    const { out } = await record(root, { kind: "complete", reason: "watched for two weeks" });
    expect(out).toContain("from 2026-02-08 on: complete at g100, by ada: watched for two weeks");
    const completed = (date: string) =>
      withStore(root, async (engine) => {
        const key = { rollout: "clip", phase: "daily", date, asOf: `${date}T23:00:00Z` } as const;
        seen.push((await readLedger(engine, key)).state.completed);
      });
    const seen: unknown[] = [];
    await completed("2026-02-07");
    await completed("2026-02-08");
    expect(seen).toEqual([null, { since: "2026-02-08", reason: "watched for two weeks", by: "ada" }]);
    expect((await record(root, { kind: "complete" })).refused).toContain("ada closed g100 on 2026-02-08");
    await record(root, { kind: "rollback" });
    await completed("2026-02-09");
    expect(seen.at(-1)).toBeNull();
  });

  it("before the last gate, or while a rollback is latched, is refused", async () => {
    const early = await ledgerOf([{ date: "2026-02-07" }]);
    expect((await record(early, { kind: "complete" })).refused).toContain(
      "the rollout is at g10, and g100 is the last gate",
    );
    const latched = await ledgerOf([{ date: "2026-02-07", gate: "g100", rule: "severe" }]);
    expect((await record(latched, { kind: "complete" })).refused).toContain(
      "the rollback of 2026-02-07 is latched: g100 cannot be closed",
    );
  });
});

describe("an accept", () => {
  const finding = (accept: string | null, status: CheckStatus = "fail"): CheckResult => {
    const [base] = sampleResult().checks;
    if (base === undefined) throw new Error("the sample has checks");
    return { ...base, name: "severe_days", status, accept, detail: "down 16.9%" };
  };
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

  it("takes --day for a day, and a kind alone where it names one finding", async () => {
    const root = await night(finding("day:2026-02-06"), finding("closed-days:1a2b"));
    expect((await accept(root, null, { day: "2026-02-06" })).out).toContain("accept day:2026-02-06");
    expect((await accept(root, "closed-days")).out).toContain("accept closed-days:1a2b");
  });

  it.each([
    ["day:2026-02-05", "the night of 2026-02-07 has no finding day:2026-02-05 that can be accepted"],
    ["closed-days:0000", "has no finding closed-days:0000"],
    ["day", "the night of 2026-02-07 has 2 findings day"],
    ["source:old", "has no finding source:old"],
    [null, "the finding to accept is missing"],
  ])("of %s is refused with what the night offers", async (what, message) => {
    const passed = finding("source:old", "pass");
    const root = await night(finding("day:2026-02-06"), finding("day:2026-02-04"), passed, finding(null));
    const { refused } = await accept(root, what);
    expect(refused).toContain(message);
    expect(refused).toContain(
      "it has: gatebook record accept day:2026-02-06 (severe_days: down 16.9%); gatebook record accept day:2026-02-04",
    );
    expect(refused).not.toContain("accept source:old");
    expect(await published(root)).toEqual([]);
  });

  it("without any night, or where none offers one, is refused", async () => {
    expect((await accept(workspace(), "day:2026-02-06")).refused).toContain("no night has been judged yet");
    expect((await accept(await night(finding(null)), "day:2026-02-06")).refused).toContain("it has none");
  });
});

it("a note to hold says that it changes nothing, and what would", async () => {
  const { out } = await record(workspace(), { kind: "hold" });
  expect(out).toContain("the note does not change any verdict");
  expect(out).toContain("gatebook record override --action hold");
});

it.each([
  [{ reason: "WHY" }, "--reason WHY is a placeholder"],
  [{ reason: " 'why' " }, "--reason 'why' is a placeholder"],
  [{ reason: "…" }, "--reason … is a placeholder"],
  [{ reason: "..." }, "--reason ... is a placeholder"],
  [{ by: "Your Name" }, "--by Your Name is a placeholder"],
  [{ by: "<YOUR NAME>" }, "--by <YOUR NAME> is a placeholder"],
  [{ ticket: "TICKET" }, "--ticket TICKET is a placeholder"],
  [{ ticket: '"…"' }, '--ticket "…" is a placeholder'],
  [
    { what: "3" },
    "3 does not work with record hold | it belongs to gatebook record accept and gatebook record undo",
  ],
  [{ day: "2026-02-06" }, "--day does not work with record hold"],
  [{ againstVerdict: true }, "--against-verdict does not work with record hold"],
  [{ reason: "  " }, "--reason is empty"],
  [{ by: "" }, "--by is empty"],
  [{ ticket: " " }, "--ticket is empty"],
  [
    { preset: "standard" },
    "--preset does not work with record hold | it belongs to gatebook record rollback",
  ],
  [{ until: "2026-02-09" }, "--until does not work with record hold"],
  [
    { date: "2026-02-09" },
    "--date 2026-02-09 is in the future | a record is of what was already done; today is 2026-02-08",
  ],
  [{ date: "2026-02-30" }, '--date must be a day, not "2026-02-30"'],
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
