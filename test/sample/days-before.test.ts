import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkCommand } from "../../src/commands/check.ts";
import { sampleCommand } from "../../src/commands/sample.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
import { ROLLOUT, run, workspace } from "../commands/workspace.ts";
import { makeSample } from "./made-sample.ts";

const NOTE = "no days before the rollout: put 14 days of exports in to decide sooner";
const SOUND = "No problems: rollout.yaml, queries, charts and templates fit together.";

test("--before makes days under the baseline, the truth names them, and check no longer asks for them", async () => {
  const feed = ROLLOUT.replace(
    "files: exports/*.csv",
    "files: exports/feed_events/*.csv, columns: { event_type: event }",
  );
  const root = workspace({ "rollout.yaml": feed });
  const truth = (): SampleTruth => JSON.parse(readFileSync(join(root, "exports/truth.json"), "utf8"));
  expect((await run(sampleCommand, root, { scenario: "thin" })).out).toMatch(
    /^Sample "thin", 2026-02-01 to 2026-02-07: /,
  );
  expect(truth()).not.toHaveProperty("before");
  expect(truth().expected).not.toBeNull();
  expect(await run(checkCommand, root, { format: "github" })).toMatchObject({
    code: 0,
    out: `::notice file=rollout.yaml::${NOTE}`,
  });

  const { out, remarks } = await run(sampleCommand, root, { scenario: "thin", before: 2 });
  expect(out).toMatch(/^Sample "thin", 2026-02-01 to 2026-02-07, and 2 days before: [\d,]+ rows in exports/);
  expect(remarks.trim().split(/\s+/).slice(0, 3)).toEqual(["2026-01-30", "2026-01-31", "2026-02-01"]);
  expect(truth()).toMatchObject({
    firstDay: "2026-02-01",
    before: { firstDay: "2026-01-30", lastDay: "2026-01-31", days: 2 },
    expected: null,
  });
  expect(await run(checkCommand, root)).toMatchObject({ code: 0, out: SOUND });
});

test("what a scenario plants begins with the rollout, and the metrics' truth is the rollout's alone", async () => {
  const options = { scenario: "broken-ingestion", days: 3, before: 2, usersPerDay: 120 } as const;
  const { truth, engine, remove } = await makeSample(options);
  const rows = await engine.rows(`
    SELECT event_date AS date, count(*) FILTER (event = 'feed_impression') AS impressions
    FROM feed WHERE event_date < DATE '2026-02-01' GROUP BY ALL HAVING bool_and(algo_version = 'clip-cosine-v1') ORDER BY ALL`);
  remove();
  const early = truth.totals.filter(({ date }) => date < truth.firstDay);
  expect(early.map(({ date, variant }) => [date, variant])).toEqual([
    ["2026-01-30", "baseline"],
    ["2026-01-31", "baseline"],
  ]);
  expect(rows).toEqual(early.map(({ date, impressions }) => ({ date, impressions })));
  expect(truth.defects.length).toBeGreaterThan(5);
  expect(truth.defects.filter(({ date }) => date < truth.firstDay)).toEqual([]);
  const shown = truth.totals.filter(({ date, variant }) => date >= truth.firstDay && variant === "baseline");
  expect(truth.metrics.find(({ name }) => name === "ctr")).toMatchObject({
    days: [{ date: "2026-02-01" }, { date: "2026-02-02" }, { date: "2026-02-03" }],
    observed: { baseline: { denominator: shown.reduce((sum, { impressions }) => sum + impressions, 0) } },
  });
});
