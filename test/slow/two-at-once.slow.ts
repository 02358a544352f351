/** Processes that want the same workspace at the same time: runs wait for each other, clients never stop one. */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createDatabase } from "../../src/engine/duckdb/create.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { storePaths } from "../../src/warehouse/paths.ts";
import { openStore } from "../../src/warehouse/store.ts";
import { buildCli, type Gatebook } from "../helpers/built-cli.ts";
import { holdDatabase } from "../helpers/hold-database.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { madeWorkspace, sampleInto, temporaryFolder, writeFilesIn } from "../helpers/temp-workspace.ts";

const limits = { waitMs: 0, onWait: () => {} };

let gatebook: Gatebook;
beforeAll(() => {
  gatebook = buildCli();
});

const note = (by: string): readonly string[] => ["record", "hold", "--reason", "r", "--by", by, "--quiet"];

describe("a run has the store to itself", () => {
  it("from opening it until its copy is published and its report written", async () => {
    const root = await madeWorkspace(onTestFinished);
    const run = await openStore(root, [], limits);
    const busy = new RegExp(`^error: the store is in use by process ${process.pid} \\(`);
    const asked = [await gatebook(root, ...note("ada"), "--wait", "0")];
    await run.publish();
    asked.push(await gatebook(root, ...note("ada"), "--wait", "0"));
    for (const { code, stderr } of asked) {
      expect(code).toBe(5);
      expect(stderr).toMatch(busy);
      expect(stderr).toContain("at WORKSPACE/.gatebook/store.duckdb\n");
    }
    run.close();
    expect(await gatebook(root, ...note("ada"), "--wait", "0")).toMatchObject({ code: 0, stderr: "" });
  });

  it("and those that wait get it one after the other, with nothing of anybody lost", async () => {
    const root = await madeWorkspace(onTestFinished);
    const names = ["ada", "bea", "cleo", "dora", "eve"];
    const all = await Promise.all(names.map((name) => gatebook(root, ...note(name), "--wait", "2m")));
    for (const { code, stderr } of all) expect([code, stderr]).toEqual([0, ""]);
    const warehouse = await openDuckDb({ file: storePaths(root).warehouse, readOnly: true });
    const rows = await warehouse.rows("SELECT person FROM records ORDER BY 1");
    warehouse.close();
    expect(rows.map((row) => row["person"])).toEqual(names);
    expect(readdirSync(join(root, ".gatebook")).sort()).toEqual([
      "run.lock",
      "store.duckdb",
      "warehouse.duckdb",
    ]);
  });

  it("and one that is overtaken while it makes the lock takes the other's", async () => {
    const root = await madeWorkspace(onTestFinished);
    const { folder, lock } = storePaths(root);
    const made = join(temporaryFolder(onTestFinished), "run.lock");
    await createDatabase(made);
    mkdirSync(folder);
    const asked = gatebook(root, ...note("ada"), "--wait", "0");
    /** What a process that was first does: its lock is there, and of others nothing is left. */
    const overtake = (): boolean => {
      const [own] = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
      if (own === undefined) return false;
      copyFileSync(made, lock);
      rmSync(join(folder, own));
      return true;
    };
    await expect.poll(overtake, { interval: 1, timeout: 60_000 }).toBe(true);
    expect(await asked).toMatchObject({ code: 0, stderr: "" });
  });

  it("until it dies: a lock whose process was killed holds nobody up", async () => {
    const root = await madeWorkspace(onTestFinished);
    (await openStore(root, [], limits)).close();
    const holder = await holdDatabase(onTestFinished, storePaths(root).lock, "write");
    await expect(openStore(root, [], limits)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining(`the store is in use by process ${holder.pid} (`),
    });
    await holder.kill();
    (await openStore(root, [], limits)).close();
  });
});

describe("a client in a process of its own", () => {
  it("that keeps the warehouse open stops no run, and sees last night's whole until it opens tonight's", async () => {
    const root = await madeWorkspace(onTestFinished);
    judgeBy(root, "ctr");
    await sampleInto(root, { scenario: "thin", usersPerDay: 30 });
    const night = (date: string): ReturnType<Gatebook> =>
      gatebook(root, "run", "--date", date, "--format", "txt", "--quiet", "--wait", "0");
    const { warehouse } = storePaths(root);
    const look =
      "SELECT report_date, (SELECT count(*) FROM decisions), (SELECT max(event_date) FROM events), (SELECT sum(loaded) FROM loads) FROM rollout";
    expect((await night("2026-02-06")).code).toBe(0);
    const client = await holdDatabase(onTestFinished, warehouse, "write"); // its default, and the worst
    const before = await client.ask(look);
    expect(before).toMatch(/^2026-02-06 1 2026-02-07 \d+$/);
    expect((await night("2026-02-07")).code).toBe(0);
    expect(await client.ask(look)).toBe(before);
    const tonight = await holdDatabase(onTestFinished, warehouse, "read");
    expect(await tonight.ask(look)).toBe(before.replace(/^2026-02-06 1/, "2026-02-07 2"));
  });

  it("that has the store itself open is named as well", async () => {
    const root = temporaryFolder(onTestFinished);
    const { store } = storePaths(root);
    (await openStore(root, [], limits)).close();
    const holder = await holdDatabase(onTestFinished, store, "read");
    await expect(openStore(root, [], limits)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining(`process ${holder.pid} (`),
      where: { file: store },
    });
  });
});

describe("a run that is killed while it makes the store", () => {
  it("leaves no half of one in its place, and its beginning is swept", async () => {
    const root = temporaryFolder(onTestFinished);
    const { folder } = storePaths(root);
    writeFilesIn(folder, { "store.duckdb.4194305.tmp": "half a", "run.lock.4194305.tmp": "" });
    (await openStore(root, [], limits)).close();
    expect(readdirSync(folder).sort()).toEqual(["run.lock", "store.duckdb", "tmp"]);
  });
});
