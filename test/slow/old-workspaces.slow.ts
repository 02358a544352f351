/** A workspace of every earlier version opens, is brought up to date or left whole, and its next night runs. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { historyCommand } from "../../src/commands/history.ts";
import { recordCommand } from "../../src/commands/record.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { readLastRollback } from "../../src/ledger/last-rollback.ts";
import type { Result } from "../../src/model/result.ts";
import { laterKeys } from "../../src/result/later-keys.ts";
import { readResult } from "../../src/result/read-result.ts";
import { type Replayed, replayResult } from "../../src/runs/replay/replay.ts";
import { migrate } from "../../src/runs/store/prepare-store.ts";
import { openWarehouse } from "../../src/warehouse/store.ts";
import { run } from "../commands/workspace.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { addNextDay, nextNight, oldWorkspace, oldWorkspaceAndNight } from "../helpers/old-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { temporaryFolder } from "../helpers/temp-workspace.ts";

const inFolder = (root: string, name: string): string => join(root, ".gatebook", name);

/** Every table and view with its columns, and the number of nights: what an older gatebook finds. */
async function schemaOf(engine: Engine): Promise<string> {
  const columns = await engine.rows(
    "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
  );
  return JSON.stringify([columns, await engine.rows("SELECT count(*) FROM decisions")]);
}

describe("a workspace of gatebook 0.1", () => {
  it("is opened, and its next night runs and remembers the latched rollback", async () => {
    const { result } = await oldWorkspaceAndNight(onTestFinished);
    expect(result.decision).toMatchObject({ action: "rollback", rule: "latched", latched: true });
    expect(result.ledger.latched?.since).toBe("2026-02-11");
    expect(result.ledger.nights).toHaveLength(20);
    expect(result.metrics.map(({ days }) => days.length)).toEqual(result.metrics.map(() => 21));
    expect(result.checks.filter(({ name }) => /^ledger_(lost|recovered)/.test(name))).toEqual([]);
  });

  it("is migrated in one transaction: killed before any of its statements, it is what it was", async () => {
    const root = oldWorkspace(onTestFinished);
    const store = inFolder(root, "store.duckdb");
    const engine = await openDuckDb({ file: store });
    const before = await schemaOf(engine);
    const killed = temporaryFolder(onTestFinished);
    let statements = 0;
    const asIfKilled: Engine = {
      ...engine,
      execute: async (sql) => {
        statements += 1;
        mkdirSync(join(killed, String(statements)));
        for (const suffix of ["", ".wal"])
          if (existsSync(`${store}${suffix}`))
            copyFileSync(`${store}${suffix}`, join(killed, String(statements), `store.duckdb${suffix}`));
        await engine.execute(sql);
      },
    };
    await migrate(asIfKilled, "0.2.0");
    expect(await schemaOf(engine)).not.toBe(before);
    engine.close();
    expect(statements).toBeGreaterThan(2);
    for (let at = 1; at <= statements; at++) {
      const left = await openDuckDb({ file: join(killed, String(at), "store.duckdb") });
      expect(await schemaOf(left)).toBe(before);
      await migrate(left, "0.2.0");
      expect(await schemaOf(left)).not.toBe(before);
      left.close();
    }
  });
});

describe("a result of version 1", () => {
  it("gives every measured number again; its verdict stands as it was recorded", async () => {
    const root = oldWorkspace(onTestFinished);
    const recorded = readResult(join(root, "reports/clip-cosine-v2/2026-02-20/result.json"));
    // each in an engine of its own: a replay leaves temporary tables in front of the relations
    const replay = async (result: Result): Promise<Replayed> => {
      const engine = await openWarehouse(root);
      try {
        return await replayResult(engine, { recorded: result, root, timeoutMs: 60_000, version: "0.2.0" });
      } finally {
        engine.close();
      }
    };
    const replayed = await replay(recorded);
    expect(replayed).toMatchObject({ outcome: "incomplete", differences: [], judgedBy: "0.1" });
    const metrics = recorded.measurement.metrics.map((metric) => ({
      ...metric,
      days: metric.days.filter(({ date }) => date !== "2026-02-20"),
    }));
    const changed = { ...recorded, measurement: { ...recorded.measurement, metrics } };
    const differs = await replay(changed);
    expect(differs.outcome).toBe("differs");
    expect(differs.differences.map(({ path }) => path)).toContain(
      "measurement.metrics[ctr].days[2026-02-20]",
    );
  });

  it("lacks keys that the schema gives a default, and no others are left out of the comparison", () => {
    expect(laterKeys()).toContain("measurement.metrics[].coverage");
    expect(laterKeys()).toContain("ledger.accepted");
    expect(laterKeys()).not.toContain("measurement.metrics");
  });
});

describe("the commands on a workspace of gatebook 0.1", () => {
  it("that read its warehouse work before any run has brought it up to date", async () => {
    const root = oldWorkspace(onTestFinished);
    const before = readFileSync(inFolder(root, "warehouse.duckdb"));
    const result = "reports/clip-cosine-v2/2026-02-20/result.json";
    const window = ["--from", "2026-02-18", "--to", "2026-02-20"];
    const words: Readonly<Record<string, readonly string[]>> = {
      history: ["history", "--limit", "3"],
      query: ["query", "ctr", "--limit", "2"],
      render: ["render", result, "--out", "rendered"],
      backtest: ["backtest", "--set", "ctr.drop.rollback=4%"],
      calibrate: ["calibrate", ...window, "--splits", "5", "--concentration-splits", "2"],
      compare: ["compare", "clip-cosine-v1", "clip-cosine-v2", ...window],
      evaluate: ["evaluate", ...window],
    };
    for (const [name, line] of Object.entries(words)) {
      const { code, stderr } = await gatebook(root, ...line, "--quiet");
      expect([name, code, stderr]).toEqual([name, 0, ""]);
    }
    const replayed = await gatebook(root, "replay", result);
    expect(replayed.stdout).toContain("verdict as recorded (judged by the rules of 0.1): rollback (latched)");
    expect(readFileSync(inFolder(root, "warehouse.duckdb")).equals(before)).toBe(true);
  });

  it("that write into its ledger work, and keep all of it", async () => {
    const root = oldWorkspace(onTestFinished);
    const words = ["record", "hold", "--reason", "we look into it", "--by", "ada", "--quiet"];
    expect(await gatebook(root, ...words)).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await gatebook(root, "history", "--json");
    expect(JSON.parse(stdout)).toHaveLength(21);
  });

  it("has its records read as they stand, and taken back, accepted and cleared as any others", async () => {
    const root = oldWorkspace(onTestFinished);
    const { out } = await run(historyCommand, root, { limit: 100 });
    expect(out.split("\n").length).toBeGreaterThanOrEqual(20);
    const engine = await openWarehouse(root);
    expect(await readLastRollback(engine, "clip-cosine-v2")).toBeNull();
    engine.close();
    const now = { now: "2026-02-22T08:00:00Z" };
    const said = { by: "ada", reason: "understood" };
    expect((await run(recordCommand, root, { ...said, kind: "clear" }, now)).code).toBe(0);
    expect((await run(recordCommand, root, { ...said, kind: "undo", what: "1" }, now)).code).toBe(0);
    addNextDay(root);
    const { result } = await runCase(root, nextNight);
    expect(result.decision.rule).toBe("latched");
  });
});
