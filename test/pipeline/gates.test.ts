/** Gates over weeks of hand-made traffic: nothing pooled across them, and at 100% the baseline's own earlier weeks. */
import { describe, expect, it, onTestFinished } from "vitest";
import { addDays, daysFrom } from "../../src/model/calendar.ts";
import { runCase } from "../helpers/run-case.ts";
import { changeFile, madeWorkspace, writeFilesIn } from "../helpers/temp-workspace.ts";

interface Traffic {
  readonly users: number;
  /** Share of users under v2. */
  readonly share: number;
  /** Clicks per user of 20 impressions, by algorithm. */
  readonly clicks: { readonly v1: number; readonly v2: number };
}

/** Users are 20 impressions each, at both ends of the day and between; every day the same. */
function dayCsv(day: string, { users, share, clicks }: Traffic): string {
  const rows = ["event_id,event_type,occurred_at,user_id,item_id,algo_version,dwell_seconds"];
  for (let user = 0; user < users; user++) {
    const algo = user < users * share ? "v2" : "v1";
    for (let place = 0; place < 20; place++) {
      const minute = Math.floor((1439 * (place * users + user)) / (20 * users - 1));
      const time = `${day}T${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00Z`;
      const item = `i${(user * 7 + place) % 40}`;
      rows.push(`${day}-${user}-${place},impression,${time},u${user},${item},${algo},`);
      const clicked = place < clicks[algo] + (user % 3) - 1;
      if (clicked)
        rows.push(
          `${day}-${user}-${place}-c,click,${time},u${user},${item},${algo},${place % 2 === 0 ? 60 : 5}`,
        );
    }
  }
  return `${rows.join("\n")}\n`;
}

const ROLLOUT = `rollout: { name: weeks, baseline: v1, candidate: v2, time_zone: UTC }
active_gate: GATE
gates:
  - { name: g10, exposure: 10%, started: 2026-02-02, min_days: 2 }
  - { name: g50, exposure: 50%, started: 2026-02-09, min_days: 2 }
  - { name: g100, exposure: 100%, started: 2026-02-16, min_days: 2 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }
judge: literal
min_sample: { impressions: 100, clicks: 10 }
sources:
  - { name: feed, files: exports/*.csv }
`;

/** Two weeks at 10% and 50%, then 100%; `v2` is its clicks per user. */
async function weeks(v2: number, gate: string): Promise<string> {
  const root = await madeWorkspace(onTestFinished);
  writeFilesIn(root, { "rollout.yaml": ROLLOUT.replace("GATE", gate) });
  const shares: readonly (readonly [string, number])[] = [
    ["2026-02-02", 0.1],
    ["2026-02-09", 0.5],
    ["2026-02-16", 1],
  ];
  for (const [monday, share] of shares) {
    for (const day of daysFrom(monday, addDays(monday, 6))) {
      writeFilesIn(root, {
        [`exports/${day}.csv`]: dayCsv(day, { users: 60, share, clicks: { v1: 5, v2 } }),
      });
    }
  }
  return root;
}

describe("at 100% without a holdback", () => {
  it("the baseline's same weekdays before the gate are compared, and that is said", async () => {
    const root = await weeks(5, "g100");
    const { result } = await runCase(root, { date: "2026-02-19", formats: ["html", "md", "txt"] });
    const [ctr] = result.metrics;
    expect(result.rollout.comparison).toBe("before-after");
    // 30 users were left at 50% in the week before: four days of them, against all 60 now.
    expect(ctr?.observation.baseline.denominator).toBe(4 * 30 * 20);
    expect(ctr?.observation.candidate.denominator).toBe(4 * 60 * 20);
    expect(ctr?.observation.delta).toBeCloseTo(0, 10);
    expect(ctr?.observation.because).toContain("before/after, not randomised");
    expect(result.decision.action).toBe("hold");
    expect(result.checks.find(({ name }) => name === "sample_ratio")?.status).not.toBe("fail");
  });

  it("it can call for a rollback, but only at the severe line", async () => {
    const slight = await runCase(await weeks(4.7, "g100"), { date: "2026-02-19" });
    expect(slight.result.decision.action).toBe("hold");
    const root = await weeks(3, "g100");
    const { result } = await runCase(root, { date: "2026-02-19" });
    expect(result.metrics[0]?.observation.delta).toBeLessThan(-0.3);
    expect(result.decision.action).toBe("rollback");
  });
});

it("days are never pooled across gates: each gate's window holds its own days alone", async () => {
  const root = await weeks(5, "g10");
  const ten = await runCase(root, { date: "2026-02-08" });
  changeFile(root, "rollout.yaml", { "active_gate: g10": "active_gate: g50" });
  const fifty = await runCase(root, { date: "2026-02-15" });
  const denominators = (night: typeof ten) => night.result.metrics[0]?.observation.candidate.denominator;
  expect([ten.result.window.from, fifty.result.window.from]).toEqual(["2026-02-02", "2026-02-09"]);
  expect([denominators(ten), denominators(fifty)]).toEqual([7 * 6 * 20, 7 * 30 * 20]);
  expect(fifty.result.checks.find(({ name }) => name === "one_gate")?.status).toBe("pass");
});

it("a gate that moved without a record in the ledger holds, and says which two disagree", async () => {
  const root = await weeks(5, "g10");
  await runCase(root, { date: "2026-02-08" });
  changeFile(root, "rollout.yaml", { "active_gate: g10": "active_gate: g50" });
  const { result } = await runCase(root, { date: "2026-02-15" });
  const check = result.checks.find(({ name }) => name === "ledger_agrees");
  expect(check?.status).toBe("fail");
  expect(check?.detail).toMatch(/g50.*g10|g10.*g50/);
  expect([result.decision.action, result.decision.rule]).toEqual(["hold", "data"]);
});
