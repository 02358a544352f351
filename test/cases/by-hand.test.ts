/**
 * Three nights small enough to count on paper. Every number below was counted from the rows of `data/`, not taken from a run;
 * `expected/` holds the rest of what the nights gave.
 */
import { cpSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetricResult, Result, WindowResult } from "../../src/model/result.ts";
import {
  expectGolden,
  type GoldenTexts,
  goldenNames,
  goldenTexts,
  shortGoldenNames,
  shortGoldenTexts,
} from "../helpers/golden.ts";
import { runCase } from "../helpers/run-case.ts";
import { exportedAt, madeWorkspace } from "../helpers/temp-workspace.ts";

interface RunCase {
  readonly result: () => Result;
  readonly metric: (name: string) => MetricResult;
}

/** The shipped queries, or the case's own, with its rollout.yaml and data. */
function nightOf(name: string): RunCase {
  const folder = join(import.meta.dirname, name);
  let result: Result;
  let texts: GoldenTexts;
  const isWhole = name === "by-hand-shares";

  beforeAll(async () => {
    const root = await madeWorkspace(afterAll);
    for (const part of readdirSync(folder).filter((name) => name !== "expected"))
      cpSync(join(folder, part), join(root, part), { recursive: true });
    for (const file of readdirSync(join(root, "data")))
      utimesSync(join(root, "data", file), exportedAt, exportedAt);
    ({ result } = await runCase(root, { date: "2026-02-02", now: "2026-02-03T03:00:00Z" }));
    texts = isWhole ? await goldenTexts(result) : shortGoldenTexts(result);
  });

  it.each(isWhole ? goldenNames : shortGoldenNames)("gives the %s that was reviewed", (golden) => {
    expectGolden(folder, golden, texts[golden]);
  });

  return {
    result: () => result,
    metric: (wanted) => {
      const found = result.metrics.find((one) => one.name === wanted);
      if (found === undefined) throw new Error(`no metric ${wanted}`);
      return found;
    },
  };
}

function never(): never {
  throw new Error("the night has no such day");
}

/** numerator / denominator of each variant and the delta. */
function counted({ baseline, candidate, delta }: WindowResult): readonly unknown[] {
  return [
    `${baseline.numerator}/${baseline.denominator} of ${baseline.units}`,
    `${candidate.numerator}/${candidate.denominator} of ${candidate.units}`,
    delta === null ? null : Number(delta.toFixed(10)),
  ];
}

describe("clicks, counted by hand", () => {
  const { result, metric } = nightOf("by-hand-clicks");

  it("has 4 clicks in 12 impressions of a1, a2, a3 against 2 in 10 of b1, b2 and the session s15", () => {
    expect(counted(metric("ctr").observation)).toEqual(["4/12 of 3", "2/10 of 3", -0.4]);
  });

  it("sums units over the whole window, not days: (5,2) (4,1) (3,1) against (6,1) (2,1) (2,0)", () => {
    const measured = result().measurement.metrics.find(({ definition }) => definition.name === "ctr");
    expect(measured?.observation).toEqual({
      baseline: {
        shape: "ratio",
        units: 3,
        sumDenominator: 12,
        sumNumerator: 4,
        sumDenominatorSquared: 25 + 16 + 9,
        sumNumeratorSquared: 4 + 1 + 1,
        sumProduct: 10 + 4 + 3,
      },
      candidate: {
        shape: "ratio",
        units: 3,
        sumDenominator: 10,
        sumNumerator: 2,
        sumDenominatorSquared: 36 + 4 + 4,
        sumNumeratorSquared: 1 + 1,
        sumProduct: 6 + 2,
      },
    });
  });

  it("has 2 of 6 clicks on the first day in both variants, and 2 of 6 against 0 of 4 on the second", () => {
    expect(metric("ctr").days.map((day) => [day.date, ...counted(day)])).toEqual([
      ["2026-02-01", "2/6 of 2", "2/6 of 2", 0],
      ["2026-02-02", "2/6 of 3", "0/4 of 2", -1],
    ]);
  });

  it("counts 30.000 s as long, 29.999 s and a negative dwell as not, and the click of c1 without impression", () => {
    // a1: 40 and 10, a2: 30, a3: −1 · b1: 29.999, b2: 120, c1: 50
    expect(counted(metric("long_dwell_share").observation)).toEqual([
      "2/4 of 3",
      "2/3 of 3",
      Number((2 / 3 / 0.5 - 1).toFixed(10)),
    ]);
  });

  it("leaves the favorite without algorithm out of the save rate", () => {
    // a1 favorite, a2 download · b1 download
    expect(counted(metric("save_rate").observation)).toEqual(["2/12 of 3", "1/10 of 3", -0.4]);
  });

  it("accounts for every row: 27 = 23 + 2 duplicates + 2 rejects, and 15 = 14 + 1 reject", () => {
    const accounts = result().loads.map((load) => ({
      file: load.file,
      sums: [load.lines, load.read, load.loaded, load.duplicates, load.rejected],
      conflicts: load.conflicts,
      reasons: load.rejectedByReason,
    }));
    expect(accounts).toMatchObject([
      {
        file: "data/2026-02-01.csv",
        sums: [28, 27, 23, 2, 2],
        conflicts: 1,
        reasons: { unknown_event_type: 1 },
      },
      { file: "data/2026-02-02.csv", sums: [16, 15, 14, 0, 1], conflicts: 0 },
    ]);
  });

  it("rolls back for one day alone: 2 of 2 against 2 of 3 clicks are long on the first, past the severe 12%", () => {
    const { decision } = result();
    expect([decision.action, decision.rule]).toEqual(["rollback", "severe"]);
    expect(counted(metric("long_dwell_share").days[0] ?? never()).slice(0, 2)).toEqual([
      "2/2 of 2",
      "2/3 of 3",
    ]);
    expect(decision.reasons[0]).toContain("2026-02-01");
    expect(decision.reasons.join(" ")).toContain("ingestion fault");
  });

  it("names its bad data: one empty event_id, one conflict, one unit of both, three rejected rows", () => {
    const { checks, traffic } = result();
    expect(traffic.crossoverUnits).toBe(1);
    const failed = checks.filter(({ status }) => status === "fail").map(({ name }) => name);
    expect(failed).toEqual(
      expect.arrayContaining([
        "event_id_populated",
        "crossover_units",
        "duplicate_event_ids",
        "rejected_rows",
      ]),
    );
    const ids = checks.find(({ name }) => name === "event_id_populated");
    expect(ids?.rows.map(({ observed }) => observed)).toEqual([0, 1]);
  });
});

describe("shares, counted by hand", () => {
  const { result, metric } = nightOf("by-hand-shares");

  it("has the ten most-shown authors at 28 of 30 against 29 of 30 impressions", () => {
    // v1: A 10, B to J 2 each · v2: A 12, B to I 2 each, one of J and K
    const { baseline, candidate, delta } = metric("top_author_share").observation;
    expect([baseline.value, candidate.value]).toEqual([28 / 30, 29 / 30]);
    expect([baseline.rawValue, candidate.rawValue, baseline.groups]).toEqual([28 / 30, 29 / 30, 1]);
    expect(delta).toBeCloseTo(29 / 28 - 1, 12);
  });

  it("has the author that moved most first: A from 10 to 12 of 30", () => {
    expect(metric("top_author_share").movers[0]).toEqual({
      key: "author-A",
      baselineShare: 10 / 30,
      candidateShare: 12 / 30,
    });
  });

  it("has the most-shown category, maps with A and B, at 12 against 14 of 30: past the 15% line", () => {
    const { baseline, candidate, delta, reading } = metric("top_category_share").observation;
    expect([baseline.value, candidate.value]).toEqual([12 / 30, 14 / 30]);
    expect(delta).toBeCloseTo(1 / 6, 12);
    expect(reading).toBe("rollback");
  });

  it("has 4 + 3 + 2 against 5 + 4 + 2 repeats of the pair A and B; items without a group repeat nothing", () => {
    expect(counted(metric("near_duplicate_share").observation)).toEqual([
      "9/30 of 3",
      "11/30 of 3",
      Number((11 / 9 - 1).toFixed(10)),
    ]);
    expect(metric("near_duplicate_share").days.map((day) => [day.date, ...counted(day).slice(0, 2)])).toEqual(
      [
        ["2026-02-01", "7/20 of 2", "9/20 of 2"],
        ["2026-02-02", "2/10 of 1", "2/10 of 1"],
      ],
    );
  });

  it("finds no click at all: no change, and still not healthy", () => {
    const { observation } = metric("ctr");
    expect(counted(observation)).toEqual(["0/30 of 3", "0/30 of 3", 0]);
    expect(observation.classification).toBe("insufficient");
  });

  it("says that dwell is not in the export, which blocks nothing because it is not required", () => {
    const dwell = metric("long_dwell_share");
    expect(dwell.unavailable).toContain("dwell_seconds");
    expect(dwell.observation.classification).toBe("no_data");
    const blocking = result().checks.filter(({ status, effect }) => status === "fail" && effect === "block");
    expect(blocking.filter(({ detail }) => detail.includes("dwell"))).toEqual([]);
  });

  it("rolls back on the bare thresholds, and names the checks that fail beside it", () => {
    const { decision } = result();
    expect([decision.action, decision.rule]).toEqual(["rollback", "rollback"]);
    expect(decision.reasons.join("\n")).toContain("ingestion fault");
  });
});

describe("orders by platform, counted by hand", () => {
  const { result, metric } = nightOf("by-hand-cuts");

  it("has 3 orders in 10 impressions of a1, a2, a3 against 2 in 10 of b1, b2, b3", () => {
    expect(counted(metric("order_rate").observation)).toEqual(["3/10 of 3", "2/10 of 3", -0.3333333333]);
  });

  it("cuts them by each unit's first event of the day: a1 is ios, then web; b2 android; a3 and b3 none", () => {
    const [platform, ...others] = metric("order_rate").dimensions;
    expect(others).toEqual([]);
    const cuts = platform?.values.map(({ kind, value, baseline, candidate }) => [
      value ?? kind,
      `${baseline.numerator}/${baseline.denominator} of ${baseline.units}`,
      `${candidate.numerator}/${candidate.denominator} of ${candidate.units}`,
    ]);
    expect(cuts).toEqual([
      ["android", "1/4 of 1", "0/3 of 1"],
      ["web", "1/2 of 1", "null/null of 0"],
      ["ios", "1/2 of 1", "2/5 of 1"],
      ["none", "0/2 of 1", "0/2 of 1"],
    ]);
  });

  it("adds android −1/4, web −1/6, ios +1/12 and none 0 up to −1/3", () => {
    const values = metric("order_rate").dimensions[0]?.values ?? [];
    const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(10)));
    // within ½(s_c + s_b)(R_c − R_b) and mix (½(R_c + R_b) − ½(0.2 + 0.3))(s_c − s_b), both over 0.3
    expect(values.map(({ value, within, mix }) => [value, rounded(within), rounded(mix)])).toEqual([
      ["android", rounded((0.35 * -0.25) / 0.3), rounded((-0.125 * -0.1) / 0.3)],
      ["web", 0, rounded((0.25 * -0.2) / 0.3)],
      ["ios", rounded((0.35 * -0.1) / 0.3), rounded((0.2 * 0.3) / 0.3)],
      [null, 0, 0],
    ]);
    expect(values.map(({ contribution }) => rounded(contribution))).toEqual([
      -0.25,
      rounded(-1 / 6),
      rounded(1 / 12),
      0,
    ]);
    expect(values.reduce((sum, { contribution }) => sum + (contribution ?? 0), 0)).toBeCloseTo(-1 / 3, 12);
  });

  it("marks none of so few, and has every row", () => {
    const [platform] = metric("order_rate").dimensions;
    expect([platform?.lookedAt, platform?.values.some(({ standsOut }) => standsOut)]).toEqual([0, false]);
    expect(result().loads.map(({ loaded, rejected }) => [loaded, rejected])).toEqual([
      [15, 0],
      [10, 0],
    ]);
  });
});
