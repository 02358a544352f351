/** What a client finds when it opens the published warehouse: every public table documented, in the file and in src/warehouse/README.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownTables, reservedTables } from "../../src/model/table-names.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, packageRoot, sampleInto } from "../helpers/temp-workspace.ts";

const readme = readFileSync(join(packageRoot, "src/warehouse/README.md"), "utf8");
const section = readme.split("## What a client finds")[1]?.split("\n## ")[0] ?? "";

/** Of the shipped workspace: gatebook's public tables, the shipped relations, the lookup. */
const publicTables = [
  ...["author_days", "category_days", "decisions", "duplicate_days", "duplicate_events", "events", "items"],
  ...[
    "loads",
    "misdated_days",
    "records",
    "rejected_rows",
    "restatements",
    "rollout",
    "user_days",
    "user_discovery_events",
  ],
];
let client: DuckDBConnection;
beforeAll(async () => {
  const root = await madeWorkspace(afterAll);
  await sampleInto(root, { scenario: "healthy", usersPerDay: 60, days: 3 });
  await runCase(root, { date: "2026-02-03" });
  const instance = await DuckDBInstance.create(join(root, ".gatebook/warehouse.duckdb"), {
    access_mode: "READ_ONLY",
  });
  client = await instance.connect();
  afterAll(() => {
    client.closeSync();
    instance.closeSync();
  });
});

async function ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await client.runAndReadAll(sql)).getRowObjectsJson();
}

it("holds these tables and views, and no others", async () => {
  const rows = await ask(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY ALL",
  );
  // these live for the length of a statement, or of one measurement; or belong to nights on a cluster
  const passing = ["relation_fresh", "crossover_units", "crossover_firsts", "covered_units"];
  const ofCluster = ["kept_tables", "repeated_events"];
  const books = ownTables.filter((name) => ![...passing, ...ofCluster].includes(name));
  expect(rows.map((row) => row["table_name"])).toEqual([...publicTables, ...books].sort());
});

it("says of every public table what one row of it is", async () => {
  const rows = await ask(`SELECT table_name AS name FROM duckdb_tables() WHERE length(comment) > 20
    UNION ALL SELECT view_name FROM duckdb_views() WHERE length(comment) > 20 ORDER BY ALL`);
  expect(rows.map(({ name }) => name)).toEqual([...publicTables].sort());
});

it("says of every column of events, and of the run's own row, what it means", async () => {
  const rows = await ask(`SELECT table_name || '.' || column_name AS name FROM duckdb_columns()
    WHERE NOT internal AND comment IS NULL AND table_name IN ('events', 'user_discovery_events', 'loads', 'rejected_rows', 'duplicate_events')`);
  expect(rows).toEqual([]);
  const told = await ask(
    "SELECT column_name AS name FROM duckdb_columns() WHERE table_name = 'rollout' AND comment IS NOT NULL",
  );
  expect(told.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["observed_from", "observed_to", "exposure", "as_of"]),
  );
});

it("a relation carries its file's description", async () => {
  const [row] = await ask("SELECT comment FROM duckdb_tables() WHERE table_name = 'author_days'");
  expect(row).toEqual({
    comment:
      "One row per day, algorithm, unit and author shown to that unit. Impressions of items without a known author are left out.",
  });
});

it("the README names every public table, and its query finds their descriptions", async () => {
  for (const name of publicTables) expect(section).toContain(`\`${name}\``);
  const sql = /```sql\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
  const rows = await ask(sql);
  expect(rows.map((row) => row["table_name"])).toEqual([...publicTables].sort());
});

it("no relation and no lookup can take the name of a table that is there for another reason", () => {
  const shipped = ["author_days", "category_days", "duplicate_days", "items", "user_days"];
  expect(publicTables.filter((name) => !reservedTables.includes(name))).toEqual(shipped);
});
