/** The sample ratio of each value of a dimension: it names the broken one, and never holds by itself. */
import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import type { UnitsByValue } from "../../../src/model/measurement.ts";
import { night } from "../builders.ts";

type Units = readonly [value: string | null, baseline: number, candidate: number];

function by(title: string, ...values: readonly Units[]): UnitsByValue {
  const of = ([value, baselineUnits, candidateUnits]: Units) => {
    const kind = value === null ? ("none" as const) : ("value" as const);
    return { kind, value, baselineUnits, candidateUnits };
  };
  return { name: title, title, values: values.map(of), error: null };
}

function checksOf(...unitsByValue: readonly UnitsByValue[]) {
  const [first] = unitsByValue;
  const sum = (of: "baselineUnits" | "candidateUnits") =>
    (first?.values ?? []).reduce((total, value) => total + value[of], 0);
  const units = { baselineUnits: sum("baselineUnits"), candidateUnits: sum("candidateUnits") };
  const { checks, decision } = judge(night({ traffic: { ...units, unitsByValue } }));
  const named = (name: string) => checks.find((check) => check.name === name);
  return { whole: named("sample_ratio"), values: named("sample_ratio_by_value"), decision };
}

describe("units by value", () => {
  it("name the value that is broken, where the whole split fails", () => {
    const { whole, values } = checksOf(
      by("platform", ["android", 45_000, 5_000], ["web", 7_500, 2_500], ["ios", 36_050, 3_950]),
      by("country", ["de", 44_000, 5_700], ["fr", 44_550, 5_750]),
    );
    expect(whole?.status).toBe("fail");
    expect(whole?.detail).toMatch(
      /^11\.45% of .* believe no number below; chance does that .*; by platform it is web \(25\.00% of 10,000 new units, not 10%\); the others are split as the gate says; by country it is de \(11\.47% of 49,700 new units, not 10%\) and fr \(11\.43% of 50,300 new units, not 10%\); no value is split as the gate says$/,
    );
    expect(values).toMatchObject({ status: "not_checked", effect: "warn" });
  });

  it("warn by themselves and hold nothing, at p < 0.001 over all values that were looked at", () => {
    // 12.5% of 3,000 units: p = 5e-6, and of as many among the others
    const off = by(
      "platform",
      ["android", 54_000, 5_925],
      ["(odd), \n<b>", 2_625, 375],
      ["ios", 36_000, 4_000],
    );
    const { whole, values, decision } = checksOf(off);
    expect(whole?.status).toBe("pass");
    expect(values).toMatchObject({ status: "warn", effect: "warn", observed: 1, expected: 0 });
    expect(values?.detail).toBe(
      "3 values of 1 dimension; new units split differently: (odd), \n<b> (12.50% of 3,000 new units, not 10%)",
    );
    expect(decision.action).toBe("promote");
    // the same among a thousand values is chance
    const many = Array.from({ length: 5000 }, (_, n): Units => [`v${n}`, 9, 1]);
    expect(checksOf(by("platform", ...many, ["x", 2_640, 360])).values).toMatchObject({
      status: "pass",
      detail: "5,001 values of 1 dimension, none off",
    });
  });

  it("are no check where none is configured, and none where there is nothing to split", () => {
    expect(checksOf().values).toBeUndefined();
    expect(checksOf({ ...by("platform"), values: [] }).values).toMatchObject({ status: "not_checked" });
    const broken = checksOf(by("platform", [null, 50_000, 9_000]));
    expect(broken.whole?.detail).toMatch(/ splits$/);
  });
});
