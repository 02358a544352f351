/** A look at a source without a night: the first rows of its newest file, in an engine that is gone afterwards. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../engine/duckdb/open.ts";
import type { Engine } from "../../engine/engine.ts";
import { nameRawRows } from "../../load/events/staging.ts";
import { type DiscoveredFile, discoverSources, readablePaths } from "../../load/files/discover.ts";
import { prepareFile } from "../../load/files/prepare.ts";
import { firstRecords } from "../../load/formats/first-records.ts";
import { rawRelation } from "../../load/formats/raw-relation.ts";
import type { RawRelation } from "../../load/formats/readers.ts";
import { validRecords } from "../../load/formats/valid-records.ts";
import { loadLookups } from "../../load/lookups/lookups.ts";
import { createEmptyLoadTables } from "../../load/records/tables.ts";
import type { Config, Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";

export interface SourceSample {
  readonly engine: Engine;
  /** The newest file by name, as it is; `source` is the one asked for. */
  readonly file: DiscoveredFile;
  /** Its first rows; a view of the source's name has them, too, and the lookups are tables. */
  readonly raw: RawRelation;
}

/** So many rows are looked at. */
export const SAMPLE_ROWS = 1000;

/** Null where no file is present. Throws a refusal when nothing of the newest file can be read. */
export async function withSourceSample<T>(
  config: Config,
  source: Source,
  look: (sample: SourceSample) => Promise<T>,
): Promise<T | null> {
  const files = await presentFiles(config, [source]);
  const file = files.findLast(({ problem }) => problem === null) ?? files.at(-1);
  if (file === undefined) return null;
  const lookups = await presentFiles(config, source.staging === null ? [] : config.sources.filter(isLookup));
  const temporary = await mkdtemp(join(tmpdir(), "gatebook-sample-"));
  try {
    const engine = await openDuckDb({
      file: ":memory:",
      threads: 1,
      allowedPaths: readablePaths([file, ...lookups]),
      allowedDirectories: [temporary],
      temporaryDirectory: temporary,
    });
    try {
      await engine.disableExternalAccess();
      await createEmptyLoadTables(engine, config);
      // any day will do: no event is judged
      await loadLookups(engine, config, lookups, { latestDay: "2000-01-01", temporary });
      const raw = await sampleOf(engine, file, temporary);
      await nameRawRows(engine, source, raw);
      await engine.fence();
      return await look({ engine, file, raw });
    } finally {
      engine.close();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function isLookup({ kind }: Source): boolean {
  return kind === "lookup";
}

/** A pattern without files is no mistake here. */
async function presentFiles(config: Config, sources: readonly Source[]): Promise<readonly DiscoveredFile[]> {
  const found: DiscoveredFile[] = [];
  for (const source of sources) {
    try {
      found.push(...(await discoverSources({ ...config, sources: [source] })));
    } catch (error) {
      if (!(error instanceof GatebookError) || error.code !== "input") throw error;
    }
  }
  return found;
}

/** Rows that are none are left out: a night names them. */
async function sampleOf(engine: Engine, file: DiscoveredFile, temporary: string): Promise<RawRelation> {
  const first = await firstRecords(engine, file, { folder: temporary, records: SAMPLE_ROWS });
  const prepared = await prepareFile(engine, first, temporary);
  const raw = await rawRelation(engine, prepared);
  const task = { file: first, fileId: 1, loadFingerprint: "", hadRows: false };
  const { relation } = await validRecords(engine, { task, temporary, prepared, raw }, "values");
  return { ...relation, from: `(SELECT * FROM ${relation.from} LIMIT ${SAMPLE_ROWS})` };
}
