/**
 * Whole nights, once on the embedded engine and once on a cluster, of the same exports: every count is the same, and every double to 1e-12.
 * The queries are the shipped ones, or the case's own.
 */
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { type Scenario, scenarios } from "../../src/sample/scenario.ts";
import { judgedDifferences } from "../engine/cluster/judged.ts";
import { twinOf } from "../engine/cluster/twin.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { type CaseRun, runCase } from "../helpers/run-case.ts";
import {
  changeFile,
  madeWorkspace,
  packageRoot,
  type Replacements,
  sampleInto,
} from "../helpers/temp-workspace.ts";

const cases = join(import.meta.dirname, "../cases");
const bandit = resolve(packageRoot, "../shared/data/obd");

/** A workspace before its first night, and the one of the cluster. */
type Pair = readonly [here: string, there: string];

/** Of few users: a statement of a cluster takes as long for one row as for a hundred thousand. */
async function samplePair(
  scenario: Scenario,
  replacements: Replacements,
  sample: { readonly days: number; readonly before?: number } = { days: 4 },
): Promise<Pair> {
  const root = await madeWorkspace(onTestFinished, replacements);
  await sampleInto(root, { scenario, usersPerDay: 150, ...sample });
  return [root, (await twinOf(root, onTestFinished)).root];
}

async function casePair(name: string): Promise<Pair> {
  const root = await madeWorkspace(onTestFinished);
  const folder = join(cases, name);
  for (const part of readdirSync(folder).filter((part) => !/^expected$|\.ts$/.test(part)))
    cpSync(join(folder, part), join(root, part), { recursive: true });
  if (name === "open-bandit") symlinkSync(bandit, join(root, "obd"), "dir");
  return [root, (await twinOf(root, onTestFinished)).root];
}

/** The night as the embedded engine has it, after the cluster's was found to be the same. */
async function equalNight([here, there]: Pair, request: CaseRun): Promise<Result> {
  const { result } = await runCase(here, request);
  const night = await runCase(there, { ...request, threads: 4 });
  expect(night.result.provenance.engine?.name).toBe("Trino");
  expect(judgedDifferences(result, night.result)).toEqual([]);
  return result;
}

describe("a night", { timeout: 600_000 }, () => {
  it.each(scenarios)("of the scenario %s", async (scenario) => {
    const { rollout } = JSON.parse(readFileSync(join(cases, scenario, "case.json"), "utf8")) as {
      readonly rollout: Replacements;
    };
    const result = await equalNight(await samplePair(scenario, rollout), { date: "2026-02-04" });
    expect(result.metrics.filter(({ observation }) => observation.baseline.units > 0)).toHaveLength(6);
  });

  it.each(["by-hand-clicks", "by-hand-shares", "by-hand-cuts"])("of the case %s", async (name) => {
    const result = await equalNight(await casePair(name), {
      ...{ date: "2026-02-02", now: "2026-02-03T03:00:00Z" },
    });
    expect(result.window.to).toBe("2026-02-02");
  });

  it.skipIf(!existsSync(bandit))("of the Open Bandit Dataset", async () => {
    const { metrics } = await equalNight(await casePair("open-bandit"), {
      ...{ date: "2019-11-30", now: "2019-12-01T03:00:00Z" },
    });
    const ctr = metrics.find(({ name }) => name === "ctr");
    expect([ctr?.observation.baseline.numerator, ctr?.observation.candidate.numerator]).toEqual([46, 69]);
  });
});

it("the first 24 hours of a gate, and the day after", async () => {
  const pair = await samplePair("healthy", { "started: 2026-02-01,": "started: 2026-02-01T09:30," });
  for (const asOf of ["2026-02-01T12:20:00Z", "2026-02-02T08:00:00Z"]) {
    const { rollout, traffic } = await equalNight(pair, { asOf });
    expect([rollout.gate, traffic.days.length > 2]).toEqual(["g10", true]);
  }
}, 900_000);

it("three gates one after the other, the last of them before and after", async () => {
  const pair = await samplePair("warning", {}, { days: 6, before: 7 });
  for (const root of pair) judgeBy(root, "ctr", "top_category_share");
  const moves: readonly (readonly [string, Replacements])[] = [
    ["2026-02-02", {}],
    [
      "2026-02-04",
      { "active_gate: g10\n": "active_gate: g50\n", "exposure: 50%": "started: 2026-02-03, exposure: 50%" },
    ],
    [
      "2026-02-06",
      {
        "active_gate: g50\n": "active_gate: g100\n",
        "exposure: 100%": "started: 2026-02-05, exposure: 100%",
      },
    ],
  ];
  const comparisons: string[] = [];
  for (const [date, replacements] of moves) {
    for (const root of pair) changeFile(root, "rollout.yaml", replacements);
    comparisons.push((await equalNight(pair, { date })).rollout.comparison);
  }
  expect(comparisons).toEqual(["concurrent", "concurrent", "before-after"]);
}, 1_800_000);
