import { expect, it } from "vitest";
import type { CellResult, MetricResult, Result } from "../../src/model/result.ts";
import { cellDifference, metricDifference } from "../../src/preview/differences.ts";
import { editedLines, type Followed, follow, openNotes } from "../../src/preview/follow.ts";
import { sampleResult } from "../helpers/sample-result.ts";

const night = sampleResult();
const [metric] = night.metrics as [MetricResult];

function cell(rows: CellResult["rows"], more: Partial<CellResult> = {}): CellResult {
  const [any] = night.cells as [CellResult];
  const columns = [
    { name: "event_date", type: "DATE", unit: null },
    { name: "share", type: "DOUBLE", unit: "percent" as const },
  ];
  return {
    ...any,
    name: "shares",
    path: "queries/cells/shares.sql",
    columns,
    rows,
    rowCount: rows.length,
    ...more,
  };
}

it("tells a metric's value, change, classification and days, each only when it is another", () => {
  const { observation } = metric;
  const after: MetricResult = {
    ...metric,
    observation: {
      ...observation,
      candidate: { ...observation.candidate, value: 0.027 },
      baseline: { ...observation.baseline, value: 0.05 },
      delta: -0.46,
      classification: "rollback",
      reading: "rollback",
    },
  };
  const before: MetricResult = {
    ...metric,
    observation: {
      ...observation,
      candidate: { ...observation.candidate, value: 0.031 },
      baseline: { ...observation.baseline, value: 0.05 },
      delta: -0.38,
      classification: "healthy",
      reading: "rollback",
    },
  };
  expect(metricDifference(before, after)).toEqual([
    "value 3.10% → 2.70%",
    "change −38.0% → −46.0%",
    "classification healthy → rollback",
  ]);
  expect(metricDifference(before, before)).toEqual([]);
});

it("tells a change that rounding would hide with all digits", () => {
  const at = (value: number): MetricResult => ({
    ...metric,
    observation: { ...metric.observation, candidate: { ...metric.observation.candidate, value } },
  });
  expect(metricDifference(at(0.0511), at(0.05110001))).toEqual(["value 0.0511 → 0.05110001"]);
});

it("tells rows, columns and single values of a cell, found by what names the row", () => {
  const before = cell([
    ["2026-02-01", 0.031],
    ["2026-02-02", 0.05],
    ["2026-02-03", 0.05],
  ]);
  const after = cell([
    ["2026-02-02", 0.05],
    ["2026-02-01", 0.027],
  ]);
  expect(cellDifference(before, after)).toEqual(["rows 3 → 2", "share (2026-02-01) 3.10% → 2.70%"]);
  const renamed = cell(before.rows, {
    columns: [
      before.columns[0] ?? { name: "", type: "", unit: null },
      { name: "part", type: "DOUBLE", unit: null },
    ],
  });
  expect(cellDifference(before, renamed)).toEqual(["new column part", "column share gone"]);
});

it("names three values, and counts the rest", () => {
  const days = ["01", "02", "03", "04", "05"].map((day) => `2026-02-${day}`);
  const of = (value: number) => cell(days.map((day) => [day, value]));
  expect(cellDifference(of(0.1), of(0.2))).toEqual([
    "share (2026-02-01) 10% → 20%",
    "share (2026-02-02) 10% → 20%",
    "share (2026-02-03) 10% → 20%",
    "and 2 values more, in 5 rows altogether",
  ]);
});

it("shows the lines of an edit, and of as many lines only those that differ", () => {
  expect(editedLines("a\nb\nc\nd", "a\nB\nc\nD")).toEqual(["- b", "- d", "+ B", "+ D"]);
  expect(editedLines("a\nc", "a\nb\nc")).toEqual(["+ b"]);
  expect(editedLines("a", "a")).toEqual([]);
  expect(editedLines("", "1\n2\n3\n4\n5\n6\n7\n8").at(-1)).toBe("+ … 2 more lines");
});

const error = { message: "no such column", file: "x.sql", line: 1, column: 1, excerpt: "x\n^", hint: null };

/** The night with one cell of its own, and what its file says. */
function save(shares: CellResult, sql: string): Result {
  const { provenance } = night;
  const query = { kind: "cell" as const, sql, sha256: sql };
  return {
    ...night,
    cells: [shares],
    provenance: { ...provenance, queries: { ...provenance.queries, [shares.path]: query } },
  };
}

it("keeps the last good result through every error, and tells the difference to it when it is fixed", () => {
  const good = cell([["2026-02-01", 0.031]]);
  const broken = cell([], { error });
  const steps: Followed[] = [];
  let before: Result | null = null;
  for (const [index, after] of [
    save(good, "SELECT 1"),
    save(broken, "SELECT x"),
    save(broken, "SELECT xx"),
    save(broken, "SELECT xx"),
    save(cell([["2026-02-01", 0.027]]), "SELECT 2"),
  ].entries()) {
    steps.push(follow({ before, after, good: steps.at(-1)?.good ?? new Map(), at: `10:00:0${index}` }));
    before = after;
  }
  const notes = steps.map((step) => step.notes);
  expect(notes[0]).toEqual([]);
  expect(notes[1]).toMatchObject([
    { subject: "cell shares", anchor: "cell-shares", kind: "failed", lastGood: { at: "10:00:00" } },
  ]);
  expect(notes[2]).toMatchObject([{ kind: "failed", edits: ["- SELECT 1", "+ SELECT xx"] }]);
  expect(notes[3]).toEqual([]);
  expect(notes[4]).toMatchObject([{ kind: "fixed", differences: ["share 3.10% → 2.70%"] }]);
});

it("says what is new, what is gone, and that a fixed one says what it said before", () => {
  const good = cell([["2026-02-01", 0.031]]);
  const first = follow({ before: null, after: save(good, "SELECT 1"), good: new Map(), at: "10:00:00" });
  const renamed = save({ ...good, name: "parts" }, "SELECT 1");
  const { notes } = follow({
    before: save(good, "SELECT 1"),
    after: renamed,
    good: first.good,
    at: "10:00:01",
  });
  expect(notes.map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
    "cell parts new",
    "cell shares gone",
  ]);
  const failing = save(cell([], { error }), "SELECT x");
  const fixed = follow({ before: failing, after: save(good, "SELECT 1"), good: first.good, at: "10:00:02" });
  expect(fixed.notes).toMatchObject([{ kind: "fixed", differences: [] }]);
});

it("leaves a note standing until its subject gets another; the verdict's goes with the next save", () => {
  const note = (subject: string, kind: "changed" | "gone") =>
    ({ subject, kind, anchor: null, differences: [], error: null, lastGood: null, edits: [] }) as const;
  const first = openNotes(
    new Map(),
    [note("cell a", "changed"), note("cell b", "gone"), note("verdict", "changed")],
    "10:00:00",
  );
  const second = openNotes(first, [note("cell c", "changed")], "10:00:01");
  expect([...second.values()].map(({ subject, at }) => `${subject} ${at}`)).toEqual([
    "cell a 10:00:00",
    "cell c 10:00:01",
  ]);
});
