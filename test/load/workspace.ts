/** A workspace in a temporary folder: files in, the tables that loading makes out. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { EngineError } from "../../src/engine/engine-error.ts";
import { clearDirtyDays } from "../../src/load/days/dirty-days.ts";
import { discoverSources, readablePaths } from "../../src/load/files/discover.ts";
import type { SkippedFile } from "../../src/load/files/skipped.ts";
import { type LoadSummary, loadSources } from "../../src/load/load.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import type { Config, Source, SourceOptions } from "../../src/model/config.ts";
import { builtInPlaceholders } from "../../src/model/unit-placeholders.ts";
import { copyEmptyStore } from "../helpers/empty-store.ts";
import type { Finally } from "../helpers/temp-workspace.ts";

export const options: SourceOptions = {
  delimiter: null,
  quote: null,
  escape: null,
  header: true,
  nullText: [""],
  timeFormat: "iso",
  timeZone: "UTC",
  encoding: "utf-8",
};

export function source(
  name: string,
  files: string | readonly string[],
  change: Partial<Source> = {},
): Source {
  return {
    name,
    kind: "events",
    files: typeof files === "string" ? [files] : files,
    format: null,
    options,
    columns: new Map(),
    eventTypes: new Map(),
    staging: null,
    followLinks: false,
    maxUnpacked: null,
    maxLine: 10_000_000,
    ...change,
  };
}

export interface Workspace {
  readonly root: string;
  readonly write: (name: string, content: string | Buffer) => string;
  readonly remove: (name: string) => void;
  /** One night: discovers, opens the store behind its fence, loads, and hands it to `look` before closing. */
  readonly night: <T>(
    sources: readonly Source[],
    look: (night: Night) => Promise<T>,
    change?: NightChange,
  ) => Promise<T>;
}

export interface Night {
  readonly engine: Engine;
  readonly summary: LoadSummary;
}

export interface NightChange {
  readonly config?: Partial<Config>;
  readonly asOf?: string;
  readonly now?: Date;
  /** Without what the nights before have loaded. */
  readonly afresh?: boolean;
  /** Files are never read together. */
  readonly alone?: boolean;
  /** Is told which file is read; of a group the first. */
  readonly onFile?: (file: string) => void;
  /** Happens between discovering the files and reading them. */
  readonly between?: () => void;
  /** Column names in the SQL of the relations. */
  readonly namedColumns?: ReadonlySet<string>;
  /** A statement of ours that matches ends the engine with an internal error. */
  readonly crashOn?: RegExp;
  /** The run ends before anything was built on what it loaded. */
  readonly killed?: boolean;
}

export function workspace(finish: Finally = onTestFinished): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "gatebook-load-")));
  finish(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    write: (name, content) => {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    remove: (name) => rmSync(join(root, name), { recursive: true }),
    night: async (sources, look, change = {}) => {
      const config = configOf(root, sources, change.config);
      const skipped: SkippedFile[] = [];
      const missing: string[] = [];
      const noticing = {
        skip: (file: SkippedFile) => skipped.push(file),
        miss: (reason: string) => missing.push(reason),
      };
      const files = (await discoverSources(config, noticing)).map((file) => ({
        ...file,
        readsAlone: change.alone === true,
      }));
      const temporary = join(root, ".gatebook", "tmp");
      const file = join(root, ".gatebook", "store.duckdb");
      if (change.afresh === true) rmSync(file, { force: true });
      if (!existsSync(file)) await copyEmptyStore(file);
      const engine = await openDuckDb({
        file,
        allowedPaths: readablePaths(files),
        allowedDirectories: [temporary],
        temporaryDirectory: temporary,
        threads: 1,
      });
      try {
        await engine.disableExternalAccess();
        await createLoadTables(engine, config);
        change.between?.();
        const loading = change.crashOn === undefined ? engine : crashing(engine, change.crashOn);
        const summary = await loadSources(loading, config, files, {
          asOf: change.asOf ?? "2026-02-08T00:00:00Z",
          now: change.now,
          namedColumns: change.namedColumns,
          temporaryFolder: temporary,
          skipped,
          missing,
          progress: ({ text }) => change.onFile?.(text),
        });
        const seen = await look({ engine, summary });
        if (change.killed !== true) await clearDirtyDays(engine);
        return seen;
      } finally {
        engine.close();
      }
    },
  };
}

function crashing(engine: Engine, statement: RegExp): Engine {
  const reason = "Attempted to access index 9 within vector of size 9";
  return {
    ...engine,
    execute: (sql) =>
      statement.test(sql)
        ? Promise.reject(new EngineError("store", "DuckDB internal error", { kind: "crashed", reason }))
        : engine.execute(sql),
  };
}

export function configOf(root: string, sources: readonly Source[], change: Partial<Config> = {}): Config {
  const gate = {
    name: "g10",
    exposure: 0.1,
    started: null,
    minDays: 2,
    maxDays: null,
    consecutiveHealthyDays: 0,
    trafficStability: null,
    holdback: null,
  };
  return {
    file: join(root, "rollout.yaml"),
    root,
    sha256: "",
    text: "",
    rollout: { name: "r", baseline: "v1", candidate: "v2", timeZone: "UTC" },
    gates: [gate],
    activeGate: gate,
    thresholds: new Map(),
    judge: "literal",
    minSample: { impressions: 0, clicks: 0 },
    persistentWarningDays: 2,
    completeness: { quietHours: 3 },
    sources,
    preflight: null,
    maxRejected: 0.001,
    coverage: { warn: 0.01, block: 0.05, difference: 0.01 },
    unitPlaceholders: builtInPlaceholders,
    formats: [],
    reportsUrl: null,
    keepEvents: 14,
    ...change,
  };
}

/** Header and rows of the usual columns; `rows` are given as CSV text without the header. */
export const header =
  "event_id,event_type,occurred_at,user_id,session_id,item_id,algo_version,dwell_seconds,position,metadata";

export function csv(...rows: readonly string[]): string {
  return `${[header, ...rows].join("\n")}\n`;
}

/** A sound row; `n` makes it its own. */
export function row(
  n: number,
  change: { type?: string; at?: string; dwell?: string; algo?: string; metadata?: string } = {},
): string {
  const {
    type = "impression",
    at = `2026-02-01T00:00:${String(n % 60).padStart(2, "0")}Z`,
    dwell = "",
    algo = "v1",
    metadata = `{"n":${n}}`,
  } = change;
  return `e${n},${type},${at},u${n % 7},s${n},i${n % 5},${algo},${dwell},${n % 10},"${metadata.replaceAll('"', '""')}"`;
}
