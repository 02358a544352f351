/** What becomes of the text of a statement on its way to Trino: steps, meanings of names, places in the file. */
import { expect, it } from "vitest";
import { trinoDialect } from "../../src/engine/trino/dialect.ts";
import { layersOfSession, withMeanings } from "../../src/engine/trino/layers.ts";
import { type Pieces, placeInFile, textOf } from "../../src/engine/trino/pieces.ts";
import { withSteps } from "../../src/engine/trino/steps.ts";
import { tablesNamed, withList } from "../../src/engine/trino/with-list.ts";
import { concentrationSql } from "../../src/queries/measures/concentration-sql.ts";
import { plan } from "../queries/warehouse.ts";

const flat = (pieces: Pieces): string => textOf(pieces).replace(/\s+/g, " ").trim();

async function stepped(statement: Pieces) {
  const made = new Map<string, string>();
  const rest = await withSteps(statement, async (name, select) => {
    made.set(name, flat(select));
    return `made_${name}`;
  });
  return { made, rest: flat(rest) };
}

it("a part that is read often becomes a table before the statement, one that is read once does not; Trino's text has no MATERIALIZED", async () => {
  const big = "SELECT * FROM a JOIN b USING (k) JOIN c USING (k)";
  const { made, rest } = await stepped([
    `WITH often AS MATERIALIZED (${big}), once AS NOT MATERIALIZED (SELECT * FROM often)
    SELECT * FROM once UNION ALL SELECT * FROM often UNION ALL SELECT * FROM often`,
  ]);
  expect([...made]).toEqual([["often", big]]);
  expect(rest).toBe(
    'WITH "often" AS (SELECT * FROM made_often ), once AS (SELECT * FROM often ) ' +
      "SELECT * FROM once UNION ALL SELECT * FROM often UNION ALL SELECT * FROM often",
  );
});

it("a concentration is cut into steps of a few tables each", async () => {
  const sizes = { groups: 20, unitsPerGroup: 5, fewestUnits: 100 };
  const around = concentrationSql({ plan, range: plan, top: 10, wholeWeights: true, sizes }, trinoDialect);
  const { made, rest } = await stepped([`${around.before}SELECT * FROM author_days\n${around.after}`]);
  const reads = (sql: string) => sql.match(/\b(FROM|JOIN)\b/g)?.length ?? 0;
  expect(made.size).toBeLessThan(14);
  expect(Math.max(...[...made.values(), rest].map(reads))).toBeLessThan(45);
  expect([...made.values(), rest].join(" ")).not.toContain("MATERIALIZED");
});

it("names mean what was mounted or laid over it, in front of a WITH of the statement's own", () => {
  const layers = layersOfSession();
  layers.setBottom("user_days", { select: "SELECT * FROM lake.kept FOR VERSION AS OF 7", table: null });
  layers.push("user_days", { select: `SELECT * FROM ${layers.top("user_days")} WHERE n > 1`, table: null });
  const of = (sql: string) => flat(withMeanings([sql], layers.meaningsOf(tablesNamed(sql))));
  const inFront =
    'WITH "user_days layer 0" AS (SELECT * FROM lake.kept FOR VERSION AS OF 7 ), ' +
    '"user_days layer 1" AS (SELECT * FROM "user_days layer 0" WHERE n > 1 ), ' +
    '"user_days" AS (SELECT * FROM "user_days layer 1" )';
  expect(of("SELECT n FROM user_days ORDER BY n")).toBe(`${inFront} SELECT n FROM user_days ORDER BY n`);
  expect(of("WITH a AS (SELECT * FROM user_days) SELECT * FROM a")).toBe(
    `${inFront}, a AS (SELECT * FROM user_days ) SELECT * FROM a`,
  );
  expect(of("SELECT 1 AS user_days -- FROM user_days")).toBe("SELECT 1 AS user_days -- FROM user_days");
  expect(of("WITH user_days AS (SELECT * FROM user_days) SELECT * FROM user_days ORDER BY 1")).toContain(
    'user_days AS (WITH "user_days" AS (SELECT * FROM "user_days layer 1" ) SELECT * FROM user_days ) SELECT * FROM user_days ORDER BY 1',
  );
});

it.each([
  ["WITH a AS (SELECT ')' AS x -- ) (\n), b(c) AS MATERIALIZED (SELECT (1)) SELECT 1", ["a", "b"]],
  ['with recursive "A b" as (select 1) select 2', ["a b"]],
  ["SELECT 1", null],
  ["WITH a AS (SELECT 1", null],
])("the parts of a WITH are found in %j", (sql, names) => {
  expect(withList(sql)?.parts.map(({ name }) => name) ?? null).toEqual(names);
});

it("a place in the statement is found again in the file, characters counted as people do", () => {
  const sql = "SELECT 'ä🙂',\n  nope FROM t";
  const pieces: Pieces = ["WITH t AS (SELECT 1)\nSELECT * FROM (", { text: sql, from: 0 }, "\n) AS x"];
  const file = { file: "a.sql", sql };
  expect(placeInFile(pieces, file, { line: 3, column: 3 })).toEqual({ file: "a.sql", line: 2, column: 3 });
  expect(placeInFile(pieces, file, { line: 2, column: 25 })).toEqual({ file: "a.sql", line: 1, column: 10 });
  expect(placeInFile(pieces, file, { line: 1, column: 3 })).toEqual({ file: "a.sql" });
});

it("a table that is called like a column of what it is made of stands behind it", () => {
  const layers = layersOfSession();
  const mount = (name: string, select: string) => layers.setBottom(name, { select, table: null });
  mount("events", "SELECT unit_id, platform FROM feed, items");
  mount("items", "SELECT 1 AS item_id");
  mount("platform", "SELECT unit_id, platform AS value FROM events");
  const meant = (sql: string) => layers.meaningsOf(tablesNamed(sql)).map(({ name }) => name);
  const events = ["items layer 0", "items", "events layer 0", "events"];
  expect(meant("SELECT unit_id, platform FROM events")).toEqual([
    ...events,
    ...["platform layer 0", "platform"],
  ]);
  expect(meant("SELECT value FROM platform")).toEqual([...events, "platform layer 0", "platform"]);
});
