/** `gatebook run --export`: the rows that result.json and the report cut stand beside them, whole. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Result } from "../../src/model/result.ts";
import type { Format } from "../../src/report/render.ts";
import { parseResult } from "../../src/result/serialize.ts";
import { exportCells } from "../../src/runs/night/export-cells.ts";
import { runNight } from "../../src/runs/night/night.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { caseContext, limits } from "../helpers/run-case.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { madeWorkspace, sampleInto, temporaryFolder, writeFilesIn } from "../helpers/temp-workspace.ts";

const cells = {
  "queries/cells/many.sql": `-- @title Many rows
SELECT range AS n, 'a, "b"' AS said, CAST(NULL AS VARCHAR) AS nothing, rollout.report_date AS day
FROM range(30000), rollout ORDER BY n
`,
  "queries/cells/broken.sql": "-- @title Broken\nSELECT nothing_like_it FROM events\n",
  "queries/cells/long_clicks.sql": `-- @title Clicks by length
-- @requires dwell_seconds
SELECT count(*) AS clicks, max(occurred_at) AS newest FROM events WHERE event_type = 'click'
`,
};

async function run(
  root: string,
  asOf: string | null,
  exportsCells: boolean,
  formats: readonly Format[] = [],
) {
  return await runNight(
    {
      config: join(root, "rollout.yaml"),
      date: asOf === null ? "2026-02-02" : null,
      range: null,
      phase: asOf === null ? "daily" : "first-24h",
      asOf,
      limits,
      report: { out: join(root, "reports"), formats, templateRoots: [] },
      exportsCells,
    },
    caseContext(),
  );
}

describe("run --export", () => {
  let root: string;
  beforeAll(async () => {
    const finish: (() => void)[] = [];
    root = await madeWorkspace((remove) => finish.push(remove));
    judgeBy(root, "ctr");
    writeFilesIn(root, cells);
    await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 120 });
    return () => {
      for (const remove of finish) remove();
    };
  });

  const file = (...path: readonly string[]) => join(root, "reports/clip-cosine-v2", ...path);
  const text = (...path: readonly string[]) => readFileSync(file(...path), "utf8");

  it("writes every row, where the report shows 200 and says how to have the rest", async () => {
    const { failedExports } = await run(root, null, true, ["html"]);
    const lines = text("2026-02-02/cells/many.csv").split("\n");
    expect(lines).toHaveLength(30_000 + 2);
    expect(lines[0]).toBe("n,said,nothing,day");
    expect(lines[1]).toBe('0,"a, ""b""",,2026-02-02');
    expect(lines.at(-2)).toBe('29999,"a, ""b""",,2026-02-02');
    expect(failedExports).toBe(0);
    expect(text("2026-02-02/report.html")).toContain(
      "The first 200 of 30,000 rows; all of them as CSV: gatebook run --export",
    );
  });

  it("writes a file for every cell that has rows, none for one that failed, and the same beside latest/", () => {
    const { cells: measured }: Result = parseResult(text("2026-02-02/result.json"));
    for (const folder of ["2026-02-02", "latest"]) {
      for (const cell of measured) {
        expect([cell.name, existsSync(file(folder, "cells", `${cell.name}.csv`))]).toEqual([
          cell.name,
          cell.error === null,
        ]);
      }
    }
    expect(measured.find(({ name }) => name === "broken")?.error).not.toBeNull();
  });

  it("of the first 24 hours writes what its cells saw, not the days whole", async () => {
    const { result, folder } = await run(root, "2026-02-01T12:00:00Z", true);
    const row = result.cells.find(({ name }) => name === "long_clicks")?.rows[0] ?? [];
    expect(readFileSync(join(folder, "cells/long_clicks.csv"), "utf8")).toBe(
      `clicks,newest\n${row.join(",")}\n`,
    );
    expect(String(row[1]) < "2026-02-01T12:00:00Z").toBe(true);
  });

  it("leaves no files of an earlier export beside a report that was made without one", async () => {
    await run(root, null, false);
    expect(existsSync(file("2026-02-02/cells"))).toBe(false);
    expect(existsSync(file("latest/cells"))).toBe(false);
  });
});

describe("a cell that cannot be exported", () => {
  it("is told of and counted, leaves nothing behind, and the next one is written", async () => {
    const folder = temporaryFolder(onTestFinished);
    const engine = await openDuckDb({ file: ":memory:" });
    onTestFinished(() => engine.close());
    const [sample] = sampleResult().cells;
    if (sample === undefined) throw new Error("the sample has no cell");
    const cell = (name: string, sql: string) => ({ ...sample, name, sql, error: null });
    const bad =
      "SELECT CASE WHEN range < 100000 THEN 0 ELSE CAST(concat('x', range) AS INTEGER) END FROM range(200000)";
    const told: string[] = [];
    const failures = await exportCells(
      engine,
      { cells: [cell("bad", bad), cell("good", "SELECT 1.5 AS n")], folder, timeoutMs: 60_000 },
      { ...caseContext(), progress: ({ text }) => told.push(text) },
    );
    expect(failures).toBe(1);
    expect(readdirSync(join(folder, "cells"))).toEqual(["good.csv"]);
    expect(told[0]).toMatch(/^cells\/bad\.csv was not written: Could not convert string 'x\d+' to INT32/);
    expect(told[1]).toBe("cells/good.csv: 1 row");
  });
});
