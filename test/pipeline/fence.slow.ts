/**
 * Analysts' SQL reads tables and nothing else: no files, no other database, no setting, one SELECT, and not for ever. Every
 * attack stands in one night, as a cell, a check, a metric, a relation or a chart, and must end as the error of that part alone.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { buildCli, type Ran } from "../helpers/built-cli.ts";
import { madeWorkspace, sampleInto, temporaryFolder, writeFilesIn } from "../helpers/temp-workspace.ts";

const beyond = /^the table function \w+\(\) is not for queries$/;
const closed = /^the function \w+\(\) is not for queries$/;
const noSelect = "the statement is not a SELECT";
const several = "the file has 2 statements";

/** OUTSIDE: a folder beside the workspace that holds secret.csv. EXPORT: a file that loading itself may read. */
const attacks: Readonly<Record<string, readonly [sql: string, error: string | RegExp]>> = {
  read_csv: ["SELECT * FROM read_csv('OUTSIDE/secret.csv')", beyond],
  read_an_export: ["SELECT * FROM read_csv('EXPORT')", beyond],
  read_text: ["SELECT content FROM read_text('/etc/passwd')", beyond],
  read_blob: ["SELECT * FROM (SELECT 1), read_blob('/proc/self/environ')", beyond],
  read_parquet: ["WITH a AS (FROM parquet_scan('OUTSIDE/x.parquet')) SELECT * FROM a", beyond],
  read_in_a_subquery: ["SELECT (SELECT max(content) FROM read_text('OUTSIDE/secret.csv')) AS secret", beyond],
  name_a_file: ["SELECT * FROM 'OUTSIDE/secret.csv'", /secret\.csv is a file$/],
  name_an_export: ["SELECT * FROM 'EXPORT'", /\.csv is a file$/],
  describe_a_file: ["SELECT * FROM (DESCRIBE 'EXPORT')", /is a file$/],
  list_files: ["SELECT * FROM glob('/etc/*')", beyond],
  sniff: ["SELECT * FROM sniff_csv('EXPORT')", beyond],
  copy_out: ["COPY (SELECT 1 AS a) TO 'OUTSIDE/out.csv'", noSelect],
  copy_in: ["COPY rollout FROM 'OUTSIDE/secret.csv'", noSelect],
  export_all: ["EXPORT DATABASE 'OUTSIDE/all'", /./],
  attach: ["ATTACH 'OUTSIDE/other.duckdb' AS other", noSelect],
  attach_and_read: ["ATTACH 'OUTSIDE/other.duckdb' AS other; SELECT 1 AS a", several],
  install: ["INSTALL httpfs", noSelect],
  load: ["LOAD 'OUTSIDE/x.duckdb_extension'", noSelect],
  network: ["SELECT * FROM 'https://example.org/a.csv'", /a\.csv is a file$/],
  set_a_limit: ["SET memory_limit = '100GB'", noSelect],
  open_the_fence: ["SET enable_external_access = true", noSelect],
  pragma: ["PRAGMA enable_profiling", noSelect],
  set_by_function: ["SELECT * FROM enable_profiling()", beyond],
  log_by_function: ["SELECT * FROM enable_logging()", beyond],
  checkpoint: ["SELECT * FROM force_checkpoint()", beyond],
  drop_a_table: ["DROP TABLE decisions", noSelect],
  write_a_table: ["INSERT INTO records SELECT * FROM records", noSelect],
  second_statement: ["SELECT 1 AS a; DELETE FROM decisions", several],
  hidden_statement: ["SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')", beyond],
  serialized: ["SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", beyond],
  print_a_setting: ["SELECT current_setting('allowed_paths') AS paths", closed],
  print_a_setting_inside: ["SELECT list_transform([1], x -> current_setting('temp_directory')) AS a", closed],
  hold_the_night: ["SELECT pg_sleep(60) AS a", closed],
  histogram_of_a_file: ["SELECT * FROM histogram_values('EXPORT', user_id)", beyond],
  list_databases: ["SELECT path FROM duckdb_databases", "duckdb_databases shows the engine, not the data"],
  show_databases: ["SELECT * FROM (SHOW DATABASES)", "SHOW lists the engine's tables and databases"],
  read_settings: ["SELECT * FROM pg_catalog.pg_settings", /^pg_catalog\.pg_settings shows the engine/],
  endless: [
    "SELECT count(*) AS n FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 11",
    "the query ran longer than 2 s and was stopped",
  ],
};

const chart = (data: object): string =>
  JSON.stringify({ mark: "bar", encoding: { x: { field: "a" } }, ...data });
const row = "-- @title T\n-- One row.\nSELECT 1 AS a\n";

let root: string;
let outside: string;
let before: string;
let ran: Ran;
let result: Result;

beforeAll(async () => {
  const folder = temporaryFolder(afterAll);
  outside = join(folder, "outside");
  mkdirSync(outside);
  writeFilesIn(outside, { "secret.csv": "secret\nhunter2\n" });
  root = await madeWorkspace(afterAll);
  await sampleInto(root, { scenario: "thin", usersPerDay: 30 });
  const place = (sql: string): string =>
    sql.replaceAll("OUTSIDE", outside).replaceAll("EXPORT", join(root, "exports/feed_events/2026-02-01.csv"));
  for (const [name, [sql]] of Object.entries(attacks))
    writeFilesIn(root, { [`queries/cells/${name}.sql`]: `-- @title ${name}\n-- One row.\n${place(sql)}\n` });
  writeFilesIn(root, {
    "queries/cells/chart_url.sql": row,
    "queries/cells/chart_url.vl.json": chart({ data: { url: `${outside}/secret.csv` } }),
    "queries/cells/chart_network.sql": row,
    "queries/cells/chart_network.vl.json": chart({
      transform: [
        { lookup: "a", from: { data: { url: "https://example.org/a.json" }, key: "a", fields: ["b"] } },
      ],
    }),
    "queries/checks/reader.sql": place(
      "-- @title R\n-- One row.\nSELECT count(*) AS observed FROM read_text('OUTSIDE/secret.csv')\n",
    ),
    "queries/relations/reader.sql": place(
      "-- One row per day.\nSELECT DATE '2026-02-01' AS event_date, content FROM read_text('OUTSIDE/secret.csv')\n",
    ),
  });
  before = contentsOf(outside);
  const gatebook = buildCli();
  // the endless one keeps every thread that it gets busy until it is stopped
  const limits = ["--quiet", "--threads", "1", "--query-timeout", "2s"];
  ran = await gatebook(root, "run", "--date", "2026-02-07", ...limits);
  result = JSON.parse(
    readFileSync(join(root, "reports/clip-cosine-v2/latest/result.json"), "utf8"),
  ) as Result;
});

describe("an attack in a cell", () => {
  it.each(Object.entries(attacks))("%s ends as the error of that cell", (name, [, error]) => {
    const cell = result.cells.find((each) => each.name === name);
    const file = `queries/cells/${name}.sql`;
    expect(cell).toMatchObject({ rows: [], error: { message: expect.stringMatching(error), file } });
  });
});

it("elsewhere ends as the error of its check or its chart; a relation that reads a file is not built", () => {
  expect(result.checks.find(({ name }) => name === "reader")).toMatchObject({ status: "error" });
  const charts = result.cells.filter(({ name }) => name.startsWith("chart_"));
  expect(charts).toHaveLength(2);
  for (const { name, error } of charts)
    expect(error).toMatchObject({
      message: `the chart's data is not {"name": "rows"}`,
      file: `queries/cells/${name}.vl.json`,
    });
});

it("stops nothing else: the night ends with exit code 3, its own cells hold their rows", () => {
  expect(ran.code).toBe(3);
  expect(ran.stdout).not.toContain("Query Profiling");
  const sound = result.cells.filter(({ error }) => error === null);
  expect(sound.length).toBeGreaterThan(4);
  expect(result.decision.action).toBe("hold");
});

it("finds nothing out and changes nothing outside", () => {
  expect(contentsOf(outside)).toBe(before);
  const written = readdirSync(join(root, "reports"), { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(root, "reports", name)).isFile(),
  );
  expect(written.length).toBeGreaterThan(10);
  for (const name of written) {
    const text = readFileSync(join(root, "reports", name), "utf8");
    expect(text, name).not.toContain("hunter2");
    expect(text, name).not.toMatch(/root:[x*]?:0:0/);
  }
});

function contentsOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
    hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}
