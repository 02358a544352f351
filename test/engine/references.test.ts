/** What a query reads: generated nestings of CTEs whose tables are known by construction, held against what the engine reads. */
import fc from "fast-check";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";

const tables = ["a", "b", "c"] as const;

/** Every table holds its own name: what a query returns tells which tables were read. */
async function open(): Promise<Engine> {
  const engine = await openDuckDb({ file: ":memory:" });
  for (const name of tables) await engine.execute(`CREATE TABLE ${name} AS SELECT '${name}' AS v`);
  return engine;
}

const tablesRead = async (engine: Engine, sql: string): Promise<readonly string[]> =>
  [
    ...new Set(
      (await engine.references({ file: "a.sql", sql }))
        .filter(({ kind }) => kind === "table")
        .map(({ name }) => name.replace("main.", "")),
    ),
  ].toSorted();

const engineRead = async (engine: Engine, sql: string): Promise<readonly string[]> => {
  const { rows } = await engine.query({ file: "a.sql", sql });
  return [...new Set(rows.flatMap(([value]) => String(value).split(" ")))].toSorted();
};

describe("the tables a query reads", () => {
  it.each([
    ["a CTE does not see itself", "WITH a AS (SELECT * FROM a) SELECT * FROM a", ["a"]],
    [
      "nor does one under RECURSIVE that does not recur",
      "WITH RECURSIVE a AS (SELECT * FROM a) FROM a",
      ["a"],
    ],
    [
      "the first half of a recursive one neither",
      "WITH RECURSIVE a AS (SELECT v FROM a UNION ALL SELECT v FROM a WHERE v IS NULL) FROM a",
      ["a"],
    ],
    [
      "its second half does",
      "WITH RECURSIVE a AS (SELECT v FROM b UNION ALL SELECT v FROM a WHERE v IS NULL) FROM a",
      ["b"],
    ],
    ["a later CTE sees an earlier one", "WITH a AS (SELECT * FROM b), c AS (SELECT * FROM a) FROM c", ["b"]],
    [
      "an earlier one does not see a later",
      "WITH c AS (SELECT * FROM a), a AS (SELECT * FROM b) FROM a, c",
      ["a", "b"],
    ],
    [
      "a CTE is gone outside of its subquery",
      "SELECT v FROM (WITH a AS (FROM b) FROM a) UNION ALL FROM a",
      ["a", "b"],
    ],
    [
      "a CTE hides the table from subqueries",
      "WITH a AS (FROM b) SELECT (SELECT max(v) FROM a) AS v FROM a",
      ["b"],
    ],
    ["a schema reaches past a CTE", "WITH a AS (FROM b) FROM main.a UNION ALL FROM a", ["a", "b"]],
    ["names do not mind their case", 'WITH "A" AS (FROM b) FROM a', ["b"]],
  ])("%s", async (_, sql, expected) => {
    const engine = await open();
    onTestFinished(() => engine.close());
    expect(await tablesRead(engine, sql)).toEqual(expected);
    expect(await engine.scans({ file: "a.sql", sql })).toEqual(expected);
  });

  describe("of any nesting", () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
      return () => engine.close();
    });

    it("are those that the engine reads", async () => {
      await fc.assert(
        fc.asyncProperty(queryOf(3), async (shape) => {
          const sql = write(shape);
          const expected = [...readsOf(shape, new Map())].toSorted();
          expect(await tablesRead(engine, sql), sql).toEqual(expected);
          expect(await engineRead(engine, sql), sql).toEqual(expected);
          expect(await engine.scans({ file: "a.sql", sql }), sql).toEqual(expected);
        }),
        { numRuns: 40, seed: 11 },
      );
    });
  });
});

interface Query {
  readonly ctes: readonly { readonly name: string; readonly query: Query; readonly recursive: boolean }[];
  readonly from: From;
}

type From =
  | { readonly kind: "name" | "qualified"; readonly name: string }
  | { readonly kind: "subquery"; readonly query: Query }
  | { readonly kind: "union" | "correlated"; readonly left: Query; readonly right: Query };

const anyName = fc.constantFrom(...tables);

function queryOf(depth: number): fc.Arbitrary<Query> {
  const named = fc.record({ kind: fc.constantFrom("name", "qualified"), name: anyName });
  if (depth === 0) return fc.record({ ctes: fc.constant([]), from: named });
  const inner = queryOf(depth - 1);
  const cte = fc.record({ name: anyName, query: inner, recursive: fc.boolean() });
  const from: fc.Arbitrary<From> = fc.oneof(
    named,
    fc.record({ kind: fc.constant("subquery" as const), query: inner }),
    fc.record({ kind: fc.constantFrom("union", "correlated"), left: inner, right: inner }),
  );
  return fc.record({ ctes: fc.uniqueArray(cte, { maxLength: 2, selector: ({ name }) => name }), from });
}

/** Every CTE is read in the body, so that no table of the text is one that the engine need not read. */
function write({ ctes, from }: Query): string {
  const parts = [writeFrom(from), ...ctes.map(({ name }) => `SELECT v FROM ${name}`)];
  if (ctes.length === 0) return parts.join(" UNION ALL ");
  const written = ctes.map(({ name, query, recursive }) => {
    const body = write(query);
    const again = recursive ? ` UNION ALL SELECT v FROM ${name} WHERE v IS NULL` : "";
    return `${name} AS (SELECT v FROM (${body})${again})`;
  });
  const keyword = ctes.some(({ recursive }) => recursive) ? "WITH RECURSIVE" : "WITH";
  return `${keyword} ${written.join(", ")} ${parts.join(" UNION ALL ")}`;
}

function writeFrom(from: From): string {
  switch (from.kind) {
    case "name":
      return `SELECT v FROM ${from.name}`;
    case "qualified":
      return `SELECT v FROM main.${from.name}`;
    case "subquery":
      return `SELECT v FROM (${write(from.query)})`;
    case "union":
      return `(${write(from.left)}) UNION ALL (${write(from.right)})`;
    case "correlated":
      return `SELECT o.v || ' ' || (SELECT string_agg(i.v, ' ') FROM (${write(from.right)}) i WHERE i.v <> o.v || '.') AS v
        FROM (${write(from.left)}) o`;
  }
}

type Scope = ReadonlyMap<string, true>;

function readsOf({ ctes, from }: Query, outer: Scope): ReadonlySet<string> {
  const reads = new Set<string>();
  let scope = outer;
  for (const { name, query } of ctes) {
    for (const table of readsOf(query, scope)) reads.add(table);
    scope = new Map([...scope, [name, true]]);
  }
  for (const table of fromReads(from, scope)) reads.add(table);
  return reads;
}

function fromReads(from: From, scope: Scope): ReadonlySet<string> {
  switch (from.kind) {
    case "name":
      return scope.has(from.name) ? new Set() : new Set([from.name]);
    case "qualified":
      return new Set([from.name]);
    case "subquery":
      return readsOf(from.query, scope);
    case "union":
    case "correlated":
      return new Set([...readsOf(from.left, scope), ...readsOf(from.right, scope)]);
  }
}
