import { describe, expect, it } from "vitest";
import type { DimensionCut, DimensionResult } from "../../src/model/result.ts";
import { cutsChart } from "../../src/report/charts/cuts.ts";
import { resultsCsv } from "../../src/report/csv/results-csv.ts";
import { metricSpecs, sampleMetric } from "../helpers/sample-metrics.ts";
import { sampleResult } from "../helpers/sample-result.ts";

const [spec] = metricSpecs;
if (spec === undefined) throw new Error("there is no sample metric");
const sample = sampleMetric(spec);
const metric = { ...sample, observation: { ...sample.observation, delta: -0.05 } };

function cut(value: string, delta: number | null, more: Partial<DimensionCut> = {}): DimensionCut {
  const { baseline, candidate } = sample.observation;
  const interval: DimensionCut["interval"] = delta === null ? null : [delta - 0.03, delta + 0.03];
  return {
    ...{
      kind: "value",
      value,
      baseline,
      candidate,
      delta,
      interval,
      contribution: delta,
      mix: 0,
      within: delta,
    },
    ...{ baselineShare: 0.5, candidateShare: 0.5, p: null, standsOut: false },
    ...more,
  };
}

const dimension = (...values: readonly DimensionCut[]): DimensionResult => ({
  ...{ name: "platform", title: "platform", values, lookedAt: 2, error: null },
});

describe("the chart of a dimension", () => {
  it("has a row per value with its change, interval and contribution, and a line for all together", () => {
    const svg =
      cutsChart(dimension(cut("android", -0.1, { standsOut: true }), cut("ios", 0.01)), metric) ?? "";
    expect(svg).toContain("change and 95% interval: android −10.0%; ios +1.0%</title>");
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg.match(/stroke-width="1.75"/g)).toHaveLength(2);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
    expect(svg).toContain(">−10.0</text>");
    expect(svg.match(/r="5"/g)).toHaveLength(1);
  });

  it("shows a value as text, whatever is in it, and fits it into its place", () => {
    const hostile = `<script>alert(1)</script>"&\n\u202e${"x".repeat(500)}`;
    const svg = cutsChart(dimension(cut(hostile, 0.2), cut("", 0.1)), metric) ?? "";
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u202e");
    expect(svg.length).toBeLessThan(4000);
    expect(svg).toContain("(empty)");
  });

  it("keeps everything within its frame, however wide an interval or large a change", () => {
    const wide = cut("rare", 40, { interval: [-0.99, 5000] });
    const svg = cutsChart(dimension(wide, cut("ios", -0.01), cut("none", null)), metric) ?? "";
    const xs = [...svg.matchAll(/(?:M|H|cx=")(-?[\d.]+)/g)].map(([, x]) => Number(x));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThanOrEqual(440);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it("has whole intervals of small changes, and an arrow where one goes on beyond the frame", () => {
    const alike = [
      cut("a", 0.03, { interval: [-0.07, 0.147] }),
      cut("b", -0.02, { interval: [-0.11, 0.09] }),
    ];
    const arrows = (svg: string | null) => svg?.match(/l-?6,-4v8z/g) ?? [];
    const ends = (svg: string | null) =>
      [...(svg ?? "").matchAll(/M([\d.]+),\d+H([\d.]+)/g)].flatMap(([, from, to]) => [from, to]);
    const narrow = cutsChart(dimension(...alike), metric);
    expect(arrows(narrow)).toEqual([]);
    expect(new Set(ends(narrow)).size).toBe(4);
    const wide = cutsChart(dimension(...alike, cut("rare", 0.05, { interval: [-0.8, 4] })), metric);
    expect(arrows(wide)).toEqual(["l6,-4v8z", "l-6,-4v8z"]);
  });

  it("is none where no value has a change, and draws ten rows of a thousand", () => {
    expect(cutsChart(dimension(cut("android", null)), metric)).toBeNull();
    const many = Array.from({ length: 1000 }, (_, n) => cut(`v${n}`, 0.01));
    expect((cutsChart(dimension(...many), metric) ?? "").match(/<circle/g)).toHaveLength(10);
  });
});

it("results.csv has a row per cut, a formula in a value made inert", () => {
  const dimensions = [dimension(cut("=cmd()", -0.1, { standsOut: true }), cut('a, "b"', 0.01))];
  const result = { ...sampleResult(), metrics: [{ ...metric, days: [], dimensions }] };
  const [head = "", gate = "", first = "", ...rest] = resultsCsv(result).split("\n");
  const columns = head.split(",");
  expect(gate.split(",").length).toBe(columns.length);
  const value = (name: string) => first.split(",")[columns.indexOf(name)];
  expect(["window", "dimension", "value_kind", "value", "contribution", "stands_out"].map(value)).toEqual([
    ...["cut", "platform", "value", "'=cmd()", "-0.1", "true"],
  ]);
  expect(rest[0]).toContain('"a, ""b"""');
});
