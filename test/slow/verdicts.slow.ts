/**
 * The scenarios whose verdict is a matter of numbers, at the volume that evidence needs: bare thresholds and evidence both say what
 * the scenario was made for. The verdicts of the others are matters of data, which a sixth of the volume shows (cases/), and the
 * README has nights of "healthy" and "rollback" (readme.slow.ts).
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { planOf, scenarios } from "../../src/sample/scenario.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
import { runCase } from "../helpers/run-case.ts";
import {
  expectRatiosAsPlanted,
  expectRowsAsPlanted,
  expectTrafficAsPlanted,
} from "../helpers/sample-truth.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const isOfNumbers = (scenario: (typeof scenarios)[number]): boolean =>
  !["data", "observing"].includes(planOf(scenario).expected.rule) &&
  !["healthy", "rollback"].includes(scenario);

/** Nothing is planted in them. */
const concentrations = {
  "  top_author_share: { rise: { warning: 10%, rollback: 15% } }\n": "",
  "  top_category_share: { rise: { warning: 10%, rollback: 15% } }\n": "",
};

describe.each(scenarios.filter(isOfNumbers))("the scenario %s", (scenario) => {
  let truth: SampleTruth;
  let result: Result;

  beforeAll(async () => {
    const root = await madeWorkspace(afterAll, concentrations);
    for (const name of ["author", "category"]) {
      rmSync(join(root, `queries/metrics/top_${name}_share.sql`));
      rmSync(join(root, `queries/relations/${name}_days.sql`));
    }
    const cells = join(root, "queries/cells");
    rmSync(cells, { recursive: true });
    mkdirSync(cells);
    truth = await sampleInto(root, { scenario });
    ({ result } = await runCase(root, { date: truth.lastDay, threads: 2 }));
  });

  it("gets the verdict it was made for, by evidence and by the bare thresholds", () => {
    const { action, rule, literalAction, literalRule } = result.decision;
    expect({ action, rule }).toEqual(truth.expected?.evidence);
    expect({ action: literalAction, rule: literalRule }).toEqual(truth.expected?.literal);
  });

  it("has rows, ratios and traffic counted as they were planted", () => {
    expectRowsAsPlanted(result, truth);
    expectRatiosAsPlanted(scenario, result, truth);
    expectTrafficAsPlanted(result, truth);
  });
});
