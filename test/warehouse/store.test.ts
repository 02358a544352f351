import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { sqlText } from "../../src/engine/sql-text.ts";
import { createLedgerTables } from "../../src/ledger/tables.ts";
import { storePaths } from "../../src/warehouse/paths.ts";
import { setAside } from "../../src/warehouse/recover.ts";
import { restoreFrom } from "../../src/warehouse/restore.ts";
import { openStore, openWarehouse } from "../../src/warehouse/store.ts";
import { holdDatabase } from "../helpers/hold-database.ts";

const limits = { waitMs: 0, onWait: () => {} };
const newRoot = (): string => mkdtempSync(join(tmpdir(), "gatebook-"));

it("a client that keeps the published warehouse open never stops a run and goes on seeing a whole warehouse", async () => {
  const root = newRoot();
  const first = await openStore(root, [], limits);
  await first.engine.execute("CREATE TABLE nights AS SELECT 1 AS night");
  await first.publish();
  const reader = await openDuckDb({ file: storePaths(root).warehouse, readOnly: true });
  const second = await openStore(root, [], limits);
  await second.engine.execute("INSERT INTO nights VALUES (2)");
  await second.publish();
  expect(await reader.rows("SELECT count(*) AS n FROM nights")).toEqual([{ n: 1 }]);
  reader.close();
  const tonight = await openWarehouse(root);
  expect(await tonight.rows("SELECT count(*) AS n FROM nights")).toEqual([{ n: 2 }]);
  tonight.close();
});

it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
  "a warehouse in a folder that this user may not enter is not said to be missing",
  async () => {
    const root = newRoot();
    const { folder } = storePaths(root);
    mkdirSync(folder, { mode: 0o000 });
    await expect(openWarehouse(root)).rejects.toMatchObject({
      code: "store",
      message: /^may not be read: EACCES/,
    });
  },
);

it("what a killed run left behind is swept by the next one", async () => {
  const root = newRoot();
  const { folder, temporary } = storePaths(root);
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(temporary, "export.csv"), "half a file");
  writeFileSync(join(folder, "warehouse.duckdb.tmp"), "half a copy");
  const store = await openStore(root, [], limits);
  expect(readdirSync(temporary)).toEqual([]);
  await store.publish();
  expect(readdirSync(folder).sort()).toEqual(["run.lock", "store.duckdb", "warehouse.duckdb"]);
});

describe("a store worked on aside", () => {
  const aside = { ...limits, aside: true };
  const count = "SELECT count(*) AS n FROM nights";

  it("is as it was until it takes its place, and then the store and its copy at once", async () => {
    const root = newRoot();
    const { folder } = storePaths(root);
    for (const night of [1, 2]) {
      const store = await openStore(root, [], aside);
      await store.engine.execute("CREATE TABLE IF NOT EXISTS nights (night INTEGER)");
      await store.engine.execute(`INSERT INTO nights VALUES (${night})`);
      expect(existsSync(join(folder, "store.duckdb"))).toBe(night === 2);
      await store.publish();
      expect(existsSync(join(folder, "warehouse.duckdb"))).toBe(night === 2);
      await store.swapIn();
      store.close();
      expect(readdirSync(folder).sort()).toEqual(["run.lock", "store.duckdb", "warehouse.duckdb"]);
    }
    const failed = await openStore(root, [], aside);
    await failed.engine.execute("INSERT INTO nights VALUES (3)");
    await failed.publish();
    failed.close();
    expect(readdirSync(folder).sort()).toEqual(["run.lock", "store.duckdb", "warehouse.duckdb"]);
    const next = await openStore(root, [], limits);
    expect(await next.engine.rows(count)).toEqual([{ n: 2 }]);
    next.close();
  });

  it("is told when it cannot be opened", async () => {
    const root = newRoot();
    mkdirSync(storePaths(root).store, { recursive: true });
    await expect(openStore(root, [], aside)).rejects.toMatchObject({
      code: "store",
      message: expect.stringMatching(/^the store cannot be opened: /),
    });
  });

  it("holds what a killed run has left in the write-ahead log, and nothing of one that was killed aside", async () => {
    const root = newRoot();
    const { store, aside: copy } = storePaths(root);
    const first = await openStore(root, [], limits);
    await first.engine.execute("CREATE TABLE nights AS SELECT 1 AS night");
    await first.engine.checkpoint();
    await first.engine.execute("INSERT INTO nights VALUES (2)");
    const [file, log] = [readFileSync(store), readFileSync(`${store}.wal`)];
    first.close();
    writeFileSync(store, file);
    writeFileSync(`${store}.wal`, log);
    writeFileSync(copy, "half a copy");
    writeFileSync(`${copy}.wal`, "and its log");
    const second = await openStore(root, [], aside);
    expect(await second.engine.rows(count)).toEqual([{ n: 2 }]);
    await second.publish();
    await second.swapIn();
    second.close();
    expect(existsSync(`${store}.wal`)).toBe(false);
  });
});

it("a workspace that never ran says how to make a warehouse", async () => {
  const root = newRoot();
  await expect(openWarehouse(root)).rejects.toThrow("there is no warehouse yet");
  expect(existsSync(storePaths(root).store)).toBe(false);
});

it("a damaged store is made again from last night's copy, which holds the ledger, too; what was there is kept", async () => {
  const root = newRoot();
  const { folder, store } = storePaths(root);
  const first = await openStore(root, [], limits);
  await first.engine.execute("CREATE TABLE nights AS SELECT 1 AS night");
  await first.publish();
  first.close();
  for (const bytes of [0, 5000, 12_000, 200_000]) {
    truncateSync(store, bytes);
    const mended = await openStore(root, [], limits);
    expect(mended.origin).toEqual({ kind: "copied", from: join(".gatebook", "warehouse.duckdb") });
    expect(await mended.engine.rows("SELECT night FROM nights")).toEqual([{ night: 1 }]);
    mended.close();
    expect(statSync(join(folder, "store.set-aside.duckdb")).size).toBe(bytes);
  }
});

it("a store whose end a checkpoint gave back to the disk is not damaged", async () => {
  const root = newRoot();
  const { store } = storePaths(root);
  const many = "AS SELECT hash(range) AS h FROM range(400000)";
  const sizes: number[] = [];
  for (const statement of [
    `CREATE TABLE a ${many}`,
    `CREATE TABLE b ${many}`,
    "DROP TABLE a",
    "DROP TABLE b",
  ]) {
    const night = await openStore(root, [], limits);
    await night.engine.execute(statement);
    await night.publish();
    night.close();
    sizes.push(statSync(store).size);
  }
  expect(sizes.at(-1)).toBeLessThan(Math.max(...sizes));
  const tonight = await openStore(root, [], limits);
  expect(tonight.origin).toEqual({ kind: "whole", isAhead: false });
  await tonight.engine.execute("CREATE TABLE c AS SELECT hash(range) AS h FROM range(100000)");
  await tonight.publish();
  tonight.close();
  truncateSync(store, statSync(store).size - 1);
  const mended = await openStore(root, [], limits);
  expect(mended.origin).toMatchObject({ kind: "copied" });
  mended.close();
});

it("the log of a store that is gone is not played into the one that takes its place", async () => {
  const root = newRoot();
  const { store } = storePaths(root);
  const first = await openStore(root, [], limits);
  await first.engine.execute("CREATE TABLE nights AS SELECT 1 AS night");
  await first.publish();
  first.close();
  const second = await openStore(root, [], limits);
  await second.engine.execute("INSERT INTO nights VALUES (2)");
  const log = readFileSync(`${store}.wal`);
  second.close();
  rmSync(store);
  writeFileSync(`${store}.wal`, log);
  const mended = await openStore(root, [], limits);
  expect(await mended.engine.rows("SELECT night FROM nights")).toEqual([{ night: 1 }]);
  mended.close();
});

describe("a repair that was killed", () => {
  async function published(): Promise<string> {
    const root = newRoot();
    const store = await openStore(root, [], limits);
    await store.engine.execute("CREATE TABLE nights AS SELECT 1 AS night");
    await store.publish();
    store.close();
    return root;
  }

  it("before the ledger knew of it is a repair to the next run, until the ledger does", async () => {
    const root = await published();
    rmSync(storePaths(root).store);
    const copied = { kind: "copied", from: ".gatebook/warehouse.duckdb" };
    const first = await openStore(root, [], limits);
    expect(first.origin).toEqual(copied);
    first.close();
    const second = await openStore(root, [], limits);
    expect(second.origin).toEqual(copied);
    await expect(
      second.engine.transaction(async () => {
        await second.settleOrigin();
        throw new Error("killed");
      }),
    ).rejects.toThrow("killed");
    second.close();
    const third = await openStore(root, [], limits);
    expect(third.origin).toEqual(copied);
    await third.settleOrigin();
    await third.publish();
    third.close();
    const fourth = await openStore(root, [], limits);
    expect(fourth.origin).toEqual({ kind: "whole", isAhead: false });
    fourth.close();
  });

  it("leaves what it had set aside where it is", async () => {
    const root = await published();
    const { folder, store, warehouse } = storePaths(root);
    writeFileSync(store, "no database ".repeat(5000));
    await setAside(store);
    rmSync(warehouse);
    // as after a kill: the store is gone, and all that is left of it is what was set aside
    const next = await openStore(root, [], limits);
    expect([next.origin.kind, next.setAside]).toEqual(["new", [".gatebook/store.set-aside.duckdb"]]);
    next.close();
    expect(readFileSync(join(folder, "store.set-aside.duckdb"), "utf8")).toContain("no database");
  });

  it("of a backup is gone on with: what the store alone held is in no other file by then", async () => {
    const root = await published();
    const { store, warehouse } = storePaths(root);
    const backup = join(root, "backup.duckdb");
    copyFileSync(warehouse, backup);
    const addRecord = async (file: string, rollout: string) => {
      const engine = await openDuckDb({ file });
      await createLedgerTables(engine);
      await engine.execute(
        `INSERT INTO records BY NAME SELECT ${sqlText(rollout)} AS rollout, 1 AS number, 'hold' AS kind,
          DATE '2026-02-01' AS effective, 'why' AS reason, 'ada' AS person, TIMESTAMP '2026-02-01' AS recorded_at`,
      );
      engine.close();
    };
    await addRecord(backup, "of the backup");
    await addRecord(store, "of the store");
    const recover = restoreFrom(backup, createLedgerTables);
    const rollouts = async () => {
      const opened = await openStore(root, [], { ...limits, recover });
      const rows = await opened.engine.rows("SELECT rollout FROM records ORDER BY rollout");
      const { origin } = opened;
      opened.close();
      return [origin.kind, ...rows.map(({ rollout }) => rollout)];
    };
    const both = ["copied", "of the backup", "of the store"];
    expect(await rollouts()).toEqual(both);
    expect(await rollouts()).toEqual(both);
    const aside = await openDuckDb({ file: store.replace(".duckdb", ".set-aside.duckdb"), readOnly: true });
    expect(await aside.rows("SELECT rollout FROM records")).toEqual([{ rollout: "of the store" }]);
    aside.close();
  });
});

describe("a run.lock that cannot be read", () => {
  it.each([0, 100, 5000])("and is held by nobody is made anew (%i bytes are left of it)", async (bytes) => {
    const root = newRoot();
    const { lock } = storePaths(root);
    (await openStore(root, [], limits)).close();
    truncateSync(lock, bytes);
    (await openStore(root, [], limits)).close();
    expect(statSync(lock).size).toBe(12_288);
  });

  it("and is held all the same keeps the others out", async () => {
    const root = newRoot();
    const { lock } = storePaths(root);
    (await openStore(root, [], limits)).close();
    const holder = await holdDatabase(onTestFinished, lock, "write");
    writeFileSync(lock, "overwritten ".repeat(2000));
    await expect(openStore(root, [], limits)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining(`process ${holder.pid} (`),
    });
  });
});

it("a store or warehouse of a newer gatebook is refused, and not a byte of it is changed", async () => {
  const root = newRoot();
  const { store, warehouse } = storePaths(root);
  const first = await openStore(root, [], limits);
  await first.engine.execute("CREATE TABLE store_format AS SELECT 99 AS format, '9.0.0' AS gatebook");
  await first.publish();
  first.close();
  const refusal = {
    code: "input",
    message: "it was written by a newer gatebook (9.0.0, format 99)",
    hint: expect.stringContaining("update gatebook"),
  };
  const bytes = readFileSync(warehouse);
  await expect(openStore(root, [], limits)).rejects.toMatchObject({ ...refusal, where: { file: store } });
  await expect(openWarehouse(root)).rejects.toMatchObject({ ...refusal, where: { file: warehouse } });
  rmSync(store);
  await expect(openStore(root, [], limits)).rejects.toMatchObject({ ...refusal, where: { file: warehouse } });
  expect(readFileSync(warehouse).equals(bytes)).toBe(true);
});
