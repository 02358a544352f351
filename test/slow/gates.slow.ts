/** Gates over weeks of hand-made traffic: nothing pooled across them, and at 100% the baseline's own earlier weeks. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { recordCommand } from "../../src/commands/record.ts";
import { addDays, daysFrom } from "../../src/model/calendar.ts";
import { type Ran, run } from "../commands/workspace.ts";
import { keepMetrics } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { changeFile, madeWorkspace, writeFilesIn } from "../helpers/temp-workspace.ts";

/** After the last of these weeks. */
const LATER = "2026-03-01T03:00:00Z";

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
      // spread over the day: clicks that ended in the morning would be lost ones
      const clicked = (place + 3 * user) % 20 < clicks[algo] + (user % 3) - 1;
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
  keepMetrics(root, ["ctr"]);
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
    const { result } = await runCase(root, {
      date: "2026-02-19",
      now: LATER,
      formats: ["html", "md", "txt"],
    });
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
    const slight = await runCase(await weeks(4.7, "g100"), { date: "2026-02-19", now: LATER });
    expect(slight.result.decision.action).toBe("hold");
    const root = await weeks(3, "g100");
    const { result } = await runCase(root, { date: "2026-02-19", now: LATER });
    expect(result.metrics[0]?.observation.delta).toBeLessThan(-0.3);
    expect(result.decision.action).toBe("rollback");
  });
});

it("days are never pooled across gates, and a gate that moved without a record in the ledger holds", async () => {
  const root = await weeks(5, "g10");
  const ten = await runCase(root, { date: "2026-02-08", now: LATER });
  changeFile(root, "rollout.yaml", { "active_gate: g10": "active_gate: g50" });
  const fifty = await runCase(root, { date: "2026-02-15", now: LATER });
  const denominators = (night: typeof ten) => night.result.metrics[0]?.observation.candidate.denominator;
  expect([ten.result.window.from, fifty.result.window.from]).toEqual(["2026-02-02", "2026-02-09"]);
  expect([denominators(ten), denominators(fifty)]).toEqual([7 * 6 * 20, 7 * 30 * 20]);
  expect(fifty.result.checks.find(({ name }) => name === "one_gate")?.status).toBe("pass");
  const agrees = fifty.result.checks.find(({ name }) => name === "ledger_agrees");
  expect(agrees).toMatchObject({ status: "fail", detail: expect.stringMatching(/g50.*g10|g10.*g50/) });
  expect(fifty.result.decision).toMatchObject({ action: "hold", rule: "data" });
});

/** After the last day of the exports, so that none of them lies in the future. */
const now = "2026-02-23T03:00:00Z";

/** These exports have no saves and no metadata to ask for. */
async function quietWeeks(v2: number, gate: string): Promise<string> {
  const root = await weeks(v2, gate);
  for (const name of ["save_events_present", "metadata_present"])
    rmSync(join(root, "queries/checks", `${name}.sql`));
  return root;
}

/** What a person types, on the morning of a day. */
async function typed(root: string, day: string, options: Readonly<Record<string, unknown>>): Promise<Ran> {
  const said = { by: "ada", reason: "as the report says" };
  return await run(recordCommand, root, { ...said, ...options }, { now: `${day}T08:00:00Z` });
}

describe("the day on which a gate opens within the day", () => {
  const ramped = { "started: 2026-02-09,": "started: 2026-02-09T09:30," };

  it("is observing with the gate's first day, recorded or not, and no window runs backwards", async () => {
    const root = await quietWeeks(5, "g10");
    await runCase(root, { date: "2026-02-08", now });
    expect((await typed(root, "2026-02-09", { kind: "promote" })).out).toContain("promote g10 → g50");
    changeFile(root, "rollout.yaml", { "active_gate: g10": "active_gate: g50", ...ramped });
    const { result, folder } = await runCase(root, {
      date: "2026-02-09",
      now,
      formats: ["txt", "md", "html"],
    });
    expect([result.decision.action, result.decision.rule]).toEqual(["hold", "observing"]);
    expect(result.window).toMatchObject({ from: "2026-02-09", to: "2026-02-09", opensOn: "2026-02-10" });
    const summary = readFileSync(join(folder, "summary.txt"), "utf8");
    expect(summary).toContain("The first day of g50 is 2026-02-10; 2026-02-09 is its ramp day, in no gate.");
    expect(summary).toContain("no day of g50 yet, the first is Tue 2026-02-10");
    expect(summary).not.toMatch(/ingestion|no data on/);

    const next = await runCase(root, { date: "2026-02-10", now });
    expect(next.result.window.from).toBe("2026-02-10");
    expect(next.result.checks.find(({ name }) => name === "ledger_agrees")?.status).toBe("pass");
    const again = await runCase(root, { date: "2026-02-09", now });
    expect(again.result.decision).toEqual(result.decision);
  });

  it("has its first 24 hours beside the night, each with its own question", async () => {
    const root = await quietWeeks(5, "g50");
    changeFile(root, "rollout.yaml", { ...ramped, "judge: literal": "judge: evidence" });
    const hours = await runCase(root, { asOf: "2026-02-09T20:00:00Z", now: "2026-02-09T20:05:00Z" });
    expect(hours.result.window).toMatchObject({ openedAt: "2026-02-09T09:30:00Z", opensOn: null });
    expect(hours.result.metrics[0]?.observation.delta).not.toBeNull();
    const night = await runCase(root, { date: "2026-02-09", now });
    expect(night.result.decision.rule).toBe("observing");
  });

  it("before any gate is a night that leaves no trace in what the ledger believes of the gate", async () => {
    const root = await quietWeeks(5, "g10");
    changeFile(root, "rollout.yaml", { "started: 2026-02-02,": "started: 2026-02-04T09:30," });
    for (const date of ["2026-02-02", "2026-02-04"]) {
      const { result } = await runCase(root, { date, now });
      expect(result.decision.reasons[0]).toContain("The first day of g10 is 2026-02-05");
    }
    await runCase(root, { date: "2026-02-05", now });
    const { result } = await runCase(root, { date: "2026-02-06", now });
    expect(result.checks.find(({ name }) => name === "ledger_agrees")).toMatchObject({ status: "pass" });
    expect(result.ledger.activeGate).toEqual({ gate: "g10", since: "2026-02-05" });
  });
});

it("at 100% without a holdback the gate ends when a person closes it, whatever was clicked after midnight", async () => {
  const root = await quietWeeks(5, "g100");
  const late = ["event_id,event_type,occurred_at,user_id,item_id,algo_version,dwell_seconds"];
  for (const user of [40, 41, 42]) late.push(`late-${user},click,2026-02-16T00:10:00Z,u${user},i1,v1,60`);
  writeFilesIn(root, { "exports/late.csv": `${late.join("\n")}\n` });
  const open = await runCase(root, { date: "2026-02-19", now, formats: ["txt", "md", "html"] });
  expect(open.result.checks.find(({ name }) => name === "clicks_without_impression")?.status).toBe("pass");
  expect(open.result.decision).toMatchObject({ action: "hold", rule: "observing" });
  expect(open.result.decision.next.at(-1)).toBe("gatebook record complete");
  expect(open.result.window).toMatchObject({ baselineFrom: "2026-02-09", baselineTo: "2026-02-12" });
  for (const file of ["summary.txt", "report.md", "report.html"])
    expect(readFileSync(join(open.folder, file), "utf8").replaceAll("\n  ", " ")).toContain(
      "baseline 2026-02-09 to 2026-02-12",
    );

  await typed(root, "2026-02-20", { kind: "complete", reason: "watched for a week" });
  const { result } = await runCase(root, { date: "2026-02-20", now });
  expect(result.decision).toMatchObject({ action: "complete", rule: "complete" });
  expect(result.decision.reasons[0]).toBe("ada closed g100 on 2026-02-20: watched for a week.");
});

it("after a rollback and a clear the rollout starts again at the first gate, by the lines that are printed", async () => {
  const root = await quietWeeks(2, "g50");
  const fell = await runCase(root, { date: "2026-02-10", now });
  expect(fell.result.decision.action).toBe("rollback");
  await typed(root, "2026-02-11", { kind: "rollback", preset: "immediate" });
  expect((await typed(root, "2026-02-11", { kind: "promote" })).refused).toContain("--against-verdict");
  const { out } = await typed(root, "2026-02-12", { kind: "clear" });
  for (const line of [
    "to start v2 again at g10: DISCOVERY_FORCE_ALGO_VERSION= (empty)",
    "edit rollout.yaml: active_gate: g10, and on gate g10 started: the time of the change",
    "gatebook record promote",
  ])
    expect(out).toContain(line);
  expect((await typed(root, "2026-02-13", { kind: "promote" })).out).toContain("promote switched off → g10");
  changeFile(root, "rollout.yaml", {
    "active_gate: g50": "active_gate: g10",
    "started: 2026-02-02,": "started: 2026-02-13T08:00,",
    "started: 2026-02-09, ": "",
    "started: 2026-02-16, ": "",
  });
  for (const day of daysFrom("2026-02-09", "2026-02-22"))
    writeFilesIn(root, {
      [`exports/${day}.csv`]: dayCsv(day, { users: 60, share: 0.1, clicks: { v1: 5, v2: 5 } }),
    });
  const verdicts: string[] = [];
  for (const date of daysFrom("2026-02-13", "2026-02-15")) {
    const { decision, checks } = (await runCase(root, { date, now })).result;
    verdicts.push(`${decision.action} ${decision.rule}`);
    expect(checks.find(({ name }) => name === "ledger_agrees")?.status).toBe("pass");
  }
  expect(verdicts).toEqual(["hold observing", "hold observing", "promote promote"]);
});
