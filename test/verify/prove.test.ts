import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServedEvents } from "../../src/verify/events.ts";
import { type Claim, limitOf, prove } from "../../src/verify/prove.ts";
import type { ServedResponses } from "../../src/verify/responses.ts";

const immediate: Claim = {
  preset: "immediate",
  baseline: "v1",
  candidate: "v2",
  allowed: 0,
  before: 0.1,
  since: "2026-02-08T09:30:00Z",
};
const standard: Claim = { ...immediate, preset: "standard", allowed: 0.1, before: 0.5 };

function events(units: number, candidateUnits = 0, others: readonly string[] = []): ServedEvents {
  return {
    hours: [],
    units,
    candidateUnits,
    first: null,
    last: null,
    lastCandidate: null,
    others,
    untimed: 0,
    future: 0,
  };
}

function responses(seen: Partial<ServedResponses>): ServedResponses {
  return { responses: 0, candidate: 0, other: 0, files: 1, olderFiles: 0, shown: [], problems: [], ...seen };
}

const answer = (claim: Claim, seen: ServedEvents | null, saved: ServedResponses | null = null): string => {
  const { outcome, why } = prove(claim, { events: seen, responses: saved });
  return `${outcome}: ${why}`;
};

describe("the immediate preset", () => {
  it("is never proved by silence, whatever is silent", () => {
    expect(answer(immediate, null)).toBe("not_proved: no_data");
    expect(answer(immediate, events(0))).toBe("not_proved: no_data");
    expect(answer(immediate, events(0), responses({ olderFiles: 3 }))).toBe("not_proved: no_data");
  });

  it("is proved when the former share would have shown itself with a probability of 95%", () => {
    // 0.9^28 = 0.0523, 0.9^29 = 0.0471
    expect(prove(immediate, { events: events(28), responses: null })).toMatchObject({
      outcome: "not_proved",
      why: "too_few",
      unitsNeeded: 29,
    });
    expect(answer(immediate, events(29))).toBe("proved: baseline_only");
    expect(prove(immediate, { events: events(29), responses: null }).power).toBeCloseTo(0.9529, 4);
  });

  it("asks for fewer units when more got the candidate, and for one at 100%", () => {
    expect(answer({ ...immediate, before: 0.5 }, events(5))).toBe("proved: baseline_only");
    expect(answer({ ...immediate, before: 1 }, events(1))).toBe("proved: baseline_only");
  });

  it("is refuted by a single unit among a million", () => {
    expect(answer(immediate, events(1_000_000, 1))).toBe("still_served: candidate_served");
  });

  it("is refuted by any algorithm that is not the baseline", () => {
    expect(answer(immediate, events(1000, 0, ["v3"]))).toBe("still_served: other_served");
    expect(answer(immediate, events(1000), responses({ responses: 2, other: 1 }))).toBe(
      "still_served: other_served",
    );
  });

  it("is refuted by a saved response though all events show the baseline", () => {
    expect(answer(immediate, events(1000), responses({ responses: 1, candidate: 1 }))).toBe(
      "still_served: candidate_served",
    );
  });

  it("adds units and saved responses up", () => {
    expect(answer(immediate, events(20), responses({ responses: 9 }))).toBe("proved: baseline_only");
    expect(answer(immediate, null, responses({ responses: 29 }))).toBe("proved: baseline_only");
  });

  it("is not proved past a response that cannot be read, but may be refuted", () => {
    const problems = ["r.json: it is not JSON"];
    expect(answer(immediate, events(1000), responses({ problems }))).toBe("not_proved: unreadable");
    expect(answer(immediate, events(1000, 1), responses({ problems }))).toBe(
      "still_served: candidate_served",
    );
  });
});

describe("the standard preset, from 50% to 10%", () => {
  it("is proved when the upper bound shows nine tenths of the way", () => {
    expect(limitOf(standard)).toBeCloseTo(0.14, 12);
    expect(answer(standard, events(200, 20))).toBe("not_proved: too_few");
    expect(prove(standard, { events: events(200, 20), responses: null }).unitsNeeded).toBe(204);
    expect(answer(standard, events(210, 21))).toBe("proved: within_share");
  });

  it("is refuted when the share is above the gate's exposure beyond chance, also when it moved a long way", () => {
    expect(answer(standard, events(40_000, 4800))).toBe("still_served: above_share");
    expect(answer(standard, events(1000, 500))).toBe("still_served: above_share");
  });

  it("is not refuted by a share that chance puts above the exposure", () => {
    expect(answer(standard, events(40_000, 4040))).toBe("proved: within_share");
  });

  it("says nothing on five units", () => {
    expect(answer(standard, events(5))).toBe("not_proved: too_few");
    expect(answer(standard, events(0))).toBe("not_proved: no_data");
  });

  it("that leaves the candidate nothing is held to nothing", () => {
    const off = { ...standard, allowed: 0, before: 0.1 };
    expect(answer(off, events(1000))).toBe("proved: baseline_only");
    expect(answer(off, events(1000, 2))).toBe("still_served: candidate_served");
  });
});

it("one more unit with the candidate never turns an answer into proved", () => {
  const rank = { proved: 0, not_proved: 1, still_served: 2 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(immediate, standard, { ...standard, before: 1, allowed: 0.5 }),
      (units, share, claim) => {
        const some = Math.floor(share * (units - 1));
        const fewer = prove(claim, { events: events(units, some), responses: null });
        const more = prove(claim, { events: events(units, some + 1), responses: null });
        expect(rank[more.outcome]).toBeGreaterThanOrEqual(rank[fewer.outcome]);
      },
    ),
  );
});
