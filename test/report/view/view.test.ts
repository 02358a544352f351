import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Result, WindowResult } from "../../../src/model/result.ts";
import { stripView } from "../../../src/report/view/strip.ts";
import { visible } from "../../../src/report/view/text.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { quantityText } from "../../../src/text/numbers.ts";
import { sampleMonth } from "../../helpers/sample-month.ts";
import { sampleDecision, sampleResult } from "../../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  firstDayResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
  severeResult,
  warningResult,
} from "../../helpers/sample-variants.ts";

describe("the verdict", () => {
  it("stands in the title with what it is about", () => {
    expect(buildView(rollbackResult()).title).toBe("ROLLBACK · clip-cosine-v2 at g10 · 2026-02-07");
  });

  it("is told by its place on the scale, with what it would be without the statistics beside it", () => {
    const { verdict } = buildView(insufficientResult());
    expect(verdict.scale.map(({ word, note }) => `${word}: ${note}`)).toEqual([
      "ROLLBACK: without the statistics",
      "HOLD: the verdict",
      "PROMOTE: ",
    ]);
    expect(verdict.literal.differs).toBe(true);
  });

  it("names the preset of a rollback and the next gate of a promotion", () => {
    expect(buildView(rollbackResult()).verdict.headline).toContain("(standard preset)");
    expect(buildView(sampleResult()).verdict.headline).toBe("Promote clip-cosine-v2 from g10 to g50");
  });

  it("has a place for every action", () => {
    const actions = ["promote", "hold", "rollback", "complete", "disabled"] as const;
    for (const action of actions) {
      const { scale, icon } = buildView(sampleResult({ decision: sampleDecision({ action }) })).verdict;
      expect(scale.filter((step) => step.isVerdict).map((step) => step.word)).toEqual([action.toUpperCase()]);
      expect(Object.values(icon).filter(Boolean)).toHaveLength(1);
    }
  });

  it("flags what no reason says: a latched rollback beside another verdict, and neither twice", () => {
    const flagsOf = (part: Parameters<typeof sampleDecision>[0]) =>
      buildView(sampleResult({ decision: sampleDecision(part) })).verdict.flags.map((flag) => flag.word);
    expect(flagsOf({ action: "disabled", rule: "disabled", latched: true })).toEqual(["latched"]);
    expect(flagsOf({ action: "rollback", rule: "latched", latched: true })).toEqual([]);
    expect(flagsOf({ overdue: true })).toEqual([]);
  });
});

describe("a guardrail that a single day brought past its severe line", () => {
  const [card] = buildView(severeResult()).guardrails;

  it("leads with that day's number, and has the window's beside it", () => {
    expect([card?.name, card?.delta, card?.interval]).toEqual(["ctr", "−17.1%", "−25.0% to −8.0%"]);
    expect(card?.deltaOf).toBe("on Wed 2026-02-04; whole window −1.5%");
    expect(card?.reads).toBe("severe on Wed 2026-02-04");
    const day = severeResult().metrics[0]?.days.find(({ date }) => date === "2026-02-04");
    expect(card?.candidate.value).toBe(quantityText(day?.candidate.value ?? null, "percent"));
  });

  it("is measured from the severe line, in the distance and in the table of lines", () => {
    expect(card?.distance).toBe("7.1% past the severe line on Wed 2026-02-04");
    expect(card?.lines.at(-1)).toMatchObject({
      level: "severe",
      isReached: true,
      distance: "7.1% past on Wed 2026-02-04",
    });
    expect(card?.lines.slice(0, -1).every(({ isReached }) => isReached)).toBe(false);
  });

  it("has no chance that contradicts it, and a mark for each of the two on its strip", () => {
    expect(card?.standing).toEqual([]);
    expect(card?.strip?.label).toContain("Change −17.1%");
    expect(card?.strip?.wholeX).not.toBeNull();
  });
});

describe("guardrails", () => {
  it("come worst first, so that the culprit leads", () => {
    expect(buildView(failingResult()).guardrails[0]?.name).toBe("near_duplicate_share");
    expect(buildView(warningResult()).guardrails[0]?.name).toBe("long_dwell_share");
  });

  it("say how far each line is, and which are reached", () => {
    const ctr = buildView(rollbackResult()).guardrails[0];
    expect(ctr?.lines).toEqual([
      { level: "warning", at: "−3%", isReached: true, distance: "4.4% past" },
      { level: "rollback", at: "−5%", isReached: true, distance: "2.4% past" },
      { level: "severe", at: "−10%", isReached: false, distance: "2.6% left" },
    ]);
    expect(ctr?.distance).toBe("2.4% past the rollback line");
  });

  it("say what they read where that is another word than their classification", () => {
    const [ctr] = buildView(insufficientResult()).guardrails;
    expect([ctr?.classification.word, ctr?.reads]).toEqual([
      "not enough data yet",
      "raw number: past the rollback line",
    ]);
    expect(buildView(sampleResult()).guardrails[0]?.reads).toBeNull();
  });

  it("never show a number that is not there", () => {
    const { guardrails, days } = buildView(noDataResult());
    const words = new Map(guardrails.map((metric) => [metric.name, metric.classification.word]));
    expect(words.get("ctr")).toBe("no data");
    expect(words.get("top_author_share")).toBe("not available");
    expect(guardrails.every((metric) => metric.delta === "not available")).toBe(true);
    expect(days.rows).toEqual([]);
  });

  it("from zero are past every line of a rise", () => {
    const base = sampleResult();
    const metrics = base.metrics.map((metric) =>
      metric.name === "near_duplicate_share"
        ? { ...metric, observation: { ...metric.observation, delta: null, interval: null, unbounded: true } }
        : metric,
    );
    const metric = buildView({ ...base, metrics }).guardrails.find(
      (entry) => entry.name === "near_duplicate_share",
    );
    expect([metric?.delta, metric?.distance]).toEqual(["from zero", "past every line"]);
    expect(metric?.lines.every((line) => line.isReached)).toBe(true);
    expect(metric?.strip?.point?.isBeyondRight).toBe(true);
  });

  it("without an effect are kept apart and have no colour", () => {
    const [saveRate] = buildView(sampleResult()).informational;
    expect(saveRate?.classification).toMatchObject({ word: "informational", tone: "plain" });
  });
});

describe("before/after", () => {
  it("stands beside every change when nothing is randomised, and nowhere else", () => {
    const marked = buildView(beforeAfterResult());
    const metrics = [...marked.guardrails, ...marked.informational];
    expect(new Set(metrics.map((metric) => metric.comparison))).toEqual(
      new Set(["before/after, not randomised"]),
    );
    expect([marked.days.comparison, marked.subject.comparison]).toEqual([
      "before/after, not randomised",
      "before/after, not randomised",
    ]);
    expect(JSON.stringify(buildView(sampleResult()))).not.toContain("not randomised");
  });
});

describe("day by day", () => {
  it("has the newest day first under the whole window", () => {
    const { days } = buildView(sampleResult());
    expect(days.window.label).toBe("Whole window");
    expect(days.rows.map((row) => row.label.slice(-2))).toEqual(["07", "06", "05", "04", "03", "02", "01"]);
  });

  it("marks days that are incomplete, ramp days, or of an earlier gate", () => {
    const { rows, earlier } = buildView(sampleMonth()).days;
    const flags = new Set([...rows, ...earlier].flatMap((row) => row.flags));
    expect(flags).toEqual(new Set(["incomplete", "ramp day, in no gate", "before this window"]));
  });
});

describe("around the numbers", () => {
  it("puts what is wrong first among the checks", () => {
    const { checks, summary } = buildView(failingResult()).health;
    expect(checks.map((check) => check.badge.word).slice(0, 3)).toEqual(["error", "warn", "pass"]);
    expect(summary).toBe("1 error, 1 warn, 5 pass");
  });

  it("shows the accounting of the loads as a sum", () => {
    expect(buildView(sampleResult()).health.loads.summary).toBe(
      "1,411,909 rows read = 1,411,880 loaded + 14 duplicates + 15 rejected, from 8 files.",
    );
  });

  it("calls the tables of a cluster tables", () => {
    const loads = sampleResult().loads.map((load) => ({ ...load, snapshot: "7998607282718020872" }));
    const shown = buildView({ ...sampleResult(), loads }).health.loads;
    expect([shown.title, shown.each]).toEqual(["Tables", "Table by table"]);
    expect(shown.summary).toMatch(/, from 8 tables\.$/);
    expect(shown.files[0]?.hash).toBe("snapshot 7998607282718020872");
  });

  it("marks the first rule that matches as the one that decides", () => {
    const trace = [
      { rule: "data", matched: false, because: "" },
      { rule: "warning", matched: true, because: "" },
      { rule: "observing", matched: true, because: "" },
    ] as const;
    const view = buildView(sampleResult({ decision: sampleDecision({ trace }) }));
    expect(view.trace.map((entry) => entry.outcome)).toEqual(["no", "decides", "also matches"]);
  });

  it("does not repeat among the other presets what is to be typed now", () => {
    expect(buildView(rollbackResult()).next.others.map((preset) => preset.title)).toEqual([
      "Immediate rollback",
      "Promote",
    ]);
  });

  it("names the phase and its own checklist in the first 24 hours", () => {
    const view = buildView(firstDayResult());
    expect([view.subject.phase, view.checklist.title]).toEqual([
      "First 24 hours",
      "First 24 hours checklist",
    ]);
    expect(view.title).toBe("HOLD · clip-cosine-v2 at g10 · first 24 hours to 2026-02-01 12:20");
    expect(view.verdict.flags).toEqual([
      { word: "first 24 hours", text: "g10 hour by hour since it opened; this run never promotes" },
    ]);
  });

  it("says hours where a night says days", () => {
    const view = buildView(firstDayResult());
    expect([view.subject.window, view.subject.completeDays]).toEqual([
      "Sun 2026-02-01 06:30 to 12:20",
      "6 complete hours",
    ]);
    expect(view.contents.map(({ title }) => title)).toEqual(
      expect.arrayContaining(["Since the last run", "Hour by hour"]),
    );
    expect(view.days.rows.map(({ label, flags }) => [label, ...flags]).slice(0, 2)).toEqual([
      ["Sun 2026-02-01 12:00", "incomplete"],
      ["Sun 2026-02-01 11:00"],
    ]);
    expect(view.days).toMatchObject({
      earlier: [],
      summary: "7 hours shown, 6 complete hours in the window",
    });
    expect(view.health.traffic.days[0]?.label).toBe("Sun 2026-02-01 06:00");
    expect(view.next.when).toBe("next");
    expect(view.trace.find(({ rule }) => rule === "severe")?.meaning).toBe(
      "a single complete hour is past a severe line",
    );
  });

  it("names both days where the first 24 hours cross midnight", () => {
    const base = firstDayResult();
    const late = { ...base.window, asOf: "2026-02-02T02:00:00Z" };
    expect(buildView({ ...base, window: late }).subject.window).toBe(
      "Sun 2026-02-01 06:30 to Mon 2026-02-02 03:00",
    );
  });
});

describe("cells", () => {
  const cellOf = (part: Partial<Result["cells"][number]>) => {
    const [cell] = sampleResult().cells;
    if (cell === undefined) throw new Error("the sample has cells");
    return buildView(sampleResult({ cells: [{ ...cell, ...part }] })).cells[0];
  };

  it("show a failing query in place of a table", () => {
    const cell = buildView(failingResult()).cells[0];
    expect(cell?.error).toMatchObject({
      place: "queries/cells/traffic_by_day.sql:5:7",
      hint: 'Did you mean "impressions"?',
    });
    expect(cell?.rows).toEqual([]);
    expect(cell?.size).toBe("failed");
  });

  it("say how much of a long result is shown", () => {
    const rows = Array.from({ length: 1000 }, (_, index) => [index]);
    const columns = [{ name: "n", type: "BIGINT", unit: null }];
    const cell = cellOf({ rows, columns, rowCount: 1_000_000, truncated: true });
    expect(cell?.rows).toHaveLength(200);
    expect(cell?.cut).toContain("The first 200 of 1,000,000 rows");
  });

  it("group quantities but not names, line up percents, and show null", () => {
    const columns = [
      { name: "impressions", type: "HUGEINT", unit: null },
      { name: "item_id", type: "BIGINT", unit: null },
      { name: "share", type: "DOUBLE", unit: "percent" },
      { name: "at", type: "TIMESTAMP", unit: null },
    ] as const;
    const rows = [
      [123_456, 123_456, 0.9, "2026-02-01T08:00:00Z"],
      [7, 8, 0.0123, null],
    ];
    const texts = cellOf({ columns, rows, rowCount: 2 })?.rows.map((row) => row.map((value) => value.text));
    expect(texts).toEqual([
      ["123,456", "123456", "90.0%", "2026-02-01 08:00:00"],
      ["7", "8", "1.2%", "null"],
    ]);
  });
});

it("a line beside zero has its label beside zero's", () => {
  const observation = sampleResult().metrics[0]?.observation as WindowResult;
  for (const [harm, way] of [
    ["drop", -1],
    ["rise", 1],
  ] as const) {
    const strip = stripView({ harm, warning: 0.003, rollback: 0.09, severe: null }, observation);
    const [first, second] = (strip?.ticks ?? []).map(
      ({ labelX }) => way * (Number(labelX) - Number(strip?.zero)),
    );
    expect(first).toBeGreaterThanOrEqual(21.9);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(29.9);
  }
});

describe("the strip", () => {
  const thresholds = { harm: "drop", warning: 0.03, rollback: 0.05, severe: 0.1 } as const;
  const observation = sampleResult().metrics[0]?.observation as WindowResult;

  it("keeps lines in order, labels apart and everything inside the box, whatever the change", () => {
    const change = fc.double({ min: -0.99, max: 20, noNaN: true });
    fc.assert(
      fc.property(change, change, change, (delta, a, b) => {
        const interval = [Math.min(a, b), Math.max(a, b)] as const;
        const strip = stripView(thresholds, { ...observation, delta, interval });
        const xs = strip?.ticks.map((tick) => Number(tick.x)) ?? [];
        const labels = strip?.ticks.map((tick) => Number(tick.labelX)) ?? [];
        const inside = [...xs, Number(strip?.point?.x), Number(strip?.interval?.x)].every(
          (x) => x >= 10 && x <= 350,
        );
        const apart = labels.slice(1).every((x, index) => (labels[index] ?? 0) - x >= 29.9);
        expect({ inside, apart, ordered: xs[0] !== undefined && xs[0] > (xs[1] ?? 0) }).toEqual({
          inside: true,
          apart: true,
          ordered: true,
        });
      }),
    );
  });

  it("is told in one sentence", () => {
    const strip = stripView(thresholds, { ...observation, delta: -0.0739, interval: [-0.103, -0.044] });
    expect(strip?.label).toBe(
      "Change −7.4%, 95% interval −10.3% to −4.4%; warning at −3%, rollback at −5%, severe at −10%.",
    );
  });
});

describe("text from data", () => {
  it("has nothing invisible left", () => {
    expect(visible("a\u0007b\u001b[31m\u202ec\u0000")).toBe("a␇b␛[31m\\u202ec␀");
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => !/[\p{Cc}\p{Cs}\u202e]/u.test(visible(text).replace(/[\t\n]/g, "")),
      ),
    );
  });

  it("keeps tabs, newlines and every script", () => {
    const kept = "a\tb\nc 日本語 नमस्ते 👩‍👩‍👧 é";
    expect(visible(kept)).toBe(kept);
  });
});
