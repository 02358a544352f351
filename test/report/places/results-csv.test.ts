import { expect, it } from "vitest";
import { resultsCsv } from "../../../src/report/csv/results-csv.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { sampleResult } from "../../helpers/sample-result.ts";
import { lossyResult } from "../../helpers/sample-variants.ts";

/** RFC 4180, by hand: it shares no code with what writes. */
function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const records: string[][] = [[]];
  const field = /("(?:[^"]|"")*"|[^,"\n]*)(,|\n)/gy;
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    const [, raw = "", end] = match;
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
    records.at(-1)?.push(value);
    if (end === "\n") records.push([]);
  }
  const [head = [], ...rows] = records.slice(0, -1);
  for (const row of rows) expect(row).toHaveLength(head.length);
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ""])));
}

it.each(Object.entries(reportStates))("has a row per metric and window: %s", (_, result) => {
  const rows = readCsv(resultsCsv(result));
  const windows = result.metrics.flatMap(({ name, days }) => [
    `${name} gate`,
    ...days.map(({ date }) => `${name} ${date}`),
  ]);
  const inert = (text = "") => text.replace(/^'/, "");
  expect(
    rows.map((row) => `${inert(row["metric"])} ${row["window"] === "gate" ? "gate" : row["from"]}`),
  ).toEqual(windows);
});

it("gives the numbers unrounded, and nothing where there is none", () => {
  const result = lossyResult();
  const rows = readCsv(resultsCsv(result)).filter((row) => row["window"] === "gate");
  for (const [index, { observation }] of result.metrics.entries()) {
    const { delta, interval, coverage, adjusted } = observation;
    const row = rows[index];
    expect(row?.["delta"]).toBe(delta === null ? "" : String(delta));
    expect(row?.["delta_low"]).toBe(interval === null ? "" : String(interval[0]));
    expect(row?.["adjusted_delta"]).toBe(adjusted === null ? "" : String(adjusted.delta));
    const { counted, events } = coverage?.candidate ?? { counted: 0, events: 0 };
    expect(row?.["candidate_coverage"]).toBe(coverage === null ? "" : String(counted / events));
  }
});

it("calls a metric without a number by its fault, never healthy", () => {
  const rows = readCsv(resultsCsv(reportStates["failing"] ?? sampleResult()));
  const failed = (reportStates["failing"]?.metrics ?? []).filter(({ error }) => error !== null);
  expect(failed.length).toBeGreaterThan(0);
  for (const { name } of failed)
    expect(rows.filter((row) => row["metric"] === name).map((row) => row["classification"])).not.toContain(
      "healthy",
    );
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"])(
  "writes %j so that no spreadsheet runs it",
  (name) => {
    const { rollout } = sampleResult();
    const text = resultsCsv(sampleResult({ rollout: { ...rollout, candidate: name } }));
    expect(readCsv(text)[0]?.["candidate"]).toBe(`'${name}`);
    // a negative number stays one
    expect(text).toMatch(/,-\d/);
  },
);
