/**
 * One spec, two engines: every shipped query file, and all that gatebook measures around them, gives the same over the same events.
 * Counts are equal, doubles to 1e-12. What is compared is what a night, `evaluate`, a first day, before/after and `calibrate` read.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { DataEngine, Engine, RemoteEngine } from "../../src/engine/engine.ts";
import { openTrino } from "../../src/engine/trino/open.ts";
import type { Config } from "../../src/model/config.ts";
import { type Catalog, catalogFiles, readCatalog } from "../../src/queries/catalog/catalog.ts";
import { withEventDimensions } from "../../src/queries/catalog/event-dimensions.ts";
import { runCells } from "../../src/queries/cells/cells.ts";
import { runChecks } from "../../src/queries/measures/checks.ts";
import { evaluateMetrics } from "../../src/queries/measures/evaluate.ts";
import { measureMetrics } from "../../src/queries/measures/metrics.ts";
import type { MeasurePlan } from "../../src/queries/measures/plan.ts";
import { measureTraffic } from "../../src/queries/measures/traffic.ts";
import { withBucketedEvents } from "../../src/queries/relations/bucketed-events.ts";
import { withShiftedBaseline } from "../../src/queries/relations/shifted-baseline.ts";
import { calibrate } from "../../src/runs/calibrate/calibrate.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { changeFile, madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";
import { clusterOptions, command, dataFolder, freshSchema } from "./cluster/cluster.ts";
import { intoLake } from "./cluster/lake.ts";
import { differences } from "./differences.ts";

const [from, to] = ["2026-02-01", "2026-02-03"] as const;
const plan: MeasurePlan = {
  baseline: "clip-cosine-v1",
  candidate: "clip-cosine-v2",
  from,
  to,
  shownFrom: from,
  pre: { from: "2026-01-29", to: "2026-01-31" },
  timeZone: "UTC",
  presentColumns: new Set([
    "event_id",
    "author_id",
    "category_id",
    "duplicate_group",
    "dwell_seconds",
    "metadata",
  ]),
  cutMetrics: new Set(["ctr", "long_dwell_share"]),
};

/** Tables that loading makes; with a cluster the night notes or writes their like. */
const stored = [
  "events",
  "duplicate_events",
  "user_discovery_events",
  "items",
  "item_attributes",
  "rollout",
  "day_edges",
  "day_hours",
  "coverage_days",
  "coverage_misses",
  "coverage_items",
  "unit_firsts",
  "reject_days",
  "load_files",
  "loads",
  "rejected_rows",
];

let config: Config;
let catalog: Catalog;
let embedded: Engine;
let cluster: RemoteEngine;
const schema = freshSchema();
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const root = await madeWorkspace((remove) => ends.push(remove));
  const scenario = { scenario: "crossed-heavy-users", days: 3, before: 3, usersPerDay: 240 } as const;
  await sampleInto(root, scenario);
  spoil(root);
  changeFile(root, "rollout.yaml", {
    "active_gate: g10": "active_gate: g10\ndimensions: [category_id, metadata.device.os]",
  });
  const ran = await gatebook(root, "run", "--date", to);
  expect(ran.code, ran.stderr).toBeLessThan(4);
  config = loadConfig(join(root, "rollout.yaml"));
  catalog = withEventDimensions(readCatalog(root), config);
  embedded = await openDuckDb({
    file: join(root, ".gatebook/warehouse.duckdb"),
    readOnly: true,
    allowedDirectories: [dataFolder],
  });
  cluster = await openTrino(clusterOptions({ schema }));
  await command(`CREATE SCHEMA iceberg.${schema}`);
  await Promise.all(
    stored.map((name) => intoLake(embedded, { schema, name, select: `SELECT * FROM ${name}` })),
  );
  for (const name of stored) cluster.mount(name, `SELECT * FROM ${cluster.tableAt(name)}`);
});

afterAll(async () => {
  for (const { name } of catalog.relations) await cluster.dropKept(name);
  await cluster.close();
  for (const name of stored) await command(`DROP TABLE IF EXISTS iceberg.${schema}.${name}`);
  await command(`DROP SCHEMA IF EXISTS iceberg.${schema}`);
  embedded.close();
  for (const end of ends) end();
});

/** Metadata of every kind, ids twice, a click on nothing, an item that no lookup knows, a misspelt algorithm, a placeholder and a row without any id. */
function spoil(root: string): void {
  const file = join(root, "exports/feed_events", `${to}.csv`);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const [, first = "", second = ""] = lines;
  const changed = (line: string, changes: Readonly<Record<number, string>>): string =>
    line
      .split(",")
      .map((value, index) => changes[index] ?? value)
      .join(",");
  const added = [
    first,
    second,
    changed(first, { 0: "extra1", 6: "Clip-Cosine-V2" }),
    changed(first, { 0: "extra2", 3: "undefined" }),
    changed(first, { 0: "extra3", 5: "no-such-item" }),
    changed(first, { 0: "", 3: "", 4: "" }),
    changed(first, { 0: "extra4", 1: "feed_click", 3: "nobody-shown", 7: "12.345" }),
  ];
  const metadata = [
    `{"device":{"os":"ios"}}`,
    `{"device":{"os":1.50}}`,
    `{"device":{"os":[1]}}`,
    `{"device":`,
    "",
  ];
  const [head, ...rows] = [...lines, ...added];
  const withMetadata = rows.map((row, n) => `${row},"${metadata[n % 5]?.replaceAll('"', '""')}"`);
  writeFileSync(file, `${[`${head},metadata`, ...withMetadata].join("\n")}\n`);
  writeFileSync(join(root, "exports/note.txt"), "spoilt\n");
}

/** The same work on both. */
async function both<T>(work: (engine: DataEngine) => Promise<T>): Promise<readonly [T, T]> {
  return [await work(embedded), await work(cluster)];
}

describe("a shipped file", () => {
  it("that is a relation gives the same rows, also where single days of it are made again", async () => {
    for (const file of inOrder(catalog)) {
      const rows = { file: file.path, sql: file.sql };
      await cluster.keep({ name: file.name, rows, days: null });
      await cluster.keep({ name: file.name, rows, days: [to] });
      const columns = (await embedded.describe(rows)).map(({ name }) => name).join(", ");
      const sql = `SELECT ${columns} FROM ${file.name} ORDER BY ${columns}`;
      const [left, right] = await both((engine) => engine.query({ file: file.path, sql }));
      expect(left.rowCount, file.name).toBeGreaterThan(100);
      expect(differences(left.rows, right.rows), file.name).toEqual([]);
    }
    const systems = await cluster.rows("SELECT DISTINCT value FROM device_os ORDER BY value NULLS LAST");
    expect(systems.map(({ value }) => value)).toEqual(["1.5", "ios", null]);
  });

  it("of any other kind gives the same rows, in order where it has one", async () => {
    const files = catalogFiles(catalog).filter(({ kind }) => kind !== "relation" && kind !== "dimension");
    expect(files.length).toBeGreaterThan(20);
    const found: string[] = [];
    for (const file of files) {
      const [left, right] = await both((engine) => engine.query({ file: file.path, sql: file.sql }));
      const ordered = /\bORDER BY\b[^)]*$/i.test(file.sql);
      const rows = (result: typeof left) => (ordered ? result.rows : sorted(result.rows));
      found.push(...differences(rows(left), rows(right)).map((text) => `${file.name}${text}`));
      expect(right.columns.map(({ name }) => name)).toEqual(left.columns.map(({ name }) => name));
    }
    expect(found).toEqual([]);
  });
});

describe("gatebook's own measuring", () => {
  it("of traffic, coverage and events per unit", async () => {
    const [left, right] = await both((engine) => measureTraffic(engine, plan));
    expect(left.days).toHaveLength(3);
    expect(differences(left, right)).toEqual([]);
  });

  it("of metrics: moments, jackknife, movers, crossed units, days before, cuts; few bytes come back", async () => {
    const earlier = cluster.costs().length;
    const [left, right] = await both((engine) => measureMetrics(engine, catalog, plan));
    const costs = cluster.costs().slice(earlier);
    for (const [index, { path, header }] of catalog.metrics.entries()) {
      const bytes = costs.reduce((sum, cost) => sum + (cost.what === path ? cost.bytes : 0), 0);
      const cuts = left[index]?.dimensions.length ?? 0;
      expect(bytes, path).toBeGreaterThan(1000);
      // a cut is a query of its own
      expect(bytes, path).toBeLessThan((header.top === null ? 30_000 : 350_000) * (1 + cuts));
    }
    expect(left.map(({ error }) => error)).toEqual(left.map(() => null));
    expect(left.filter(({ dimensions }) => dimensions.length > 0)).toHaveLength(2);
    expect(left.filter(({ intentionToTreat }) => intentionToTreat !== null).length).toBeGreaterThan(0);
    expect(differences(left, right)).toEqual([]);
  });

  it("of checks", async () => {
    const [left, right] = await both((engine) => runChecks(engine, catalog, plan));
    expect(left.map(({ error }) => error)).toEqual(left.map(() => null));
    expect(differences(left, right)).toEqual([]);
  });

  it("of cells, which are cut at a limit", async () => {
    const options = { rowLimit: 20, checkChart: async () => [] };
    const [left, right] = await both((engine) => runCells(engine, catalog, options));
    expect([...left, ...right].flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(left.some(({ truncated }) => truncated)).toBe(true);
    expect(differences(left.map(comparable), right.map(comparable))).toEqual([]);
  });

  it("of every metric per algorithm", async () => {
    const [left, right] = await both((engine) =>
      evaluateMetrics(engine, catalog, { from, to, timeoutMs: 60_000 }),
    );
    expect(left.every(({ algorithms }) => algorithms.length >= 2)).toBe(true);
    expect(differences(left, right)).toEqual([]);
  });

  it("of the hours of a first day", async () => {
    const slots = [0, 1, 2].map((hour) => ({
      date: `2026-02-0${hour + 1}`,
      from: `2026-02-01T1${hour}:00:00Z`,
      to: `2026-02-01T1${hour + 1}:00:00Z`,
    }));
    const only = { ...catalog, metrics: catalog.metrics.filter(({ name }) => name === "ctr") };
    const [left, right] = await both((engine) =>
      withBucketedEvents(engine, only, { slots }, async (failed) => [
        [...failed.keys()],
        await measureTraffic(engine, { ...plan, slots }),
        await measureMetrics(engine, only, { ...plan, slots, pre: null }),
      ]),
    );
    expect(left[0]).toEqual([]);
    expect(differences(left, right)).toEqual([]);
  });

  it("of before and after", async () => {
    const shift = { baseline: plan.baseline, days: 7, opened: from };
    const only = { ...catalog, metrics: catalog.metrics.filter(({ name }) => name === "ctr") };
    const [left, right] = await both((engine) =>
      withShiftedBaseline(engine, only, shift, () =>
        measureMetrics(engine, only, { ...plan, pre: null, keepsCrossover: true }),
      ),
    );
    expect(differences(left, right)).toEqual([]);
  });

  it("of one algorithm split against itself", async () => {
    const few = ["ctr", "top_author_share"];
    const only = { ...catalog, metrics: catalog.metrics.filter(({ name }) => few.includes(name)) };
    const request = {
      ...{ config, catalog: only, from, to, share: 0.3, splits: 20, concentrationSplits: 1, seed: "equal" },
      ...{ plants: [], presentColumns: plan.presentColumns, timeoutMs: 60_000 },
    };
    // last of all: its overlays stay for the process that it ends
    const memory = await openDuckDb({ file: ":memory:" });
    ends.push(() => memory.close());
    const left = await calibrate({ books: embedded, data: embedded, cluster: null }, request, () => {});
    const right = await calibrate({ books: memory, data: cluster, cluster }, request, () => {});
    expect(left.metrics).toHaveLength(2);
    expect(differences(left, right)).toEqual([]);
  });
});

function comparable<
  T extends { readonly columns: readonly { readonly name: string }[]; readonly durationMs: number },
>({ columns, durationMs: _, ...cell }: T) {
  return { ...cell, columns: columns.map(({ name }) => name) };
}

function sorted(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  const key = (row: readonly unknown[]): string =>
    JSON.stringify(row.map((value) => (typeof value === "number" ? value.toPrecision(12) : value)));
  return rows.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
}

/** user_days first: the others may read it. */
function inOrder({ relations }: Catalog): Catalog["relations"] {
  return relations.toSorted(
    (left, right) => Number(right.name === "user_days") - Number(left.name === "user_days"),
  );
}
