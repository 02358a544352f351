import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
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
