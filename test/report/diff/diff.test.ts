import { expect, it } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { diffMarkdown } from "../../../src/report/diff/diff-markdown.ts";
import { diffResults } from "../../../src/report/diff/result-diff.ts";
import { buildTextChange } from "../../../src/report/diff/text-change.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { sampleResult } from "../../helpers/sample-result.ts";
import { failingResult, hostileResult, rollbackResult } from "../../helpers/sample-variants.ts";

const sample = sampleResult();

function withFirst(part: object): Result {
  return {
    ...sample,
    metrics: sample.metrics.map((metric, at) => (at === 0 ? { ...metric, ...part } : metric)),
  };
}

it.each(Object.entries(reportStates))("finds no difference between a result and itself: %s", (_, result) => {
  const diff = diffResults(result, structuredClone(result));
  expect(diff.isSame).toBe(true);
  expect(diffMarkdown(diff)).toContain("Nothing differs.");
});

it("names verdict, values, change and class of two nights", () => {
  const diff = diffResults(sample, rollbackResult());
  expect(diff.verdict).toContainEqual({
    subject: "",
    what: "verdict",
    before: "promote",
    after: "rollback",
    beforeText: "promote",
    afterText: "rollback",
  });
  const ctr = diff.metrics.filter(({ subject }) => subject === "Click-through rate");
  expect(ctr.map(({ what }) => what)).toEqual(["candidate", "change", "95% interval", "classification"]);
  expect(ctr.find(({ what }) => what === "change")).toMatchObject({ afterText: "−7.4%" });
  expect(diff.metrics.filter(({ subject }) => subject !== "Click-through rate")).toEqual([]);
});

it("tells numbers apart that round to the same", () => {
  const observation = sample.metrics[0]?.observation;
  const delta = (observation?.delta ?? 0) + 1e-9;
  const [change] = diffResults(sample, withFirst({ observation: { ...observation, delta } })).metrics;
  expect(change).toMatchObject({ what: "change", before: observation?.delta, after: delta });
  expect(change?.beforeText).not.toBe(change?.afterText);
});

it("names a line that moved, a query that changed, a file that was loaded besides", () => {
  const thresholds = sample.metrics[0]?.thresholds;
  const path = sample.metrics[0]?.path ?? "";
  const query = { kind: "metric", sql: "SELECT 1\nFROM b\nWHERE c", sha256: "b" } as const;
  const before = {
    ...sample.provenance,
    queries: { [path]: { ...query, sql: "SELECT 1\nFROM a\nWHERE c" } },
  };
  const after: Result = {
    ...withFirst({ thresholds: { ...thresholds, rollback: 0.04 } }),
    loads: [
      ...sample.loads,
      ...sample.loads.slice(0, 1).map((load) => ({ ...load, file: "exports/more.csv" })),
    ],
    provenance: { ...sample.provenance, queries: { [path]: query, "queries/cells/new.sql": query } },
  };
  const diff = diffResults({ ...sample, provenance: before }, after);
  expect(diff.thresholds).toEqual([
    expect.objectContaining({
      what: "rollback line",
      before: 0.05,
      after: 0.04,
      beforeText: "5%",
      afterText: "4%",
    }),
  ]);
  expect(diff.texts).toEqual([
    { path, state: "changed", line: 2, removed: ["FROM a"], added: ["FROM b"] },
    expect.objectContaining({ path: "queries/cells/new.sql", state: "added" }),
  ]);
  expect(diff.loads.map(({ subject, what }) => `${subject} ${what}`)).toContain(
    `${sample.loads[0]?.source}: exports/more.csv loaded`,
  );
  const back = diffResults(after, { ...sample, provenance: before });
  expect(back.texts.map(({ state }) => state)).toEqual(["changed", "removed"]);
  expect(back.loads).toHaveLength(diff.loads.length);
});

it("calls a metric whose query fails by its fault, not by the class it had", () => {
  const failed = failingResult().metrics.find(({ error }) => error !== null);
  const found = diffResults(sample, failingResult()).metrics.filter(
    ({ subject }) => subject === failed?.title,
  );
  expect(found).toContainEqual(expect.objectContaining({ what: "classification", afterText: "error" }));
});

it("keeps Markdown whole whatever the data say", () => {
  const text = diffMarkdown(diffResults(sample, hostileResult()));
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) expect(row.replace(/\\\|/g, "").match(/\|/g)).toHaveLength(5);
  expect(text.replace(/^(`{3,})[\s\S]*?^\1$/gm, "")).not.toMatch(/<(script|img)/);
});

it.each([
  ["a\nb\nc", "a\nx\nc", { line: 2, removed: ["b"], added: ["x"] }],
  ["a\na", "a\na\na", { line: 3, removed: [], added: ["a"] }],
  ["a\nb", "b", { line: 1, removed: ["a"], added: [] }],
  ["a", "a\n", { line: 2, removed: [], added: [] }],
] as const)("finds the lines between %j and %j", (before, after, change) => {
  expect(buildTextChange("x", before, after)).toMatchObject(change);
});
