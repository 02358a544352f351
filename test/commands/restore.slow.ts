import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { historyCommand } from "../../src/commands/history.ts";
import { recordCommand } from "../../src/commands/record.ts";
import { restoreCommand } from "../../src/commands/restore.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { addNextDay, forgetfulWorkspaceAndNight, nextNight, oldWorkspace } from "../helpers/old-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { addNight, run, withStore, workspace } from "./workspace.ts";

const anHourLater = { ...nextNight, now: "2026-02-22T04:00:00Z" } as const;

const store = (root: string): string => join(root, ".gatebook/store.duckdb");
const warehouse = (root: string): string => join(root, ".gatebook/warehouse.duckdb");

/** Three nights, the second of them a rollback that is latched. */
async function threeNights(): Promise<string> {
  const root = workspace();
  await withStore(root, async (engine) => {
    await addNight(engine, { date: "2026-02-01" });
    await addNight(engine, { date: "2026-02-02", rule: "severe", preset: "immediate" });
    await addNight(engine, { date: "2026-02-03", rule: "latched" });
  });
  return root;
}

describe("gatebook restore", () => {
  it("has nothing to do where the ledger is whole", async () => {
    const root = await threeNights();
    const { code, out } = await run(restoreCommand, root);
    expect(code).toBe(0);
    expect(out).toBe(`the ledger is whole: there is nothing to take over
The ledger has 3 nights up to 2026-02-03, 0 records.
Latched: the rollback of 2026-02-02 (daily 2026-02-02).`);
  });

  it("publishes a sound store again where the warehouse is gone or damaged", async () => {
    const root = await threeNights();
    truncateSync(warehouse(root), 20_000);
    expect((await run(historyCommand, root)).refused).toMatch(/^damaged: .*gatebook restore/);
    expect((await run(restoreCommand, root)).out).toContain("the ledger is whole");
    expect((await run(historyCommand, root)).out).toContain("severe on 2026-02-02");
    rmSync(warehouse(root));
    await run(restoreCommand, root);
    expect(existsSync(warehouse(root))).toBe(true);
  });

  it("makes a lost store again from the warehouse, and the history says so", async () => {
    const root = await threeNights();
    rmSync(store(root));
    const { out } = await run(restoreCommand, root);
    expect(out).toContain("made again from .gatebook/warehouse.duckdb: 3 nights, the last of 2026-02-03");
    expect(out).toContain("Latched: the rollback of 2026-02-02");
    expect((await run(historyCommand, root)).out).toContain("recovered");
  });

  it("takes a folder for the warehouse in it, else for the result in it", async () => {
    const root = await threeNights();
    mkdirSync(join(root, "backup"));
    copyFileSync(warehouse(root), join(root, "backup/warehouse.duckdb"));
    rmSync(join(root, ".gatebook"), { recursive: true });
    expect((await run(restoreCommand, root, { from: "backup", dryRun: true })).out).toContain("3 nights");
    expect((await run(restoreCommand, root, { from: "." })).refused).toMatch(/no such file.*result\.json/s);
  });

  it("finds damage that no opening of the store shows", async () => {
    const root = await threeNights();
    const engine = await openDuckDb({ file: store(root) });
    await engine.execute(
      "CREATE TABLE rows_of_a_day AS SELECT md5(CAST(range AS VARCHAR)) AS text FROM range(100000)",
    );
    await engine.checkpoint();
    engine.close();
    copyFileSync(store(root), warehouse(root));
    const bytes = readFileSync(store(root));
    for (let at = 300_000; at < 1_200_000; at += 1000) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(store(root), bytes);
    const { out } = await run(restoreCommand, root);
    expect(out).toContain("made again from .gatebook/warehouse.duckdb");
    expect(out).toContain("Set aside: .gatebook/store.set-aside.duckdb");
  });

  it("that was killed before it published does so when it is run again", async () => {
    const root = await threeNights();
    copyFileSync(warehouse(root), join(root, "backup.duckdb"));
    rmSync(store(root));
    await run(restoreCommand, root);
    copyFileSync(join(root, "backup.duckdb"), warehouse(root));
    expect((await run(restoreCommand, root)).out).toContain("the ledger is whole");
    expect((await run(historyCommand, root)).out).toContain("recovered");
  });

  it("says what it would do, and changes nothing, with --dry-run", async () => {
    const root = await threeNights();
    rmSync(store(root));
    const { out } = await run(restoreCommand, root, { dryRun: true });
    expect(out).toMatch(/^Would be done: the store was made again/);
    expect(existsSync(store(root))).toBe(false);
    const json = JSON.parse((await run(restoreCommand, root, { dryRun: true, json: true })).out);
    expect(json).toMatchObject({ dryRun: true, changed: true, nights: 3, latched: { since: "2026-02-02" } });
  });

  it("takes a backup over that holds more, and keeps what the store alone holds", async () => {
    const root = await threeNights();
    await run(recordCommand, root, { kind: "hold", reason: "before the backup", by: "ada" });
    copyFileSync(warehouse(root), join(root, "backup.duckdb"));
    rmSync(join(root, ".gatebook"), { recursive: true });
    await withStore(root, (engine) => addNight(engine, { date: "2026-02-04" }));
    await run(recordCommand, root, { kind: "hold", reason: "we look into it", by: "ada" });
    await run(recordCommand, root, { kind: "undo", what: "1", reason: "it was nothing", by: "ada" });
    const { out } = await run(restoreCommand, root, { from: "backup.duckdb" });
    expect(out).toContain("The ledger has 4 nights up to 2026-02-04, 4 records.");
    const { out: told } = await run(historyCommand, root);
    expect(told).toMatch(/we look into it .*\(taken back by record 3\)/);
    expect(out).toContain("Latched: the rollback of 2026-02-02");
    expect((await run(historyCommand, root)).out).toContain("we look into it");
  });

  it("is refused while the store holds newer nights than the file", async () => {
    const root = await threeNights();
    copyFileSync(warehouse(root), join(root, "backup.duckdb"));
    await withStore(root, (engine) => addNight(engine, { date: "2026-02-04" }));
    const before = readFileSync(store(root));
    const { refused } = await run(restoreCommand, root, { from: "backup.duckdb" });
    expect(refused).toMatch(
      /^usage: the store holds all of that file and more: night daily 2026-02-04 of clip/,
    );
    expect(readFileSync(store(root)).equals(before)).toBe(true);
  });

  it("refuses a file that is missing, damaged, or of no rollout of this workspace", async () => {
    const root = await threeNights();
    copyFileSync(warehouse(root), join(root, "half.duckdb"));
    truncateSync(join(root, "half.duckdb"), 20_000);
    const refusals = [];
    for (const from of ["gone.duckdb", "half.duckdb"])
      refusals.push((await run(restoreCommand, root, { from })).refused);
    expect(refusals[0]).toMatch(/^input: there is no such file/);
    expect(refusals[1]).toMatch(/^input: the file is damaged/);
  });
});

describe("gatebook restore --none", () => {
  it("begins anew with a reason, keeps the old files, and the next night says who did it", async () => {
    const root = oldWorkspace(onTestFinished);
    addNextDay(root);
    const asked = { none: true, reason: "the fault was in the export", by: "grace" };
    const { out } = await run(restoreCommand, root, asked, { now: "2026-02-21T08:00:00Z" });
    expect(out).toContain("The ledger has 0 nights, 1 record.");
    expect(out).toContain("Set aside: .gatebook/store.set-aside.duckdb");
    expect(out).toContain("Set aside: .gatebook/warehouse.set-aside.duckdb");
    const { result } = await runCase(root, nextNight);
    expect(result.ledger.latched).toBeNull();
    expect(result.checks.find(({ name }) => name === "ledger_fresh_start")).toMatchObject({
      status: "warn",
      detail: "grace started a new ledger on 2026-02-21: the fault was in the export",
    });
    expect((await run(historyCommand, root)).out).toContain("fresh_start");
  });

  it("settles a ledger that was lost", async () => {
    const { root, result: lost } = await forgetfulWorkspaceAndNight(onTestFinished);
    expect(lost.checks.map(({ name }) => name)).toContain("ledger_lost");
    await run(restoreCommand, root, { none: true, reason: "nothing is left", by: "grace" });
    const { result } = await runCase(root, anHourLater);
    expect(result.checks.map(({ name }) => name)).not.toContain("ledger_lost");
  });

  it("needs a reason and a name", async () => {
    const root = await threeNights();
    expect((await run(restoreCommand, root, { none: true })).refused).toMatch(/^usage: --reason is missing/);
    const nameless = { none: true, reason: "a new start" };
    expect((await run(restoreCommand, root, nameless)).refused).toMatch(/^usage: --by is missing/);
    expect((await run(restoreCommand, root, { reason: "why" })).refused).toMatch(
      /^usage: --reason and --by only/,
    );
  });
});

describe("a ledger that was lost", () => {
  it("is taken over from a result.json that turns up later, beside the nights that came since", async () => {
    const { root } = await forgetfulWorkspaceAndNight(onTestFinished);
    const from = "artifact/clip-cosine-v2/2026-02-20/result.json";
    const { out } = await run(restoreCommand, root, { from });
    expect(out).toContain("The ledger has 21 nights up to 2026-02-21");
    expect(out).toContain("Latched: the rollback of 2026-02-11");
    const { result } = await runCase(root, anHourLater);
    expect(result.decision).toMatchObject({ rule: "latched", action: "rollback" });
    expect(result.checks.map(({ name }) => name)).not.toContain("ledger_lost");
  });
});
