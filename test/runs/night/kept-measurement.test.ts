/** A measurement is taken over by the next run only when nothing it was made from has changed; a doubt costs time, never a number. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Config } from "../../../src/model/config.ts";
import { type Catalog, readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { measureNight } from "../../../src/runs/night/kept-measurement.ts";
import { judgeBy } from "../../helpers/lean-workspace.ts";
import { runCase } from "../../helpers/run-case.ts";
import { madeWorkspace, sampleInto } from "../../helpers/temp-workspace.ts";
import { config as settled } from "../../judge/builders.ts";
import { catalogOf, insertEvents, openWarehouse, plan, shippedRoot } from "../../queries/warehouse.ts";

const mark = "marked by this test";

/** Marks what is kept, so that a run which takes it over shows the mark. */
function markKept(folder: string): void {
  const path = join(folder, "measurement.json");
  const text = readFileSync(path, "utf8");
  expect(text).toContain("Click-through rate");
  writeFileSync(path, text.replaceAll("Click-through rate", mark));
}

describe("the measurement of a warehouse", () => {
  const shipped = readCatalog(shippedRoot);
  const catalog: Catalog = {
    ...shipped,
    relations: shipped.relations.filter(({ name }) => name === "user_days"),
    metrics: shipped.metrics.filter(({ name }) => name === "ctr"),
    checks: [],
    cells: [],
  };
  const withCell = (sql: string): Catalog => ({
    ...catalog,
    cells: catalogOf({ "cells/one.sql": `-- @title One\n-- One row.\n${sql}\n` }).cells,
  });
  const config: Config = {
    ...settled(),
    rollout: { ...settled().rollout, baseline: "v1", candidate: "v2" },
  };

  let engine: Engine;
  let folder: string;
  beforeEach(async () => {
    engine = await openWarehouse();
    folder = mkdtempSync(join(tmpdir(), "gatebook-kept-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const days = ["2026-02-01", "2026-02-02"];
    const events = days.flatMap((day) =>
      ["v1", "v2"].map(
        (algorithm) => `('impression', DATE '${day}', '${algorithm}', '${algorithm}', NULL, NULL)`,
      ),
    );
    await insertEvents(engine, events);
    await buildRelations(engine, catalog, { dirtyDates: [], rebuildAll: false });
  });

  async function titleOfCtr(change: { catalog?: Catalog; config?: Config; from?: string } = {}) {
    const { from = "2026-02-01" } = change;
    const window = { from, to: "2026-02-02", shownFrom: from, reportDate: "2026-02-02", rampDays: [] };
    const { measurement } = await measureNight(
      engine,
      {
        ...{ config, catalog, phase: "daily", version: "0.0.0", folder, timeoutMs: 60_000, ...change },
        presentColumns: plan.presentColumns,
        window: {
          ...{ ...window, asOf: "2026-02-03T00:00:00Z", opensOn: null, baselineFrom: null, baselineTo: null },
          ...{ plannedNights: 14, preFrom: null, preTo: null },
        },
      },
      async (_, work) => await work(),
    );
    return measurement.metrics[0]?.definition.title;
  }

  it("is taken over while nothing has changed", async () => {
    await titleOfCtr();
    markKept(folder);
    expect(await titleOfCtr()).toBe(mark);
  });

  const [ctr] = catalog.metrics;
  if (ctr === undefined) throw new Error("there is no ctr");
  it.each<readonly [string, () => Parameters<typeof titleOfCtr>[0]]>([
    ["another window", () => ({ from: "2026-02-02" })],
    ["another rollout.yaml", () => ({ config: { ...config, sha256: "1".repeat(64) } })],
    [
      "another query",
      () => ({ catalog: { ...catalog, metrics: [{ ...ctr, sql: `${ctr.sql} AND clicks >= 0` }] } }),
    ],
    ["another cell", () => ({ catalog: withCell("SELECT 1 AS one") })],
  ])("is not asked for %s", async (_, change) => {
    await titleOfCtr();
    markKept(folder);
    expect(await titleOfCtr(change())).toBe("Click-through rate");
  });

  it("is made anew after an export has changed", async () => {
    await titleOfCtr();
    markKept(folder);
    await engine.execute("INSERT INTO load_files (file_id, source, file) VALUES (1, 'feed', 'a.csv')");
    expect(await titleOfCtr()).toBe("Click-through rate");
  });

  it("stays when events were dropped since, and is made anew when they have come back", async () => {
    await titleOfCtr();
    markKept(folder);
    await engine.execute(
      "CREATE TABLE dropped AS SELECT * FROM event_rows WHERE event_date = DATE '2026-02-01'",
    );
    await engine.execute("DELETE FROM event_rows WHERE event_date = DATE '2026-02-01'");
    expect(await titleOfCtr()).toBe(mark);
    await engine.execute("INSERT INTO event_rows SELECT * FROM dropped");
    const path = join(folder, "measurement.json");
    const { events, ...rest } = JSON.parse(readFileSync(path, "utf8"));
    expect(events).toBe(4);
    writeFileSync(path, JSON.stringify({ ...rest, events: 2 }));
    expect(await titleOfCtr()).toBe("Click-through rate");
  });

  it("is made anew when what was kept is damaged", async () => {
    await titleOfCtr();
    const path = join(folder, "measurement.json");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, 1000));
    expect(await titleOfCtr()).toBe("Click-through rate");
  });

  it.each(["count(*) AS nights FROM decisions", "age(TIMESTAMP '2026-02-01') AS old"])(
    "is neither kept nor taken over where a query asks for the ledger, the clock or chance: %s",
    async (what) => {
      await titleOfCtr();
      markKept(folder);
      const asks = { catalog: withCell(`SELECT ${what}`) };
      expect(await titleOfCtr(asks)).toBe("Click-through rate");
      expect(readFileSync(join(folder, "measurement.json"), "utf8")).toContain(mark);
    },
  );
});

describe("a night that is run again", () => {
  const date = "2026-02-03";
  let root = "";
  const titleOfCtr = async (): Promise<string | undefined> =>
    (await runCase(root, { date })).result.metrics.find(({ name }) => name === "ctr")?.title;

  it("takes over what it measured, but for an export that has changed", async () => {
    root = await madeWorkspace(afterAll);
    judgeBy(root, "ctr");
    await sampleInto(root, { scenario: "healthy", usersPerDay: 60, days: 3 });
    await titleOfCtr();
    markKept(join(root, ".gatebook"));
    expect(await titleOfCtr()).toBe(mark);
    const path = join(root, `exports/feed_events/${date}.csv`);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    writeFileSync(path, `${lines.slice(0, -1).join("\n")}\n`);
    expect(await titleOfCtr()).toBe("Click-through rate");
  });
});
