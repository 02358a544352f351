/** A rollout of one gate played to its end: each title is a sentence of the runbook. */
import { describe, expect, it } from "vitest";
import type { NightLook } from "../../../src/judge/decision/alarms.ts";
import { rolloutEnd } from "../../../src/judge/decision/rollout-end.ts";

const gate = { minDays: 3, consecutiveHealthyDays: 2 };
const good: NightLook = {
  warning: false,
  rollback: false,
  severe: false,
  healthy: true,
  isSufficient: true,
  isQuiet: true,
};
const open = { ...good, healthy: false };
const five = (part: Readonly<Record<number, Partial<NightLook>>>) =>
  [1, 2, 3, 4, 5].map((night) => ({ ...good, ...part[night] }));

describe("a rollout ends", () => {
  it.each<readonly [string, readonly (readonly NightLook[])[], object]>([
    ["with promote on the first night that has min_days", [five({})], { action: "promote", night: 3 }],
    [
      "later when a guardrail is settled later",
      [five({}), five({ 3: open })],
      { action: "promote", night: 4 },
    ],
    [
      "with a rollback that comes before",
      [five({ 2: { rollback: true, healthy: false } })],
      { action: "rollback", night: 2, isHealthyAtEnd: false },
    ],
    [
      "with promote, though a rollback would have come after",
      [five({ 4: { severe: true, healthy: false } })],
      { action: "promote", night: 3, isHealthyAtEnd: false },
    ],
    ["later when a night warns", [five({ 3: { warning: true } })], { action: "promote", night: 4 }],
    [
      "when the last days in a row are quiet again",
      [five({ 3: { isQuiet: false } })],
      { action: "promote", night: 5 },
    ],
    [
      "only with days that have the minimum sample",
      [five({ 1: { isSufficient: false }, 2: { isSufficient: false } })],
      { action: "promote", night: 5 },
    ],
    [
      "with a hold when nothing is settled",
      [five({ 3: open, 4: open, 5: open })],
      { action: "hold", night: null, isHealthyAtEnd: false },
    ],
    ["with a hold when there is no guardrail", [], { action: "hold", night: null, isHealthyAtEnd: false }],
  ])("%s", (_, guardrails, end) => {
    expect(rolloutEnd(guardrails, gate)).toMatchObject(end);
  });

  it("healthy on its last night even where it was promoted, and held on a warning, before", () => {
    expect(rolloutEnd([five({ 5: { warning: true } })], gate)).toMatchObject({
      action: "promote",
      isHealthyAtEnd: true,
    });
  });
});
