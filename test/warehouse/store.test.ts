import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { openStore, openWarehouse, storePaths } from "../../src/warehouse/store.ts";

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
      await store.takePlace();
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

  it("is told when it cannot be copied", async () => {
    const root = newRoot();
    mkdirSync(storePaths(root).store, { recursive: true });
    await expect(openStore(root, [], aside)).rejects.toMatchObject({
      code: "store",
      message: expect.stringMatching(/^the store could not be copied: /),
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
    await second.takePlace();
    second.close();
    expect(existsSync(`${store}.wal`)).toBe(false);
  });
});

it("a workspace that never ran says how to make a warehouse", async () => {
  const root = newRoot();
  await expect(openWarehouse(root)).rejects.toThrow("there is no warehouse yet");
  expect(existsSync(storePaths(root).store)).toBe(false);
});

it("a damaged store is told with the way back: last night's copy in its place holds the ledger, too", async () => {
  const root = newRoot();
  const { store, warehouse } = storePaths(root);
  const first = await openStore(root, [], limits);
  await first.engine.execute("CREATE TABLE decisions AS SELECT 1 AS night");
  await first.publish();
  first.close();
  for (const bytes of [0, 5000, 12_000]) {
    truncateSync(store, bytes);
    await expect(openStore(root, [], limits)).rejects.toMatchObject({
      message: "the store is not a DuckDB database",
      where: { file: store },
      hint: expect.stringMatching(/^copy warehouse\.duckdb over it, /),
    });
  }
  copyFileSync(warehouse, store);
  const mended = await openStore(root, [], limits);
  expect(await mended.engine.rows("SELECT night FROM decisions")).toEqual([{ night: 1 }]);
  mended.close();
});
