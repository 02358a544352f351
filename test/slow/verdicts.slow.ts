/**
 * Each scenario of the sample at its full volume: the night finds what `truth.json` says was planted, row for row and click
 * for click, and says what it says should be said, by the bare thresholds and by evidence.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import type { Result } from "../../src/model/result.ts";
import { renderCharts } from "../../src/report/charts/render.ts";
import { judgeInputOf, recordedConfig } from "../../src/runs/replay/judge-again.ts";
import { type Scenario, scenarios } from "../../src/sample/scenario.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

/** The truth counts what a correct load must leave out and name. */
function isLeftOut(scenario: Scenario, metric: string): boolean {
  if (scenario === "lookup-miss") return metric === "near_duplicate_share";
  return scenario === "crossed-heavy-users";
}

/** The check that must block, where a gap leaves numbers that look well. */
const blocking: Partial<Readonly<Record<Scenario, string>>> = {
  "lost-clicks": "complete_days",
  "crossed-heavy-users": "crossover_units",
  "lookup-miss": "coverage",
};

describe.each(scenarios)("the scenario %s", (scenario) => {
  let truth: SampleTruth;
  let result: Result;
  let root: string;

  beforeAll(async () => {
    root = await madeWorkspace(afterAll);
    truth = await sampleInto(root, { scenario });
    ({ result } = await runCase(root, { date: truth.lastDay }));
  }, 180_000);

  it.each(["literal", "evidence"] as const)("gets the verdict it was made for under judge: %s", (mode) => {
    const { decision } = judge(judgeInputOf(result, { ...recordedConfig(result, root), judge: mode }));
    expect(truth.expected).not.toBeNull();
    expect({ action: decision.action, rule: decision.rule }).toEqual(truth.expected?.[mode]);
  });

  it("got the same verdicts on the night itself", () => {
    const { action, rule, literalAction, literalRule } = result.decision;
    expect({ action, rule }).toEqual(truth.expected?.evidence);
    expect({ action: literalAction, rule: literalRule }).toEqual(truth.expected?.literal);
  });

  it.runIf(blocking[scenario] !== undefined)("names the gap by the check that blocks", () => {
    const failed = result.checks.filter(({ status, effect }) => status === "fail" && effect === "block");
    expect(failed.map(({ name }) => name)).toContain(blocking[scenario]);
  });

  it("has every row of every file accounted for as it was written", () => {
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
  });

  it("has every ratio of the window counted as it was planted", () => {
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
      const clicks = baseline.denominator + (name === "long_dwell_share" ? orphans() : 0);
      expect(found, name).toEqual([
        [baseline.numerator, clicks],
        [candidate.numerator, candidate.denominator],
      ]);
      const [before, after] = [baseline.numerator / clicks, candidate.numerator / candidate.denominator];
      expect(measured?.delta, `delta of ${name}`).toBeCloseTo(after / before - 1, 10);
    }
  });

  function orphans(): number {
    const planted = truth.defects.filter(({ kind }) => kind === "click_without_impression");
    return planted.reduce((sum, { rows }) => sum + rows, 0);
  }

  it("has charts that can all be drawn", async () => {
    expect([...(await renderCharts(result)).errors]).toEqual([]);
  });

  it("has the traffic of each day counted as it was planted", () => {
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
  });
});
