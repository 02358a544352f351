import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellQuoted } from "../../../src/judge/checklist/runbook.ts";
import { judge } from "../../../src/judge/judge.ts";
import { finding } from "../../../src/model/check-result.ts";
import { emptyLedger } from "../../../src/model/ledger.ts";
import type { Runbook } from "../../../src/model/result.ts";
import { type NightSpec, night, preflightLine } from "../builders.ts";

const runbook = (spec: NightSpec): Runbook => judge(night(spec)).decision.runbook;
const read = (key: string, actual: string): NightSpec => ({ preflight: [preflightLine(key, actual)] });

describe("what to type", () => {
  it("prints promote, and both ways back, at the first gate", () => {
    expect(runbook({})).toEqual({
      promote: [
        "DISCOVERY_ROLLOUT_ACTIVE_GATE=g50",
        "# reload the application's config and cache",
        "# rollout.yaml: active_gate: g50, and on gate g50 started: the time you did it (that day is a ramp day)",
        'gatebook record promote --reason "All 4 guardrails are healthy over 4 sufficient days at g10, and no check blocks."',
      ],
      immediate: [
        "DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1",
        "# reload the application's config and cache",
        "# feed responses must show meta.algo_version=clip-cosine-v1",
        'gatebook verify-rollback --preset immediate --since "TIME OF THE RELOAD"',
        'gatebook record rollback --preset immediate --reason "…"',
      ],
      standard: [
        "DISCOVERY_ROLLOUT_ENABLED=false",
        "# reload the application's config and cache",
        "# clip-cosine-v2 only for controlled validation traffic",
        'gatebook verify-rollback --preset standard --since "TIME OF THE RELOAD"',
        'gatebook record rollback --preset standard --reason "…"',
      ],
    });
  });

  it("records a promote that no verdict carries as one against it, for a reason that a person must write", () => {
    expect(runbook({ days: 1 }).promote?.at(-1)).toBe(
      'gatebook record promote --against-verdict --reason "…"',
    );
  });

  it("records a rollback with the verdict's own sentence", () => {
    const { decision } = judge(night({ impressions: 500_000, deltas: { ctr: -0.07 } }));
    const [reason] = decision.reasons;
    expect(decision.next.at(-1)).toBe(`gatebook record rollback --preset standard --reason "${reason}"`);
  });

  it("goes back by one gate from g50", () => {
    expect(runbook({ gate: { name: "g50" } }).standard?.[0]).toBe("DISCOVERY_ROLLOUT_ACTIVE_GATE=g10");
  });

  it("promotes to nothing from the last gate", () => {
    expect(runbook({ gate: { name: "g100" }, comparison: "before-after" }).promote).toBeNull();
  });

  it("takes every name from rollout.yaml", () => {
    const rollout = { name: "r", baseline: "old-7", candidate: "new-8", timeZone: "UTC" };
    const lines = Object.values(runbook({ config: { rollout } }))
      .flat()
      .join("\n");
    expect(lines).toContain("DISCOVERY_FORCE_ALGO_VERSION=old-7");
    expect(lines).toContain("# new-8 only for controlled validation traffic");
    expect(lines).not.toContain("clip-cosine");
  });

  it("never prints a preset that equals the present state", () => {
    expect(runbook(read("DISCOVERY_ROLLOUT_ENABLED", "false")).standard).toBeNull();
    expect(
      runbook({ gate: { name: "g50" }, ...read("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10") }).standard,
    ).toBeNull();
    const forced = runbook(read("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1"));
    expect(forced.standard).toBeNull();
    expect(forced.immediate).toEqual([
      "# DISCOVERY_FORCE_ALGO_VERSION is clip-cosine-v1 already: see that nothing else is served",
      'gatebook verify-rollback --preset immediate --since "TIME OF THE RELOAD"',
    ]);
  });

  it("falls back to the immediate preset when the standard one would change nothing", () => {
    const spec = { gate: { name: "g50" }, impressions: 500_000, deltas: { ctr: -0.07 } };
    const { decision } = judge(night({ ...spec, ...read("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10") }));
    expect(decision).toMatchObject({ rule: "rollback", preset: "immediate" });
    expect(decision.next[0]).toBe("DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1");
  });
});

describe("what to type now, and what to expect", () => {
  it.each<[string, NightSpec, readonly string[], string]>([
    [
      "hold",
      { days: 1 },
      ["# nothing to change tonight: keep g10"],
      "Expect hold. About 1 more day at this traffic: g10 needs 2 sufficient days and has 1.",
    ],
    [
      "hold for data",
      { traffic: { crossoverUnits: 1e6 } },
      ['# keep g10; fix "Few units saw both algorithms", then', "gatebook run --date 2026-02-04"],
      "Expect hold until every blocking check passes; a breach of a guardrail still rolls back.",
    ],
    [
      "a forced baseline",
      read("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1"),
      [
        "# nothing to change tonight: see that clip-cosine-v2 gets no traffic",
        'gatebook verify-rollback --preset immediate --since "TIME OF THE RELOAD"',
      ],
      "Expect disabled every night until preflight reads the rollout as switched on and nothing forced.",
    ],
    [
      "a forced candidate",
      read("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v2"),
      ["# every request gets clip-cosine-v2: empty DISCOVERY_FORCE_ALGO_VERSION to go on with the rollout"],
      "Expect disabled every night until preflight reads the rollout as switched on and nothing forced.",
    ],
    [
      "quiet days that are missing",
      { gate: { consecutiveHealthyDays: 6 } },
      ["# nothing to change tonight: keep g10"],
      "Expect hold. About 2 more days at this traffic: g10 needs 6 quiet days in a row and has 4.",
    ],
  ])("%s", (_, spec, next, expected) => {
    const { decision } = judge(night(spec));
    expect(decision.next).toEqual(next);
    expect(decision.expect).toBe(expected);
  });

  it("a finding that a person may settle stands with the line that settles it", () => {
    const blocked = {
      ...finding("severe_days", "Severe days")("fail", "down 16.9%", { accept: "day:2026-02-03" }),
    };
    const other = { ...finding("left_over", "Rows")("fail", "odd", { accept: "rows:it's $(odd)" }) };
    const warns = { ...finding("noted", "Noted")("warn", "odd", { accept: "noted:1" }) };
    const { decision } = judge(night({ builtInChecks: [blocked, other, warns] }));
    expect(decision.next.slice(1)).toEqual([
      "gatebook run --date 2026-02-04",
      "# or, once a person has looked at it and says why it is acceptable:",
      'gatebook record accept day:2026-02-03 --reason "…"',
      `gatebook record accept 'rows:it'\\''s $(odd)' --reason "…"`,
    ]);
  });

  it("at 100% without a holdback the record that closes the gate is named once its days are there", () => {
    const before = { gate: { name: "g100" }, comparison: "before-after" } as const;
    const { decision } = judge(night(before));
    expect(decision.next).toEqual([
      "# nothing to change tonight: keep g100",
      "# only a person can close this gate, once it has been watched long enough:",
      'gatebook record complete --reason "…"',
    ]);
    expect(decision.expect).toContain("(gatebook record complete)");
    expect(judge(night({ ...before, days: 2 })).decision.next).toEqual([
      "# nothing to change tonight: keep g100",
    ]);
  });

  it("a promotion announces the next window", () => {
    expect(judge(night()).decision.expect).toBe(
      "The day you open g50 is in no gate; after it a new window starts, so expect hold (observing) for at least 3 sufficient days.",
    );
  });

  it("a latched rollback says how to clear it", () => {
    const latched = {
      since: "2026-02-02",
      key: "daily 2026-02-02",
      reason: "CTR fell.",
      preset: "immediate",
    } as const;
    const { decision } = judge(night({ ledger: { ...emptyLedger, latched } }));
    expect(decision.next.at(-1)).toBe('gatebook record clear --reason "…"');
    expect(decision.runbook.immediate.at(-1)).toBe(
      'gatebook record rollback --preset immediate --reason "CTR fell."',
    );
    expect(decision.next[0]).toBe("DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1");
    expect(decision.reasons[1]).toBe("It said: CTR fell.");
  });
});

describe("a reason is one argument of the shell, whatever is in it", () => {
  it.each([
    "CTR is down 7.4%, past the 5% rollback line.",
    'the value "1\'000" of `price` is $(rm -rf ~) !! \\',
    "it's\nhalf\ta line",
    "",
  ])("%j", (reason) => {
    const printed = execFileSync("bash", ["-c", `printf '%s' ${shellQuoted(reason)}`]).toString();
    expect(printed).toBe(reason.replace(/\s+/g, " "));
  });
});
