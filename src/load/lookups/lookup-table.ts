/**
 * The table of one lookup from all its files. CSV and JSONL come as text and get the narrowest type that every value
 * has; identifiers stay text. Of several rows of one item_id the one of the last file (by name) is kept.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { idOf } from "../events/canonical-sql.ts";
import { decoded, firstPresent } from "../events/raw-value.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { prepareFile } from "../files/prepare.ts";
import { isRefusal } from "../files/refusal.ts";
import { splitObjects } from "../formats/json-objects.ts";
import { type ReadableFile, rawRelation } from "../formats/raw-relation.ts";
import type { RawColumn } from "../formats/readers.ts";
import { validRecords } from "../formats/valid-records.ts";
import type { FileTask } from "../plan.ts";
import { rejectsOf } from "../records/file-facts.ts";
import { knownFile, readKnownFiles, writeKnownFiles } from "../records/loads-table.ts";
import { markItemsStale } from "./item-attributes.ts";
import { isIdentifier, makeLookupTable } from "./lookup-types.ts";

interface LookupFile {
  readonly file: DiscoveredFile;
  /** Null: refused. */
  readonly opened: Omit<ReadableFile, "task"> | null;
  readonly read: number;
  /** Of a refused one: why. */
  readonly notes: readonly string[];
}

/** Replaces the table and the load records of the source, in one transaction. */
export async function buildLookup(
  engine: Engine,
  source: Source,
  files: readonly DiscoveredFile[],
  options: { readonly temporary: string; readonly loadFingerprint: string },
): Promise<void> {
  const opened: LookupFile[] = [];
  for (const file of files) opened.push(await openFile(engine, file, options.temporary));
  await engine.transaction(async () => {
    let fileId = await forgetFiles(engine, source);
    await engine.execute("DROP TABLE IF EXISTS temp.lookup_rows");
    const tasks: { readonly task: FileTask; readonly lookup: LookupFile }[] = [];
    for (const each of opened) {
      const { loadFingerprint } = options;
      const task = { file: each.file, fileId: ++fileId, loadFingerprint, hadRows: false };
      tasks.push({ task, lookup: await readFile(engine, each, task) });
    }
    const kept = await makeLookupTable(engine, source);
    await markItemsStale(engine);
    for (const { task, lookup } of tasks)
      await recordLookup(engine, task, lookup, kept.get(task.fileId) ?? 0);
  });
}

/** Outside the transaction: a statement that fails there would take the other files down with it. */
async function openFile(engine: Engine, file: DiscoveredFile, folder: string): Promise<LookupFile> {
  const temporary = await mkdtemp(join(folder, "file-"));
  try {
    const text = await prepareFile(engine, file, temporary);
    const prepared = file.format === "jsonl" ? await splitObjects(text, temporary) : text;
    const raw = await rawRelation(engine, prepared);
    await prepared.fingerprint();
    return { file, opened: { temporary, prepared, raw }, read: 0, notes: prepared.notes };
  } catch (error) {
    return refused(file, error);
  }
}

function refused(file: DiscoveredFile, error: unknown): LookupFile {
  if (!isRefusal(error)) throw error;
  const notes = [error.message, ...(error.hint === undefined ? [] : [error.hint])];
  return { file, opened: null, read: 0, notes };
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

async function readFile(engine: Engine, lookup: LookupFile, task: FileTask): Promise<LookupFile> {
  const { file, opened } = lookup;
  if (opened === null) return lookup;
  try {
    const { relation, valid, broken } = await validRecords(engine, { ...opened, task }, "values");
    const columns = relation.columns
      .filter(({ name }) => opened.raw.found.includes(name))
      .map((column) => ({ ...column, as: tableName(file.source, column.name) }));
    const named = [...new Set(columns.map(({ as }) => as))].map(
      (as) => `${valueFor(file.source, as, columns)} AS ${sqlName(as)}`,
    );
    await appendRows(
      engine,
      `SELECT ${named.join(", ")}, ${task.fileId} AS "gatebook file", ${sqlText(file.file)} AS "gatebook name"
        FROM ${relation.from}`,
    );
    const renamed = columns.filter(({ name, as }) => as !== name);
    const notes = renamed.map(({ name, as }) => `column ${name} taken as ${as}`);
    return { ...lookup, read: valid + broken, notes: [...lookup.notes, ...notes] };
  } catch (error) {
    return refused(file, error);
  } finally {
    await rm(opened.temporary, { recursive: true, force: true });
  }
}

/** The first of the columns that are taken as `as` that has a value, in the order of rollout.yaml. */
function valueFor(
  source: Source,
  as: string,
  columns: readonly (RawColumn & { readonly as: string })[],
): string {
  const own = columns.filter((column) => column.as === as);
  const configured = (source.columns.get(as) ?? []).flatMap((name) =>
    own.filter((each) => each.name === name),
  );
  const values = (configured.length > 0 ? configured : own).map((column) => decoded(column, "try"));
  const [only, ...others] = values;
  const value = others.length === 0 ? only : firstPresent(values);
  if (value == null) return "NULL";
  return isIdentifier(as) ? idOf(value) : value.sql;
}

/** `item` → `item_id` by `columns: { item_id: item }`. */
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

async function recordLookup(
  engine: Engine,
  task: FileTask,
  { opened, read, notes }: LookupFile,
  loaded: number,
): Promise<void> {
  const rejects = await rejectsOf(engine, task.fileId);
  const print = await opened?.prepared.fingerprint();
  await writeKnownFiles(engine, [
    knownFile(task, {
      kind: "lookup",
      record: {
        status: opened === null ? "refused" : "loaded",
        lines: print?.lines ?? null,
        read,
        loaded,
        duplicates: read - rejects.rows - loaded,
        rejected: rejects.rows,
        rejectedByReason: rejects.byReason,
        sha256: print?.sha256 ?? "",
        columns: opened?.raw.found ?? [],
        notes,
      },
    }),
  ]);
}
