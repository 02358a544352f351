import { describe, expect, it } from "vitest";
import { alarmsOf, lookAtNights, type NightEvidence } from "../../../src/judge/decision/alarms.ts";
import { criteriaFor } from "../../../src/judge/metric/criteria.ts";
import { evidenceOf } from "../../../src/judge/metric/evidence.ts";
import type { JudgeMode } from "../../../src/model/words.ts";
import { config, definition, ratio } from "../builders.ts";

/** CTR's lines are 3% / 5% / 10%. Candidate impressions a day; the baseline has nine times as many, at 5%. */
const impressions = 100_000;

function side(delta: number, days: number) {
  const volume = impressions * days;
  return evidenceOf({
    baseline: ratio(0.05 * 9 * volume, 9 * volume),
    candidate: ratio(0.05 * (1 + delta) * volume, volume),
  });
}

/** One change per day; the window is their mean. */
function nights(deltas: readonly number[]): readonly NightEvidence[] {
  const days = deltas.map((delta) => side(delta, 1));
  return deltas.map((_, at) => {
    const sofar = deltas.slice(0, at + 1);
    const mean = sofar.reduce((sum, delta) => sum + delta, 0) / sofar.length;
    return { window: side(mean, sofar.length), days: days.slice(0, at + 1) };
  });
}

function alarms(deltas: readonly number[], mode: JudgeMode = "literal") {
  const criteria = criteriaFor(definition("ctr"), config(), { comparison: "concurrent", mode });
  return alarmsOf(lookAtNights(nights(deltas), criteria, { plannedNights: 14, minDays: 3, trend: 2 }));
}

const none = { warning: false, rollback: false, severe: false };

describe("what the nights of one metric would have set off", () => {
  it("is nothing where nothing happens, and health at the end", () => {
    expect(alarms([0, 0, 0])).toEqual({ ...none, healthy: true });
  });

  it("is a rollback when the window reached the line on any night, though it recovered", () => {
    expect(alarms([-0.06, 0.02, 0.04])).toMatchObject({ rollback: true, severe: false, healthy: true });
  });

  it("is severe when a single day was, though no window ever reached the line", () => {
    expect(alarms([0, 0, -0.11])).toEqual({ warning: true, rollback: false, severe: true, healthy: false });
  });

  it("is a warning from the window, or from two days running over a window that is healthy", () => {
    expect(alarms([0, -0.07])).toMatchObject({ warning: true, rollback: false });
    expect(alarms([0, 0, 0, 0, -0.035, -0.035])).toEqual({ ...none, warning: true, healthy: true });
    expect(alarms([0, 0, 0, -0.035, 0, -0.035])).toEqual({ ...none, healthy: true });
  });

  it("is less under evidence: what does not stand out of the noise does not fire", () => {
    const noisy = [-0.051, 0.02, 0.03];
    expect(alarms(noisy, "literal").rollback).toBe(true);
    expect(alarms(noisy, "evidence").rollback).toBe(false);
    expect(alarms([-0.2, -0.2], "evidence")).toMatchObject({ rollback: true, severe: true });
  });
});
