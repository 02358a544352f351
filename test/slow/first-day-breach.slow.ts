/** Harm in the first 24 hours of a gate, with the traffic that shows it within an hour. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, type Replacements, sampleInto } from "../helpers/temp-workspace.ts";

const opened: Replacements = { "started: 2026-02-01,": "started: 2026-02-01T09:30," };
const endOfDay = "2026-02-02T00:00:00Z";
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

describe("a breach in the first 24 hours", () => {
  const small: Replacements = { ...opened, "impressions: 1000, clicks: 100": "impressions: 300, clicks: 30" };
  const isLost = ({ event, at, algorithm }: FeedLine) =>
    event === "feed_click" && algorithm === "clip-cosine-v2" && at.startsWith("2026-02-01T20:");

  it("in one hour rolls back with the immediate preset, and stays until a person clears it", async () => {
    const root = await madeWorkspace(onTestFinished, small);
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
    expect(result.decision.next).toContain("DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1");
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

  it("over all hours rolls back with the immediate preset, where a night would say standard", async () => {
    const root = await madeWorkspace(onTestFinished, small);
    await sampleInto(root, { scenario: "severe", days: 1, usersPerDay: 12_000 });
    const { result } = await runCase(root, { asOf: endOfDay });
    expect(result.decision).toMatchObject({ action: "rollback", preset: "immediate", latched: false });
    expect(metricOf(result).observation.classification).toBe("rollback");
    expect(result.checklist.at(-1)).toMatchObject({ done: false });
  });
});
