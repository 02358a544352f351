/** What was found of a cluster's tables, as the records that loading files leaves. A table's are written in one transaction. */
import type { Engines, RemoteEngine, Row, TypedColumn } from "../../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../../engine/sql-text.ts";
import type { GatebookError } from "../../model/error.ts";
import { lookupNames } from "../../model/event-columns.ts";
import { markDirtyDays } from "../days/dirty-days.ts";
import type { BoundRelation } from "../events/binding.ts";
import { knownFile, readKnownFiles, writeKnownFiles } from "../records/loads-table.ts";
import { type CountedTable, presentNames } from "./count-events.ts";
import { rowsOf } from "./event-sql.ts";
import type { Look } from "./look-at-tables.ts";

export async function writeEvents(
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

export function recorded({ source, fileId, fingerprint }: Look) {
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

export async function writeLookup(
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

export async function writeColumns(
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
export async function forgetTables(books: Engines["books"], looks: readonly Look[]): Promise<boolean> {
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
