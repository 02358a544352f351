import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openDuckDb, openPatiently } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { GatebookError } from "../../src/model/error.ts";
import { engineContract, failure } from "./contract.ts";

const engines: Engine[] = [];
const open = async (options: Partial<Parameters<typeof openDuckDb>[0]> = {}): Promise<Engine> => {
  const engine = await openDuckDb({ file: ":memory:", ...options });
  engines.push(engine);
  return engine;
};
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

engineContract("DuckDB", async () => {
  const engine = await openDuckDb({ file: ":memory:" });
  const store = (name: string, select: string) => engine.execute(`CREATE TABLE ${name} AS ${select}`);
  return { engine, store, close: () => engine.close() };
});

it("days without end have a name", async () => {
  const [row] = await (await open()).rows("SELECT DATE 'infinity' AS f, DATE '-infinity' AS g");
  expect(row).toEqual({ f: "infinity", g: "-infinity" });
});

it("what a failing transaction wrote is rolled back", async () => {
  const engine = await open();
  await engine.execute("CREATE TABLE days AS SELECT 1 AS n");
  await failure(
    engine.transaction(async () => {
      await engine.execute("DELETE FROM days");
      await engine.execute("INSERT INTO nope VALUES (1)");
    }),
  );
  expect(await engine.rows("SELECT count(*) AS n FROM days")).toEqual([{ n: 1 }]);
});

describe("an analyst's file", () => {
  it.each([
    ["a parse error", "SELECT 1,\n  FRM x y", 2, 9],
    ["an unknown table", "SELECT 'ü'\nFROM nope", 2, 6],
    ["an unknown column behind a multi-byte character", "SELECT 'üü' AS a, nope FROM range(3)", 1, 19],
  ])("with %s is reported at its line and column", async (_, sql, line, column) => {
    const engine = await open();
    const error = await failure(engine.query({ file: "queries/cells/a.sql", sql }));
    expect(error.code).toBe("query");
    expect(error.where).toEqual({ file: "queries/cells/a.sql", line, column });
  });

  it.each([
    ["-- a; b\nDROP TABLE x", 2, 1],
    ["SELECT ';' AS a, \"b;c\" /* ; */ FROM t;\n-- more\n  DELETE FROM t", 3, 3],
    ["SELECT $x$ ; $x$ AS é; SELECT 2", 1, 24],
    ["SELECT 1;; ;SELECT 2", 1, 13],
  ])("points at the statement that is wrong: %j", async (sql, line, column) => {
    const error = await failure((await open()).query({ file: "a.sql", sql }));
    expect(error.where).toEqual({ file: "a.sql", line, column });
  });

  it.each([
    [
      "a file by a function",
      "SELECT *\nFROM read_csv('a.csv')",
      "the table function read_csv() is not for queries",
      2,
      6,
    ],
    ["a file by its name", "SELECT *\nFROM 'a.csv.gz'", "a.csv.gz is a file", 2, 6],
    ["a file in schema and table", 'SELECT *\nFROM "/abs/a".parquet', "/abs/a.parquet is a file", 2, 6],
    ["a file here in schema and table", "SELECT *\nFROM a.csv", "a.csv is a file", 2, 6],
    ["a file in three parts", 'SELECT *\nFROM "/abs"."a".csv', "/abs.a.csv is a file", 2, 6],
    ["a file with a query", "SELECT *\nFROM 'a.csv?x'", "a.csv?x is a file", 2, 6],
    [
      "a file behind a CTE of its name",
      'WITH "/abs/a.parquet" AS (SELECT 1)\nSELECT * FROM "/abs/a".parquet',
      "/abs/a.parquet is a file",
      2,
      15,
    ],
    ["a file to describe", 'SELECT * FROM\n(SUMMARIZE "/abs/a".csv)', "/abs/a.csv is a file", 2, 12],
    [
      "a file as an argument",
      "FROM histogram_values('/abs/a.csv', a)",
      "the table function histogram_values() is not for queries",
      1,
      6,
    ],
    [
      "gatebook's own tables",
      "SELECT *\nFROM duckdb_tables()",
      "the table function duckdb_tables() is not for queries",
      2,
      6,
    ],
    [
      "a setting",
      "FROM enable_profiling()",
      "the table function enable_profiling() is not for queries",
      1,
      6,
    ],
  ])(
    "that reaches for %s is refused at its place, with or without a fence",
    async (_, sql, message, line, column) => {
      const engine = await open();
      for (const work of [
        () => engine.query({ file: "a.sql", sql }),
        () => engine.describe({ file: "a.sql", sql }),
      ])
        expect(await failure(work())).toMatchObject({
          code: "query",
          message,
          where: { file: "a.sql", line, column },
        });
    },
  );

  it.each([
    ["SELECT CAST('a' AS INTEGER)", "data"],
    ["SELECT CAST(300 AS TINYINT)", "data"],
    ["SELECT * FROM nope", "query"],
    ["SELECT nope", "query"],
    ["INSERT INTO one VALUES (1)", "query"],
    ["SELECT * FROM read_csv('/nowhere/a.csv')", "io"],
    ["COPY (SELECT 1) TO '/nowhere/a.csv'", "io"],
    ["ATTACH '/proc/version' AS other", "io"],
  ])("of ours that fails says which kind of error it is: %s is %s", async (sql, kind) => {
    const engine = await open();
    await engine.execute("CREATE TABLE one (a INTEGER PRIMARY KEY); INSERT INTO one VALUES (1)");
    expect(await failure(engine.execute(sql))).toMatchObject({ code: "store", kind });
  });
});

describe("a filter on the date", () => {
  it.each([
    ["SELECT event_date, count(*) AS n FROM e GROUP BY event_date", true],
    ["SELECT event_date, row_number() OVER (PARTITION BY event_date ORDER BY u) AS r FROM e", true],
    ["SELECT event_date, row_number() OVER (ORDER BY u) AS r FROM e", false],
    ["SELECT a.event_date, b.u FROM e a JOIN e b ON a.u = b.u", false],
  ])("reaches the scans of %s: %s", async (sql, reaches) => {
    const engine = await open();
    await engine.execute(
      "CREATE TABLE e AS SELECT DATE '2026-02-01' + CAST(range % 3 AS INTEGER) AS event_date, range AS u FROM range(100)",
    );
    expect(await engine.filterReachesScans(sql, "event_date")).toBe(reaches);
  });
});

describe("the fence", () => {
  it("leaves named files readable and closes everything else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gatebook-"));
    const [inside, outside] = [join(folder, "in side.csv"), join(folder, "outside.csv")];
    for (const file of [inside, outside]) writeFileSync(file, "a\n1\n");
    const engine = await open({ allowedPaths: [inside] });
    await engine.fence();
    expect(await engine.rows(`SELECT a FROM read_csv('${inside}')`)).toEqual([{ a: 1 }]);
    for (const attack of [
      `SELECT * FROM read_csv('${outside}')`,
      `COPY (SELECT 1) TO '${outside}'`,
      `ATTACH '${join(folder, "x.duckdb")}'`,
      "INSTALL httpfs",
      "SET memory_limit = '1GB'",
      "SET enable_external_access = true",
    ]) {
      await expect(engine.execute(attack), attack).rejects.toThrow(GatebookError);
    }
  });
});

describe("the store", () => {
  it("held by another process is busy, and the error names that process", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "gatebook-")), "store.duckdb");
    const script = `const d = await import("@duckdb/node-api"); await d.DuckDBInstance.create(process.argv[1]); console.log("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(holder.stdout, "data");
      const waits: string[] = [];
      const error = await failure(
        openDuckDb({ file, waitMs: 300, onWait: (message) => waits.push(message) }),
      );
      expect(error.code).toBe("busy");
      expect(error.message).toContain(`process ${holder.pid}`);
      expect(waits).toHaveLength(1);
    } finally {
      holder.kill();
    }
  });

  it("that is no database is named, with what to do", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "gatebook-")), "store.duckdb");
    writeFileSync(file, "not a database, only text that is long enough to look like a file");
    const { code, message, hint } = await failure(openDuckDb({ file }));
    expect([code, message]).toEqual([
      "damaged",
      expect.stringMatching(/^the store is not a DuckDB database: /),
    ]);
    expect(hint).toContain("gatebook restore");
  });
});

describe("a file that another process has open", () => {
  it.each([
    [
      "Linux and macOS",
      'Could not set lock on file "/w/store.duckdb": Conflicting lock is held in /usr/bin/node (PID 4711) by user ada.',
    ],
    [
      "Windows",
      'Cannot open file "c:\\w\\store.duckdb": The process cannot access the file because it is being used by another process.\r\n\nFile is already open in \nC:\\Program Files\\nodejs\\node.exe (PID 4711)',
    ],
  ])("is in use, as %s words it", async (_, message) => {
    const open = async () => {
      throw new Error(`IO Error: ${message}`);
    };
    await expect(openPatiently(open, { file: "/w/store.duckdb", waitMs: 0 })).rejects.toMatchObject({
      code: "busy",
      message: expect.stringMatching(/^the store is in use by process 4711 \(.*node(\.exe)?\)$/),
    });
  });
});
