/** What a night found of a sample, compared with what `truth.json` says was planted: row for row, click for click. */
import { expect } from "vitest";
import type { Result } from "../../src/model/result.ts";
import type { Scenario } from "../../src/sample/scenario.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";

/** Every row of every file is accounted for as it was written. */
export function expectRowsAsPlanted(result: Result, truth: SampleTruth): void {
  const found = result.loads.map(({ file, source, read, loaded, duplicates, conflicts, rejected }) => ({
    path: file,
    source,
    rows: read,
    loaded,
    duplicates,
    conflicts,
    rejected,
  }));
  const byPath = (a: { readonly path: string }, b: { readonly path: string }) => (a.path < b.path ? -1 : 1);
  expect(found.toSorted(byPath)).toEqual(truth.files.toSorted(byPath));
}

/** The truth counts what a correct load must leave out and name. */
function isLeftOut(scenario: Scenario, metric: string): boolean {
  if (scenario === "lookup-miss") return metric === "near_duplicate_share";
  return scenario === "crossed-heavy-users";
}

/** Every ratio of the window is counted as it was planted. */
export function expectRatiosAsPlanted(scenario: Scenario, result: Result, truth: SampleTruth): void {
  const ratios = truth.metrics.filter(({ name }) => !name.startsWith("top_"));
  expect(ratios.length).toBeGreaterThanOrEqual(4);
  for (const { name, observed } of ratios.filter(({ name }) => !isLeftOut(scenario, name))) {
    const measured = result.metrics.find((metric) => metric.name === name)?.observation;
    const found = [measured?.baseline, measured?.candidate].map((side) => [
      side?.numerator,
      side?.denominator,
    ]);
    const { baseline, candidate } = observed;
    // The truth counts clicks that have an impression; planted ones without are clicks of the baseline all the same.
    const clicks = baseline.denominator + (name === "long_dwell_share" ? orphansOf(truth) : 0);
    expect(found, name).toEqual([
      [baseline.numerator, clicks],
      [candidate.numerator, candidate.denominator],
    ]);
    const [before, after] = [baseline.numerator / clicks, candidate.numerator / candidate.denominator];
    expect(measured?.delta, `delta of ${name}`).toBeCloseTo(after / before - 1, 10);
  }
}

function orphansOf(truth: SampleTruth): number {
  const planted = truth.defects.filter(({ kind }) => kind === "click_without_impression");
  return planted.reduce((sum, { rows }) => sum + rows, 0);
}

/** The traffic of each day is counted as it was planted. */
export function expectTrafficAsPlanted(result: Result, truth: SampleTruth): void {
  const found = result.traffic.days.flatMap((day) => [
    { date: day.date, variant: "baseline", impressions: day.baselineImpressions, units: day.baselineUnits },
    {
      date: day.date,
      variant: "candidate",
      impressions: day.candidateImpressions,
      units: day.candidateUnits,
    },
  ]);
  expect(found).toEqual(
    truth.totals.map(({ date, variant, impressions, units }) => ({ date, variant, impressions, units })),
  );
}
