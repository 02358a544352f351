/**
 * One night per scenario of the sample: `case.json` says how its exports are made and what its rollout.yaml changes in the
 * shipped one, `expected/` what came of it. Some scenarios run in `npm test`, the others in the slow lane.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Action, Rule } from "../../src/model/words.ts";
import type { Scenario } from "../../src/sample/scenario.ts";
import {
  expectGolden,
  type GoldenTexts,
  goldenNames,
  goldenTexts,
  shortGoldenNames,
  shortGoldenTexts,
} from "./golden.ts";
import { runCase } from "./run-case.ts";
import { madeWorkspace, type Replacements, sampleInto } from "./temp-workspace.ts";

interface Case {
  readonly sample: { readonly scenario: Scenario; readonly usersPerDay?: number };
  readonly rollout: Replacements;
}

export type ScenarioVerdict = readonly [Scenario, Action, Rule];

const cases = join(import.meta.dirname, "../cases");

/** Its report shows the most that others do not; by-hand-shares is the other night of which all texts are kept. */
const whole: Scenario = "broken-ingestion";

export function scenarioNights(verdicts: readonly ScenarioVerdict[]): void {
  describe.each(verdicts)("the scenario %s", (scenario, action, rule) => {
    const folder = join(cases, scenario);
    let texts: GoldenTexts;
    let decision: { readonly action: Action; readonly rule: Rule };

    beforeAll(async () => {
      const { sample, rollout } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
      const root = await madeWorkspace(afterAll, rollout);
      await sampleInto(root, sample);
      const { result } = await runCase(root, { date: "2026-02-07" });
      decision = result.decision;
      texts = scenario === whole ? await goldenTexts(result) : shortGoldenTexts(result);
    });

    it(`says ${action}, by the rule ${rule}`, () => {
      expect({ action: decision.action, rule: decision.rule }).toEqual({ action, rule });
    });

    it.each(scenario === whole ? goldenNames : shortGoldenNames)("gives the %s that was reviewed", (name) => {
      expectGolden(folder, name, texts[name]);
    });
  });
}
