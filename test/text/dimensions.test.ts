import { describe, expect, it } from "vitest";
import type { DimensionCut, DimensionResult } from "../../src/model/result.ts";
import { cutName, cutsText, lookedAtText } from "../../src/text/dimensions.ts";
import { metricSpecs, sampleMetric } from "../helpers/sample-metrics.ts";

const [spec] = metricSpecs;
if (spec === undefined) throw new Error("there is no sample metric");
const { observation, thresholds } = sampleMetric(spec);
const metric = { observation: { ...observation, delta: -0.062 }, thresholds };

function cuts(...values: readonly (readonly [string | null, number | null, boolean?])[]): DimensionResult {
  const { baseline, candidate } = observation;
  const each = values.map(
    ([value, contribution, standsOut = false]): DimensionCut => ({
      kind: value === null ? "none" : "value",
      ...{ value, baseline, candidate, contribution, standsOut },
      ...{ delta: null, interval: null, baselineShare: null, candidateShare: null },
      ...{ within: null, mix: null, p: null },
    }),
  );
  return { name: "platform", title: "Platform", values: each, lookedAt: 4, error: null };
}

describe("where a change comes from, in words", () => {
  it("is the change, its three largest parts and what stands out", () => {
    const found = cuts(["android", -0.058, true], ["ios", -0.003], [null, -0.001], ["tv", 0]);
    expect(cutsText(found, metric)).toBe(
      "−6.2%, of which android −5.8, ios −0.3, (null) −0.1; android stands out",
    );
    const both = cuts(["android", -0.07, true], ["ios", 0.008, true]);
    expect(cutsText(both, metric)).toBe("−6.2%, of which android −7.0, ios +0.8; android and ios stand out");
  });

  it("is the change alone where there are no parts", () => {
    expect(cutsText(cuts(["android", null]), metric)).toBe("−6.2%");
    expect(cutsText(cuts(["android", -0.000_01]), metric)).toBe("−6.2%, of which android +0.0");
  });

  it("names what has no value apart from any value, also from an empty one", () => {
    const names = (["none", "unknown", "other"] as const).map((kind) => cutName({ kind, value: null }));
    expect([
      ...names,
      cutName({ kind: "value", value: "" }),
      cutName({ kind: "value", value: "other" }),
    ]).toEqual(["(null)", "(unknown)", "(other)", "(empty)", "other"]);
  });

  it("says how many were looked at", () => {
    expect(lookedAtText({ lookedAt: 1 })).toMatch(/^1 cut looked at tonight\. /);
    expect(lookedAtText({ lookedAt: 0 })).toMatch(/^No cut had enough data/);
  });
});
