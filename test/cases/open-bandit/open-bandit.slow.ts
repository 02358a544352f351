/**
 * Real events, end to end: a wide log through staging SQL, a metric file added to the shipped ones. The data stands beside
 * the repository, in ../shared/data/obd; where it is absent nothing is tested. What must come out was published with it.
 */
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetricResult, Result } from "../../../src/model/result.ts";
import { runCase } from "../../helpers/run-case.ts";
import { madeWorkspace, packageRoot } from "../../helpers/temp-workspace.ts";

const data = resolve(packageRoot, "../shared/data/obd");
const isHere = existsSync(data);

describe.skipIf(!isHere)(
  isHere ? "the Open Bandit Dataset" : "the Open Bandit Dataset (skipped: there is no ../shared/data/obd)",
  () => {
    let result: Result;
    let markdown: string;

    beforeAll(async () => {
      const root = await madeWorkspace(afterAll);
      for (const part of ["rollout.yaml", "queries"])
        cpSync(join(import.meta.dirname, part), join(root, part), { recursive: true });
      symlinkSync(data, join(root, "obd"), "dir");
      const night = await runCase(root, { date: "2019-11-30", now: "2019-12-01T03:00:00Z", formats: ["md"] });
      result = night.result;
      markdown = readFileSync(join(night.folder, "report.md"), "utf8");
    });

    const metric = (name: string): MetricResult => {
      const found = result.metrics.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no metric ${name}`);
      return found;
    };

    it("finds 46 and 69 clicks in 10,000 impressions each: +50%, 95% interval +3% to +118%", () => {
      const { baseline, candidate, delta, interval } = metric("ctr").observation;
      expect([baseline.numerator, baseline.denominator, baseline.units]).toEqual([46, 10_000, 10_000]);
      expect([candidate.numerator, candidate.denominator, candidate.units]).toEqual([69, 10_000, 10_000]);
      expect(delta).toBeCloseTo(0.5, 12);
      expect(interval?.map((end) => Math.round(end * 100))).toEqual([3, 118]);
    });

    it("finds the most-shown item at 3.45% and 20.26% of impressions", () => {
      const { baseline, candidate } = metric("top_item_share").observation;
      expect([baseline.rawValue, candidate.rawValue]).toEqual([0.0345, 0.2026]);
      expect([baseline.value, candidate.value]).toEqual([0.0345, 0.2026]);
    });

    it("counts each day as the log has it, and the days sum up to the window", () => {
      const byDay = metric("ctr").days.map(({ date, baseline, candidate }) => [
        date,
        baseline.numerator,
        baseline.denominator,
        candidate.numerator,
        candidate.denominator,
      ]);
      const logs = [dailyCounts("random"), dailyCounts("bts")];
      expect(byDay).toEqual(days.map((date) => [date, ...logs.flatMap((log) => log.get(date) ?? [])]));
      const sums = [1, 2, 3, 4].map((column) => byDay.reduce((sum, day) => sum + Number(day[column]), 0));
      expect(sums).toEqual([46, 10_000, 69, 10_000]);
    });

    it("shows the window's most-shown item by day", () => {
      const shown = metric("top_item_share").days.map(({ baseline, candidate }) => [
        baseline.numerator,
        candidate.numerator,
      ]);
      const sums = [0, 1].map((column) => shown.reduce((sum, day) => sum + Number(day[column]), 0));
      expect(shown).toHaveLength(7);
      expect(sums).toEqual([345, 2026]);
    });

    it("loads every row: an impression each, and a click for each that was clicked", () => {
      const loads = result.loads.map(({ source, lines, read, loaded, rejected }) => ({
        source,
        counts: [lines, read, loaded, rejected],
      }));
      expect(loads).toEqual(
        expect.arrayContaining([
          { source: "random_log", counts: [10_001, 10_046, 10_046, 0] },
          { source: "bts_log", counts: [10_001, 10_069, 10_069, 0] },
          { source: "items", counts: [35, 34, 34, 0] },
        ]),
      );
    });

    it.each([
      ["long_dwell_share", "dwell_seconds"],
      ["top_author_share", "author_id"],
      ["near_duplicate_share", "duplicate_group"],
    ])("says that %s is not available without %s, which blocks nothing", (name, column) => {
      const { observation, unavailable, title } = metric(name);
      expect(unavailable).toContain(`column ${column} is absent`);
      expect(observation.classification).toBe("no_data");
      expect(markdown).toMatch(new RegExp(`\\| \\S+ not available \\| ${title} \\|`));
      const data = result.decision.trace.find(({ rule }) => rule === "data");
      expect(data?.because).not.toMatch(new RegExp(`${name}|${title}`));
    });

    it("rolls back on the bare thresholds for a day of 13 clicks; the week reads 50% better", () => {
      const { decision } = result;
      expect([decision.action, decision.rule]).toEqual(["rollback", "severe"]);
      expect(decision.reasons[0]).toContain("2019-11-29");
    });
  },
);

const days = [24, 25, 26, 27, 28, 29, 30].map((day) => `2019-11-${day}`);

/** Clicks and impressions by day, read from the log without any of the tool's parts. */
function dailyCounts(policy: "random" | "bts"): ReadonlyMap<string, readonly [number, number]> {
  const [, ...lines] = readFileSync(join(data, policy, "men", "men.csv"), "utf8")
    .trimEnd()
    .split("\n");
  const counts = new Map<string, [number, number]>();
  for (const line of lines) {
    const [, time = "", , , click] = line.split(",");
    const [clicks, impressions] = counts.get(time.slice(0, 10)) ?? [0, 0];
    counts.set(time.slice(0, 10), [clicks + Number(click), impressions + 1]);
  }
  return counts;
}
