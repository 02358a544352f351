/** `run --profile` says where the time went, on the terminal, in result.json and in the report; without it nothing of that is there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { profileLines } from "../../src/commands/texts/profile-text.ts";
import type { StageTime } from "../../src/model/profile.ts";
import type { Result } from "../../src/model/result.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const night = { date: "2026-02-03", formats: ["html"] as const };

describe("a profiled night", () => {
  let root: string;
  let result: Result;
  let html: string;

  beforeAll(async () => {
    root = await madeWorkspace(afterAll);
    // a concentration is among the slowest, however the machine is
    judgeBy(root, "ctr", "top_author_share");
    await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 120 });
    ({ result } = await runCase(root, { ...night, profiles: true }));
    html = readFileSync(join(root, "reports/clip-cosine-v2/2026-02-03/report.html"), "utf8");
  });

  const stage = (name: string): StageTime | undefined =>
    result.provenance.stages.find((one) => one.name === name);

  it("keeps the slowest statements of each stage with the engine's own profile of them", () => {
    const [load, relations, measure] = ["load", "relations", "measure"].map(stage);
    expect(load?.statements?.every(({ what, durationMs }) => what.length > 5 && durationMs > 0)).toBe(true);
    const ofFiles = (one: StageTime | undefined, folder: string) =>
      one?.statements?.filter(({ what }) => what.startsWith(`queries/${folder}/`)) ?? [];
    expect(ofFiles(relations, "relations").length).toBeGreaterThan(0);
    const [slowest] = ofFiles(measure, "metrics");
    expect(slowest?.cpuMs).toBeGreaterThan(0);
    expect(slowest?.operators.every(({ name }) => /\S/.test(name))).toBe(true);
    expect(slowest?.operators.some(({ rows, durationMs }) => rows > 0 && durationMs > 0)).toBe(true);
    expect(measure?.cpuMs).toBeGreaterThan(0);
  });

  it("lists statements from the slowest to the fastest, ten at the most", () => {
    const times = stage("measure")?.statements?.map(({ durationMs }) => durationMs) ?? [];
    expect(times.length).toBe(10);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
  });

  it("tells what a statement took that was run for many files once, with how often it was run", () => {
    // the three exports of each source at once
    const inserts =
      stage("load")?.statements?.filter(({ what }) => what.startsWith("INSERT INTO event_rows")) ?? [];
    expect(inserts).toMatchObject([{ times: 2, durationMs: expect.any(Number) }]);
    expect(inserts[0]?.durationMs).toBeGreaterThan(0);
    const [load] = result.provenance.stages.filter(({ name }) => name === "load");
    const sum = (load?.statements ?? []).reduce((total, { durationMs }) => total + durationMs, 0);
    expect(sum).toBeLessThanOrEqual(load?.durationMs ?? 0);
    expect(html).toContain("<code>2 × INSERT INTO event_rows");
  });

  it("shows in the report's provenance where the time went", () => {
    expect(html).toContain("<summary>Where the time went</summary>");
    expect(html).toMatch(/<code>queries\/metrics\/\w+\.sql<\/code><\/th>/);
  });

  it("is told on the terminal stage by stage, no line wider than it", () => {
    const lines = profileLines(result.provenance.stages, 72);
    expect(lines[0]).toMatch(/^ *\d+\.\d\d s {2}where the time went$/);
    expect(lines.some((line) => /s +\d+% {2}\[CPU \d+\.\d s\] measure$/.test(line))).toBe(true);
    expect(lines.some((line) => /s +\[CPU .*\] queries\/metrics\/\w+\.sql$/.test(line))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  it("and a night that is not profiled keeps the time of each stage alone", async () => {
    const plain = await runCase(root, night);
    for (const one of plain.result.provenance.stages)
      expect(Object.keys(one)).toEqual(["name", "durationMs"]);
    const page = readFileSync(join(root, "reports/clip-cosine-v2/2026-02-03/report.html"), "utf8");
    expect(page).not.toContain("Where the time went");
  });
});
