/**
 * The table of one lookup from all its files. CSV and JSONL come as text and get the narrowest type that every value
 * has; identifiers stay text. Of several rows of one item_id the one of the last file (by name) is kept.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { type Fingerprint, type PreparedFile, prepareFile } from "../files/prepare.ts";
import { isRefusal } from "../files/refusal.ts";
import { type RawRelation, rawRelation } from "../formats/raw-relation.ts";
import { soundRecords } from "../formats/sound-records.ts";
import { isoOfNanoseconds, readKnownFiles, writeKnownFile } from "../records/loads-table.ts";
import { markItemsStale } from "./item-attributes.ts";
import { makeLookupTable } from "./lookup-types.ts";

interface LookupOptions {
  readonly temporary: string;
  readonly recipe: (file: DiscoveredFile) => Promise<string>;
}

interface OpenedFile {
  readonly file: DiscoveredFile;
  readonly temporary: string;
  readonly opened: {
    readonly prepared: PreparedFile;
    readonly raw: RawRelation;
    readonly fingerprint: Fingerprint;
  } | null;
  /** Why it is refused, else empty. */
  readonly problem: readonly string[];
}

interface ReadFile extends OpenedFile {
  readonly fileId: number;
  readonly read: number;
  readonly notes: readonly string[];
}

/** Replaces the table and the load records of the source, in one transaction. */
export async function buildLookup(
  engine: Engine,
  source: Source,
  files: readonly DiscoveredFile[],
  options: LookupOptions,
): Promise<void> {
  const opened: OpenedFile[] = [];
  for (const file of files) opened.push(await openFile(engine, file, options.temporary));
  await engine.transaction(async () => {
    let fileId = await forgetFiles(engine, source);
    await engine.execute("DROP TABLE IF EXISTS temp.lookup_rows");
    const read: ReadFile[] = [];
    for (const each of opened) read.push(await readFile(engine, each, ++fileId));
    const kept = await makeLookupTable(engine, source);
    await markItemsStale(engine);
    for (const each of read) {
      await recordLookup(engine, each, kept.get(each.fileId) ?? 0, await options.recipe(each.file));
    }
  });
}

/** Outside the transaction: a statement that fails there would take the other files down with it. */
async function openFile(engine: Engine, file: DiscoveredFile, folder: string): Promise<OpenedFile> {
  const temporary = await mkdtemp(join(folder, "file-"));
  try {
    const prepared = await prepareFile(engine, file, temporary);
    const raw = await rawRelation(engine, prepared);
    return {
      file,
      temporary,
      opened: { prepared, raw, fingerprint: await prepared.fingerprint() },
      problem: [],
    };
  } catch (error) {
    return { file, temporary, opened: null, problem: problemOf(error) };
  }
}

function problemOf(error: unknown): readonly string[] {
  if (!isRefusal(error)) throw error;
  return [error.message, ...(error.hint === undefined ? [] : [error.hint])];
}

/** Returns the highest file id in use. */
async function forgetFiles(engine: Engine, source: Source): Promise<number> {
  const known = await readKnownFiles(engine);
  const old = known.filter(({ record }) => record.source === source.name).map(({ fileId }) => fileId);
  if (old.length > 0) {
    await engine.execute(`DELETE FROM reject_rows WHERE file_id IN (${old.join(", ")});
      DELETE FROM load_files WHERE file_id IN (${old.join(", ")})`);
  }
  return known.reduce((highest, each) => Math.max(highest, each.fileId), 0);
}

async function readFile(engine: Engine, each: OpenedFile, fileId: number): Promise<ReadFile> {
  const refused = { ...each, opened: null, fileId, read: 0, notes: [] };
  if (each.opened === null) return refused;
  const { prepared, raw } = each.opened;
  try {
    const { relation, sound, broken } = await soundRecords(engine, prepared, raw, {
      fileId,
      temporary: each.temporary,
      mode: "values",
    });
    const columns = relation.columns.filter(({ name }) => raw.found.includes(name));
    const named = columns.map(({ name, sql }) => `${sql} AS ${sqlName(tableName(each.file.source, name))}`);
    const select = `SELECT ${named.join(", ")}, ${fileId} AS "gatebook file", ${sqlText(each.file.file)} AS "gatebook name"
      FROM ${relation.from}`;
    await appendRows(engine, select);
    const renamed = columns.filter(({ name }) => tableName(each.file.source, name) !== name);
    const notes = renamed.map(({ name }) => `column ${name} taken as ${tableName(each.file.source, name)}`);
    return { ...each, fileId, read: sound + broken, notes: [...prepared.notes, ...notes] };
  } catch (error) {
    return { ...refused, problem: problemOf(error) };
  } finally {
    await rm(each.temporary, { recursive: true, force: true });
  }
}

/** `item` → `item_id` when the source says `columns: { item_id: item }`. */
function tableName(source: Source, name: string): string {
  const renamed = [...source.columns].find(([, names]) => names.includes(name));
  return renamed?.[0] ?? name;
}

/** Files of one lookup may differ in columns: what a file lacks is null there. */
async function appendRows(engine: Engine, select: string): Promise<void> {
  const [table] = await engine.rows(
    "SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'lookup_rows'",
  );
  await engine.execute(
    table === undefined
      ? `CREATE TEMP TABLE lookup_rows AS ${select}`
      : `CREATE OR REPLACE TEMP TABLE lookup_rows AS
          SELECT * FROM temp.lookup_rows UNION ALL BY NAME ${select}`,
  );
}

async function recordLookup(engine: Engine, each: ReadFile, loaded: number, recipe: string): Promise<void> {
  const { file, fileId, opened } = each;
  const rejects = await engine.rows(
    `SELECT reason, count(*) AS rows FROM reject_rows WHERE file_id = ${fileId} GROUP BY reason ORDER BY reason`,
  );
  const byReason = Object.fromEntries(rejects.map((row) => [String(row["reason"]), Number(row["rows"])]));
  const rejected = Object.values(byReason).reduce((sum, rows) => sum + rows, 0);
  await writeKnownFile(engine, {
    fileId,
    kind: "lookup",
    modifiedNs: file.modifiedNs,
    recipe,
    retryFrom: null,
    present: [],
    record: {
      source: file.source.name,
      file: file.file,
      status: opened === null ? "refused" : "loaded",
      lines: opened?.fingerprint.lines ?? null,
      read: each.read,
      loaded,
      duplicates: each.read - rejected - loaded,
      conflicts: 0,
      rejected,
      rejectedByReason: byReason,
      bytes: file.bytes,
      modifiedAt: isoOfNanoseconds(file.modifiedNs),
      sha256: opened?.fingerprint.sha256 ?? "",
      firstDay: null,
      lastDay: null,
      columns: opened?.raw.found ?? [],
      notes: opened === null ? each.problem : each.notes,
    },
  });
}
