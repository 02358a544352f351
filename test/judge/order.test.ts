/** The rules one by one: a night in which a rule and all below it match is decided by that rule, and the trace shows them all. */
import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { emptyLedger } from "../../src/model/ledger.ts";
import type { Action, Rule } from "../../src/model/words.ts";
import { check, latchedBy, metric, type NightSpec, night, preflightLine } from "./builders.ts";

interface Row {
  readonly rule: Rule;
  readonly says: string;
  readonly action: Action;
  /** What makes this rule match; rows below it add theirs. */
  readonly cause: NightSpec;
}

const latched = latchedBy("standard");

const order: readonly Row[] = [
  {
    rule: "disabled",
    says: "a forced algorithm comes before everything",
    action: "disabled",
    cause: { preflight: [preflightLine("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1")] },
  },
  {
    rule: "latched",
    says: "an uncleared rollback comes before tonight's numbers",
    action: "rollback",
    cause: { ledger: { ...emptyLedger, latched } },
  },
  {
    rule: "severe",
    says: "a severe day comes before the window's rollback",
    action: "rollback",
    cause: { metrics: [metric("ctr", { delta: [-0.3, -0.07, -0.07, -0.07], impressions: 300_000 })] },
  },
  {
    rule: "rollback",
    says: "a rollback comes before data that blocks",
    action: "rollback",
    cause: { metrics: [metric("ctr", { delta: -0.07, impressions: 300_000 })] },
  },
  {
    rule: "data",
    says: "data that blocks comes before a warning",
    action: "hold",
    cause: { checks: [check("event_id_populated", [{ status: "fail" }])] },
  },
  {
    rule: "warning",
    says: "a warning comes before days that are missing",
    action: "hold",
    cause: { metrics: [metric("long_dwell_share", { delta: -0.05, impressions: 300_000 })] },
  },
  {
    rule: "observing",
    says: "an open question comes before quiet days in a row",
    action: "hold",
    cause: { metrics: [metric("near_duplicate_share", { impressions: 2_000 })] },
  },
  {
    rule: "healthy_days",
    says: "too few quiet days in a row hold",
    action: "hold",
    cause: { gate: { consecutiveHealthyDays: 9 } },
  },
];

/** A healthy night with the causes of the given rows; of two for one metric the first stays. */
function nightOf(rows: readonly Row[]) {
  const merged: NightSpec = Object.assign({}, ...rows.map(({ cause }) => cause).reverse());
  const replaced = rows.flatMap(({ cause }) => cause.metrics ?? []);
  const { metrics: _, ...rest } = merged;
  const input = night(rest);
  const named = (name: string) => replaced.find((one) => one.definition.name === name);
  return { ...input, metrics: input.metrics.map((one) => named(one.definition.name) ?? one) };
}

describe("the order of the rules", () => {
  it.each(order.map((row, at) => ({ ...row, at })))("$rule: $says", ({ at, rule, action }) => {
    const { decision } = judge(nightOf(order.slice(at)));
    expect(decision).toMatchObject({ rule, action });
    const matched = decision.trace.filter((entry) => entry.matched).map((entry) => entry.rule);
    expect(matched).toEqual(order.slice(at).map((row) => row.rule));
    for (const entry of decision.trace) expect(entry.because).toMatch(/\S.*\.$/);
  });

  it.each(order)("$rule matches alone for its own cause", (row) => {
    const { decision } = judge(nightOf([row]));
    expect(decision.rule).toBe(row.rule);
  });

  it("promote: what stands against nothing is promoted", () => {
    expect(judge(nightOf([])).decision).toMatchObject({ rule: "promote", action: "promote", to: "g50" });
  });

  it("says in the trace what was looked at", () => {
    const { trace } = judge(nightOf([])).decision;
    expect(trace.map((entry) => `${entry.rule}: ${entry.because}`)).toEqual([
      "disabled: No algorithm is forced and the rollout is not switched off, as far as preflight read it.",
      "latched: The ledger has no rollback in force.",
      "severe: No guardrail has a severe day (4 days looked at).",
      "rollback: No guardrail calls for rollback since 2026-02-01: Click-through rate unchanged, Long-dwell share unchanged, Top-author share unchanged, Near-duplicate share unchanged.",
      "data: None of 14 checks blocks, 6 had nothing to check.",
      "warning: No guardrail warns over the window or over the last 2 complete days.",
      "observing: 4 sufficient days, 2 needed; every guardrail has enough data.",
      "healthy_days: 4 quiet days in a row up to 2026-02-04, 0 needed.",
      "promote: All 4 guardrails are healthy over 4 sufficient days at g10, and no check blocks.",
      "complete: g10 is not the last gate.",
    ]);
  });
});
