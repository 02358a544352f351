import { describe, expect, test } from "vitest";
import type { CellResult, Result } from "../../src/model/result.ts";
import type { Scalar } from "../../src/model/words.ts";
import { cellChart } from "../../src/report/charts/cell/cell-chart.ts";
import { renderCharts } from "../../src/report/charts/render.ts";
import { sampleCells, trafficCell } from "../helpers/sample-cells.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { placedTexts, viewBox } from "../helpers/svg-text.ts";

const bar = {
  mark: "bar",
  encoding: {
    x: { field: "name", type: "nominal" },
    y: { field: "amount", type: "quantitative" },
  },
};

function cellOf(spec: Readonly<Record<string, unknown>>, part: Partial<CellResult> = {}): CellResult {
  const columns = [
    { name: "name", type: "VARCHAR", unit: null },
    { name: "amount", type: "BIGINT", unit: null },
  ];
  const rows: readonly (readonly Scalar[])[] = [
    ["zebra", 3],
    ["ant", 5],
  ];
  const base = {
    ...trafficCell,
    name: "cell",
    columns,
    rows,
    chart: { spec, description: "What it shows." },
  };
  const whole = { ...base, ...part };
  return { ...whole, rowCount: part.rowCount ?? whole.rows.length };
}

async function draw(cell: CellResult, result: Result = sampleResult()): Promise<string> {
  const charts = await renderCharts({ ...result, metrics: [], cells: [cell] });
  const drawing = charts.cells.get(cell.name);
  if (drawing === undefined) throw new Error("the cell has no chart");
  return "svg" in drawing ? drawing.svg : `error: ${drawing.error}`;
}

const texts = (svg: string) => placedTexts(svg).map((placed) => placed.text);

describe("a cell's chart", () => {
  test("is drawn from the cell's own rows, in the order of its query", async () => {
    const svg = await draw(cellOf(bar));
    expect(texts(svg).filter((text) => text === "zebra" || text === "ant")).toEqual(["zebra", "ant"]);
  });

  test("has no chart when the spec is absent or the query failed", () => {
    const failed = { message: "no", file: "a.sql", line: 1, column: 1, excerpt: null, hint: null };
    expect(cellChart(cellOf(bar, { chart: null }), sampleResult())).toBeNull();
    expect(cellChart(cellOf(bar, { error: failed }), sampleResult())).toBeNull();
  });

  test("a field that is no column is an error with the columns there are", async () => {
    const spec = { ...bar, encoding: { ...bar.encoding, y: { field: "amuont", type: "quantitative" } } };
    expect(await draw(cellOf(spec))).toBe(
      'error: the query returns no column "amuont"; did you mean "amount"? (it returns name, amount)',
    );
  });

  test("a field that a transform makes is known, and so is a column with a dot", async () => {
    const made = { ...bar, transform: [{ calculate: "datum.amount * 2", as: "twice" }] };
    const spec = { ...made, encoding: { ...bar.encoding, y: { field: "twice", type: "quantitative" } } };
    expect(await draw(cellOf(spec))).toContain("<svg");
    const dotted = { ...bar, encoding: { ...bar.encoding, y: { field: "a\\.b", type: "quantitative" } } };
    const columns = [
      { name: "name", type: "VARCHAR", unit: null },
      { name: "a.b", type: "BIGINT", unit: null },
    ];
    expect(await draw(cellOf(dotted, { columns }))).toContain("<svg");
  });

  test("more than 2,000 rows, or a part of the rows, is an error and never half a chart", async () => {
    const rows = Array.from({ length: 2_001 }, (_, index) => [`name ${index}`, index]);
    expect(await draw(cellOf(bar, { rows }))).toMatch(/^error: 2001 rows, .* 2000 points/);
    expect(await draw(cellOf(bar, { rowCount: 70, truncated: true }))).toMatch(
      /^error: the chart would show 2 of 70/,
    );
    expect(cellChart(cellOf(bar, { rows: [], rowCount: 0 }), sampleResult())).toBeNull();
  });

  test("a warning of Vega is an error, not an empty chart", async () => {
    const spec = { ...bar, encoding: { ...bar.encoding, shape: { field: "name", type: "nominal" } } };
    expect(await draw(cellOf(spec))).toMatch(/^error: .*shape/);
    expect(await draw(cellOf({ mark: "sausage", encoding: {} }))).toMatch(/^error: /);
  });
});

describe("a spec may not reach outside of its rows", () => {
  const places: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "a file": { ...bar, data: { url: "file:///etc/passwd" } },
    "the network": { ...bar, data: { url: "https://example.com/rows.json" } },
    "a file behind a name": { ...bar, data: { name: "rows", url: "rows.json" } },
    "a layer's own file": { layer: [{ ...bar, data: { url: "rows.csv" } }] },
    "a lookup in a file": {
      ...bar,
      transform: [{ lookup: "name", from: { data: { url: "other.json" }, key: "name", fields: ["x"] } }],
    },
    "an endless sequence": { ...bar, data: { sequence: { start: 0, stop: 1e12 } } },
    "an image": { ...bar, mark: { type: "image", url: "https://example.com/a.png" } },
    "an image of each row": { ...bar, encoding: { ...bar.encoding, url: { field: "name" } } },
    "a link": { ...bar, encoding: { ...bar.encoding, href: { field: "name" } } },
    "a link in the config": { ...bar, config: { bar: { href: "https://example.com" } } },
    "a link of a mark": { ...bar, mark: { type: "bar", href: "javascript:alert(1)" } },
  };
  test.each(Object.entries(places))("%s is refused", async (_, spec) => {
    expect(await draw(cellOf(spec))).toMatch(/^error: /);
  });

  test("an expression gets at nothing but its row", async () => {
    const spec = {
      ...bar,
      transform: [{ calculate: "constructor.constructor('return process')()", as: "amount" }],
    };
    expect(await draw(cellOf(spec))).toMatch(/^error: /);
  });
});

test("markup in the data stays text", async () => {
  const evil = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eevil\u0000",
    "&lt;b&gt;",
  ];
  const svg = await draw(cellOf(bar, { rows: evil.map((name, index) => [name, index + 1]) }));
  expect(svg).not.toMatch(/<script|<img/);
  const shown = texts(svg);
  expect(shown).toContain("<script>alert(1)</script>");
  expect(shown).toContain('"><img src=x onerror=alert(1)>');
  expect(shown).toContain("\\u202eevil␀");
  expect(shown).toContain("&lt;b&gt;");
});

describe("the house style", () => {
  const byDay = (mark: string, extra: Readonly<Record<string, unknown>> = {}) => ({
    mark,
    encoding: {
      x: { field: "event_date", type: "temporal" },
      y: { field: "share", type: "quantitative" },
      color: { field: "algo_version", type: "nominal" },
      ...extra,
    },
  });
  const traffic = (spec: Readonly<Record<string, unknown>>) => ({
    ...trafficCell,
    chart: { spec, description: "Traffic." },
  });

  test("labels days as days and a percent column as percents", async () => {
    const shown = texts(await draw(traffic(byDay("line"))));
    expect(shown).toContain("7 Feb");
    expect(shown).toContain("80%");
    expect(shown.join(" ")).not.toMatch(/February|12 PM|Feb 0\d/);
  });

  test("gives both variants their colour, order and dash, whatever they are called", async () => {
    const { rollout } = sampleResult();
    const renamed = { ...sampleResult(), rollout: { ...rollout, baseline: "random", candidate: "bts" } };
    const rows = trafficCell.rows.map(([date, algorithm, ...rest]) => [
      date ?? null,
      algorithm === rollout.baseline ? "random" : "bts",
      ...rest,
    ]);
    const svg = await draw({ ...traffic(byDay("line")), rows }, renamed);
    expect(svg.indexOf(">random<")).toBeLessThan(svg.indexOf(">bts<"));
    expect(svg).toMatch(/stroke="var\(--baseline, #8b949e\)"[^>]*stroke-dasharray="5,3"/);
    // Where the two are equal, the wider baseline shows on both sides of the candidate.
    expect(svg).toMatch(/stroke="var\(--baseline, #8b949e\)" stroke-width="4.5"/);
    expect(svg).toMatch(/stroke="var\(--candidate, #1f5fae\)" stroke-width="2"/);
    expect(svg).toContain('stroke="var(--candidate, #1f5fae)"');
  });

  test("puts bars of the variants side by side: stacked, their shares would add up to 200%", () => {
    const chart = cellChart(
      traffic({
        ...byDay("bar"),
        encoding: { ...byDay("bar").encoding, x: { field: "event_date", type: "ordinal" } },
      }),
      sampleResult(),
    );
    expect(JSON.stringify(chart?.spec)).toContain('"xOffset":{"field":"algo_version"');
  });

  const withoutDay = (spec: Readonly<Record<string, unknown>>) => {
    const rows = trafficCell.rows.filter((row) => row[0] !== "2026-02-04");
    return { ...traffic(spec), rows, rowCount: rows.length };
  };

  test("a day without rows breaks the line of each variant: joined, it would look like any other", async () => {
    const svg = await draw(withoutDay(byDay("line")));
    const paths = [...svg.matchAll(/<path d="(M[^"]*L[^"]*)"/g)].map((match) => match[1] ?? "");
    const lines = paths.filter((path) => path.split("L").length > 4);
    expect(lines.map((path) => path.split("M").length - 1)).toEqual([2, 2]);
  });

  test("a day without rows keeps its place among the bars", async () => {
    const ordinal = { x: { field: "event_date", type: "ordinal", timeUnit: "utcyearmonthdate" } };
    for (const spec of [byDay("bar", ordinal), byDay("bar")]) {
      const shown = texts(await draw(withoutDay(spec)));
      expect(shown).toContain("4 Feb");
      expect(shown.filter((text) => text.endsWith(" Feb"))).toHaveLength(7);
    }
  });

  test("no rows are added where a transform or an aggregate would count them", () => {
    const y = { aggregate: "count", type: "quantitative" };
    const transform = [{ filter: "datum.share > 0" }];
    for (const spec of [byDay("line", { y }), { ...byDay("line"), transform }, byDay("bar")]) {
      const rows = cellChart(withoutDay(spec), sampleResult())?.spec["datasets"] as { rows: unknown[] };
      expect(rows.rows).toHaveLength(12);
    }
  });

  test("keeps what the spec says itself", () => {
    const own = {
      ...byDay("line", {
        x: { field: "event_date", type: "temporal", axis: { format: "%d.%m.", title: "Tag" } },
        color: { field: "algo_version", type: "nominal", scale: { scheme: "dark2" }, legend: null },
      }),
      width: 123,
      title: "Mine",
    };
    const spec = cellChart(traffic(own), sampleResult())?.spec ?? {};
    expect(spec).toMatchObject({ width: 123, title: "Mine" });
    expect(spec["encoding"]).toMatchObject({
      x: { axis: { format: "%d.%m.", title: "Tag" }, scale: { type: "utc" } },
      color: { scale: { scheme: "dark2" }, legend: null },
    });
  });

  test("many long categories are slanted, none left out, and stay inside of the picture", async () => {
    const rows = Array.from({ length: 30 }, (_, index) => [
      `a category with a long name, number ${index}`,
      index,
    ]);
    const svg = await draw(cellOf(bar, { rows }));
    const shown = placedTexts(svg);
    expect(shown.filter((placed) => placed.text.startsWith("a category"))).toHaveLength(30);
    const box = viewBox(svg);
    expect(Math.min(...shown.map((placed) => placed.left))).toBeGreaterThanOrEqual(box.left);
    expect(Math.max(...shown.map((placed) => placed.bottom))).toBeLessThanOrEqual(box.bottom);
  });

  test("horizontal bars, facets and layers are dressed and drawn, too", async () => {
    const { x, y } = bar.encoding;
    const flat = { mark: "bar", encoding: { x: y, y: x } };
    const facet = { ...bar, encoding: { ...bar.encoding, column: { field: "name", type: "nominal" } } };
    const layered = { layer: [bar, { mark: "rule", encoding: { y: { datum: 4 } } }] };
    const concat = { hconcat: [bar, flat] };
    for (const spec of [flat, facet, layered, concat]) expect(await draw(cellOf(spec))).toContain("<svg");
  });

  test("every chart of the sample's cells is drawn", async () => {
    const charts = await renderCharts({ ...sampleResult(), metrics: [] });
    for (const cell of sampleCells.filter((one) => one.chart !== null)) {
      expect(charts.cells.get(cell.name)).toHaveProperty("svg");
    }
  });
});
