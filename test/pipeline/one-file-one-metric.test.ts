/** Follows the README's "One file, one metric" to the letter: its commands, its SQL and its YAML, in a new workspace. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Result } from "../../src/model/result.ts";
import type { Compared } from "../../src/runs/compare.ts";
import type { Ran } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { packageRoot, sampleInto, temporaryFolder } from "../helpers/temp-workspace.ts";

const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
const walk = readme.split("## One file, one metric")[1]?.split("\n## ")[0] ?? "";

interface Step {
  readonly language: string;
  readonly text: string;
  /** The prose above it. */
  readonly lead: string;
}

const steps: readonly Step[] = [...walk.matchAll(/([\s\S]*?)```(\w+)\n([\s\S]*?)```/g)].map(
  ([, lead = "", language = "", text = ""]) => ({ language, text, lead }),
);

let root: string;
const ran = new Map<string, Ran>();

beforeAll(async () => {
  root = temporaryFolder(afterAll);
  await gatebook(root, "init", ".");
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "healthy", usersPerDay: 150 });
  await gatebook(root, "run", "--date", "2026-02-07", "--quiet", "--format", "txt"); // the workspace of the section above
  for (const step of steps) await follow(step);
});

async function follow({ language, text, lead }: Step): Promise<void> {
  if (language === "sh") {
    for (const line of text.trim().split("\n")) {
      const words = line.replace(/^npx gatebook /, "").split(/\s+/);
      ran.set(words[0] ?? "", await gatebook(root, ...words));
    }
  } else if (language === "sql") {
    const path = /`(queries\/[a-z_/]+\.sql)`/.exec(lead)?.[1];
    if (path === undefined) throw new Error("the README does not say which file the SQL is");
    readFileSync(join(root, path)); // it is there, as `new` made it
    writeFileSync(join(root, path), text);
  } else if (language === "yaml") {
    expect(lead).toContain("first under `thresholds:`");
    const yaml = readFileSync(join(root, "rollout.yaml"), "utf8");
    writeFileSync(
      join(root, "rollout.yaml"),
      yaml.replace(/^thresholds:\n/m, (key) => `${key}${text}`),
    );
  } else throw new Error(`nobody knows how to follow ${language}`);
}

const report = (file: string): string =>
  readFileSync(join(root, "reports/clip-cosine-v2/2026-02-07", file), "utf8");
const result = (): Result => JSON.parse(report("result.json")) as Result;
const found = () => result().metrics.find(({ name }) => name === "unclicked_share");

it("every command of the walk-through runs, and says what the README says it does", () => {
  expect(steps.map(({ language }) => language)).toEqual(["sh", "sql", "yaml", "sh"]);
  expect([...ran.keys()]).toEqual(["new", "check", "query", "run", "compare"]);
  for (const [name, { code, stderr }] of ran) expect([name, code, stderr]).toEqual([name, 0, stderr]);
  expect(ran.get("new")?.stdout.split("\n")[0]).toBe("Wrote queries/metrics/unclicked_share.sql.");
  expect(ran.get("check")?.stdout).toBe(
    "rollout.yaml: note: no days before the rollout: put 14 days of exports in to decide sooner\nNo problems: rollout.yaml, queries, charts and templates fit together.\n",
  );
  expect(ran.get("query")?.stdout).toContain("Shown first, not clicked · percent · guardrail");
});

it("the metric is a guardrail of the run, with the README's thresholds and a number that was counted another way", async () => {
  expect(found()).toMatchObject({
    role: "guardrail",
    better: "lower",
    thresholds: { harm: "rise", warning: 0.01, rollback: 0.02, severe: null },
    error: null,
    unavailable: null,
  });
  const engine = await openDuckDb({ file: join(root, ".gatebook/warehouse.duckdb"), readOnly: true });
  const rows =
    await engine.rows(`SELECT algo_version, avg(CASE WHEN EXISTS (SELECT 1 FROM events c WHERE c.event_type = 'click'
      AND (c.event_date, c.algo_version, c.unit_id, c.item_id) = (e.event_date, e.algo_version, e.unit_id, e.item_id)) THEN 0 ELSE 1 END) AS share
    FROM events e JOIN rollout r ON e.algo_version IN (r.baseline, r.candidate)
    WHERE event_type = 'impression' AND position <= 10 AND unit_id NOT IN
      (SELECT unit_id FROM user_days GROUP BY unit_id HAVING count(DISTINCT algo_version) > 1) GROUP BY 1 ORDER BY 1`);
  engine.close();
  const { baseline, candidate } = found()?.observation ?? {};
  expect(rows.map((row) => row["share"])).toEqual([
    expect.closeTo(baseline?.value ?? Number.NaN, 9),
    expect.closeTo(candidate?.value ?? Number.NaN, 9),
  ]);
});

it("compare says the same of it as the run", async () => {
  const words = "compare clip-cosine-v1 clip-cosine-v2 --from 2026-02-01 --to 2026-02-07 --json".split(" ");
  const compared = JSON.parse((await gatebook(root, ...words)).stdout) as Compared;
  const metric = compared.metrics?.find(({ name }) => name === "unclicked_share");
  expect(ran.get("compare")?.stdout).toContain("unclicked_share");
  expect(metric?.observation.delta).toBe(found()?.observation.delta);
  expect(metric?.observation.classification).toBe(found()?.observation.classification);
});

it("it stands in every format of the report, with its charts", () => {
  const { html, notebook } = { html: report("report.html"), notebook: report("report.ipynb") };
  for (const text of [html, report("report.md"), notebook])
    expect(text).toContain("Shown first, not clicked");
  expect(html).toContain('id="metric-unclicked_share"');
  expect(html).toContain('id="delta-unclicked_share-title"');
  for (const chart of ["delta", "values"])
    expect(report(`charts/${chart}-unclicked_share.svg`)).toMatch(/^<svg /);
});

it("it stands in the ledger", async () => {
  const engine = await openDuckDb({ file: join(root, ".gatebook/warehouse.duckdb"), readOnly: true });
  const rows = await engine.rows("SELECT key, result FROM decisions");
  engine.close();
  const names = rows.map((row) =>
    (JSON.parse(String(row["result"])) as Result).metrics.map(({ name }) => name),
  );
  expect(names).toEqual([expect.arrayContaining(["unclicked_share"])]);
});

it("it took no line of code", () => {
  expect(found()?.path).toBe("queries/metrics/unclicked_share.sql");
  expect(Object.keys(result().provenance.queries)).toContain("queries/metrics/unclicked_share.sql");
});
