/**
 * What a query finds on a cluster: `events` and all that goes with them, as they were when they were last noted. In: the books. Out: a name
 * for each, which is SQL over the tables at the noted snapshots; small tables of the books go along as values.
 */
import type { Engine, KeptTable, RemoteEngine, Row, TypedColumn } from "../../engine/engine.ts";
import { sqlDate, sqlName, sqlText, sqlTimestamp } from "../../engine/sql-text.ts";
import type { Config } from "../../model/config.ts";
import { allAddedColumns, canonicalNames } from "../../model/event-columns.ts";
import { readStaging } from "../events/staging-file.ts";
import { isRefusal } from "../files/refusal.ts";
import { readKnownFiles } from "../records/loads-table.ts";
import { eventsSelect, unitColumns } from "../records/tables.ts";
import {
  bindTable,
  columnTypes,
  filledRows,
  type NotedTable,
  ownColumns,
  type TablePlan,
  validRows,
} from "./event-sql.ts";
import { itemAttributes, lookupRows } from "./lookup-sql.ts";

/** Rows whose event_id is there more than once. */
export const REPEATED: KeptTable["name"] = "repeated_events";

export interface MountPlan extends TablePlan {
  /** Of a recorded night, by table; not given: those last noted. */
  readonly snapshots?: ReadonlyMap<string, string> | undefined;
  /** Whether that night had them; not given: by what was last noted. */
  readonly hasRepeated?: boolean | undefined;
}

/** `repeated_events` is mounted already, or nothing is repeated. */
export async function mountEvents(
  { books, cluster }: { readonly books: Engine; readonly cluster: RemoteEngine },
  plan: MountPlan,
): Promise<void> {
  const tables = await readNoted(books, plan);
  const lookups = tables.filter(({ source }) => source.kind === "lookup");
  for (const noted of lookups) cluster.mount(noted.source.name, lookupRows(cluster, noted));
  cluster.mount("item_attributes", itemAttributes(lookups));
  const events = tables.flatMap((noted) => {
    const bound = noted.source.kind === "events" ? boundOrNull(noted, plan.config) : null;
    return bound === null ? [] : [{ noted, bound }];
  });
  const [repeated] = await books.rows(
    "SELECT sum(duplicates) > 0 AS found FROM load_files WHERE kind = 'events'",
  );
  const hasRepeated = plan.hasRepeated ?? repeated?.["found"] === true;
  const { config } = plan;
  const fill = (rows: string, more: readonly string[] = []): string =>
    filledRows(cluster, rows, { config, hasLookups: lookups.length > 0, more });
  const own = ownColumns(config);
  const valid = events.length === 0 ? noRows(own) : validRows(cluster, events, plan);
  const columns = own.join(", ");
  const counted = hasRepeated
    ? `SELECT ${columns} FROM (${valid}) AS valid_rows
        WHERE event_id IS NULL OR event_id NOT IN (SELECT event_id FROM ${REPEATED})
        UNION ALL SELECT ${columns} FROM ${REPEATED} WHERE place = 1`
    : valid;
  cluster.mount("event_rows", fill(counted));
  cluster.mount(
    "events",
    eventsSelect(unitColumns, cluster.dialect.bucket, allAddedColumns(config).map(sqlName)),
  );
  cluster.mount("user_discovery_events", "SELECT *, metadata AS meta FROM events");
  const duplicates = hasRepeated
    ? `SELECT f.source, f.file, d.kind, ${canonicalNames.map((name) => `d.${name}`).join(", ")}
        FROM (${fill(`SELECT ${columns}, kind FROM ${REPEATED} WHERE place > 1`, ["kind"])}) AS d
        JOIN load_files AS f ON f.file_id = d.file_id`
    : noRows(["source", "file", "kind", ...canonicalNames]);
  cluster.mount("duplicate_events", duplicates);
  for (const [name, sql] of Object.entries(bookTables)) cluster.mount(name, await valuesOf(books, sql));
}

/** The same for whoever only reads: by the rules of the night that noted the tables. */
export async function mountNoted(
  handles: { readonly books: Engine; readonly cluster: RemoteEngine },
  config: Config,
  recorded: Pick<MountPlan, "snapshots" | "hasRepeated"> = {},
): Promise<void> {
  const { books, cluster } = handles;
  const [row] = await books.rows("SELECT value FROM load_state WHERE key = 'latest_day'");
  await mountEvents(handles, { config, latestDay: String(row?.["value"] ?? "9999-12-31"), ...recorded });
  cluster.mount("rollout", await valuesOf(books, "SELECT * FROM rollout"));
}

/** Small tables of the books that queries may read beside events. */
const bookTables = {
  load_files: "SELECT file_id, source, file FROM load_files ORDER BY file_id",
  loads: "SELECT * FROM loads ORDER BY source, file",
  reject_days: "SELECT * FROM reject_days ORDER BY ALL",
  rejected_rows: "SELECT * FROM rejected_rows ORDER BY ALL",
  misdated_days: "SELECT * FROM misdated_days ORDER BY ALL",
} as const;

async function readNoted(books: Engine, { config, snapshots }: MountPlan): Promise<readonly NotedTable[]> {
  const known = await readKnownFiles(books);
  const rows = await books.rows(
    "SELECT file_id, name, type, kind FROM noted_columns ORDER BY file_id, place",
  );
  const noted: NotedTable[] = [];
  for (const source of config.sources) {
    const { table = "" } = source;
    const file = known.find(({ record }) => record.source === source.name && record.file === table);
    if (file === undefined || file.record.status !== "loaded") continue;
    const columns = rows.flatMap((row) => (Number(row["file_id"]) === file.fileId ? [columnOf(row)] : []));
    const staging = source.staging === null ? null : await readStaging(source.staging, source.staging);
    const snapshot = snapshots?.get(table) ?? file.record.snapshot;
    noted.push({ fileId: file.fileId, source, table, snapshot, columns, staging });
  }
  return noted;
}

function columnOf(row: Row): TypedColumn {
  return {
    name: String(row["name"]),
    type: String(row["type"]),
    kind: String(row["kind"]) as TypedColumn["kind"],
  };
}

function boundOrNull(noted: NotedTable, config: Config) {
  try {
    return bindTable(noted, config);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

function noRows(columns: readonly string[]): string {
  const nulls = columns.map((name) => `CAST(NULL AS ${columnTypes[name] ?? "VARCHAR"}) AS ${name}`);
  return `SELECT ${nulls.join(", ")} WHERE false`;
}

/** The rows of a small table as text of SQL, its types kept. */
async function valuesOf(books: Engine, sql: string): Promise<string> {
  const columns = await books.describe({ file: "books", sql });
  const { rows } = await books.table(sql);
  const type = ({ kind }: TypedColumn): string => valueTypes[kind];
  const literal = (value: unknown, column: TypedColumn): string => {
    if (value === null || value === undefined) return "NULL";
    if (column.kind === "date") return sqlDate(String(value));
    if (column.kind === "timestamp") return sqlTimestamp(String(value));
    return typeof value === "number" || typeof value === "boolean" ? String(value) : sqlText(String(value));
  };
  const casts = columns.map((column) => `CAST(${column.name} AS ${type(column)}) AS ${column.name}`);
  const names = columns.map(({ name }) => name).join(", ");
  if (rows.length === 0)
    return `SELECT ${columns.map((column) => `CAST(NULL AS ${type(column)}) AS ${column.name}`).join(", ")} WHERE false`;
  const values = rows.map(
    (row) => `(${columns.map((column, index) => literal(row[index], column)).join(", ")})`,
  );
  return `SELECT ${casts.join(", ")} FROM (VALUES ${values.join(", ")}) AS noted(${names})`;
}

const valueTypes: Readonly<Record<TypedColumn["kind"], string>> = {
  integer: "BIGINT",
  decimal: "DOUBLE",
  double: "DOUBLE",
  text: "VARCHAR",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP(6)",
  other: "VARCHAR",
};
