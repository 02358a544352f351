import { describe, expect, it } from "vitest";
import { runCells } from "../../../src/queries/cells/cells.ts";
import { faultErrors, literalColours, parseSpec } from "../../../src/queries/validation/vega-spec.ts";
import { chartFaults } from "../../../src/report/charts/cell/chart-faults.ts";
import { catalogOf, openEngine, told } from "../warehouse.ts";

const sql = "SELECT DATE '2026-02-01' AS day, 'v1' AS algo_version, 0.5 AS share, 7 AS \"n.of\"";

async function run(files: Readonly<Record<string, string>>, presentColumns?: ReadonlySet<string>) {
  const engine = await openEngine();
  const [cell] = await runCells(engine, catalogOf(files), {
    checkChart: chartFaults,
    rowLimit: 2,
    presentColumns,
  });
  if (cell === undefined) throw new Error("no cell");
  return cell;
}

describe("a cell", () => {
  it("brings its rows, their number and the units of its columns", async () => {
    const cell = await run({
      "cells/x.sql":
        "-- @title X\n-- @owner feed\n-- @unit n count\n-- Prose.\nSELECT i AS n FROM range(5) AS t(i) ORDER BY i",
    });
    expect({ ...cell, durationMs: 0, sqlSha256: "" }).toEqual({
      name: "x",
      title: "X",
      description: "Prose.",
      owner: "feed",
      path: "queries/cells/x.sql",
      sql: "-- @title X\n-- @owner feed\n-- @unit n count\n-- Prose.\nSELECT i AS n FROM range(5) AS t(i) ORDER BY i",
      sqlSha256: "",
      columns: [{ name: "n", type: "BIGINT", unit: "count" }],
      rows: [[0], [1]],
      rowCount: 5,
      truncated: true,
      chart: null,
      durationMs: 0,
      error: null,
    });
  });

  it("that asks for the time says that it cannot be replayed", async () => {
    const cell = await run({
      "cells/x.sql": "-- Prose.\nSELECT current_date AS day, now() AS at_once, now() AS again",
    });
    expect(cell.description).toBe(
      "Prose.\n\nUses current_date, now(), which differs from run to run: these rows cannot be replayed.",
    );
    expect(cell).toMatchObject({ rowCount: 1, error: null });
  });

  it.each([
    [
      "a NUL byte",
      Buffer.from("SELECT 1 AS a,\n '\0' AS b"),
      "queries/cells/bad.sql:2:3 the file has a NUL byte",
    ],
    ["UTF-16", Buffer.from("\ufeffSELECT 1 AS a", "utf16le"), "queries/cells/bad.sql the file is UTF-16"],
    [
      "UTF-16 without a mark",
      Buffer.from("SELECT 1", "utf16le"),
      "queries/cells/bad.sql:1:2 the file has a NUL byte",
    ],
    [
      "half a character",
      Buffer.from([...Buffer.from("SELECT '"), 0xed, 0xa0, 0x80, 0x27]),
      "queries/cells/bad.sql the file is not valid UTF-8",
    ],
    [
      "Latin-1",
      Buffer.from("SELECT 'é' AS a", "latin1"),
      "queries/cells/bad.sql the file is not valid UTF-8",
    ],
  ])("whose file has %s is an error of its own, and the others go on", async (_, bytes, message) => {
    const catalog = catalogOf({ "cells/bad.sql": bytes, "cells/good.sql": "\ufeffSELECT 'ä🙂' AS a" });
    const cells = await runCells(await openEngine(), catalog, { checkChart: chartFaults, rowLimit: 10 });
    expect(cells.map(({ name, rows, error }) => [name, rows, told(error)])).toEqual([
      ["bad", [], `${message} | save it as UTF-8 text`],
      ["good", [["ä🙂"]], "nothing"],
    ]);
    expect(catalog.problems.map(told)).toEqual([`${message} | save it as UTF-8 text`]);
  });

  it("keeps so much of long values, many columns and heavy rows as a report can show, and says what it cut", async () => {
    const columns = Array.from({ length: 3000 }, (_, index) => `${index} AS c${index}`).join(", ");
    const catalog = catalogOf({
      "cells/a_text.sql":
        "SELECT repeat('<', 6000000) AS t, 'ä' AS s, NULL AS n, ['a', 'b'] AS l ORDER BY t;",
      "cells/b_list.sql": "SELECT range(300000) AS l, 1 AS n",
      "cells/c_wide.sql": `SELECT ${columns}`,
      "cells/d_heavy.sql": "SELECT repeat('x', 1000) AS t, range AS n FROM range(20000) ORDER BY n -- all",
      "cells/e_twice.sql": "SELECT 1 AS a, 2 AS A",
    });
    const cells = await runCells(await openEngine(), catalog, { checkChart: chartFaults, rowLimit: 500 });
    const [text, nested, wide, heavy, twice] = cells;
    expect(cells.map(({ error }) => told(error)).slice(0, 4)).toEqual(Array(4).fill("nothing"));
    expect(text?.rows).toEqual([[`${"<".repeat(2000)}…`, "ä", null, "['a', 'b']"]]);
    expect(text?.columns.map(({ type }) => type)).toEqual(["VARCHAR", "VARCHAR", "INTEGER", "VARCHAR[]"]);
    expect(text?.description).toContain(
      "Cut for the report: it has the first 2,000 characters of long values.",
    );
    expect(nested?.rows).toEqual([[expect.stringMatching(/^\[0, 1, 2, .{1990}…$/), 1]]);
    expect(nested?.columns.map(({ type }) => type)).toEqual(["BIGINT[]", "INTEGER"]);
    expect(wide?.columns).toHaveLength(100);
    expect(wide?.rows[0]).toHaveLength(100);
    expect(wide?.description).toContain("the first 100 of 3,000 columns");
    expect(heavy).toMatchObject({ rowCount: 20_000, truncated: true });
    expect(heavy?.rows.length).toBe(247);
    expect(heavy?.rows.map((row) => row[1])).toEqual(Array.from({ length: 247 }, (_, index) => index));
    expect(twice?.error?.message).toBe('two columns are called "a"');
  });

  it("that fails shows the line and a caret, and the others go on", async () => {
    const engine = await openEngine();
    const cells = await runCells(
      engine,
      catalogOf({ "cells/bad.sql": "SELECT 1 AS a,\n  nosuch AS b", "cells/good.sql": "SELECT 1 AS a" }),
      { checkChart: chartFaults, rowLimit: 10 },
    );
    expect(cells.map(({ name, error }) => [name, error?.excerpt ?? null])).toEqual([
      ["bad", "  nosuch AS b\n  ^"],
      ["good", null],
    ]);
  });

  it("cannot read files, nor tables that are not there", async () => {
    expect(told((await run({ "cells/x.sql": "SELECT *\nFROM read_csv('secrets.csv')" })).error)).toBe(
      "queries/cells/x.sql:2:6 the table function read_csv() is not for queries | queries read the warehouse's tables; a file becomes one by a source or a lookup in rollout.yaml",
    );
    expect(told((await run({ "cells/x.sql": "SELECT * FROM 'secrets.csv'" })).error)).toBe(
      "queries/cells/x.sql:1:15 secrets.csv is a file | queries read the warehouse's tables; a file becomes one by a source or a lookup in rollout.yaml",
    );
  });

  it("is not run when its header has a problem, nor when a column it requires is absent", async () => {
    expect(told((await run({ "cells/x.sql": "-- @unitt a count\nSELECT 1 AS a" })).error)).toBe(
      "queries/cells/x.sql:1:4 unknown header key @unitt | did you mean @unit?",
    );
    const cell = await run({ "cells/x.sql": "-- @requires author_id\nSELECT nosuch" }, new Set(["event_id"]));
    expect([cell.error, cell.description]).toEqual([null, "Not available: column author_id is absent."]);
  });
});

describe("@chart", () => {
  const chart = async (line: string) =>
    await run({ "cells/x.sql": `-- @unit share percent\n-- @chart ${line}\n${sql}` });

  it("line x y color is a Vega-Lite spec over the rows, days in UTC", async () => {
    expect((await chart("line day share algo_version")).chart).toEqual({
      description: "Line chart of share by day, one line per algo version.",
      spec: {
        data: { name: "rows" },
        mark: { type: "line", point: true },
        encoding: {
          x: {
            field: "day",
            title: "day",
            type: "temporal",
            scale: { type: "utc" },
            axis: { format: "%-d %b" },
          },
          y: { field: "share", title: "share", type: "quantitative", axis: { format: "~%" } },
          color: { field: "algo_version", type: "nominal", title: "algo version", sort: null },
        },
      },
    });
  });

  it.each([
    [40, true],
    [41, false],
  ])(
    "line has a dot for each of %d rows of a series: %s, since more would hide the lines",
    async (days, dots) => {
      const engine = await openEngine();
      const file = `-- @chart line day n algo_version
      SELECT day, algo_version, 1 AS n FROM range(${days}) AS d(day), (VALUES ('v1'), ('v2')) AS v(algo_version)`;
      const [cell] = await runCells(engine, catalogOf({ "cells/x.sql": file }), {
        checkChart: chartFaults,
        rowLimit: 100,
      });
      expect(cell?.chart?.spec["mark"]).toEqual({ type: "line", point: dots });
    },
  );

  it("bar puts series side by side and keeps the order of the rows", async () => {
    expect((await chart("bar algo_version n.of algo_version")).chart?.spec["encoding"]).toEqual({
      x: { field: "algo_version", title: "algo version", type: "nominal", sort: null },
      y: { field: "n\\.of", title: "n.of", type: "quantitative", axis: { format: ",~r" } },
      color: { field: "algo_version", type: "nominal", title: "algo version", sort: null },
      xOffset: { field: "algo_version", sort: null },
    });
  });

  it("bar by day stands on the days, in UTC, with upright labels", async () => {
    const { encoding } = (await chart("bar day share")).chart?.spec ?? {};
    expect(encoding).toEqual({
      x: {
        field: "day",
        title: "day",
        type: "ordinal",
        timeUnit: "utcyearmonthdate",
        axis: { format: "%-d %b", labelAngle: 0, labelOverlap: true },
      },
      y: { field: "share", title: "share", type: "quantitative", axis: { format: "~%" } },
    });
  });

  it("none is no chart", async () => {
    expect((await chart("none")).chart).toBeNull();
  });

  it.each([
    [
      "lines day share",
      'queries/cells/x.sql:2:11 @chart: "lines" is no chart; did you mean "line"? | write line, bar or area with x, y and perhaps a colour column, or none',
    ],
    [
      "line day",
      "queries/cells/x.sql:2:11 @chart: line takes two or three columns | e.g. @chart line event_date share algo_version",
    ],
    [
      "line day shar",
      'queries/cells/x.sql:2:20 @chart: the query returns no column "shar"; did you mean "share"? | it returns day, algo_version, share, n.of',
    ],
    ["none day", "queries/cells/x.sql:2:11 @chart: none takes no column | none stands alone"],
  ])("%s is refused with its place, and the table stays", async (line, message) => {
    const cell = await chart(line);
    expect(told(cell.error)).toBe(message);
    expect([cell.chart, cell.rowCount]).toEqual([null, 1]);
  });
});

describe("NAME.vl.json", () => {
  const own = async (text: string) => await run({ "cells/x.sql": sql, "cells/x.vl.json": text });
  const rows = '"data": {"name": "rows"}';

  it("is taken as it stands", async () => {
    const text = `{${rows}, "description": "A bar.", "mark": "bar", "transform": [{"calculate": "datum.share * 2", "as": "twice"}],
      "encoding": {"x": {"field": "day"}, "y": {"field": "twice"}}}`;
    expect((await own(text)).chart).toEqual({ description: "A bar.", spec: JSON.parse(text) });
  });

  it("may name the columns that a density makes", async () => {
    const encoding = {
      x: { field: "value", type: "quantitative" },
      y: { field: "density", type: "quantitative" },
    };
    const spec = { data: { name: "rows" }, mark: "area", transform: [{ density: "share" }], encoding };
    expect(await own(JSON.stringify(spec))).toMatchObject({ error: null, chart: { spec } });
  });

  it.each([
    [
      `{${rows},\n  "mark": }`,
      "queries/cells/x.vl.json:2:11 the chart is not JSON: unexpected token '}' | check commas, quotes and brackets before this place",
    ],
    [
      `{${rows},\n  "mark": "bar"`,
      "queries/cells/x.vl.json:2:16 the chart is not JSON: Expected ',' or '}' after property value | check commas, quotes and brackets before this place",
    ],
    ["[]", "queries/cells/x.vl.json:1:1 the chart is not a JSON object | a Vega-Lite spec is one object"],
    [
      `{"data": {"url": "file:///etc/passwd"}}`,
      `queries/cells/x.vl.json:1:2 the chart's data is not {"name": "rows"} | write "data": {"name": "rows"}`,
    ],
    [
      `{${rows}, "mark": {"type": "bar", "fill": "URL(//x)"}}`,
      "queries/cells/x.vl.json:1:60 url( is not allowed in a chart | a chart shows the rows of its query and loads nothing",
    ],
    [
      `{${rows}, "layer": [{"mark": {"type": "bar", "url": "http://x"}}]}`,
      'queries/cells/x.vl.json:1:63 "url" is not allowed in a chart | a chart shows the rows of its query and loads nothing',
    ],
    [
      `{${rows},\n"mark": "image", "encoding": {"x": {"field": "day"}}}`,
      "queries/cells/x.vl.json:2:9 a chart cannot draw images | a chart shows the rows of its query and loads nothing",
    ],
    [
      `{${rows},\n"mark": "rectt", "encoding": {"x": {"field": "day"}}}`,
      'queries/cells/x.vl.json:2:9 "mark" must be a name that Vega-Lite has, not "rectt"; did you mean "rect"? | see vega.github.io/vega-lite/docs',
    ],
    [
      `{${rows},\n"mark": {"type": "rectt"}, "encoding": {"x": {"field": "day"}}}`,
      'queries/cells/x.vl.json:2:18 "type" must be a name that Vega-Lite has, not "rectt"; did you mean "rect"? | see vega.github.io/vega-lite/docs',
    ],
    [
      `{${rows},\n"mark": "bar", "enconding": {"x": {"field": "day"}}}`,
      'queries/cells/x.vl.json:2:16 Vega-Lite has no "enconding" here; did you mean "encoding"? | see vega.github.io/vega-lite/docs',
    ],
    [
      `{${rows},\n"mark": "bar", "encoding": {"x": {"field": "day", "type": "nomnal"}}}`,
      'queries/cells/x.vl.json:2:59 "type" must be one of quantitative, ordinal, temporal, nominal, not "nomnal"; did you mean "nominal"? | see vega.github.io/vega-lite/docs',
    ],
    [
      `{${rows},\n"mark": "bar", "encoding": {"color": {"field": "day", "scale": {"scheme": "tableu10"}}}}`,
      'queries/cells/x.vl.json:2:75 "scheme" must be a name that Vega-Lite has, not "tableu10"; did you mean "tableau10"? | see vega.github.io/vega-lite/docs',
    ],
    [
      `{${rows},\n"mark": "bar", "encoding": {"shape": {"field": "day", "type": "nominal"}}}`,
      'queries/cells/x.vl.json:2:1 Vega-Lite cannot draw the chart: shape dropped as it is incompatible with "bar". | see vega.github.io/vega-lite/docs',
    ],
    [
      `{${rows},\n"encoding": {"x": {"field": "dya"}}}`,
      'queries/cells/x.vl.json:2:29 the query returns no column "dya"; did you mean "day"? | it returns day, algo_version, share, n.of',
    ],
  ])("%s is refused with its place", async (text, message) => {
    expect(told((await own(text)).error)).toBe(message);
  });

  it("shows a mistake that is made twice in both places", () => {
    const chart = { path: "x.vl.json", text: '{"layer": [\n{"enconding": {}},\n{"enconding": {}}]}' };
    const fault = { message: 'Vega-Lite has no "enconding" here', hint: "see its docs", word: "enconding" };
    expect(faultErrors(chart, [fault, fault, fault]).map(({ where }) => where)).toEqual([
      { file: "x.vl.json", line: 2, column: 2 },
      { file: "x.vl.json", line: 3, column: 2 },
      { file: "x.vl.json", line: 3, column: 2 },
    ]);
  });

  it("is linted for literal colours; theme tokens are none", () => {
    const text = `{"mark": {"type": "bar", "color": "#f00"}, "encoding": {"color": {"scale": {"range": ["var(--candidate, #1f5fae)", "red"]}}}}`;
    const chart = { path: "x.vl.json", text };
    expect(literalColours(chart, parseSpec(chart)).map(told)).toEqual([
      'x.vl.json:1:35 "#f00" is a literal colour | use one of the theme\'s tokens, e.g. var(--candidate, #1f5fae)',
      'x.vl.json:1:116 "red" is a literal colour | use one of the theme\'s tokens, e.g. var(--candidate, #1f5fae)',
    ]);
  });
});
