import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { emptyLedger, type LedgerNight } from "../../../src/model/ledger.ts";
import type { ChecklistItem } from "../../../src/model/result.ts";
import { check, metric, type NightSpec, night, preflightLine, withMetric } from "../builders.ts";

const checklist = (spec: NightSpec): readonly ChecklistItem[] => judge(night(spec)).checklist;
const ticks = (items: readonly ChecklistItem[]) =>
  items.map(({ text, done }) => `${done ? "x" : " "} ${text}`);

const prepared: NightSpec = {
  preflight: [preflightLine("DISCOVERY_ROLLOUT_ENABLED", "true")],
  checks: [check("save_events_present", [{}]), check("event_id_populated", [{}])],
};

describe("the daily operator checklist", () => {
  it("is ticked from evidence", () => {
    expect(ticks(checklist(prepared))).toEqual([
      "x Confirm switches, algorithm versions and weights",
      "x Aggregate the events of 2026-02-04",
      "x Evaluate every metric for both algorithms",
      "x Compare clip-cosine-v2 with clip-cosine-v1",
      "x Look at ingestion: event ids, save events",
      "x Record the changes of the guardrails",
      "x Record save_rate as informational",
      "x Decide: hold, promote or rollback",
    ]);
    expect(checklist(prepared).map(({ evidence }) => evidence)).toEqual([
      "1 line as expected",
      "1,050,000 events",
      "5 of 5 metrics have numbers",
      "4 guardrails compared from 2026-02-01 to 2026-02-04",
      "2 check files in order",
      "ctr unchanged, long_dwell_share unchanged, top_author_share unchanged, near_duplicate_share unchanged",
      "save_rate unchanged",
      "promote to g50, by the rule promote",
    ]);
  });

  it("says what is missing, item by item", () => {
    const silent = { ...metric("ctr"), observation: { baseline: null, candidate: null }, days: [] };
    const input = withMetric(
      night({ checks: [check("event_id_populated", [{ status: "fail", detail: "70 empty" }])] }),
      silent,
    );
    const days = input.traffic.days.slice(0, 3);
    const open = judge({ ...input, traffic: { ...input.traffic, days } }).checklist.filter(
      (item) => !item.done,
    );
    expect(open.map(({ evidence }) => evidence)).toEqual([
      "no preflight source is configured or readable",
      "there are no events of that day",
      "4 of 5 metrics have numbers; without: ctr",
      "no comparison for ctr",
      "event_id_populated: 70 empty",
      "long_dwell_share unchanged, top_author_share unchanged, near_duplicate_share unchanged; without a delta: ctr",
    ]);
  });

  it("does not tick what nobody measures", () => {
    const bare = checklist({ metrics: [] });
    expect(bare.filter((item) => item.done).map((item) => item.text)).toEqual([
      "Aggregate the events of 2026-02-04",
      "Decide: hold, promote or rollback",
    ]);
  });
});

describe("the checklist of the first 24 hours", () => {
  const first: NightSpec = {
    ...prepared,
    phase: "first-24h",
    days: 23,
  };
  const midday: LedgerNight = {
    date: "2026-02-01",
    phase: "first-24h",
    asOf: "2026-02-01T12:00:00Z",
    action: "hold",
    rule: "observing",
    healthyDay: false,
  };

  it("is its own, and complete at the second run of the day", () => {
    expect(ticks(checklist({ ...first, ledger: { ...emptyLedger, nights: [midday] } }))).toEqual([
      "x Confirm activation and the gate: g10, both versions, weights",
      "x Both algorithms receive traffic",
      "x Candidate near 10% of units",
      "x The baseline stays dominant",
      "x Aggregate the events of the first 24 hours so far",
      "x Evaluate every metric for both algorithms",
      "x Aggregate and evaluate at least twice: midday and end of day",
      "x Guardrails below rollback",
      "x Save events healthy",
      "x On any breach: the emergency preset, at once",
    ]);
  });

  it("waits for the second run", () => {
    const item = checklist(first).find(({ text }) => text.includes("twice"));
    expect(item).toMatchObject({
      done: false,
      evidence: "1 run of the first 24 hours: 2026-02-01 23:00",
    });
  });

  it("asks for the emergency preset at a breach", () => {
    const items = checklist({ ...first, deltas: { ctr: -0.2 } });
    expect(items.at(-1)).toMatchObject({
      done: false,
      evidence: "a breach: type the lines of the immediate preset now",
    });
    expect(items.find(({ text }) => text === "Guardrails below rollback")).toMatchObject({
      done: false,
      evidence: "ctr read rollback",
    });
  });

  it("does not take a missing save check for healthy save events", () => {
    const item = checklist({ ...first, checks: [check("event_id_populated", [{}])] }).find(
      ({ text }) => text === "Save events healthy",
    );
    expect(item).toMatchObject({ done: false, evidence: "no check file looks at it" });
  });
});
