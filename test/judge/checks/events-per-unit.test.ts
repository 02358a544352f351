import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { emptyLedger } from "../../../src/model/ledger.ts";
import type { EventsPerUnit, UnitEvent, UnitTotals } from "../../../src/model/measurement.ts";
import { type NightSpec, night } from "../builders.ts";

/** Units whose events vary like those of a feed: standard deviation 0.8 of the mean. */
function totals(units: number, mean: number): UnitTotals {
  return { units, events: units * mean, eventsSquared: units * mean ** 2 * 1.64 };
}

function perUnit(change: number, { event = "impressions" as UnitEvent, units = 40_000 } = {}): EventsPerUnit {
  return { event, baseline: totals(units * 9, 10), candidate: totals(units, 10 * (1 + change)) };
}

const judged = (change: EventsPerUnit | null, spec: NightSpec = {}) =>
  judge(night({ ...spec, traffic: { perUnit: change === null ? [] : [change] } }));

function checkOf(change: EventsPerUnit, spec: NightSpec = {}) {
  const found = judged(change, spec).checks.find(({ name }) => name === `${change.event}_per_unit`);
  if (found === undefined) throw new Error("no such check");
  return found;
}

const accepting = (what: string): NightSpec => ({
  ledger: {
    ...emptyLedger,
    accepted: [{ what, since: "2026-02-03", reason: "shorter pages since the redesign", by: "ana" }],
  },
});

describe("events per unit by variant", () => {
  it.each<readonly [string, number, number, string]>([
    ["as many impressions per unit pass", 0, 0, "pass"],
    ["a difference within noise passes", -0.01, 0, "pass"],
    ["a difference beyond noise warns", 0.07, 0, "warn"],
    ["fewer beyond noise warn while no guardrail hides behind them", -0.04, 0, "warn"],
    ["fewer that would explain a better rate warn", -0.1, 0.1, "warn"],
    ["a fifth fewer blocks", -0.2, 0.24, "fail"],
    ["a fifth more blocks", 0.21, 0, "fail"],
    ["fewer block where the rate would be past its rollback line with them", -0.12, -0.01, "fail"],
  ])("%s", (_, change, ctr, status) => {
    expect(checkOf(perUnit(change), { deltas: { ctr } })).toMatchObject({ status, effect: "block" });
  });

  it("few units are no evidence: a fifth fewer of 40 passes", () => {
    expect(checkOf(perUnit(-0.2, { units: 40 })).status).toBe("pass");
  });

  it("30% of the candidate's unclicked impressions lost: a true −10% that reads +23.8% is held, with both numbers", () => {
    const lost = judged(perUnit(-0.273), { deltas: { ctr: 0.238 } });
    expect(lost.decision).toMatchObject({ action: "hold", rule: "data", to: null });
    expect(lost.decision.reasons[0]).toContain("7.27 of the candidate against 10 of the baseline (−27.3%)");
    expect(lost.decision.reasons[0]).toContain("logging, or a real change of use? A person must decide");
    expect(lost.decision.reasons[0]).toContain("events-per-unit:impressions@g10:fewer40");
  });

  it("names the guardrail that the missing impressions would turn", () => {
    expect(checkOf(perUnit(-0.15), { deltas: { ctr: 0 } }).detail).toContain(
      "if they were lost, Click-through rate is −15.0%, past the 5% rollback line",
    );
  });

  it("comes after what makes it: units of both algorithms, which are missing from one variant", () => {
    const traffic = { perUnit: [perUnit(-0.3)], crossoverUnits: 10_000 };
    const [first, second] = judge(night({ traffic })).decision.reasons;
    expect(first).toContain("saw both algorithms");
    expect(second).toContain("impressions per unit");
  });

  it("never keeps a rollback from firing", () => {
    const decision = judged(perUnit(-0.3), { deltas: { ctr: -0.2 } }).decision;
    expect(decision).toMatchObject({ action: "rollback", rule: "severe" });
  });

  it.each<readonly [UnitEvent, number, number, string]>([
    ["clicks_with_dwell", 0.25, 0, "fail"],
    ["saves", -0.25, 0, "fail"],
    ["saves", -0.1, 0, "warn"],
    ["clicks_with_dwell", -0.25, -0.25, "warn"],
  ])("%s that change by %d while the rate changes by %d: %s", (event, change, ctr, status) => {
    expect(checkOf(perUnit(change, { event }), { deltas: { ctr } }).status).toBe(status);
  });
});

describe("a difference that a person has accepted", () => {
  const word = "events-per-unit:impressions@g10:fewer40";

  it("is offered as the word that settles it", () => {
    expect(checkOf(perUnit(-0.3)).accept).toBe(word);
    expect(checkOf(perUnit(-0.04)).accept).toBeNull();
  });

  it("warns with who accepted it and why, and no longer holds", () => {
    const check = checkOf(perUnit(-0.3), accepting(word));
    expect(check).toMatchObject({ status: "warn", accept: null });
    expect(check.detail).toContain("accepted by ana on 2026-02-03 (shorter pages since the redesign)");
    expect(judged(perUnit(-0.3), accepting(word)).decision.action).toBe("promote");
  });

  it.each<readonly [string, number, string, string]>([
    ["covers a smaller one of the same kind", -0.25, word, "warn"],
    ["covers one of the next size down", -0.2, word, "warn"],
    ["does not cover a larger one", -0.45, word, "fail"],
    ["does not cover the other direction", 0.3, word, "fail"],
    ["does not cover another gate", -0.3, word.replace("g10", "g50"), "fail"],
    ["does not cover another kind of event", -0.3, word.replace("impressions", "saves"), "fail"],
    ["does not cover by half a word", -0.3, word.replace("40", ""), "fail"],
  ])("%s", (_, change, accepted, status) => {
    expect(checkOf(perUnit(change), accepting(accepted)).status).toBe(status);
  });
});

describe("what cannot be compared", () => {
  it("before/after the variants are different weeks: not checked", () => {
    const spec: NightSpec = { gate: { name: "g100" }, comparison: "before-after" };
    expect(checkOf(perUnit(-0.5), spec).status).toBe("not_checked");
  });

  it("a result that never measured it has no such check", () => {
    expect(judged(null).checks.some(({ name }) => name.endsWith("_per_unit"))).toBe(false);
  });
});
