/**
 * Taking note of a cluster's tables instead of loading files. In: sources that are tables. Out: the same records as of files: rows read,
 * counted, duplicates and rejects by reason and day, and which days changed since the last night. The events stay where they are.
 */
import type { Engines, RemoteEngine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import type { GatebookError } from "../../model/error.ts";
import { knownFile, writeKnownFiles } from "../records/loads-table.ts";
import { countEvents } from "./count-events.ts";
import { repeatedRows, validRows } from "./event-sql.ts";
import { isUnchanged, lookAtTables, type NoteContext } from "./look-at-tables.ts";
import { itemAttributes, lookupRows } from "./lookup-sql.ts";
import { forgetTables, recorded, writeColumns, writeEvents, writeLookup } from "./write-notes.ts";

export interface NotedSources {
  /** Some table, or how one is read, is not what it was. */
  readonly changed: boolean;
  /** Rows of repeated ids, to be kept where the events are; null: there is nothing new to find out. */
  readonly repeated: string | null;
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
