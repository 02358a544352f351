/** A warehouse in memory and a workspace on disk, small enough to count by hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Source } from "../../src/model/config.ts";
import { formatPlace, GatebookError } from "../../src/model/error.ts";
import type { QueryError } from "../../src/model/measurement.ts";
import { type Catalog, readCatalog } from "../../src/queries/catalog/catalog.ts";
import type { MeasurePlan } from "../../src/queries/measures/plan.ts";
import { copyEmptyStore } from "../helpers/empty-store.ts";
import type { Finally } from "../helpers/temp-workspace.ts";

/** The folder that holds the shipped `queries/`. */
export const shippedRoot = resolve(import.meta.dirname, "../..");

/** Writes `queries/…` files, e.g. { "metrics/ctr.sql": "SELECT …" }, into a folder that is gone after the test. */
export function workspace(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "gatebook-queries-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, "queries", path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return root;
}

export function catalogOf(files: Readonly<Record<string, string | Uint8Array>>): Catalog {
  return readCatalog(workspace(files));
}

export async function openEngine(): Promise<Engine> {
  const engine = await openDuckDb({ file: ":memory:" });
  onTestFinished(() => engine.close());
  return engine;
}

/** Empty events, loads and duplicates as loading makes them, and the row of `rollout`. */
export async function openWarehouse(
  window = { from: "2026-02-01", to: "2026-02-02" },
  finish: Finally = onTestFinished,
): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "gatebook-queries-"));
  await copyEmptyStore(join(folder, "warehouse.duckdb"));
  const engine = await openDuckDb({ file: join(folder, "warehouse.duckdb"), threads: 1 });
  finish(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });
  await engine.execute(`CREATE TABLE rollout AS SELECT 'test' AS name, 'v1' AS baseline, 'v2' AS candidate, 'g10' AS gate,
    0.1::DOUBLE AS exposure, DATE '${window.from}' AS observed_from, DATE '${window.to}' AS observed_to,
    DATE '${window.to}' AS report_date, TIMESTAMP '${window.to} 23:59:59' AS as_of, 'UTC' AS time_zone, 'evidence' AS judge`);
  return engine;
}

export const plan: MeasurePlan = {
  baseline: "v1",
  candidate: "v2",
  from: "2026-02-01",
  to: "2026-02-02",
  shownFrom: "2026-02-01",
  timeZone: "UTC",
  presentColumns: new Set([
    "event_id",
    "author_id",
    "category_id",
    "duplicate_group",
    "dwell_seconds",
    "metadata",
  ]),
};

/** `values` are SQL tuples (event_type, event_date, algo_version, user_id, author_id, dwell_seconds). */
export async function insertEvents(engine: Engine, values: readonly string[]): Promise<void> {
  await engine.execute(`INSERT INTO event_rows (event_type, event_date, algo_version, user_id, author_id, dwell_seconds)
    VALUES ${values.join(", ")}`);
}

/** A source as rollout.yaml names it; `columns` are those it lists. */
export function sourceOf(name: string, kind: Source["kind"], columns: readonly string[] = []): Source {
  return {
    name,
    kind,
    files: [],
    format: null,
    options: {
      delimiter: null,
      quote: null,
      escape: null,
      header: true,
      nullText: [],
      timeFormat: "iso",
      timeZone: "UTC",
      encoding: "utf-8",
    },
    columns: new Map(columns.map((column) => [column, [column]])),
    eventTypes: new Map(),
    staging: null,
    followLinks: false,
    maxUnpacked: null,
    maxLine: 10_000_000,
  };
}

/** `file:line:col message | hint`, the parts a person reads. */
export function told(error: QueryError | GatebookError | null | undefined): string {
  if (error === null || error === undefined) return "nothing";
  if (error instanceof GatebookError) {
    return `${error.where === undefined ? "?" : formatPlace(error.where)} ${error.message} | ${error.hint ?? ""}`;
  }
  const place = formatPlace({
    file: error.file,
    line: error.line ?? undefined,
    column: error.column ?? undefined,
  });
  return `${place} ${error.message} | ${error.hint ?? ""}`;
}
