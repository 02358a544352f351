/** The first 24 hours of a gate that opened at 09:30, run on exports with a known truth. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ledgerKey } from "../../src/ledger/night.ts";
import type { Result } from "../../src/model/result.ts";
import type { Night } from "../../src/runs/night/night.ts";
import { replayJudgement, replayResult } from "../../src/runs/replay/replay.ts";
import { openWarehouse } from "../../src/warehouse/store.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, packageRoot, type Replacements, sampleInto } from "../helpers/temp-workspace.ts";

const opened: Replacements = { "started: 2026-02-01,": "started: 2026-02-01T09:30," };
const midday = "2026-02-01T12:20:00Z";
const endOfDay = "2026-02-02T00:00:00Z";
const morning = "2026-02-02T08:00:00Z";
const feed = "exports/feed_events/2026-02-01.csv";

interface FeedLine {
  readonly event: string;
  readonly at: string;
  readonly algorithm: string;
  readonly line: string;
}

function readFeed(root: string): readonly FeedLine[] {
  const [, ...lines] = readFileSync(join(root, feed), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [, event = "", at = "", , , , algorithm = ""] = line.split(",");
    return { event, at, algorithm, line };
  });
}

function metricOf(result: Result, name = "ctr"): Result["metrics"][number] {
  const found = result.metrics.find((metric) => metric.name === name);
  if (found === undefined) throw new Error(`no metric ${name}`);
  return found;
}

const impressionsOf = (result: Result) => metricOf(result).observation.candidate.denominator;
const checkOf = (result: Result, name: string) => result.checks.find((check) => check.name === name);

/** A ratio, a concentration and a cell. */
function measureLess(root: string): void {
  judgeBy(root, "ctr", "top_author_share");
  const cell = "queries/cells/traffic_by_day.sql";
  cpSync(join(packageRoot, cell), join(root, cell));
}

describe("a gate that opened within the day", () => {
  let root = "";
  let noon: Night;
  let night: Night;
  let next: Night;

  beforeAll(async () => {
    root = await madeWorkspace(afterAll, opened);
    await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 1000 });
    noon = await runCase(root, { asOf: midday, formats: ["html", "md", "txt", "ipynb"] });
    // every shipped query has run on hours: from here on one of each kind does
    measureLess(root);
    night = await runCase(root, { asOf: endOfDay });
    next = await runCase(root, { asOf: morning });
  });

  it("holds, observing: the first 24 hours never promote", () => {
    for (const { result } of [noon, night, next])
      expect(result.decision).toMatchObject({ action: "hold", rule: "observing", preset: null });
    expect(noon.result.decision.expect).toMatch(/^Run again at the end of the day/);
    expect(night.result.decision.expect).toMatch(
      /^Run again before the first 24 hours end, 2026-02-02 09:30/,
    );
  });

  it("sees the events from the opening to the instant, and none after or before", () => {
    const shown = readFeed(root).filter(
      ({ event, at, algorithm }) =>
        event === "feed_impression" &&
        algorithm === "clip-cosine-v2" &&
        at >= "2026-02-01T09:30:00.000Z" &&
        at < "2026-02-01T12:20:00.000Z",
    );
    const byHour = ["09", "10", "11", "12"].map(
      (hour) => shown.filter(({ at }) => at.startsWith(`2026-02-01T${hour}`)).length,
    );
    expect(shown.length).toBeGreaterThan(50);
    expect(impressionsOf(noon.result)).toBe(shown.length);
    expect(metricOf(noon.result).days.map(({ candidate }) => candidate.denominator)).toEqual(byHour);
    expect(noon.result.traffic.days.map((hour) => hour.candidateImpressions)).toEqual(byHour);
  });

  it("names hours by the clock: those that are over are complete", () => {
    const hours = (result: Result) =>
      result.traffic.days.map(({ date, complete, observed }) => [date, complete, observed]);
    expect(hours(noon.result)).toEqual([
      ["2026-02-01T09", true, true],
      ["2026-02-01T10", true, true],
      ["2026-02-01T11", true, true],
      ["2026-02-01T12", false, true],
    ]);
    expect(hours(night.result)).toHaveLength(15);
    expect(hours(night.result).every(([, complete]) => complete)).toBe(true);
    expect(hours(next.result).at(-1)).toEqual(["2026-02-02T07", true, true]);
    for (const { result } of [noon, night, next]) {
      const dates = result.traffic.days.map(({ date }) => date);
      for (const metric of result.metrics) expect(metric.days.map(({ date }) => date)).toEqual(dates);
    }
  });

  it("measures one window over midnight", () => {
    expect(next.result.window).toMatchObject({
      from: "2026-02-01",
      to: "2026-02-02",
      reportDate: "2026-02-02",
      openedAt: "2026-02-01T09:30:00Z",
      completeDays: 0,
      rampDays: [],
    });
    const hours = metricOf(next.result).days.reduce(
      (sum, hour) => sum + (hour.candidate.denominator ?? 0),
      0,
    );
    expect(impressionsOf(next.result)).toBe(hours);
  });

  it("runs checks and cells on the same window", () => {
    const share = checkOf(noon.result, "traffic_share");
    expect(share?.status).not.toBe("fail");
    expect(share?.detail).toMatch(new RegExp(`^${impressionsOf(noon.result)} of `));
    const traffic = noon.result.cells.find(({ name }) => name === "traffic_by_day");
    const row = traffic?.rows.find(([, algorithm]) => algorithm === "clip-cosine-v2");
    expect(row?.[2]).toBe(impressionsOf(noon.result));
    for (const name of ["fresh_data", "complete_hours", "kept_events", "event_times", "one_gate"])
      expect([name, checkOf(noon.result, name)?.status]).toEqual([name, "pass"]);
  });

  it("keeps two runs of a day apart: in the ledger, in folders, in the checklist", () => {
    expect([noon, night, next].map(({ folder }) => folder.split("/").at(-1))).toEqual([
      "2026-02-01-first-24h-1220",
      "2026-02-01-first-24h-2400",
      "2026-02-02-first-24h-0800",
    ]);
    expect(ledgerKey("first-24h", night.result)).toBe(endOfDay);
    expect(next.result.ledger.nights.map(({ phase, asOf, date }) => [phase, asOf, date])).toEqual([
      ["first-24h", midday, "2026-02-01"],
      ["first-24h", endOfDay, "2026-02-01"],
    ]);
    const twice = ({ result }: Night) => result.checklist.find(({ text }) => text.includes("twice"));
    expect(twice(noon)?.done).toBe(false);
    expect(twice(night)).toMatchObject({
      done: true,
      evidence: "2 runs of the first 24 hours: 2026-02-01 12:20, 2026-02-02 00:00",
    });
  });

  it("tells what changed since the run before it", () => {
    expect(noon.result.changes).toEqual([]);
    expect(night.result.changes.filter(({ kind }) => kind === "restated")).toEqual([]);
  });

  it("says hours in every format", () => {
    const read = (name: string) => readFileSync(join(noon.folder, name), "utf8");
    for (const name of ["report.html", "report.md"]) {
      expect(read(name).match(/Hour by hour|Change by hour|2026-02-01 11:00/g)?.length).toBeGreaterThan(2);
      expect(read(name).match(/Day by day|[Cc]hange by day|Since last night|tomorrow/)?.[0]).toBeUndefined();
    }
    expect(/<title>(.*)<\/title>/.exec(read("report.html"))?.[1]).toBe(
      "HOLD · clip-cosine-v2 at g10 · first 24 hours to 2026-02-01 12:20",
    );
    expect(read("summary.txt")).toContain("first 24 hours to 2026-02-01 12:20");
    expect(read("report.ipynb").includes("CREATE TEMP VIEW events")).toBe(true);
    expect(read("report.html").includes("A chart could not be drawn")).toBe(false);
  });

  it("is made again to the last digit, from the warehouse and from the record alone", async () => {
    const engine = await openWarehouse(root);
    try {
      for (const { result: recorded } of [noon, night]) {
        const replayed = await replayResult(engine, { recorded, root, timeoutMs: 60_000, version: "0.0.0" });
        expect(replayed).toMatchObject({ outcome: "identical", differences: [] });
      }
    } finally {
      engine.close();
    }
    const again = replayJudgement({ recorded: next.result, root, version: "0.0.0" });
    expect(again.outcome).toBe("identical");
  });

  it("leaves the nights that follow as they would have been", async () => {
    const other = await madeWorkspace(onTestFinished, opened);
    await sampleInto(other, { scenario: "healthy", days: 3, usersPerDay: 1000 });
    measureLess(other);
    const [after, alone] = [
      await runCase(root, { date: "2026-02-03" }),
      await runCase(other, { date: "2026-02-03" }),
    ];
    const { result } = after;
    expect(result.measurement).toEqual(alone.result.measurement);
    expect(result.metrics).toEqual(alone.result.metrics);
    expect(result.traffic).toEqual(alone.result.traffic);
    const rules = ({ decision }: Result) => decision.trace.map(({ rule, matched }) => `${rule} ${matched}`);
    expect(rules(result)).toEqual(rules(alone.result));
    expect({ ...result.decision, trace: [] }).toEqual({ ...alone.result.decision, trace: [] });
    expect(result.window).toEqual(alone.result.window);
    expect(result.cells.map(({ rows }) => rows)).toEqual(alone.result.cells.map(({ rows }) => rows));
    expect(result.window).toMatchObject({ from: "2026-02-02", rampDays: ["2026-02-01"] });
  });
});

describe("a workspace that keeps no single events", () => {
  it("keeps them while the hours are still counted from them, and says so when a night has dropped them", async () => {
    const root = await madeWorkspace(onTestFinished, { ...opened, "keep_events: 14": "keep_events: 0" });
    judgeBy(root, "ctr");
    await sampleInto(root, { scenario: "healthy", days: 2, usersPerDay: 150 });
    const noon = await runCase(root, { asOf: midday });
    const night = await runCase(root, { asOf: endOfDay });
    expect(checkOf(night.result, "kept_events")?.status).toBe("pass");
    expect(night.result.traffic.days[0]).toEqual(noon.result.traffic.days[0]);

    await runCase(root, { date: "2026-02-01" });
    const { result } = await runCase(root, { asOf: morning });
    expect(checkOf(result, "kept_events")).toMatchObject({
      status: "fail",
      detail:
        "the events before 2026-02-02 are no longer kept, and the hours need those from 2026-02-01 on: raise keep_events",
    });
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(result.traffic.days.every(({ date }) => date >= "2026-02-02T00")).toBe(true);
  });
});

describe("a breach in the first 24 hours", () => {
  const small: Replacements = { ...opened, "impressions: 1000, clicks: 100": "impressions: 300, clicks: 30" };
  const isLost = ({ event, at, algorithm }: FeedLine) =>
    event === "feed_click" && algorithm === "clip-cosine-v2" && at.startsWith("2026-02-01T20:");

  it("in one hour rolls back with the immediate preset, and stays until a person clears it", async () => {
    const root = await madeWorkspace(onTestFinished, small);
    judgeBy(root, "ctr");
    await sampleInto(root, { scenario: "healthy", days: 1, usersPerDay: 12_000 });
    const lines = readFeed(root);
    const [header] = readFileSync(join(root, feed), "utf8").split("\n", 1);
    const kept = lines.filter((line) => !isLost(line)).map(({ line }) => line);
    expect(lines.length - kept.length).toBeGreaterThan(50);
    writeFileSync(join(root, feed), `${[header, ...kept].join("\n")}\n`);

    const running = await runCase(root, { asOf: "2026-02-01T20:10:00Z" });
    expect(running.result.decision.action).toBe("hold");

    const { result } = await runCase(root, { asOf: "2026-02-01T22:00:00Z" });
    expect(result.decision).toMatchObject({ action: "rollback", rule: "severe", preset: "immediate" });
    expect(result.decision.steps[0]?.edits[0]?.line).toBe("DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1");
    expect(result.decision.reasons[0]).toContain(
      "Click-through rate in the hour from 2026-02-01 20:00 is down 100.0%",
    );
    expect(
      metricOf(result)
        .days.filter(({ fires }) => fires === "severe")
        .map(({ date }) => date),
    ).toEqual(["2026-02-01T20"]);

    const later = await runCase(root, { asOf: "2026-02-02T00:00:00Z" });
    expect(later.result.decision).toMatchObject({ action: "rollback", rule: "latched", preset: "immediate" });
    const nightly = await runCase(root, { date: "2026-02-02" });
    expect(nightly.result.decision.rule).toBe("latched");
  });
});
