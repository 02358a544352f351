/** A name of rollout.yaml that the data lack is held against the names that they have. */
import { expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { namesCheck } from "../../src/runs/checks/algorithm-names.ts";
import { night } from "../judge/builders.ts";

const date = "2026-02-02";

async function checkOf(candidate: string, found: string) {
  const engine = await openDuckDb({ file: ":memory:" });
  onTestFinished(() => engine.close());
  await engine.execute(`CREATE TABLE user_days AS SELECT DATE '${date}' AS event_date, name AS algo_version, 'u' AS unit_id,
    5000 AS impressions, 100 AS clicks FROM (VALUES ('old'), ('${found}')) AS names(name)`);
  const { config, window, comparison } = night({ days: 2 });
  return await namesCheck(engine, {
    config: { ...config, rollout: { ...config.rollout, baseline: "old", candidate } },
    window: { ...window, from: date, to: date, reportDate: date },
    comparison,
    relations: [{ name: "user_days", error: null }],
  });
}

it.each([
  ["clip-v2", "clip-V-2"],
  ["clip-v2", '["clip-v2"]'],
  ["2", "2.0"],
])("%s is asked for where the data have %s", async (candidate, found) => {
  const { status, detail } = await checkOf(candidate, found);
  expect(status).toBe("fail");
  expect(detail).toContain(`the data have "${found}" (5,000 impressions): did you mean that`);
});

it("another algorithm is nobody's other name", async () => {
  expect((await checkOf("clip-v2", "popularity")).status).toBe("pass");
});
