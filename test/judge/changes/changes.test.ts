import { describe, expect, it } from "vitest";
import { changesSince } from "../../../src/judge/changes/changes.ts";
import type { MetricResult, Result } from "../../../src/model/result.ts";
import { sampleDecision, sampleResult } from "../../helpers/sample-result.ts";

const base = sampleResult();
const texts = (previous: Result, current: Result) =>
  changesSince(previous, current).map(({ kind, text }) => `${kind}: ${text}`);

function withCtr(change: (metric: MetricResult) => Partial<MetricResult>): Result {
  return {
    ...base,
    metrics: base.metrics.map((metric) =>
      metric.name === "ctr" ? { ...metric, ...change(metric) } : metric,
    ),
  };
}

describe("what changed since last night", () => {
  it("is nothing on a first night, and nothing between equal nights", () => {
    expect(changesSince(null, base)).toEqual([]);
    expect(changesSince(base, base)).toEqual([]);
  });

  it("is not that numbers went and checks were not made, on a night before the gate's first day", () => {
    const ramp = {
      ...withCtr(({ observation }) => ({
        observation: { ...observation, delta: null, classification: "no_data" },
      })),
      window: { ...base.window, opensOn: "2026-02-09" },
      decision: sampleDecision({ action: "hold", rule: "observing" }),
      checks: base.checks.map((check, at) => ({
        ...check,
        status: at === 0 ? ("fail" as const) : ("not_checked" as const),
      })),
    };
    const [verdict, failed, ...others] = texts(base, ramp);
    expect(verdict).toMatch(/^verdict: /);
    expect(failed).toContain(`${base.checks[0]?.title}: pass → fail`);
    expect(others).toEqual([]);
    expect(texts({ ...ramp, checks: ramp.checks.slice(1) }, base)).toEqual([
      expect.stringMatching(/^verdict: /),
    ]);
  });

  it("names a new verdict first", () => {
    const hold = { ...base, decision: sampleDecision({ action: "hold", rule: "observing" }) };
    expect(changesSince(hold, base)).toEqual([
      {
        kind: "verdict",
        subject: "verdict",
        before: "hold (observing)",
        after: "promote (promote)",
        text: "Verdict: hold (observing) → promote (promote)",
      },
    ]);
  });

  it("names metrics that crossed a line, in class or in reading", () => {
    const warned = withCtr(({ observation }) => ({
      observation: { ...observation, classification: "warning", reading: "warning" },
    }));
    expect(texts(base, warned)).toEqual(["metric: Click-through rate: healthy → warning"]);
    const read = withCtr(({ observation }) => ({ observation: { ...observation, reading: "rollback" } }));
    expect(texts(base, read)).toEqual([
      "metric: Click-through rate: still healthy; its raw number reads rollback after healthy",
    ]);
  });

  it("tells every guardrail's number that moved in one line, and no word of those that look the same", () => {
    const moved = {
      ...base,
      metrics: base.metrics.map((metric) => ({
        ...metric,
        observation: {
          ...metric.observation,
          ...{
            ctr: { delta: -0.0312 },
            long_dwell_share: { delta: (metric.observation.delta ?? 0) + 0.00001 },
            top_author_share: { delta: null },
            save_rate: { delta: -0.5 },
          }[metric.name],
        },
      })),
    };
    const shown = (metric: string) =>
      base.metrics.find(({ name }) => name === metric)?.observation.delta ?? 0;
    const was = (metric: string) =>
      `${shown(metric) < 0 ? "−" : "+"}${Math.abs(shown(metric) * 100).toFixed(1)}%`;
    expect(texts(base, moved)).toEqual([
      `numbers: Click-through rate ${was("ctr")} → −3.1%; Top-author share ${was("top_author_share")} → no number`,
    ]);
  });

  it("writes a number with as many places as keep it on its side of a line", () => {
    const near = withCtr(({ observation }) => ({ observation: { ...observation, delta: -0.04996 } }));
    expect(texts(base, near)[0]).toMatch(/→ −4\.996%$/);
  });

  it("names metrics that came or went", () => {
    const without = { ...base, metrics: base.metrics.filter((metric) => metric.name !== "ctr") };
    expect(texts(without, base)).toEqual(["metric: Click-through rate: new, healthy"]);
    expect(texts(base, without)).toEqual(["metric: Click-through rate: no longer measured"]);
  });

  it("names thresholds before and after", () => {
    const looser = withCtr(() => ({
      thresholds: { harm: "drop", warning: 0.04, rollback: 0.05, severe: null },
    }));
    expect(texts(base, looser)).toEqual([
      "threshold: Thresholds of ctr: guardrail, drop 3% / 5% / 10% → guardrail, drop 4% / 5% / none",
    ]);
    const demoted = withCtr(() => ({ role: "informational" }));
    expect(texts(base, demoted)).toEqual([
      "threshold: Thresholds of ctr: guardrail, drop 3% / 5% / 10% → informational, drop 3% / 5% / 10%",
    ]);
  });

  it("names edited, new and vanished SQL files", () => {
    const queries = { ...base.provenance.queries };
    const ctr = queries["queries/metrics/ctr.sql"];
    if (ctr === undefined) throw new Error("the sample has ctr.sql");
    const edited: Result["provenance"]["queries"] = {
      ...queries,
      "queries/metrics/ctr.sql": { ...ctr, sha256: "ff00ff00aa" },
      "queries/cells/new.sql": ctr,
    };
    const { "queries/relations/user_days.sql": _, ...rest } = edited;
    expect(texts(base, { ...base, provenance: { ...base.provenance, queries: rest } })).toEqual([
      "query: queries/cells/new.sql is new",
      "query: queries/metrics/ctr.sql was edited",
      "query: queries/relations/user_days.sql is gone",
    ]);
  });

  it("names the gate and other settings, and any other edit of rollout.yaml", () => {
    const literal: Result = { ...base, rollout: { ...base.rollout, judge: "literal" } };
    expect(texts(base, literal)).toEqual(["config: Judge: evidence → literal"]);
    const edited = { ...base, provenance: { ...base.provenance, configSha256: "f".repeat(64) } };
    expect(texts(base, edited)).toEqual(["config: rollout.yaml was edited (nothing that is listed here)"]);
  });

  it("names a window that starts anew", () => {
    const later = { ...base, window: { ...base.window, from: "2026-02-05" } };
    expect(texts(base, later)).toEqual(["config: Observation window: from 2026-02-01 → from 2026-02-05"]);
  });

  it("names restated days, not the new one", () => {
    const days = base.traffic.days.map((day) =>
      day.date === "2026-02-05"
        ? { ...day, events: day.events + 461, candidateClicks: day.candidateClicks + 12 }
        : day,
    );
    const last = days.at(-1);
    if (last === undefined) throw new Error("the sample has days");
    const next = { ...base, traffic: { ...base.traffic, days: [...days, { ...last, date: "2026-02-08" }] } };
    expect(changesSince(base, next)).toEqual([
      {
        kind: "restated",
        subject: "2026-02-05",
        before: "202,151 events",
        after: "202,612 events",
        text: "2026-02-05 restated: 202,612 events after 202,151 and 1,070 candidate clicks after 1,058",
      },
    ]);
  });

  it("names the state of a check in words", () => {
    const checks = base.checks.map((check, index) =>
      index === 0 ? { ...check, status: "not_checked" as const, detail: "" } : check,
    );
    expect(texts({ ...base, checks }, base)[0]).toMatch(/: not checked → pass/);
  });

  it("names checks that turned, and files that vanished", () => {
    const checks = base.checks.map((check) =>
      check.name === "event_id_populated" ? { ...check, status: "fail" as const, detail: "70 empty" } : check,
    );
    const loads = base.loads.map((load, at) => (at === 0 ? { ...load, status: "vanished" as const } : load));
    expect(texts(base, { ...base, checks, loads })).toEqual([
      "check: Every event has an event_id: pass → fail (70 empty)",
      "load: exports/feed_events/2026-02-01.csv is vanished",
    ]);
  });
});
