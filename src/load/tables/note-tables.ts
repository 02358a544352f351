/**
 * Taking note of a cluster's tables instead of loading files. In: sources that are tables. Out: the same records as of files: rows read,
 * counted, duplicates and rejects by reason and day, and which days changed since the last night. The events stay where they are.
 */
import { createHash } from "node:crypto";
import type { Engines, RemoteEngine, Row, TypedColumn } from "../../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { canonicalNames, columnsOf, lookupNames } from "../../model/event-columns.ts";
import type { Day } from "../../model/words.ts";
import { markDirtyDays } from "../days/dirty-days.ts";
import type { BoundRelation } from "../events/binding.ts";
import { readStaging } from "../events/staging-file.ts";
import { isRefusal, refusal } from "../files/refusal.ts";
import { loadFingerprint } from "../records/load-fingerprint.ts";
import { type KnownFile, knownFile, readKnownFiles, writeKnownFiles } from "../records/loads-table.ts";
import {
  around,
  bindTable,
  contentText,
  filledRows,
  type NotedTable,
  repeatedRows,
  rowsOf,
  type TablePlan,
  typedRows,
  validRows,
} from "./event-sql.ts";
import { itemAttributes, lookupRows } from "./lookup-sql.ts";

export interface NotedSources {
  /** Some table, or how one is read, is not what it was. */
  readonly changed: boolean;
  /** Rows of repeated ids, to be kept where the events are; null: there is nothing new to find out. */
  readonly repeated: string | null;
}

interface Look {
  readonly source: Source;
  readonly fileId: number;
  readonly fingerprint: string;
  readonly before: KnownFile | undefined;
  readonly committedAt: string | null;
  /** Null: refused, and why. */
  readonly noted: NotedTable | null;
  readonly bound: BoundRelation | null;
  readonly refused: GatebookError | null;
}

export interface NoteContext extends TablePlan {
  readonly progress: (text: string) => void;
  /** Of a recorded night, by table; not given: as the tables are now. */
  readonly snapshots?: ReadonlyMap<string, string> | undefined;
}

/** Counts what is new. Its records are written in one transaction; `event_rows` is not mounted yet. */
export async function noteTables(
  { books, cluster }: { readonly books: Engines["books"]; readonly cluster: RemoteEngine },
  context: NoteContext,
): Promise<NotedSources> {
  const { config } = context;
  const looks = await lookAtTables({ books, cluster }, context);
  const lookups = looks.filter(({ source }) => source.kind === "lookup");
  for (const { noted, source } of lookups)
    cluster.mount(source.name, noted === null ? null : lookupRows(cluster, noted));
  const items = itemAttributes(lookups.flatMap(({ noted }) => noted ?? []));
  cluster.mount("item_attributes", items);
  const plan = { config, latestDay: context.latestDay };
  const hasLookups = lookups.some(({ noted }) => noted !== null);
  const events = looks.filter(({ source }) => source.kind === "events");
  const itemsChanged = lookups.some((look) => !isUnchanged(look, context));
  const due = events.filter((look) => itemsChanged || !isUnchanged(look, context));
  const dueLookups = lookups.filter((look) => !isUnchanged(look, context));
  for (const look of dueLookups) await writeLookup({ books, cluster }, look, events);
  for (const look of due) {
    context.progress(`counting ${look.source.table}`);
    const counted = await countEvents(cluster, look, { plan, hasLookups });
    await writeEvents(books, look, counted);
  }
  await books.execute(`DELETE FROM load_state WHERE key = 'latest_day';
    INSERT INTO load_state VALUES ('latest_day', ${sqlText(context.latestDay)})`);
  const gone = await forgetTables(books, looks);
  const changed = due.length > 0 || dueLookups.length > 0 || gone;
  const counted = events.flatMap(({ noted, bound }) =>
    noted === null || bound === null ? [] : [{ noted, bound }],
  );
  if (!changed || counted.length === 0) return { changed, repeated: null };
  const files = counted.map(
    ({ noted }) => `SELECT ${noted.fileId} AS file_id, ${sqlText(noted.source.name)} AS source`,
  );
  return {
    changed,
    repeated: repeatedRows(cluster, config, {
      rows: validRows(cluster, counted, plan),
      files: files.join(" UNION ALL "),
    }),
  };
}

/** Of `repeated_events` as it is mounted now: which rows count twice, by table and day. */
export async function settleRepeated({
  books,
  cluster,
}: {
  readonly books: Engines["books"];
  readonly cluster: RemoteEngine;
}): Promise<void> {
  const rows =
    await cluster.rows(`SELECT file_id, event_date, count(*) FILTER (WHERE place > 1) AS duplicates,
      count(*) FILTER (WHERE kind = 'conflict') AS conflicts,
      ${cluster.values.checksum("concat_ws(chr(31), event_id, CAST(place AS VARCHAR), CAST(file_id AS VARCHAR))")} AS content
    FROM repeated_events GROUP BY file_id, event_date ORDER BY file_id, event_date`);
  const byDay = new Map<Day, string[]>();
  for (const row of rows) {
    const day = String(row["event_date"]);
    byDay.set(day, [...(byDay.get(day) ?? []), `${row["file_id"]} ${row["content"]}`]);
  }
  const values = [...byDay].map(([day, contents]) => `(${sqlDate(day)}, ${sqlText(hash(contents))})`);
  const now =
    values.length === 0
      ? "SELECT CAST(NULL AS DATE) AS event_date, CAST(NULL AS VARCHAR) AS content WHERE false"
      : `SELECT * FROM (VALUES ${values.join(", ")}) v(event_date, content)`;
  await books.transaction(async () => {
    await books.execute(`CREATE OR REPLACE TEMP TABLE repeated_now AS ${now}`);
    await markDirtyDays(
      books,
      `SELECT coalesce(n.event_date, o.event_date) AS event_date FROM repeated_now n
        FULL JOIN repeated_days o ON o.event_date = n.event_date WHERE n.content IS DISTINCT FROM o.content`,
    );
    await books.execute(`DELETE FROM repeated_days; INSERT INTO repeated_days SELECT * FROM repeated_now; DROP TABLE repeated_now;
      UPDATE load_files SET loaded = loaded + duplicates, duplicates = 0, conflicts = 0 WHERE kind = 'events'`);
    for (const [fileId, counts] of countsByFile(rows))
      await books.execute(`UPDATE load_files SET loaded = loaded - ${counts.duplicates}, duplicates = ${counts.duplicates},
        conflicts = ${counts.conflicts} WHERE file_id = ${fileId}`);
  });
}

function countsByFile(rows: readonly Row[]) {
  const counts = new Map<number, { readonly duplicates: number; readonly conflicts: number }>();
  for (const row of rows) {
    const id = Number(row["file_id"]);
    const { duplicates = 0, conflicts = 0 } = counts.get(id) ?? {};
    counts.set(id, {
      duplicates: duplicates + Number(row["duplicates"]),
      conflicts: conflicts + Number(row["conflicts"]),
    });
  }
  return counts;
}

export interface RefusedSource {
  readonly source: Source;
  readonly problem: GatebookError;
}

/** Notes what the tables' columns are, and counts nothing: enough to bind queries. Gives back what is wrong with sources. */
export async function noteSchemas(
  handles: { readonly books: Engines["books"]; readonly cluster: RemoteEngine },
  context: NoteContext,
): Promise<readonly RefusedSource[]> {
  const looks = await lookAtTables(handles, context);
  for (const look of looks) {
    const { source, noted, refused } = look;
    const status = refused === null ? "loaded" : "refused";
    const record = { status, notes: [], snapshot: noted?.snapshot ?? null } as const;
    const kind = source.kind === "lookup" ? "lookup" : "events";
    await writeKnownFiles(handles.books, [knownFile(recorded(look), { kind, record })]);
    await writeColumns(handles.books, look.fileId, noted?.columns ?? []);
  }
  return looks.flatMap(({ source, refused }) => (refused === null ? [] : [{ source, problem: refused }]));
}

async function lookAtTables(
  { books, cluster }: { readonly books: Engines["books"]; readonly cluster: RemoteEngine },
  context: NoteContext,
): Promise<readonly Look[]> {
  const { config } = context;
  const known = await readKnownFiles(books);
  let next = known.reduce((highest, { fileId }) => Math.max(highest, fileId), 0) + 1;
  const looks: Look[] = [];
  for (const source of config.sources) {
    const { table = "" } = source;
    const before = known.find(({ record }) => record.source === source.name && record.file === table);
    const fileId = before?.fileId ?? next++;
    const base = {
      ...{ source, fileId, before },
      fingerprint: await loadFingerprint(source, config, ""),
    };
    try {
      const { noted, committedAt } = await lookAt(cluster, { source, table, fileId }, context);
      const bound = source.kind === "events" ? bindTable(noted, config) : null;
      looks.push({ ...base, committedAt, noted, bound, refused: null });
    } catch (error) {
      looks.push({ ...base, committedAt: null, noted: null, bound: null, refused: asRefusal(error, table) });
    }
  }
  return looks;
}

async function lookAt(
  cluster: RemoteEngine,
  { source, table, fileId }: { readonly source: Source; readonly table: string; readonly fileId: number },
  { snapshots }: NoteContext,
): Promise<{ readonly noted: NotedTable; readonly committedAt: string | null }> {
  const recorded = snapshots?.get(table);
  const present = recorded === undefined ? await cluster.snapshot(table) : null;
  const staging = source.staging === null ? null : await readStaging(source.staging, source.staging);
  const base = { fileId, source, table, snapshot: recorded ?? present?.id ?? null, staging };
  const columns =
    staging === null
      ? await cluster.columnsOf(table)
      : await cluster.describeNative({ file: source.staging ?? "", sql: staging, ...around(cluster, base) });
  return { noted: { ...base, columns }, committedAt: present?.committedAt ?? null };
}

/** What is wrong with a table or its staging file is a finding of the night; a cluster that does not answer ends it. */
function asRefusal(error: unknown, table: string): GatebookError {
  if (isRefusal(error)) return error;
  if (error instanceof GatebookError && error.code === "query")
    return refusal(table, error.message, error.hint ?? "correct the source in rollout.yaml", error);
  throw error;
}

function isUnchanged({ before, noted, refused, fingerprint }: Look, { latestDay }: NoteContext): boolean {
  if (before === undefined || before.loadFingerprint !== fingerprint) return false;
  if (refused !== null)
    return before.record.status === "refused" && before.record.notes[0] === refused.message;
  if (before.record.status !== "loaded") return false;
  if (before.retryFrom !== null && before.retryFrom <= latestDay) return false;
  return noted?.snapshot != null && before.record.snapshot === noted.snapshot;
}

interface CountedTable {
  readonly rows: readonly Row[];
  readonly examples: readonly Row[];
}

/** One row per day, reason and, of rejects, algorithm and type. */
async function countEvents(
  cluster: RemoteEngine,
  { noted, bound }: Look,
  { plan, hasLookups }: { readonly plan: TablePlan; readonly hasLookups: boolean },
): Promise<CountedTable> {
  if (noted === null || bound === null) return { rows: [], examples: [] };
  const flags = ["reason", "fault", "nan_dwell", "negative_dwell", "misdated"];
  const filled = filledRows(cluster, typedRows(cluster, noted, bound, plan), {
    config: plan.config,
    hasLookups,
    more: flags,
  });
  const present = presentNames(noted.source, bound).map(
    (name) => `count(${sqlName(name)}) AS ${sqlName(`present_${name}`)}`,
  );
  const rejected = (name: string): string => `CASE WHEN reason IS NOT NULL THEN ${name} END`;
  const groups = ["event_date", "reason", rejected("algo_version"), rejected("event_type")];
  const rows = await cluster.rows(`SELECT event_date, reason, ${rejected("algo_version")} AS algo_version,
      ${rejected("event_type")} AS event_type, count(*) AS rows, count(*) FILTER (WHERE misdated) AS misdated,
      count(*) FILTER (WHERE nan_dwell) AS nan, count(*) FILTER (WHERE negative_dwell) AS negative,
      count(row_unit) AS without_id, ${[...present, `${cluster.values.checksum(contentText(cluster, plan.config))} AS content`].join(", ")}
    FROM (${filled}) AS counted GROUP BY ${groups.join(", ")} ORDER BY 1, 2, 3, 4`);
  const isRejected = rows.some(({ reason }) => reason !== null);
  return { rows, examples: isRejected ? await rejectExamples(cluster, noted, { bound, plan }) : [] };
}

function presentNames(source: Source, { values }: BoundRelation): readonly string[] {
  return columnsOf(source).filter((name) => values.has(name) || name === "event_date");
}

const EXAMPLES = 5;

/** A few of each reason, with the canonical values as they were read. */
async function rejectExamples(
  cluster: RemoteEngine,
  noted: NotedTable,
  { bound, plan }: { readonly bound: BoundRelation; readonly plan: TablePlan },
): Promise<readonly Row[]> {
  const texts = canonicalNames.map((name) => `coalesce(CAST(${name} AS VARCHAR), '')`).join(", ");
  const raw = `concat_ws(',', ${texts})`;
  return await cluster.rows(`SELECT fault, reason, raw FROM (
      SELECT fault, reason, ${raw} AS raw, row_number() OVER (PARTITION BY reason ORDER BY ${raw}) AS place
      FROM (${typedRows(cluster, noted, bound, plan)}) AS typed_rows WHERE reason IS NOT NULL
    ) AS rejected WHERE place <= ${EXAMPLES} ORDER BY reason, place`);
}

async function writeEvents(
  books: Engines["books"],
  look: Look,
  { rows, examples }: CountedTable,
): Promise<void> {
  const { fileId, noted, bound, refused } = look;
  const accepted = rows.filter(({ reason }) => reason === null);
  const rejects = rows.filter(({ reason }) => reason !== null);
  const sum = (of: readonly Row[], name: string): number =>
    of.reduce((total, row) => total + Number(row[name] ?? 0), 0);
  const days = accepted.map((row) => String(row["event_date"]));
  const byReason: Record<string, number> = {};
  for (const row of rejects)
    byReason[String(row["reason"])] = (byReason[String(row["reason"])] ?? 0) + Number(row["rows"]);
  const future = rejects.filter(({ reason, event_date: day }) => reason === "future_date" && day !== null);
  const dayRows = accepted.map(
    (row) =>
      `(${fileId}, ${sqlDate(String(row["event_date"]))}, ${row["rows"]}, ${row["misdated"]}, ${sqlText(String(row["content"]))})`,
  );
  const rejectRows = rejects
    .filter(({ event_date: day }) => day !== null)
    .map(
      (row) =>
        `(${fileId}, ${sqlDate(String(row["event_date"]))}, ${textOf(row["algo_version"])}, ${textOf(row["event_type"])}, ${row["rows"]})`,
    );
  const exampleRows = examples.map(
    (row) => `(${fileId}, NULL, ${textOf(row["fault"])}, ${textOf(row["reason"])}, ${textOf(row["raw"])})`,
  );
  const known = knownFile(recorded(look), {
    present:
      bound === null
        ? []
        : presentNames(look.source, bound).filter((name) => sum(accepted, `present_${name}`) > 0),
    retryFrom: future.map((row) => String(row["event_date"])).sort()[0] ?? null,
    record: {
      status: refused === null ? "loaded" : "refused",
      read: sum(rows, "rows"),
      loaded: sum(accepted, "rows"),
      rejected: sum(rejects, "rows"),
      rejectedByReason: byReason,
      snapshot: noted?.snapshot ?? null,
      modifiedAt: look.committedAt ?? "1970-01-01T00:00:00Z",
      firstDay: [...days].sort()[0] ?? null,
      lastDay: [...days].sort().at(-1) ?? null,
      columns: (noted?.columns ?? []).map(({ name }) => name),
      notes:
        refused === null ? eventNotes(bound, { sum: (name) => sum(accepted, name) }) : refusalNotes(refused),
    },
  });
  await books.transaction(async () => {
    await books.execute(
      `CREATE OR REPLACE TEMP TABLE days_before AS SELECT * FROM load_days WHERE file_id = ${fileId}`,
    );
    await books.execute(`DELETE FROM load_days WHERE file_id = ${fileId}; DELETE FROM reject_days WHERE file_id = ${fileId};
      DELETE FROM reject_rows WHERE file_id = ${fileId}`);
    await insert(books, "load_days (file_id, event_date, accepted, misdated, content)", dayRows);
    await insert(books, "reject_days (file_id, event_date, algo_version, event_type, rejected)", rejectRows);
    await insert(books, "reject_rows (file_id, line, column_name, reason, raw)", exampleRows);
    await markDirtyDays(
      books,
      `SELECT coalesce(n.event_date, o.event_date) AS event_date
        FROM (SELECT * FROM load_days WHERE file_id = ${fileId}) n FULL JOIN days_before o ON o.event_date = n.event_date
        WHERE n.content IS DISTINCT FROM o.content OR n.accepted IS DISTINCT FROM o.accepted`,
    );
    await books.execute("DROP TABLE days_before");
    await writeKnownFiles(books, [known]);
    await writeColumns(books, fileId, noted?.columns ?? []);
  });
}

function recorded({ source, fileId, fingerprint }: Look) {
  const file = { source, file: source.table ?? "", bytes: 0, modifiedNs: "0" };
  return { file, fileId, loadFingerprint: fingerprint };
}

function eventNotes(
  bound: BoundRelation | null,
  { sum }: { readonly sum: (name: string) => number },
): readonly string[] {
  const counts: readonly (readonly [string, (rows: string) => string])[] = [
    ["nan", (rows) => `dwell NaN in ${rows}: taken as not known`],
    ["negative", (rows) => `dwell negative in ${rows}: taken as not known`],
    ["misdated", (rows) => `event_date differs from occurred_at in ${rows}: event_date counts`],
    ["without_id", (rows) => `${rows} without user, session and event id: each its own unit`],
  ];
  const found = counts.flatMap(([name, text]) => {
    const rows = sum(name);
    return rows === 0 ? [] : [text(rows === 1 ? "1 row" : `${rows} rows`)];
  });
  return [...(bound?.notes ?? []), ...found];
}

function refusalNotes({ message, hint = "" }: GatebookError): readonly string[] {
  return [message, hint].filter((note) => note !== "");
}

async function writeLookup(
  { books, cluster }: { readonly books: Engines["books"]; readonly cluster: RemoteEngine },
  look: Look,
  events: readonly Look[],
): Promise<void> {
  const { noted, refused, fileId, source } = look;
  const names = noted === null ? [] : noted.columns.map(({ name }) => name);
  const counts = lookupNames.map((name) => `count(${name}) AS ${name}`);
  const [all] =
    noted === null ? [] : await cluster.rows(`SELECT count(*) AS rows FROM ${rowsOf(cluster, noted)}`);
  const [kept] =
    noted === null ? [] : await cluster.rows(`SELECT count(*) AS rows FROM ${sqlName(source.name)}`);
  const [filled] =
    noted === null ? [] : await cluster.rows(`SELECT ${counts.join(", ")} FROM item_attributes`);
  const joins = events.some(({ bound }) => bound?.values.has("item_id"));
  const read = Number(all?.["rows"] ?? 0);
  const loaded = Number(kept?.["rows"] ?? 0);
  const known = knownFile(recorded(look), {
    kind: "lookup",
    present: joins ? lookupNames.filter((name) => Number(filled?.[name] ?? 0) > 0) : [],
    record: {
      status: refused === null ? "loaded" : "refused",
      ...{ read, loaded, duplicates: read - loaded },
      snapshot: noted?.snapshot ?? null,
      modifiedAt: look.committedAt ?? "1970-01-01T00:00:00Z",
      columns: names,
      notes: refused === null ? [] : refusalNotes(refused),
    },
  });
  await books.transaction(async () => {
    await writeKnownFiles(books, [known]);
    await writeColumns(books, fileId, noted?.columns ?? []);
  });
}

async function writeColumns(
  books: Engines["books"],
  fileId: number,
  columns: readonly TypedColumn[],
): Promise<void> {
  const rows = columns.map(
    ({ name, type, kind }, place) =>
      `(${fileId}, ${place}, ${sqlText(name)}, ${sqlText(type)}, ${sqlText(kind)})`,
  );
  await books.execute(`DELETE FROM noted_columns WHERE file_id = ${fileId}`);
  await insert(books, "noted_columns", rows);
}

/** Tables that no source names any more, and files of a time before the cluster. */
async function forgetTables(books: Engines["books"], looks: readonly Look[]): Promise<boolean> {
  const ids = new Set(looks.map(({ fileId }) => fileId));
  const gone = (await readKnownFiles(books))
    .filter(({ fileId }) => !ids.has(fileId))
    .map(({ fileId }) => fileId);
  if (gone.length === 0) return false;
  const mine = `file_id IN (${gone.join(", ")})`;
  await books.transaction(async () => {
    await markDirtyDays(books, `SELECT event_date FROM load_days WHERE ${mine}`);
    for (const table of ["load_days", "reject_days", "reject_rows", "noted_columns", "load_files"])
      await books.execute(`DELETE FROM ${table} WHERE ${mine}`);
  });
  return true;
}

async function insert(books: Engines["books"], into: string, rows: readonly string[]): Promise<void> {
  if (rows.length > 0) await books.execute(`INSERT INTO ${into} VALUES ${rows.join(", ")}`);
}

function textOf(value: Row[string] | undefined): string {
  return sqlText(value == null ? null : String(value));
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
