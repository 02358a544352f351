/**
 * One night per scenario of the sample: `case.json` says how its exports are made and what its rollout.yaml changes in the
 * shipped one, `expected/` what came of it. Some scenarios run in `npm test`, the others in the slow lane.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import type { Result } from "../../src/model/result.ts";
import type { Action, Rule } from "../../src/model/words.ts";
import { judgeInputOf, recordedConfig } from "../../src/runs/replay/judge-again.ts";
import { planOf, type Scenario } from "../../src/sample/scenario.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
import {
  expectGolden,
  type GoldenTexts,
  goldenNames,
  goldenTexts,
  shortGoldenNames,
  shortGoldenTexts,
} from "./golden.ts";
import { runCase } from "./run-case.ts";
import { expectRatiosAsPlanted, expectRowsAsPlanted, expectTrafficAsPlanted } from "./sample-truth.ts";
import { madeWorkspace, type Replacements, sampleInto } from "./temp-workspace.ts";

interface Case {
  readonly sample: { readonly scenario: Scenario; readonly usersPerDay?: number };
  readonly rollout: Replacements;
}

export type ScenarioVerdict = readonly [Scenario, Action, Rule];

const cases = join(import.meta.dirname, "../cases");

/** The check that must block, where a gap leaves numbers that look well. */
const blocking: Partial<Readonly<Record<Scenario, string>>> = {
  "lost-clicks": "complete_days",
  "crossed-heavy-users": "crossover_units",
  "lookup-miss": "coverage",
  "broken-split": "sample_ratio",
};

/** Its report shows the most that others do not; by-hand-shares is the other night of which all texts are kept. */
const whole: Scenario = "broken-ingestion";

export function scenarioNights(verdicts: readonly ScenarioVerdict[]): void {
  describe.each(verdicts)("the scenario %s", (scenario, action, rule) => {
    const folder = join(cases, scenario);
    let texts: GoldenTexts;
    let root: string;
    let result: Result;
    let truth: SampleTruth;

    beforeAll(async () => {
      const { sample, rollout } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
      root = await madeWorkspace(afterAll, rollout);
      truth = await sampleInto(root, sample);
      ({ result } = await runCase(root, { date: "2026-02-07" }));
      texts = scenario === whole ? await goldenTexts(result) : shortGoldenTexts(result);
    });

    it(`says ${action}, by the rule ${rule}`, () => {
      expect(result.decision).toMatchObject({ action, rule });
    });

    // what the numbers say takes the volume of slow/verdicts.slow.ts
    it.runIf(["data", "observing"].includes(rule))("says so by evidence and by the bare thresholds", () => {
      for (const mode of ["literal", "evidence"] as const) {
        const config = { ...recordedConfig(result, root), judge: mode };
        expect(judge(judgeInputOf(result, config)).decision, mode).toMatchObject(planOf(scenario).expected);
      }
    });

    it.runIf(blocking[scenario] !== undefined)("names the gap by the check that blocks", () => {
      const failed = result.checks.filter(({ status, effect }) => status === "fail" && effect === "block");
      expect(failed.map(({ name }) => name)).toContain(blocking[scenario]);
    });

    it("has rows, ratios and traffic counted as they were planted", () => {
      expectRowsAsPlanted(result, truth);
      expectRatiosAsPlanted(scenario, result, truth);
      expectTrafficAsPlanted(result, truth);
    });

    it.each(scenario === whole ? goldenNames : shortGoldenNames)("gives the %s that was reviewed", (name) => {
      expectGolden(folder, name, texts[name]);
    });
  });
}
