/** The lists of closed and unsteady names against what this version of the engine has: a new function shows up here. */
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  clockWords,
  isUnsteady,
  mayBeUnsteady,
  rejectedFunction,
  rejectedTable,
} from "../../src/engine/closed-names.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await openDuckDb({ file: ":memory:" });
  await engine.execute("CREATE TABLE t AS SELECT 1 AS a, TIMESTAMP '2026-02-01' AS ts");
});
afterAll(() => engine.close());

/** They read nothing but the name of the database, or only throw. */
const harmless = ["error", "current_database", "current_schema", "current_schemas", "in_search_path"];

it("every function that the engine itself calls unstable is closed, unsteady or harmless", async () => {
  const rows = await engine.rows(`SELECT DISTINCT function_name AS name FROM duckdb_functions()
    WHERE function_type = 'scalar' AND stability <> 'CONSISTENT' ORDER BY name`);
  const names = rows.map(({ name }) => String(name));
  expect(names.length).toBeGreaterThan(20);
  const open = names.filter((name) => rejectedFunction(name) === null && !isUnsteady(name, 1));
  expect(open.filter((name) => !harmless.includes(name))).toEqual([]);
});

it("a macro that calls a closed or unsteady function, or reads the catalog, is closed or unsteady itself", async () => {
  const rows =
    await engine.rows(`SELECT function_name AS name, macro_definition AS sql FROM duckdb_functions()
    WHERE function_type = 'macro' AND macro_definition IS NOT NULL`);
  const reaches = (sql: string): boolean =>
    /\b(duckdb|pragma|read|query)_\w*\(/i.test(sql) ||
    (sql.match(/\w+/g) ?? []).some((word) => clockWords.has(word)) ||
    [...sql.matchAll(/(\w+)\(/g)].some(
      ([, name = ""]) => rejectedFunction(name) !== null || isUnsteady(name, 1),
    );
  const names = rows.filter(({ sql }) => reaches(String(sql))).map(({ name }) => String(name));
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => rejectedFunction(name) === null && !isUnsteady(name, 1))).toEqual([]);
});

it("every view of the engine's catalog is closed; tables of the standard's information_schema can be read", async () => {
  const rows = await engine.rows(
    "SELECT schema_name AS s, view_name AS v FROM duckdb_views() WHERE internal",
  );
  const views = rows.filter(({ s }) => s !== "information_schema");
  expect(views.length).toBeGreaterThan(20);
  for (const { s, v } of views)
    for (const name of [`${s}.${v}`, String(v)]) expect(rejectedTable(name), name).not.toBeNull();
  expect(rejectedTable("information_schema.tables")).toBeNull();
  expect(rejectedTable("information_schema.views")).not.toBeNull();
  for (const name of ["events", "pg_13", "page_views", "sqlite_days"]) expect(rejectedTable(name)).toBeNull();
});

const texts = async (sql: string) =>
  (await engine.unsteadyNames({ file: "a.sql", sql })).map(({ text, line, column }) => [text, line, column]);

it.each([
  ["SELECT 1 AS a\nWHERE now() > DATE '2026-02-01'", [["now()", 2, 7]]],
  ["SELECT Current_Date AS d FROM t", [["Current_Date", 1, 8]]],
  ["SELECT list_transform([1], x -> RANDOM()) AS r", [["random()", 1, 33]]],
  [
    "SELECT gen_random_uuid() AS id, uuidv7() AS other",
    [
      ["gen_random_uuid()", 1, 8],
      ["uuidv7()", 1, 33],
    ],
  ],
  ["SELECT age(ts) AS old FROM t", [["age()", 1, 8]]],
  ["SELECT age(ts, TIMESTAMP '2026-01-01') AS old FROM t", []],
  ["WITH x AS (SELECT * FROM t USING SAMPLE 10%) SELECT * FROM x", [["a random sample", 1, 1]]],
  ["SELECT t.now, 'now()' AS text, \"random\" -- uuid()\nFROM (SELECT 1 AS now, 2 AS random) AS t", []],
])("what differs from run to run is found where it is: %j", async (sql, expected) => {
  expect(await texts(sql)).toEqual(expected);
  if (expected.length > 0) expect(mayBeUnsteady(sql)).toBe(true);
});

it("a CTE called like a view of the catalog is a CTE", async () => {
  const sql = "WITH pg_tables AS (SELECT 1 AS a) SELECT a FROM pg_tables";
  expect(await engine.closedNames({ file: "a.sql", sql })).toEqual([]);
  expect((await engine.query({ file: "a.sql", sql })).rows).toEqual([[1]]);
});
