import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { storedColumn } from "../../src/engine/stored-columns.ts";

it("names a compression for text whose name says what it holds, and for nothing else", () => {
  expect(storedColumn("user_id", "VARCHAR")).toBe('"user_id" VARCHAR USING COMPRESSION fsst');
  expect(storedColumn("algo_version", "VARCHAR")).toBe('"algo_version" VARCHAR USING COMPRESSION dictionary');
  expect(storedColumn("user_id", "BIGINT")).toBe('"user_id" BIGINT');
  expect(storedColumn('odd "name"', "VARCHAR")).toBe('"odd ""name""" VARCHAR');
});

it.each(["unit_id", "algo_version"])(
  "any text can stand in %s: none, short, long, all alike, all different",
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "gatebook-columns-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const open = () => openDuckDb({ file: join(folder, "store.duckdb") });
    const texts = `SELECT range AS n, CASE WHEN range % 7 = 0 THEN NULL WHEN range % 11 = 0 THEN '' WHEN range = 5000
    THEN repeat('é', 300000) WHEN range % 3 = 0 THEN 'the same' ELSE md5(CAST(range AS VARCHAR)) END AS text FROM range(20000)`;
    const engine = await open();
    await engine.execute(
      `CREATE TABLE t (n BIGINT, ${storedColumn(name, "VARCHAR")}); INSERT INTO t ${texts}`,
    );
    await engine.checkpoint();
    engine.close();
    const again = await open();
    const differ = `SELECT count(*) AS rows, count(*) FILTER (t."${name}" IS DISTINCT FROM w.text) AS differ
    FROM t JOIN (${texts}) w USING (n)`;
    expect(await again.rows(differ)).toEqual([{ rows: 20_000, differ: 0 }]);
    const used = await again.rows(
      "SELECT DISTINCT compression FROM pragma_storage_info('t') WHERE segment_type = 'VARCHAR'",
    );
    expect(used.length).toBeGreaterThan(0);
    again.close();
  },
);
