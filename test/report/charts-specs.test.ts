import { describe, expect, test } from "vitest";
import { addDays } from "../../src/model/calendar.ts";
import type { Clock, MetricResult, Result } from "../../src/model/result.ts";
import { clockChart } from "../../src/report/charts/clock.ts";
import { deltaTrend } from "../../src/report/charts/delta-trend.ts";
import { gateTimeline } from "../../src/report/charts/gate-timeline.ts";
import { movers } from "../../src/report/charts/movers.ts";
import type { Chart } from "../../src/report/charts/spec.ts";
import { trafficShare } from "../../src/report/charts/traffic-share.ts";
import { variantValues } from "../../src/report/charts/variant-values.ts";
import { sampleMonth } from "../helpers/sample-month.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { rollbackResult } from "../helpers/sample-variants.ts";

type Row = Readonly<Record<string, unknown>>;

function metricOf(result: Result, name: string): MetricResult {
  const metric = result.metrics.find((one) => one.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric;
}

/** The rows of every layer, in the order in which they are drawn. */
function layers(chart: Chart | null): readonly (readonly Row[])[] {
  const spec = chart?.spec as { layer: readonly { data: { values: readonly Row[] } }[] };
  return spec.layer.map((layer) => layer.data.values);
}

/** The layer whose rows hold `field`. */
function rowsWith(chart: Chart | null, ...fields: readonly string[]): readonly Row[] {
  return (
    layers(chart).find(
      (rows) => rows[0] !== undefined && fields.every((field) => field in (rows[0] ?? {})),
    ) ?? []
  );
}

/** Not settled for 20 more nights. */
function waiting(metric: MetricResult, part: Partial<Clock> = {}): MetricResult {
  const nights = [0, 5, 10, 15, 20].map((more) => ({
    date: addDays("2026-02-07", more),
    end: -0.13 / Math.sqrt(1 + more / 3.4),
  }));
  const clock = { from: 0, line: -0.05, nights, clearsOn: "2026-02-27", isAtLeast: false, ...part };
  return { ...metric, observation: { ...metric.observation, clock } };
}

describe("specs stay as they were reviewed", () => {
  const week = sampleResult();
  const month = sampleMonth();
  const specs: Readonly<Record<string, () => Chart | null>> = {
    "delta of a drop guardrail": () => deltaTrend(metricOf(week, "ctr"), week),
    "delta of a rise guardrail over two gates": () =>
      deltaTrend(metricOf(month, "near_duplicate_share"), month),
    "delta of an informational metric": () => deltaTrend(metricOf(week, "save_rate"), week),
    "values by day": () => variantValues(metricOf(week, "ctr"), week),
    "traffic share": () => trafficShare(week),
    gates: () => gateTimeline(month),
    movers: () => movers(metricOf(week, "top_author_share")),
    clock: () => clockChart(waiting(metricOf(week, "ctr"))),
  };
  test.each(Object.entries(specs))("%s", (_, make) => {
    expect(make()).toMatchSnapshot();
  });
});

describe("the clock", () => {
  const ctr = metricOf(sampleResult(), "ctr");

  test("names its line and the day, and says both in words", () => {
    const chart = clockChart(waiting(ctr));
    expect(rowsWith(chart, "at", "text").map(({ text }) => text)).toContain("about 27 Feb");
    expect(JSON.stringify(chart?.spec)).toContain("rollback −5%");
    expect(chart?.description).toBe(
      "Whether −5% is ruled out is known about Fri 2026-02-27, at this traffic.",
    );
  });

  test("of the same people draws no day, and of a first night the earliest", () => {
    const never = clockChart(waiting(ctr, { clearsOn: null }));
    expect(JSON.stringify(never?.spec)).not.toContain("27 Feb");
    expect(never?.description).toBe(
      "Whether −5% is ruled out is never known at this exposure: the same people come back.",
    );
    const early = clockChart(waiting(ctr, { isAtLeast: true }));
    expect(JSON.stringify(early?.spec)).toContain("from 27 Feb");
    expect(early?.description).toContain("on Fri 2026-02-27 at the earliest");
  });

  test("of harm to be proven has no change as its line", () => {
    const chart = clockChart(waiting(ctr, { from: -0.06, line: 0 }));
    expect(chart?.description).toBe(
      "Whether the harm is real is known about Fri 2026-02-27, at this traffic.",
    );
  });

  test("is none where nothing is waited for", () => {
    expect(clockChart(ctr)).toBeNull();
  });
});

describe("the delta trend", () => {
  test("shades from each line to the next, and from the last to the edge", () => {
    const result = rollbackResult();
    const bands = rowsWith(deltaTrend(metricOf(result, "ctr"), result), "low", "high", "fill");
    expect(bands.map((band) => [band["low"], band["high"]])).toEqual([
      [-0.03, -0.05],
      [-0.05, -0.1],
      [-0.1, -0.2],
    ]);
  });

  test("a rise guardrail is shaded upwards", () => {
    const result = sampleResult();
    const bands = rowsWith(deltaTrend(metricOf(result, "top_author_share"), result), "low", "high", "fill");
    expect(bands.map((band) => [band["low"], band["high"]])).toEqual([
      [0.1, 0.15],
      [0.15, 0.2],
    ]);
  });

  test("names its lines and the window's delta with the words of the report", () => {
    const result = rollbackResult();
    const labels = layers(deltaTrend(metricOf(result, "ctr"), result)).at(-1) ?? [];
    expect(labels.map((label) => label["text"])).toEqual([
      "warning −3%",
      "rollback −5%",
      "severe −10%",
      "window −7.4%",
    ]);
  });

  test("days that do not count are hollow: outside of the window, or incomplete", () => {
    const month = sampleMonth();
    const points = rowsWith(deltaTrend(metricOf(month, "save_rate"), month), "shape", "fill", "delta");
    const fill = (date: string) => points.find((point) => point["date"] === date)?.["fill"];
    expect(fill("2026-01-12")).toBe("var(--bg, #ffffff)");
    expect(fill("2026-01-28")).toBe("var(--candidate, #1f5fae)");
    expect(fill("2026-02-07")).toBe("var(--bg, #ffffff)");
  });

  test("a day beyond the picture is an arrow with its number, so that 3% and 5% stay apart", () => {
    const month = sampleMonth();
    const chart = deltaTrend(metricOf(month, "ctr"), month);
    const arrow = rowsWith(chart, "shape").find((row) => row["shape"] === "triangle-down");
    expect(arrow?.["date"]).toBe("2026-01-14");
    expect(rowsWith(chart, "date", "text")).toMatchObject([{ date: "2026-01-14", text: "−92.0%" }]);
  });

  test("no arrow of a neighbour's interval stands on that number, and no neighbour's own dot is lost", () => {
    const month = sampleMonth();
    const ctr = metricOf(month, "ctr");
    const wide = {
      ...ctr,
      days: ctr.days.map((day) =>
        day.date === "2026-01-14" ? day : { ...day, interval: [-0.9, 0.9] as const },
      ),
    };
    const chart = deltaTrend(wide, month);
    const points = rowsWith(chart, "shape");
    const arrows = points.filter((row) => row["shape"] === "triangle-down" && row["size"] === 16);
    const dates = arrows.map((row) => row["date"]);
    expect(dates).not.toContain("2026-01-15");
    expect(dates).toEqual(expect.arrayContaining(["2026-01-13", "2026-01-23"]));
    expect(points.filter((row) => row["shape"] === "circle").map((row) => row["date"])).toContain(
      "2026-01-15",
    );
  });

  test("a baseline of zero is an arrow that says so", () => {
    const month = sampleMonth();
    const chart = deltaTrend(metricOf(month, "near_duplicate_share"), month);
    expect(rowsWith(chart, "date", "text")).toMatchObject([{ date: "2026-01-12", text: "from zero" }]);
  });

  test("the window's band covers the days of the window alone", () => {
    const month = sampleMonth();
    const band = layers(deltaTrend(metricOf(month, "ctr"), month))[1] ?? [];
    expect(band).toMatchObject([{ from: Date.UTC(2026, 0, 25, 12), to: Date.UTC(2026, 1, 7, 12) }]);
  });

  test("a comparison that is not randomised says so on the chart itself", () => {
    const result = sampleResult();
    const after: Result = { ...result, rollout: { ...result.rollout, comparison: "before-after" } };
    const chart = deltaTrend(metricOf(after, "ctr"), after);
    expect(chart?.title).toContain("before/after, not randomised");
    expect(JSON.stringify(chart?.spec["title"])).toContain("not randomised");
    expect(JSON.stringify(variantValues(metricOf(after, "ctr"), after)?.spec["title"])).toContain(
      "not randomised",
    );
  });

  test("is described in words: the window, the last day, the lines", () => {
    const result = rollbackResult();
    expect(deltaTrend(metricOf(result, "ctr"), result)?.description).toMatch(
      /^Whole window: −7\.4% \(95% interval −\d+\.\d% to −\d+\.\d%\), rollback\. 7 Feb: −7\.6%\. Lines: warning −3%, rollback −5%, severe −10%\.$/,
    );
  });

  test("without a delta there is no chart", () => {
    const result = sampleResult();
    const metric = metricOf(result, "ctr");
    const empty = { ...metric, days: metric.days.map((day) => ({ ...day, delta: null })) };
    expect(deltaTrend(empty, result)).toBeNull();
  });
});

describe("values by day", () => {
  test("the axis reaches at least from one rollback line to the other around the baseline", () => {
    const result = sampleResult();
    const chart = variantValues(metricOf(result, "ctr"), result);
    const text = JSON.stringify(chart?.spec);
    const [low = 0, high = 0] = JSON.parse(/"domain":(\[0\.0[^\]]*\])/.exec(text)?.[1] ?? "[]") as number[];
    expect(low).toBeLessThanOrEqual(0.0512 * 0.95);
    expect(high).toBeGreaterThanOrEqual(0.0512 * 1.05);
  });

  test("a day without rows breaks the line", () => {
    const month = sampleMonth();
    const rows = layers(variantValues(metricOf(month, "ctr"), month))[0] ?? [];
    expect(rows.filter((row) => row["date"] === "2026-01-29").map((row) => row["value"])).toEqual([
      null,
      null,
    ]);
  });
});

describe("the traffic share", () => {
  test("is held to the exposure of each day's own gate", () => {
    const spans = rowsWith(trafficShare(sampleMonth()), "exposure", "low");
    const exposure = (date: string) => spans.find((span) => span["date"] === date)?.["exposure"];
    expect([exposure("2026-01-24"), exposure("2026-01-25")]).toEqual([0.1, 0.5]);
  });

  test("shades where 99.9% of days fall: 10,000 units at 10% are 0.1 ± 3.2905·√(0.09/10000)", () => {
    const result = sampleResult();
    const [day] = result.traffic.days;
    if (day === undefined) throw new Error("no traffic");
    const days = [{ ...day, baselineNewUnits: 9_010, candidateNewUnits: 990 }];
    const chart = trafficShare({ ...result, traffic: { ...result.traffic, days } });
    const [span] = rowsWith(chart, "exposure", "low");
    expect(span?.["low"]).toBeCloseTo(0.1 - 0.0098715, 7);
    expect(span?.["high"]).toBeCloseTo(0.1 + 0.0098715, 7);
  });
});

describe("the gate timeline", () => {
  test("tells passed, active and coming gates, and the days still needed", () => {
    const result = sampleResult();
    const young = { ...result, window: { ...result.window, reportDate: "2026-02-01", sufficientDays: 1 } };
    const gates = young.rollout.gates.map((gate) => (gate.active ? { ...gate, minDays: 3 } : gate));
    const chart = gateTimeline({ ...young, rollout: { ...young.rollout, gates } });
    expect(chart?.description).toBe(
      "g10 · 10%: since 1 Feb, 1 sufficient day (3 needed); g50 · 50%: ahead; g100 · 100%: ahead.",
    );
    const [, ahead] = layers(chart);
    expect(ahead).toMatchObject([{ from: Date.UTC(2026, 1, 1, 12), to: Date.UTC(2026, 1, 3, 12) }]);
    expect(gateTimeline(sampleMonth())?.description).toContain(
      "g10 · 10%: 9 Jan to 24 Jan; g50 · 50%: since 25 Jan",
    );
  });

  test("is nothing while no gate has a start", () => {
    const result = sampleResult();
    const gates = result.rollout.gates.map((gate) => ({ ...gate, started: null }));
    expect(gateTimeline({ ...result, rollout: { ...result.rollout, gates } })).toBeNull();
  });
});

describe("movers", () => {
  test("keys cut to the same text keep rows of their own", () => {
    const metric = metricOf(sampleResult(), "top_author_share");
    const long = "x".repeat(100);
    const keys = [`${long}a${long}`, `${long}b${long}`];
    const chart = movers({
      ...metric,
      movers: keys.map((key) => ({ key, baselineShare: 0.1, candidateShare: 0.2 })),
    });
    expect(layers(chart)[0]).toMatchObject([{ rank: 0, change: "+100.0%" }, { rank: 1 }]);
  });

  test("a key of one variant alone is new or gone", () => {
    const metric = metricOf(sampleResult(), "top_author_share");
    const chart = movers({
      ...metric,
      movers: [
        { key: "a", baselineShare: 0, candidateShare: 0.2 },
        { key: "", baselineShare: 0.1, candidateShare: 0 },
      ],
    });
    expect(layers(chart)[0]).toMatchObject([
      { label: "a", change: "new" },
      { label: "(empty)", change: "gone" },
    ]);
  });
});
