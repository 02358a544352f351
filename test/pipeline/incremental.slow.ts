/**
 * A warehouse that grew night by night is the one that a single night would make of the same files. What exports do between
 * nights happens here on the sample: late events, grown, replaced, renamed, vanished and overlapping files; then every table
 * and view is compared with those of a new workspace.
 */
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Row } from "../../src/engine/engine.ts";
import type { Result } from "../../src/model/result.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, packageRoot, sampleInto } from "../helpers/temp-workspace.ts";

const day = (number: number): string => `2026-02-0${number}`;
const feed = (name: string): string => `exports/feed_events/${name}.csv`;

/** The nights' books: they tell of nights, not of exports. `rollout` holds one row about the last of them. */
const ledger = ["decisions", "restatements", "records", "relation_state"];

async function tablesOf(root: string): Promise<Readonly<Record<string, readonly Row[]>>> {
  const engine = await openDuckDb({ file: join(root, ".gatebook/warehouse.duckdb"), readOnly: true });
  const names = await engine.rows(`SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1`);
  const tables: Record<string, readonly Row[]> = {};
  for (const { name } of names) tables[String(name)] = await rowsOf(engine, String(name));
  engine.close();
  return tables;
}

/** Files are numbered in the order they came: the number is replaced by the file's name. */
async function rowsOf(engine: Awaited<ReturnType<typeof openDuckDb>>, name: string): Promise<readonly Row[]> {
  const columns = (await engine.rows(`DESCRIBE "${name}"`)).map((row) => String(row["column_name"]));
  if (!columns.includes("file_id")) return await engine.rows(`SELECT * FROM "${name}" ORDER BY ALL`);
  const from =
    name === "load_files"
      ? "SELECT * EXCLUDE (file_id) FROM load_files"
      : `SELECT f.source, f.file, t.* EXCLUDE (file_id) FROM "${name}" t JOIN load_files f ON f.file_id = t.file_id`;
  return await engine.rows(`${from} ORDER BY ALL`);
}

let root: string;
let tonight: Result;
let grown: Awaited<ReturnType<typeof tablesOf>>;
let scratch: Awaited<ReturnType<typeof tablesOf>>;

beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  judgeBy(root, "ctr");
  cpSync(join(packageRoot, "queries/relations"), join(root, "queries/relations"), { recursive: true });
  await sampleInto(root, { scenario: "broken-ingestion", usersPerDay: 60 });
  const path = (name: string): string => join(root, feed(name));
  const whole = Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7].map((number) => [number, readFileSync(path(day(number)), "utf8").split("\n")]),
  );
  const lines = (number: number): readonly string[] => whole[number] ?? [];
  const write = (name: string, rows: readonly string[]): void =>
    writeFileSync(path(name), `${rows.filter((each) => each !== "").join("\n")}\n`);
  const [header = ""] = lines(1);
  for (const number of [5, 6, 7]) rmSync(path(day(number)));

  // first night: day 2 under another name, day 3 only half exported, day 4 with what will be replaced
  renameSync(path(day(2)), path("second-day"));
  write(day(3), lines(3).slice(0, lines(3).length / 2));
  write(day(4), [header, ...lines(1).slice(1, 40), ...lines(4).slice(1).reverse()]);
  write("gone", [header, ...lines(5).slice(1, 60)]);
  await runCase(root, { date: day(4) });

  // second night: renamed, grown, replaced; a file vanished, and an overlapping one came
  renameSync(path("second-day"), path(day(2)));
  write(day(3), lines(3));
  write(day(4), lines(4));
  rmSync(path("gone"));
  write("backfill", [header, ...lines(3).slice(10, 90), ...lines(5).slice(1, 30)]);
  write(day(5), lines(5));
  await runCase(root, { date: day(5) });

  // third night: late events of old days stand in a new file, and the vanished one is back
  write(day(6), [
    ...lines(6),
    ...lines(2)
      .slice(5, 30)
      .map((row) => row.replace(/^[^,]+/, "late-$&")),
  ]);
  write("gone", [header, ...lines(5).slice(1, 60)]);
  // events of day 3 are said to be of day 1: the earlier ones count, and day 3 has that many fewer
  write("conflict", [
    header,
    ...lines(3)
      .slice(100, 120)
      .map((row) => row.replace(day(3), day(1))),
  ]);
  write(day(7), lines(7));
  await runCase(root, { date: day(6), formats: ["md"] });
  ({ result: tonight } = await runCase(root, { date: day(7) }));
  grown = await tablesOf(root);

  rmSync(join(root, ".gatebook"), { recursive: true });
  await runCase(root, { date: day(7) });
  scratch = await tablesOf(root);
});

describe("after four nights", () => {
  it("there is something of everything to compare", () => {
    for (const name of [
      "events",
      "duplicate_events",
      "rejected_rows",
      "loads",
      "user_days",
      "author_days",
      "items",
    ])
      expect(grown[name]?.length, name).toBeGreaterThan(3);
    expect(Object.keys(grown).sort()).toEqual(Object.keys(scratch).sort());
    expect(grown["decisions"]).toHaveLength(4);
  });

  it("every table and view of the exports is what one night makes of the same files", () => {
    const compared = Object.keys(scratch).filter((name) => !ledger.includes(name));
    expect(compared.length).toBeGreaterThan(15);
    for (const name of compared) expect(grown[name], name).toEqual(scratch[name]);
  });

  it("the verdict of the last night is the same, but for what it knows of the nights before", () => {
    const last = (tables: typeof grown): Row | undefined =>
      tables["decisions"]?.find((row) => String(row["report_date"]).startsWith(day(7)));
    const same = ["action", "rule", "reason", "gate"] as const;
    for (const column of same) expect(last(grown)?.[column], column).toEqual(last(scratch)?.[column]);
  });

  it("what was restated is said in the report", () => {
    const restated = tonight.changes.filter(({ kind }) => kind === "restated");
    expect(restated).toEqual([]);
    const before = JSON.parse(
      readFileSync(join(root, `reports/clip-cosine-v2/${day(6)}/result.json`), "utf8"),
    ) as Result;
    const said = before.changes
      .filter(({ kind }) => kind === "restated")
      .map(({ subject, text }) => [subject, text]);
    expect(said).toEqual([
      [day(1), expect.stringMatching(/^2026-02-01 restated: /)],
      [day(2), expect.stringMatching(/^2026-02-02 restated: 923 events after 898, /)],
      [day(3), expect.stringMatching(/^2026-02-03 restated: /)],
    ]);
    const report = readFileSync(join(root, `reports/clip-cosine-v2/${day(6)}/report.md`), "utf8");
    expect(report).toContain("2026-02-02 restated: 923 events after 898");
  });
});
