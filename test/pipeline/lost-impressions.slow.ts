/**
 * Events that one variant's export lost leave no gap to count: what is there reads better than it is. The sample "rollback" (its
 * candidate drops 7.5%) without 30% of the candidate's unclicked impressions.
 */
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { replayJudgement } from "../../src/runs/replay/replay.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { exportedAt, madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const feed = "exports/feed_events";

/** Columns: event_id, event, occurred_at, user_id, session_id, item_id, algo_version, dwell_seconds, position. */
function loseUnclicked(text: string): string {
  const lines = text.split("\n");
  const place = (line: string) => line.split(",").slice(4, 6).join(",");
  const clicked = new Set(lines.filter((line) => line.includes(",feed_click,")).map(place));
  const isLost = (line: string, at: number) =>
    line.includes(",feed_impression,") && line.includes("-v2,") && !clicked.has(place(line)) && at % 10 < 3;
  return lines.filter((line, at) => !isLost(line, at)).join("\n");
}

describe("30% of the candidate's unclicked impressions are not logged", () => {
  let root: string;
  let result: Result;

  beforeAll(async () => {
    root = await madeWorkspace(afterAll);
    judgeBy(root, "ctr");
    await sampleInto(root, { scenario: "rollback", usersPerDay: 1200 });
    for (const name of readdirSync(join(root, feed))) {
      const file = join(root, feed, name);
      writeFileSync(file, loseUnclicked(readFileSync(file, "utf8")));
      utimesSync(file, exportedAt, exportedAt);
    }
    ({ result } = await runCase(root, { date: "2026-02-07", formats: ["txt"] }));
  });

  it("the click-through rate reads far better than the drop it hides", () => {
    const ctr = result.metrics.find(({ name }) => name === "ctr");
    expect(ctr?.observation.delta).toBeGreaterThan(0.1);
    expect(ctr?.observation.classification).toBe("healthy");
  });

  it("the night holds, and says which numbers a person must look at", () => {
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
    const check = result.checks.find(({ name }) => name === "impressions_per_unit");
    expect(check).toMatchObject({ status: "fail", accept: "events-per-unit:impressions@g10:fewer40" });
    expect(readFileSync(join(root, "reports/clip-cosine-v2/2026-02-07/summary.txt"), "utf8")).toContain(
      "events-per-unit:impressions@g10:fewer40",
    );
  });

  it("the record alone gives the same verdict again", () => {
    expect(replayJudgement({ recorded: result, root, version: "0.0.0" })).toMatchObject({
      outcome: "identical",
      differences: [],
    });
  });
});
