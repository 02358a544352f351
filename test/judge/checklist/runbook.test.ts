import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellQuoted } from "../../../src/judge/checklist/runbook.ts";
import { step } from "../../../src/judge/checklist/steps.ts";
import { judge } from "../../../src/judge/judge.ts";
import { finding } from "../../../src/model/check-result.ts";
import { emptyLedger } from "../../../src/model/ledger.ts";
import type { Runbook } from "../../../src/model/result.ts";
import { latchedBy, type NightSpec, night, preflightLine } from "../builders.ts";

const runbook = (spec: NightSpec): Runbook => judge(night(spec)).decision.runbook;
const read = (key: string, actual: string): NightSpec => ({ preflight: [preflightLine(key, actual)] });

describe("what to type", () => {
  it("prints promote, and both ways back, at the first gate", () => {
    const app = [
      preflightLine("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10", { source: "app.env:4" }),
      preflightLine("DISCOVERY_FORCE_ALGO_VERSION", "", { source: "app.env:5" }),
    ];
    const noted = 'reloaded="$(date -u +%Y-%m-%dT%H:%M:%SZ)"';
    const proof = "(new terminal: the time, as 2026-02-08T09:30, for $reloaded):";
    expect(runbook({ preflight: app }).steps).toEqual({
      promote: [
        step("Open g50 in the app's settings:", {
          edits: [{ place: "app.env:4", line: "DISCOVERY_ROLLOUT_ACTIVE_GATE=g50", was: "g10" }],
        }),
        step("Reload the app's config and cache, and note the time."),
        step("In rollout.yaml, name the gate and when you reloaded (that day is a ramp day, in no gate):", {
          edits: [
            { place: "rollout.yaml", line: "active_gate: g50", was: "g10" },
            { place: "rollout.yaml, gate g50", line: "started: 2026-02-05T09:30", was: null },
          ],
        }),
        step("Record it:", {
          commands: [
            'gatebook record promote --reason "All 4 guardrails are healthy over 4 sufficient days at g10, and no check blocks."',
          ],
        }),
      ],
      immediate: [
        step("Force clip-cosine-v1 for everybody in the app's settings:", {
          edits: [{ place: "app.env:5", line: "DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1", was: "" }],
        }),
        step(
          "Reload the app's config and cache, then note the time. Feed responses must then show meta.algo_version=clip-cosine-v1.",
          { commands: [noted] },
        ),
        step(`Prove with later events that only clip-cosine-v1 is served ${proof}`, {
          commands: ['gatebook verify-rollback --preset immediate --since "$reloaded"'],
        }),
        step("Record it; it asks for the reason:", {
          commands: ["gatebook record rollback --preset immediate"],
        }),
      ],
      standard: [
        step("Switch the rollout off in the app's settings:", {
          edits: [{ place: null, line: "DISCOVERY_ROLLOUT_ENABLED=false", was: null }],
        }),
        step("Reload the app's config and cache, then note the time.", { commands: [noted] }),
        step(`Prove with later events that only controlled validation traffic gets clip-cosine-v2 ${proof}`, {
          commands: ['gatebook verify-rollback --preset standard --since "$reloaded"'],
        }),
        step("Record it; it asks for the reason:", {
          commands: ["gatebook record rollback --preset standard"],
        }),
      ],
    });
  });

  it("prints the same as lines for a shell, of which only the commands are run", () => {
    for (const [name, steps] of Object.entries(runbook({}).steps ?? {})) {
      const lines = runbook({})[name as "promote" | "immediate" | "standard"] ?? [];
      expect(lines.filter((line) => !line.startsWith("#"))).toEqual(
        steps?.flatMap(({ commands }) => commands),
      );
      expect(lines.filter((line) => line.startsWith("#")).length).toBeGreaterThanOrEqual(steps?.length ?? 0);
    }
  });

  it("records a promote that no verdict carries as one against it, for a reason that a person must write", () => {
    expect(runbook({ days: 1 }).promote?.at(-1)).toBe("gatebook record promote --against-verdict");
  });

  it("records a rollback with the verdict's own sentence", () => {
    const { decision } = judge(night({ impressions: 500_000, deltas: { ctr: -0.07 } }));
    const [reason] = decision.reasons;
    expect(decision.next.at(-1)).toBe(`gatebook record rollback --preset standard --reason "${reason}"`);
  });

  it("goes back by one gate from g50", () => {
    const [first, , third] = runbook({ gate: { name: "g50" } }).steps?.standard ?? [];
    expect(first?.edits.map(({ line }) => line)).toEqual(["DISCOVERY_ROLLOUT_ACTIVE_GATE=g10"]);
    expect(third?.edits.map(({ line }) => line)).toContain("active_gate: g10");
  });

  it("promotes to nothing from the last gate", () => {
    expect(runbook({ gate: { name: "g100" }, comparison: "before-after" }).promote).toBeNull();
  });

  it("takes every name from rollout.yaml", () => {
    const rollout = { name: "r", baseline: "old-7", candidate: "new-8", timeZone: "UTC" };
    const lines = JSON.stringify(runbook({ config: { rollout } }));
    expect(lines).toContain("DISCOVERY_FORCE_ALGO_VERSION=old-7");
    expect(lines).toContain("only controlled validation traffic gets new-8");
    expect(lines).not.toContain("clip-cosine");
  });

  it("never prints a preset that equals the present state", () => {
    expect(runbook(read("DISCOVERY_ROLLOUT_ENABLED", "false")).standard).toBeNull();
    expect(
      runbook({ gate: { name: "g50" }, ...read("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10") }).standard,
    ).toBeNull();
    const forced = runbook(read("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1"));
    expect(forced.standard).toBeNull();
    const kept = forced.steps?.immediate ?? [];
    expect(kept[0]?.text).toContain("DISCOVERY_FORCE_ALGO_VERSION is clip-cosine-v1 already");
    expect(kept.flatMap(({ edits }) => edits)).toEqual([]);
    expect(kept.at(-1)?.commands).toEqual([
      'gatebook verify-rollback --preset immediate --since "$reloaded"',
    ]);
  });

  it("falls back to the immediate preset when the standard one would change nothing", () => {
    const spec = { gate: { name: "g50" }, impressions: 500_000, deltas: { ctr: -0.07 } };
    const { decision } = judge(night({ ...spec, ...read("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10") }));
    expect(decision).toMatchObject({ rule: "rollback", preset: "immediate" });
    expect(decision.steps[0]?.edits[0]?.line).toBe("DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1");
  });
});

describe("what to type now, and what to expect", () => {
  it.each<[string, NightSpec, readonly string[], string]>([
    [
      "hold",
      { days: 1 },
      ["# Nothing to change tonight: keep g10."],
      "Expect hold. About 1 more day at this traffic: g10 needs 2 sufficient days and has 1.",
    ],
    [
      "hold for data",
      { traffic: { crossoverUnits: 1e6 } },
      [
        "# Change nothing in the app: keep g10.",
        '# Fix "Few units saw both algorithms". What it found:',
        expect.stringMatching(
          /^echo "SELECT .* HAVING count\(DISTINCT algo_version\) > 1 .*" \| gatebook query -$/,
        ),
        "# Then judge the same day again:",
        "gatebook run --date 2026-02-04",
      ],
      "Expect hold until every blocking check passes; a breach of a guardrail still rolls back.",
    ],
    [
      "a forced baseline",
      read("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v1"),
      [
        "# Nothing to change tonight: see that clip-cosine-v2 gets no traffic.",
        "gatebook verify-rollback --preset immediate --since 2026-02-05T00:00:00Z",
      ],
      "Expect disabled every night until preflight reads the rollout as switched on and nothing forced.",
    ],
    [
      "a forced candidate",
      read("DISCOVERY_FORCE_ALGO_VERSION", "clip-cosine-v2"),
      [
        "# Every request gets clip-cosine-v2. To go on with the rollout, empty the force toggle:",
        expect.stringMatching(/^# {3}DISCOVERY_FORCE_ALGO_VERSION= \(.*was clip-cosine-v2\)$/),
      ],
      "Expect disabled every night until preflight reads the rollout as switched on and nothing forced.",
    ],
    [
      "quiet days that are missing",
      { gate: { consecutiveHealthyDays: 6 } },
      ["# Nothing to change tonight: keep g10."],
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
    expect(decision.steps.slice(1)).toEqual([
      step('Look into "Severe days":'),
      step("Fix it; or accept it, once you can say why that is right (it asks):", {
        commands: ["gatebook record accept day:2026-02-03"],
      }),
      step('Look into "Rows":'),
      step("Fix it; or accept it, once you can say why that is right (it asks):", {
        commands: [`gatebook record accept 'rows:it'\\''s $(odd)'`],
      }),
      step("Then judge the same day again:", { commands: ["gatebook run --date 2026-02-04"] }),
    ]);
  });

  it("at 100% without a holdback the record that closes the gate is named once its days are there", () => {
    const before = { gate: { name: "g100" }, comparison: "before-after" } as const;
    const { decision } = judge(night(before));
    expect(decision.next).toEqual([
      "# Nothing to change tonight: keep g100.",
      "# Only a person can close this gate, once it has been watched long enough; it asks for the reason:",
      "gatebook record complete",
    ]);
    expect(decision.expect).toContain("(gatebook record complete)");
    expect(judge(night({ ...before, days: 2 })).decision.next).toEqual([
      "# Nothing to change tonight: keep g100.",
    ]);
  });

  it("a promotion announces the next window", () => {
    expect(judge(night()).decision.expect).toBe(
      "Expect hold: the day you switch does not count, then g50 needs 3 sufficient days.",
    );
  });

  it("a latched rollback says how to clear it", () => {
    const latched = latchedBy("immediate");
    const { decision } = judge(night({ ledger: { ...emptyLedger, latched } }));
    expect(decision.next.at(-1)).toBe("gatebook record clear");
    expect(decision.runbook.immediate.at(-1)).toBe(
      'gatebook record rollback --preset immediate --reason "CTR fell."',
    );
    expect(decision.steps[0]?.edits[0]?.line).toBe("DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1");
    expect(decision.reasons[1]).toBe("It said: CTR fell.");
  });
});

describe("a latched rollback that the app shows already", () => {
  const latched = latchedBy("standard");
  const record = {
    number: 1,
    kind: "rollback",
    date: "2026-02-03",
    fromGate: "g50",
    toGate: "g10",
    preset: "standard",
    action: null,
    until: null,
    subject: null,
    reason: "CTR fell.",
    by: "Ada",
    ticket: null,
  } as const;
  const atG10 = read("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10");
  const steps = (spec: NightSpec, records: (typeof record)[] = []) => {
    const { decision } = judge(night({ ...spec, ledger: { ...emptyLedger, latched, records } }));
    expect(decision).toMatchObject({ rule: "latched", preset: "standard" });
    return decision.steps;
  };
  const typed = (all: ReturnType<typeof steps>) => all.flatMap(({ commands }) => commands);
  const proof = "gatebook verify-rollback --preset standard";

  it("is left to be written into rollout.yaml, proved, recorded and cleared, not done again", () => {
    const left = steps({ gate: { name: "g50" }, ...atG10 });
    expect(left[0]?.text).toMatch(/^DISCOVERY_ROLLOUT_ACTIVE_GATE is g10 already\. Note the time/);
    expect(left.flatMap(({ edits }) => edits.map(({ line }) => line))).toEqual([
      "active_gate: g10",
      "started: 2026-02-05T09:30",
    ]);
    expect(typed(left)).toEqual([
      expect.stringMatching(/^reloaded=/),
      `${proof} --since "$reloaded"`,
      'gatebook record rollback --preset standard --reason "CTR fell."',
      "gatebook record clear",
    ]);
  });

  it("and recorded is left to be proved and cleared, also where rollout.yaml names the gate it went back to", () => {
    for (const name of ["g50", "g10"]) {
      const left = steps({ gate: { name }, ...atG10 }, [record]);
      expect(left[0]?.text).toBe(
        "DISCOVERY_ROLLOUT_ACTIVE_GATE is g10 already, and the rollback is recorded.",
      );
      expect(typed(left)).toEqual([proof, "gatebook record clear"]);
      expect(left.flatMap(({ edits }) => edits)).toHaveLength(name === "g50" ? 2 : 0);
    }
  });

  it("is to be done from the start where the app shows another gate", () => {
    expect(steps({ gate: { name: "g50" }, ...read("DISCOVERY_ROLLOUT_ACTIVE_GATE", "g50") })[0]?.text).toBe(
      "Go back to g10 in the app's settings:",
    );
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
