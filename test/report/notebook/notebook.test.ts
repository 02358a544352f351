import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Result } from "../../../src/model/result.ts";
import { noCharts } from "../../../src/report/charts/render.ts";
import { renderNotebook } from "../../../src/report/notebook/notebook.ts";
import { pythonText } from "../../../src/report/notebook/notebook-cells.ts";
import { chartsOf } from "../../helpers/drawn-charts.ts";
import { sampleMonth } from "../../helpers/sample-month.ts";
import { sampleResult } from "../../helpers/sample-result.ts";
import {
  failingResult,
  firstDayResult,
  noDataResult,
  rollbackResult,
} from "../../helpers/sample-variants.ts";

/** nbformat 4.5, from its published JSON Schema. */
const source = z.union([z.string(), z.array(z.string())]);
const bundle = z.record(z.string(), z.union([source, z.record(z.string(), z.unknown())]));
const output = z.discriminatedUnion("output_type", [
  z.strictObject({
    output_type: z.literal("execute_result"),
    execution_count: z.int().nullable(),
    metadata: z.object({}),
    data: bundle,
  }),
  z.strictObject({ output_type: z.literal("display_data"), metadata: z.object({}), data: bundle }),
  z.strictObject({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);
const id = z.string().regex(/^[a-zA-Z0-9-_]{1,64}$/);
const cell = z.discriminatedUnion("cell_type", [
  z.strictObject({ id, cell_type: z.literal("markdown"), metadata: z.object({}), source }),
  z.strictObject({
    id,
    cell_type: z.literal("code"),
    metadata: z.object({}),
    source,
    outputs: z.array(output),
    execution_count: z.int().nullable(),
  }),
]);
const notebookSchema = z.strictObject({
  cells: z.array(cell),
  metadata: z.looseObject({
    kernelspec: z.object({ name: z.string(), display_name: z.string() }),
    language_info: z.object({ name: z.string() }),
  }),
  nbformat: z.literal(4),
  nbformat_minor: z.literal(5),
});
type Notebook = z.infer<typeof notebookSchema>;

async function notebookOf(result: Result): Promise<Notebook> {
  return parsed(renderNotebook(result, await chartsOf(result)));
}

const parsed = (text: string): Notebook => notebookSchema.parse(JSON.parse(text));

function find(notebook: Notebook, name: string) {
  const found = notebook.cells.find((one) => one.id === name);
  if (found === undefined)
    throw new Error(`no cell ${name}: ${notebook.cells.map((one) => one.id).join(" ")}`);
  return found;
}

function code(notebook: Notebook, name: string) {
  const found = find(notebook, name);
  if (found.cell_type !== "code") throw new Error(`${name} is no code`);
  return found;
}

const textOf = (found: { readonly source: string | readonly string[] }) => [found.source].flat().join("");

/** "Python 3.11.7", or null on a machine without it. */
const python = spawnSync("python3", ["--version"], { encoding: "utf8" }).stdout ?? null;

describe("the notebook", () => {
  const results = {
    "first 24 hours": firstDayResult,
    promote: sampleResult,
    rollback: rollbackResult,
    failing: failingResult,
    "no data": noDataResult,
    month: sampleMonth,
  };
  test.each(Object.entries(results))("of %s is valid nbformat 4.5 with unique cell ids", async (_, make) => {
    const notebook = await notebookOf(make());
    const ids = notebook.cells.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  let notebook: Notebook;
  beforeAll(async () => {
    notebook = await notebookOf(sampleResult());
  });

  test.skipIf(python === null)(
    `is Python that Python reads, in every cell${python === null ? " (skipped: no python3 on this machine)" : ""}`,
    async () => {
      const hostileSql = 'SELECT \'"""\' AS a, \'\\n\' AS b -- """';
      const [cell] = sampleResult().cells;
      if (cell === undefined) throw new Error("no cells");
      const hostile = () => ({ ...sampleResult(), cells: [{ ...cell, sql: hostileSql }] });
      const sources = [];
      for (const make of [...Object.values(results), hostile])
        for (const one of (await notebookOf(make())).cells)
          if (one.cell_type === "code") sources.push(textOf(one));
      expect(sources.length).toBeGreaterThan(60);
      const script = "import ast, json, sys\nfor source in json.load(sys.stdin): ast.parse(source)";
      const { status, stderr } = spawnSync("python3", ["-c", script], {
        input: JSON.stringify(sources),
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([0, ""]);
    },
  );

  test("opens with the verdict, the reason and what to type", () => {
    const text = textOf(find(notebook, "verdict"));
    expect(text).toMatch(/^# PROMOTE: Promote clip-cosine-v2 from g10 to g50/);
    expect(text).toContain("DISCOVERY_ROLLOUT_ACTIVE_GATE=g50");
  });

  test("its first code opens the published warehouse read-only", () => {
    const first = notebook.cells.find((one) => one.cell_type === "code");
    expect(first?.id).toBe("setup");
    const text = first === undefined ? "" : textOf(first);
    expect(text).toContain('".gatebook" / "warehouse.duckdb"');
    expect(text).toContain("read_only=True");
  });

  test("a cell's SQL stands in it as it is in the file", () => {
    const [sql] = sampleResult().cells;
    expect(textOf(code(notebook, `cell-${sql?.name}`))).toBe(`table(con.sql("""\n${sql?.sql}\n"""))`);
  });

  test("a cell shows its table as HTML and text, its chart as Vega-Lite, SVG and text", () => {
    const [chart] = code(notebook, "chart-cell-traffic_by_day").outputs;
    const [table] = code(notebook, "cell-traffic_by_day").outputs;
    expect(chart?.output_type).toBe("display_data");
    if (chart?.output_type !== "display_data" || table?.output_type !== "execute_result")
      throw new Error("no chart, no table");
    expect(Object.keys(chart.data)).toEqual([
      "application/vnd.vegalite.v5+json",
      "image/svg+xml",
      "text/plain",
    ]);
    expect(Object.keys(table.data)).toEqual(["text/html", "text/plain"]);
    expect(table.data["text/html"]).toContain("<th");
    expect(table.data["text/plain"]).toMatch(/^event_date +algo_version +impressions/);
  });

  test("each chart stands in its cell, so that a run shows it again", () => {
    const charts = notebook.cells.flatMap((one) =>
      one.cell_type === "code" && one.id.startsWith("chart-") ? [one] : [],
    );
    expect(charts.length).toBeGreaterThan(10);
    for (const { source: text, outputs } of charts) {
      const packed = /^show_chart\("([\w+/=]+)"\)$/.exec([text].flat().join(""))?.[1] ?? "";
      const [shown] = outputs;
      expect(JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString())).toEqual(
        shown?.output_type === "display_data" ? shown.data : null,
      );
    }
  });

  test("its last code recomputes every ratio's change and asserts that it is the night's", () => {
    const last = notebook.cells.findLast((one) => one.cell_type === "code");
    expect(last?.id).toBe("same-changes");
    const text = last === undefined ? "" : textOf(last);
    const { metrics, provenance } = sampleResult();
    const ratios = metrics.filter(({ shape, path }) => shape === "ratio" && path in provenance.queries);
    expect(ratios.length).toBeGreaterThan(0);
    for (const { name, observation } of ratios)
      expect(text).toContain(`"""${name}""": ${observation.delta},`);
    expect(text).toContain("assert abs(now[name] - change) < 1e-6");
  });

  test("colours of its specs are literals: a canvas knows no CSS variables", () => {
    const text = JSON.stringify(
      notebook.cells
        .flatMap((one) => (one.cell_type === "code" ? one.outputs : []))
        .flatMap((one) => ("data" in one ? [one.data["application/vnd.vegalite.v5+json"]] : [])),
    );
    expect(text).toContain("#1f5fae");
    expect(text).not.toContain("var(");
  });

  test("numbers what the night ran, in order", () => {
    const counts = notebook.cells.flatMap((one) => (one.cell_type === "code" ? [one.execution_count] : []));
    expect(counts[0]).toBeNull();
    expect(counts.slice(1)).toEqual(counts.slice(1).map((_, index) => index + 1));
  });

  test("a failed cell shows its error with place, line and caret, and the hint", async () => {
    const [failed] = code(await notebookOf(failingResult()), "cell-traffic_by_day").outputs;
    expect(failed).toEqual({
      output_type: "error",
      ename: "QueryError",
      evalue: 'Referenced column "impresions" not found in FROM clause!',
      traceback: [
        'queries/cells/traffic_by_day.sql:5:7: Referenced column "impresions" not found in FROM clause!',
        "  sum(impresions) AS impressions,\n      ^",
        'hint: Did you mean "impressions"?',
      ],
    });
  });

  test("cells whose long names begin alike keep ids of their own", () => {
    const [first] = sampleResult().cells;
    if (first === undefined) throw new Error("no cells");
    const long = "a".repeat(80);
    const cells = ["1", "2", "3"].map((end) => ({ ...first, name: `${long}${end}` }));
    const ids = parsed(renderNotebook({ ...sampleResult(), cells }, noCharts)).cells.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("of the first 24 hours sees what its run saw: the events of these hours, and relations made of them", () => {
    const base = firstDayResult();
    const relation = (sql: string) => ({ kind: "relation" as const, sql, sha256: "" });
    const queries = {
      "queries/relations/a_second.sql": relation("SELECT * FROM b_first"),
      "queries/relations/b_first.sql": relation("SELECT * FROM events"),
    };
    const night = { ...base, provenance: { ...base.provenance, queries } };
    const first = parsed(renderNotebook(night, noCharts));
    const setup = textOf(find(first, "first-day"));
    expect(setup).toContain(
      "CASE WHEN occurred_at < TIMESTAMP '2026-02-01T11:20:00' THEN DATE '2026-02-01' END",
    );
    expect(setup).toContain(
      "WHERE occurred_at >= TIMESTAMP '2026-02-01T05:30:00' AND occurred_at < TIMESTAMP '2026-02-01T11:20:00'",
    );
    expect(setup).toContain("CREATE TEMP VIEW user_discovery_events AS");
    expect(setup.indexOf('TABLE "b_first"')).toBeGreaterThan(0);
    expect(setup.indexOf('TABLE "a_second"')).toBeGreaterThan(setup.indexOf('TABLE "b_first"'));
    expect(() => find(notebook, "first-day")).toThrow("no cell first-day");
  });

  test("is the same text every time", async () => {
    const charts = await chartsOf(sampleResult());
    expect(renderNotebook(sampleResult(), charts)).toBe(renderNotebook(sampleResult(), charts));
  });

  test("stays below a megabyte for a month", async () => {
    const month = sampleMonth();
    expect(renderNotebook(month, await chartsOf(month)).length).toBeLessThan(1_000_000);
  });

  test("markup of data is text in every output and in Markdown", async () => {
    const [first, ...rest] = sampleResult().cells;
    if (first === undefined) throw new Error("no cells");
    const evil = "<script>alert(1)</script>";
    const rows = [[evil, "</td><img src=x onerror=alert(1)>", 1, 2, 3, 0.5]];
    const result = {
      ...sampleResult(),
      cells: [{ ...first, title: evil, description: `$x$ ${evil}`, rows, rowCount: 1 }, ...rest],
    };
    const { cells } = await notebookOf(result);
    for (const one of cells) {
      const shown =
        one.cell_type === "markdown"
          ? [textOf(one)]
          : one.outputs.flatMap((out) =>
              "data" in out ? [out.data["text/html"], out.data["image/svg+xml"]] : [],
            );
      for (const text of shown) expect(String(text ?? "")).not.toMatch(/<script|<img/);
    }
  });
});

describe("Python text", () => {
  /** What Python makes of the literal; the escapes used are all JavaScript's too. */
  const read = (literal: string) => {
    const inner = literal.slice(3, -3).replace(/\n/g, "\\n").replace(/\t/g, "\\t");
    return JSON.parse(`"${inner.replace(/(?<!\\)((?:\\\\)*)"/g, '$1\\"')}"`) as string;
  };

  test.each([
    ["quotes", `SELECT 'a', "b", """c""", ""`],
    ["a quote at the end", `SELECT "`],
    ["backslashes", String.raw`SELECT '\n', '\\', 'C:\new' -- \"`],
    ["lines", "SELECT 1\n-- two\r\n\tFROM x"],
    ["invisible characters", "SELECT '\u202e\u0000\u200b\u0007'"],
    ["letters of the world", "SELECT 'ü日本😀'"],
  ])("holds exactly %s", (_, text) => {
    const literal = pythonText(text);
    expect(read(literal)).toBe(text);
    expect(literal.slice(3, -3)).not.toContain('"""');
    expect(literal).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
  });
});
