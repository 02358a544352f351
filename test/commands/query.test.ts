/** `gatebook query` as it is shipped, on the published warehouse of a small sample. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Compared } from "../../src/runs/compare.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { madeWorkspace, sampleInto, writeFilesIn } from "../helpers/temp-workspace.ts";

let root: string;
beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "healthy", usersPerDay: 60, days: 3 });
  const ran = await gatebook(root, "run", "--date", "2026-02-03", "--quiet", "--format", "txt");
  expect(ran.code).toBe(0);
});

const timeless = (text: string): string => text.replace(/\d+ ms/g, "N ms");
const file = (path: string, sql: string): void => writeFilesIn(root, { [path]: sql });

describe("rows", () => {
  it("are shown with their types, units and nulls, and what was left out is counted", async () => {
    const sql = `-- @unit share percent
SELECT 'a' AS name, 0.25 AS share, NULL AS nothing
UNION ALL SELECT 'b', 0.5, 1
ORDER BY name
`;
    file("scratch.sql", sql);
    const { code, stdout, stderr } = await gatebook(root, "query", "scratch.sql", "--limit", "1");
    expect([code, stderr, timeless(stdout)]).toEqual([
      0,
      "",
      `name                     share  nothing
varchar  decimal(3,2), percent  integer
───────  ─────────────────────  ───────
a                          25%        ∅
2 rows, 1 shown (--limit), N ms
`,
    ]);
  });

  it("are only counted with --limit 0", async () => {
    file("scratch.sql", "SELECT range AS number FROM range(3)");
    const { code, stdout } = await gatebook(root, "query", "scratch.sql", "--limit", "0");
    expect([code, timeless(stdout)]).toEqual([
      0,
      "number\nbigint\n──────\n3 rows, 0 shown (--limit), N ms\n",
    ]);
  });

  it("are folded, one block a row, when they are wider than the terminal, and a line each in a pipe", async () => {
    file("wide.sql", `SELECT ${Array.from({ length: 12 }, (_, at) => `${at} AS column_${at}`).join(", ")}`);
    const { stdout } = await gatebook({ cwd: root, columns: 80 }, "query", "wide.sql");
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "── row 1",
      "column_0   integer  0",
      "column_1   integer  1",
    ]);
    const piped = await gatebook(root, "query", "wide.sql");
    expect(piped.stdout.split("\n")[3]).toMatch(/^ +0 +1 +2 .* 11$/);
  });

  it("come as JSON and CSV, all of them unless --limit is given, and nothing else", async () => {
    file("many.sql", "SELECT range AS number FROM range(41)");
    const numbers = Array.from({ length: 41 }, (_, number) => number);
    const { stdout, stderr } = await gatebook(root, "query", "many.sql", "--csv");
    expect([stdout, stderr]).toEqual([`${["number", ...numbers].join("\n")}\n`, ""]);
    const json = await gatebook(root, "query", "many.sql", "--json", "--limit", "2");
    expect(JSON.parse(json.stdout)).toEqual([{ number: 0 }, { number: 1 }]);
    expect((await gatebook(root, "query", "many.sql")).stdout).toContain("41 rows, 40 shown (--limit)");
    file("scratch.sql", "SELECT 1 AS a, 'x, \"y\"' AS b UNION ALL SELECT 2, NULL ORDER BY a");
    expect((await gatebook(root, "query", "scratch.sql", "--csv", "--limit", "1")).stdout).toBe(
      'a,b\n1,"x, ""y"""\n',
    );
    expect(JSON.parse((await gatebook(root, "query", "scratch.sql", "--json")).stdout)).toEqual([
      { a: 1, b: 'x, "y"' },
      { a: 2, b: null },
    ]);
  });

  it("are planned and not read with --explain", async () => {
    const { code, stdout } = await gatebook(root, "query", "ctr", "--explain");
    expect(code).toBe(0);
    expect(stdout).toContain("warehouse.main.user_days");
    expect(stdout).not.toContain("2026-02-01");
  });
});

describe("a metric", () => {
  it("is shown with its rows and with what compare makes of it", async () => {
    const { code, stdout } = await gatebook(root, "query", "ctr", "--limit", "1");
    const words = "compare clip-cosine-v1 clip-cosine-v2 --from 2026-02-01 --to 2026-02-03 --json";
    const compared = JSON.parse((await gatebook(root, ...words.split(" "))).stdout) as Compared;
    const delta = compared.metrics?.find(({ name }) => name === "ctr")?.observation.delta ?? Number.NaN;
    const told = `${delta < 0 ? "−" : "+"}${Math.abs(delta * 100).toFixed(1)}%`;
    expect(code).toBe(0);
    expect(stdout).toContain("event_date  algo_version");
    expect(stdout).toContain("Click-through rate · percent · guardrail");
    const lines = stdout
      .split("\n")
      .filter((line) => /^2026-02-0\d .*(not enough data yet|healthy|warning)/.test(line));
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
      "2026-02-01",
      "2026-02-02",
      "2026-02-03",
      "2026-02-01 to 2026-02-03",
    ]);
    expect(lines.at(-1)).toContain(told);
  });

  it("is shown by its rows alone with --raw", async () => {
    const { stdout } = await gatebook(root, "query", "queries/metrics/ctr.sql", "--raw", "--limit", "1");
    expect(stdout.trimEnd().split("\n")).toHaveLength(5);
  });

  it("reads a relation that no run has built yet", async () => {
    file(
      "queries/relations/first_page.sql",
      "SELECT event_date, algo_version, unit_id, count(*) AS seen FROM events WHERE position <= 10 AND algo_version IS NOT NULL GROUP BY ALL",
    );
    file(
      "queries/metrics/first_page_seen.sql",
      "SELECT event_date, algo_version, unit_id, seen AS numerator, 1 AS denominator FROM first_page",
    );
    const { code, stdout, stderr } = await gatebook(root, "query", "first_page_seen", "--limit", "1");
    expect([code, stderr]).toEqual([
      0,
      "first_page: built for this query, since the warehouse has another version\n",
    ]);
    expect(stdout).toContain("First page seen · percent · informational: no threshold in rollout.yaml");
  });

  it("says that a relation it reads is broken, where it reads it", async () => {
    file("queries/relations/first_page.sql", "SELECT event_date, algo_version, nothing FROM events");
    expect(await gatebook(root, "query", "first_page_seen")).toEqual({
      code: 3,
      stdout: "",
      stderr: `error: it reads the relation "first_page", which cannot be built: Referenced column "nothing" not found in FROM clause!
    SELECT event_date, algo_version, unit_id, seen AS numerator, 1 AS denominator FROM first_page
                                                                                       ^
  at queries/metrics/first_page_seen.sql:1:84
  hint: fix queries/relations/first_page.sql:1:34 first
`,
    });
  });

  it("says that its rows are no measurement, and leaves with 3", async () => {
    file(
      "queries/metrics/no_unit.sql",
      "SELECT event_date, algo_version, NULL AS unit_id, clicks AS numerator, impressions AS denominator FROM user_days",
    );
    const { code, stdout } = await gatebook(root, "query", "no_unit", "--limit", "1");
    expect(code).toBe(3);
    expect(stdout).toMatch(/error: \d+ rows? .*unit_id/);
  });
});

describe("what is wrong", () => {
  it.each([
    [
      "a column that is not there, with a caret under it",
      "SELECT event_date,\n\tevnt_type\nFROM events",
      `error: Referenced column "evnt_type" not found in FROM clause!
    \tevnt_type
    \t^
  at scratch.sql:2:2
  hint: did you mean "event_type"?
`,
    ],
    [
      "a slip of syntax",
      "SELECT 1\nFORM events",
      `error: syntax error at or near "events"
    FORM events
         ^
  at scratch.sql:2:6
`,
    ],
    [
      "a statement that writes",
      "DELETE FROM events",
      `error: the statement is not a SELECT
    DELETE FROM events
    ^
  at scratch.sql:1:1
  hint: analysts' files only read: one SELECT, no other statement (gatebook query --explain shows a plan)
`,
    ],
  ])("is shown: %s", async (_, sql, stderr) => {
    file("scratch.sql", sql);
    expect(await gatebook(root, "query", "scratch.sql")).toEqual({ code: 3, stdout: "", stderr });
  });

  it.each([
    [["query", "crt"], 'error: there is no query or file "crt"\n  hint: did you mean ctr?\n'],
    ...["-1", "few"].map(
      (limit) =>
        [
          ["query", "ctr", "--limit", limit],
          `error: --limit must be a whole number of at least 0, not "${limit}"\n  hint: e.g. --limit 10\n`,
        ] as const,
    ),
  ] as const)("%j is bad usage", async (words, stderr) => {
    expect(await gatebook(root, ...words)).toEqual({ code: 2, stdout: "", stderr });
  });

  it("a workspace without a warehouse says what makes one", async () => {
    const empty = await madeWorkspace(afterAll);
    expect(await gatebook(empty, "query", "ctr")).toEqual({
      code: 4,
      stdout: "",
      stderr: `error: there is no warehouse yet
  at WORKSPACE/.gatebook/warehouse.duckdb
  hint: run \`gatebook run\` first
`,
    });
  });

  it("the warehouse stays as it was", async () => {
    const before = readFileSync(join(root, ".gatebook/warehouse.duckdb"));
    writeFileSync(join(root, "scratch.sql"), "SELECT count(*) AS events FROM events");
    await gatebook(root, "query", "scratch.sql");
    expect(readFileSync(join(root, ".gatebook/warehouse.duckdb")).equals(before)).toBe(true);
  });
});
