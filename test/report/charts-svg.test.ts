import { beforeAll, describe, expect, test } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { type ChartSet, renderCharts } from "../../src/report/charts/render.ts";
import { standaloneSvg } from "../../src/report/charts/svg/standalone-svg.ts";
import { chartsOf } from "../helpers/drawn-charts.ts";
import { extremeResults } from "../helpers/extreme-results.ts";
import { sampleMonth } from "../helpers/sample-month.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import {
  failingResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
} from "../helpers/sample-variants.ts";
import { elements, placedTexts, viewBox } from "../helpers/svg-text.ts";

function drawings(charts: ChartSet): ReadonlyMap<string, string> {
  const named = (kind: string, svgs: ReadonlyMap<string, string>) =>
    [...svgs].map(([name, svg]) => [`${kind} ${name}`, svg] as const);
  const cells = [...charts.cells].flatMap(([name, cell]) =>
    "svg" in cell ? [[`cell ${name}`, cell.svg] as const] : [],
  );
  return new Map([
    ...named("delta", charts.deltas),
    ...named("values", charts.values),
    ...named("movers", charts.concentration),
    ...cells,
    ...(charts.traffic === null ? [] : [["traffic", charts.traffic] as const]),
    ...(charts.gateTimeline === null ? [] : [["gates", charts.gateTimeline] as const]),
  ]);
}

const longWords =
  "Share of impressions without a click in the first ten positions of the feed, by unit and day";

/** Everything that makes labels long or numbers strange. */
function strangeResult(): Result {
  const result = sampleResult();
  return {
    ...result,
    rollout: { ...result.rollout, comparison: "before-after" },
    metrics: result.metrics.map((metric, index) => ({
      ...metric,
      title: longWords,
      unit: index === 0 ? "count" : index === 1 ? "seconds" : "percent",
      days: metric.days.map((day) => ({
        ...day,
        baseline: { ...day.baseline, value: index === 0 ? 1_234_567 : 0 },
        candidate: { ...day.candidate, value: index === 0 ? 1_234_890 : 0 },
      })),
      movers: metric.movers.map((mover) => ({ ...mover, key: "日本語の名前".repeat(20), baselineShare: 0 })),
    })),
  };
}

/** The first 24 hours: windows are hours. */
function hourlyResult(): Result {
  const result = sampleResult();
  return {
    ...result,
    phase: "first-24h",
    metrics: result.metrics.map((metric) => ({
      ...metric,
      days: metric.days.map((day, hour) => ({ ...day, date: `2026-02-01T0${hour}` })),
    })),
    traffic: {
      ...result.traffic,
      days: result.traffic.days.map((day, hour) => ({ ...day, date: `2026-02-01T0${hour}` })),
    },
  };
}

const results: Readonly<Record<string, () => Result>> = {
  promote: sampleResult,
  "a month over two gates": sampleMonth,
  rollback: rollbackResult,
  "a thin sample": insufficientResult,
  "failing queries": failingResult,
  "no data": noDataResult,
  "strange words and numbers": strangeResult,
  "the first 24 hours": hourlyResult,
  ...extremeResults,
};

describe.each(Object.entries(results))("charts of %s", (_, make) => {
  let charts: ChartSet;
  let drawn: ReadonlyMap<string, string>;

  beforeAll(async () => {
    charts = await chartsOf(make());
    drawn = drawings(charts);
  });

  test("are all drawn", () => {
    expect([...charts.errors]).toEqual([]);
    const failed = [...charts.cells].flatMap(([name, cell]) =>
      "error" in cell ? [`${name}: ${cell.error}`] : [],
    );
    expect(failed).toEqual([]);
    expect(drawn.size).toBe(charts.specs.size);
  });

  test("have every text inside of their view box, in files of their own too", () => {
    for (const [name, svg] of drawn) {
      for (const one of [svg, standaloneSvg(svg)]) {
        const box = viewBox(one);
        for (const text of placedTexts(one)) {
          const outside =
            text.left < box.left || text.right > box.right || text.top < box.top || text.bottom > box.bottom;
          expect(outside ? `${name}: ${JSON.stringify(text)} in ${JSON.stringify(box)}` : "inside").toBe(
            "inside",
          );
        }
      }
    }
  });

  test("have no two texts on top of each other", () => {
    for (const [name, svg] of drawn) {
      const texts = placedTexts(svg);
      const overlapping = texts.flatMap((one, index) =>
        texts.slice(index + 1).flatMap((other) => {
          const x = Math.min(one.right, other.right) - Math.max(one.left, other.left);
          const y = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
          return x > 1 && y > 2 ? [`${name}: ${one.text} on ${other.text}`] : [];
        }),
      );
      expect(overlapping).toEqual([]);
    }
  });

  test("take every colour from a token, as attributes, with a literal to fall back on", () => {
    for (const svg of drawn.values()) {
      for (const element of elements(svg)) {
        expect(element.attributes.has("style")).toBe(false);
        expect(element.tag === "style" || element.tag === "script").toBe(false);
        for (const name of ["fill", "stroke"]) {
          const paint = element.attributes.get(name);
          if (paint !== undefined && paint !== "none")
            expect(paint).toMatch(/^var\(--[a-z-]+, #[0-9a-f]{6}\)$/);
        }
      }
    }
  });

  test("are read by a screen reader as one image with a title and a description", () => {
    for (const svg of drawn.values()) {
      const [root, title, description] = elements(svg);
      expect(root?.attributes.get("role")).toBe("img");
      expect(title?.tag).toBe("title");
      expect(description?.tag).toBe("desc");
      expect(title?.children.join("").length).toBeGreaterThan(3);
      expect(description?.children.join("").length).toBeGreaterThan(3);
      expect(root?.attributes.get("aria-labelledby")).toBe(
        `${title?.attributes.get("id")} ${description?.attributes.get("id")}`,
      );
    }
  });

  test("share no id and refer to none that is not there", () => {
    const all = [...drawn.values(), ...charts.sparklines.values()];
    const ids = all.flatMap((svg) => elements(svg).flatMap((one) => one.attributes.get("id") ?? []));
    expect(new Set(ids).size).toBe(ids.length);
    for (const reference of all.join("").matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(reference[1]);
  });

  test("are small: 21 kB a chart, 1.2 kB a sparkline", () => {
    for (const svg of drawn.values()) expect(svg.length).toBeLessThan(21_000);
    for (const svg of charts.sparklines.values()) expect(svg.length).toBeLessThan(1_200);
    expect([...drawn.values()].join("").length).toBeLessThan(300_000);
  });
});

test("without data there is no chart, and no complaint of one", async () => {
  const charts = await chartsOf(noDataResult());
  expect(charts.deltas.size + charts.values.size + charts.concentration.size + charts.sparklines.size).toBe(
    0,
  );
  expect(charts.traffic).toBeNull();
  expect(charts.cells.size).toBe(0);
});

test("they come out the same, byte for byte, when drawn again, wherever the machine stands", async () => {
  const here = drawings(await chartsOf(sampleResult()));
  const zone = process.env["TZ"];
  try {
    for (const other of ["America/Los_Angeles", "Pacific/Auckland"]) {
      process.env["TZ"] = other;
      expect([...drawings(await renderCharts(sampleResult()))]).toEqual([...here]);
    }
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});
