/**
 * What an analyst does next morning: opens the published warehouse.duckdb in a client of their own, with its default settings,
 * and runs the workspace's files as they stand.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, packageRoot, sampleInto } from "../helpers/temp-workspace.ts";

const files = ["relations", "metrics", "checks", "cells"].flatMap((kind) =>
  readdirSync(join(packageRoot, "queries", kind))
    .filter((name) => name.endsWith(".sql"))
    .map((name) => [kind, name] as const),
);

let root: string;
let truth: SampleTruth;
let result: Result;
let client: DuckDBConnection;

beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  truth = await sampleInto(root, { scenario: "healthy", usersPerDay: 150 });
  ({ result } = await runCase(root, { date: "2026-02-07" }));
  const instance = await DuckDBInstance.create(join(root, ".gatebook/warehouse.duckdb"));
  client = await instance.connect();
  afterAll(() => {
    client.closeSync();
    instance.closeSync();
  });
});

async function ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await client.runAndReadAll(sql)).getRowObjectsJson();
}

describe("in a plain DuckDB client", () => {
  it("there are files of every kind to try", () => {
    expect(new Set(files.map(([kind]) => kind)).size).toBe(4);
    expect(files.length).toBeGreaterThanOrEqual(20);
  });

  it.each(files)("queries/%s/%s runs unchanged and finds rows", async (kind, name) => {
    const rows = await ask(readFileSync(join(root, "queries", kind, name), "utf8"));
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(files.filter(([kind]) => kind === "cells"))(
    "queries/%s/%s gives the report's rows",
    async (kind, name) => {
      const rows = await ask(readFileSync(join(root, "queries", kind, name), "utf8"));
      const cell = result.cells.find(({ path }) => path === `queries/${kind}/${name}`);
      expect(rows.map((row) => Object.values(row).map(text))).toEqual(cell?.rows.map((row) => row.map(text)));
    },
  );

  it.each(files.filter(([kind]) => kind === "relations"))(
    "queries/%s/%s gives the rows of its table",
    async (kind, name) => {
      const sql = readFileSync(join(root, "queries", kind, name), "utf8");
      const table = name.replace(".sql", "");
      const [row] = await ask(`WITH fresh AS (${sql}\n), kept AS (SELECT * FROM ${table})
      SELECT (SELECT count(*) FROM (FROM fresh EXCEPT ALL FROM kept)) AS more, (SELECT count(*) FROM (FROM kept EXCEPT ALL FROM fresh)) AS fewer`);
      expect(row).toEqual({ more: "0", fewer: "0" });
    },
  );

  it("the runbook's query of save events by day counts what the sample wrote", async () => {
    const rows = await ask(
      "SELECT DATE(occurred_at) AS day, event_type, COUNT(*) AS events FROM user_discovery_events WHERE event_type IN ('favorite','download') GROUP BY 1, 2 ORDER BY 1, 2",
    );
    expect(rows.map(({ day, event_type }) => `${day} ${event_type}`).sort()).toEqual(
      truth.totals
        .filter(({ variant }) => variant === "baseline")
        .flatMap(({ date }) => [`${date} download`, `${date} favorite`]),
    );
    const saved = rows.reduce((sum, row) => sum + Number(row["events"]), 0);
    const written = truth.files.filter(({ source }) => source === "user_discovery_events");
    expect(saved).toBe(written.reduce((sum, file) => sum + file.loaded, 0));
  });

  it("the runbook's query of empty event ids finds none", async () => {
    const rows = await ask(
      "SELECT COUNT(*) FROM user_discovery_events WHERE event_id IS NULL OR event_id = ''",
    );
    expect(rows.map((row) => Object.values(row))).toEqual([["0"]]);
  });

  it("the app's own name of the column, meta, reads as metadata does", async () => {
    const [row] = await ask(
      "SELECT count(*) FILTER (meta IS DISTINCT FROM metadata) AS other, count(meta) > 0 AS known FROM user_discovery_events",
    );
    expect(row).toEqual({ other: "0", known: true });
  });

  it("the one row of rollout says what the night looked at", async () => {
    const [row] = await ask(
      "SELECT baseline, candidate, gate, exposure, observed_from, report_date FROM rollout",
    );
    expect(row).toEqual({
      baseline: "clip-cosine-v1",
      candidate: "clip-cosine-v2",
      gate: "g10",
      exposure: 0.1,
      observed_from: "2026-02-01",
      report_date: "2026-02-07",
    });
  });

  it("an open client stops no run: the next night is published beside it", async () => {
    await runCase(root, { date: "2026-02-06" });
    const [still] = await ask("SELECT report_date FROM rollout");
    expect(still).toEqual({ report_date: "2026-02-07" });
  });
});

/** 1 and "1", as integers beyond a double arrive; 0.30000000000000004 and 0.3 are one. */
function text(value: unknown): string {
  if (value === null) return "null";
  const number = Number(value);
  return typeof value === "string" && (value === "" || Number.isNaN(number)) ? value : number.toPrecision(12);
}
