import { describe, expect, it } from "vitest";
import { boundariesByLook, leastBoundaries, looksOf } from "../../../src/judge/metric/boundaries.ts";
import { addDays } from "../../../src/model/calendar.ts";
import type { LedgerNight } from "../../../src/model/ledger.ts";
import { night } from "../builders.ts";

// Source: judgement-2.json spendingBounds: "rollback, 14 nights, k=5, equal information", its first three, and
// "promote at g50, K=5, first look on night 3 (min_days), overdue nights 6 and 7".
const ROLLBACK = [3.7086333924, 3.7087607889, 3.6978648309];

describe("the boundaries of a gate's nights", () => {
  it("are those of the vectors", () => {
    const looks = { nights: [1, 2, 3], plannedNights: 14, minDays: 3, guardrails: 5 };
    const found = boundariesByLook(looks, [1 / 14, 2 / 14, 3 / 14]);
    for (const [at, each] of found.entries()) expect(each.rollback).toBeCloseTo(ROLLBACK[at] ?? 0, 8);
  });

  it("leave a missed night's part to the next one", () => {
    const looks = { plannedNights: 14, minDays: 1, guardrails: 5 };
    const all = boundariesByLook({ ...looks, nights: [1, 2, 3] }, [1, 2, 3]).at(-1);
    const missed = boundariesByLook({ ...looks, nights: [1, 3] }, [1, 3]).at(-1);
    expect(missed?.rollback).toBeLessThan(all?.rollback ?? 0);
    expect(missed?.promote).toBeLessThan(all?.promote ?? 0);
  });

  it("are never below what a night without any before it would have", () => {
    const looks = { nights: [1, 2, 4, 7, 14, 15, 20], plannedNights: 14, minDays: 3, guardrails: 4 };
    const least = leastBoundaries(looks);
    for (const [at, each] of boundariesByLook(looks, [1, 2, 3.5, 5, 7, 7.2, 8]).entries()) {
      expect(each.rollback).toBeGreaterThanOrEqual((least[at]?.rollback ?? 9) - 1e-9);
      expect(each.promote).toBeGreaterThanOrEqual((least[at]?.promote ?? 9) - 1e-9);
    }
  });

  it("count no promote before min_days: the night of min_days has all that was saved up to it", () => {
    const looks = { nights: [1, 2, 3], plannedNights: 14, minDays: 3, guardrails: 5 };
    const [first, , third] = boundariesByLook(looks, [1, 2, 3]);
    const only = boundariesByLook({ ...looks, nights: [3] }, [3])[0];
    expect(third?.promote).toBe(only?.promote);
    expect(third?.promote).toBeLessThan(first?.promote ?? 0);
  });
});

describe("the nights on which somebody looked", () => {
  const seen = (date: string, phase: LedgerNight["phase"] = "daily"): LedgerNight => ({
    ...{ date, phase, asOf: `${date}T23:59:59Z` },
    ...{ action: "hold", rule: "observing", healthyDay: true },
  });

  it("are the ledger's of this observation, and tonight", () => {
    const input = night({ days: 5 });
    const { from } = input.window;
    const nights = [
      seen(addDays(from, -1)),
      seen(from, "first-24h"),
      seen(addDays(from, 1)),
      seen(addDays(from, 4)),
      seen(addDays(from, 9)),
    ];
    const window = { ...input.window, plannedNights: 14 };
    const looks = looksOf({ ...input, window, ledger: { ...input.ledger, nights } }, 4);
    expect(looks).toMatchObject({ nights: [2, 5], plannedNights: 14, guardrails: 4 });
  });

  it("are none of an ad-hoc window, and of the first 24 hours", () => {
    const input = night({ days: 5 });
    const window = { ...input.window, plannedNights: 14 };
    expect(looksOf({ ...input, window: { ...window, plannedNights: null } }, 4)).toBeNull();
    expect(looksOf({ ...input, window, phase: "first-24h" }, 4)).toBeNull();
  });
});
