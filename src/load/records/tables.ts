/**
 * The tables loading owns. `event_rows`, `duplicate_rows`, `reject_rows` and `load_files` are gatebook's own; what
 * clients read are the views over them: events, user_discovery_events, duplicate_events, rejected_rows, loads.
 */
import { createHash } from "node:crypto";
import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import { storedColumn } from "../../engine/stored-columns.ts";
import type { Config } from "../../model/config.ts";
import {
  allAddedColumns,
  canonicalColumns,
  eventTypeNames,
  eventTypesOf,
} from "../../model/event-columns.ts";
import { typesSql } from "../events/canonical-sql.ts";
import { addedValue } from "../events/select-events.ts";

const rowColumns = [
  "file_id INTEGER",
  "event_key UBIGINT",
  ...canonicalColumns.map(({ name, type }) => storedColumn(name, type)),
  "from_lookup UTINYINT",
  "row_unit VARCHAR",
  "placeholder VARCHAR",
  "added VARCHAR",
].join(", ");

const tables = `
CREATE TABLE IF NOT EXISTS event_rows (${rowColumns});
CREATE TABLE IF NOT EXISTS duplicate_rows (${rowColumns}, kind VARCHAR);
ALTER TABLE event_rows ADD COLUMN IF NOT EXISTS placeholder VARCHAR;
ALTER TABLE duplicate_rows ADD COLUMN IF NOT EXISTS placeholder VARCHAR;
CREATE TABLE IF NOT EXISTS set_apart_rows (${rowColumns}, kind VARCHAR);
${["event_rows", "duplicate_rows", "set_apart_rows"].map((table) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS added VARCHAR;`).join("\n")}
CREATE TABLE IF NOT EXISTS source_rollouts (source VARCHAR, rollout VARCHAR);
CREATE TABLE IF NOT EXISTS reject_rows (file_id INTEGER, line BIGINT, column_name VARCHAR, reason VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS reject_days (file_id INTEGER, event_date DATE, algo_version VARCHAR, event_type VARCHAR, rejected BIGINT);
CREATE TABLE IF NOT EXISTS load_days (file_id INTEGER, event_date DATE, accepted BIGINT);
CREATE TABLE IF NOT EXISTS item_attributes (item_id VARCHAR, author_id VARCHAR, category_id VARCHAR, duplicate_group VARCHAR);
CREATE TABLE IF NOT EXISTS closed_days (source VARCHAR, file_id INTEGER, event_date DATE, accepted BIGINT, content VARCHAR,
  columns VARCHAR, definition VARCHAR, sha256 VARCHAR);
CREATE TABLE IF NOT EXISTS source_definitions (source VARCHAR, columns VARCHAR, definition VARCHAR);
ALTER TABLE load_days ADD COLUMN IF NOT EXISTS misdated BIGINT;
ALTER TABLE load_days ADD COLUMN IF NOT EXISTS late BIGINT;
ALTER TABLE load_days ADD COLUMN IF NOT EXISTS content VARCHAR;
CREATE TABLE IF NOT EXISTS touched_days (event_date DATE);
CREATE TABLE IF NOT EXISTS load_state (key VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS load_files (
  file_id INTEGER, source VARCHAR, file VARCHAR, kind VARCHAR, status VARCHAR, modified_ns VARCHAR, recipe VARCHAR,
  retry_from DATE, present VARCHAR, lines BIGINT, read BIGINT, loaded BIGINT, duplicates BIGINT, conflicts BIGINT,
  rejected BIGINT, rejected_by_reason VARCHAR, bytes BIGINT, modified_at TIMESTAMP, sha256 VARCHAR, first_day DATE,
  last_day DATE, columns VARCHAR, notes VARCHAR);
ALTER TABLE load_files ADD COLUMN IF NOT EXISTS snapshot VARCHAR;
CREATE TABLE IF NOT EXISTS noted_columns (file_id INTEGER, place INTEGER, name VARCHAR, type VARCHAR, kind VARCHAR);
CREATE TABLE IF NOT EXISTS repeated_days (event_date DATE, content VARCHAR);
`;

/** More than this on a day means that its times are read in the wrong zone; one row may be an accident. */
const MISDATED = "sum(d.misdated) > 0.01 * sum(d.accepted) AND sum(d.misdated) > 1";

/** Who a row belongs to: its user, else its session, else itself. The last one is never null. */
export const unitColumns = ["user_id", "session_id", "event_id", "row_unit"] as const;

/** `columns`: as many of `unitColumns` as the rows need. What is named is read, and reading text costs. `added`: by rollout.yaml. */
function eventViews(columns: readonly string[], added: readonly string[]): string {
  const values = added.map((name) => `${addedValue(name)} AS ${sqlName(name)}`);
  return `
CREATE OR REPLACE VIEW events AS ${eventsSelect(columns, (unit) => `md5_number_lower(${unit}) % 10000`, values)};
CREATE OR REPLACE VIEW user_discovery_events AS SELECT *, metadata AS meta FROM events;`;
}

/** The columns of `events`, out of event_rows. `bucket`: of a text, as the engine's dialect has it. `added`: by rollout.yaml. */
export function eventsSelect(
  columns: readonly string[],
  bucket: (text: string) => string,
  added: readonly string[],
): string {
  const unitId = columns.length === 1 ? columns[0] : `coalesce(${columns.join(", ")})`;
  const selected = canonicalColumns.flatMap(({ name }) =>
    name === "session_id" ? [name, `${unitId} AS unit_id`] : [name],
  );
  return `
  SELECT ${selected.join(", ")},
    CAST(${bucket(`'gatebook:' || ${unitId}`)} AS INTEGER) AS unit_bucket${added.map((value) => `,\n    ${value}`).join("")}
  FROM event_rows`;
}

const views = `
CREATE OR REPLACE VIEW duplicate_events AS
  SELECT f.source, f.file, d.kind, ${canonicalColumns.map(({ name }) => `d.${name}`).join(", ")}
  FROM duplicate_rows d JOIN load_files f ON f.file_id = d.file_id;
CREATE OR REPLACE VIEW rejected_rows AS
  SELECT f.source, f.file, r.line, r.column_name, r.reason, r.raw
  FROM reject_rows r JOIN load_files f ON f.file_id = r.file_id;
CREATE OR REPLACE VIEW misdated_days AS
  SELECT f.source, d.event_date, sum(d.accepted) AS rows, sum(d.misdated) AS misdated
  FROM load_days d JOIN load_files f ON f.file_id = d.file_id
  GROUP BY f.source, d.event_date HAVING ${MISDATED};
CREATE OR REPLACE VIEW loads AS
  SELECT source, file, status, lines, read, loaded, duplicates, conflicts, rejected, rejected_by_reason, bytes,
    modified_at, sha256, first_day, last_day, columns, notes
  FROM load_files;
`;

const fileComments = {
  source: "Name of the source in rollout.yaml",
  file: "The export file, relative to the workspace",
};
const canonicalComments = Object.fromEntries(canonicalColumns.map(({ name, comment }) => [name, comment]));
const eventComments = {
  ...canonicalComments,
  unit_id: "Who is compared: the user, else the session, else the event itself; never null",
  unit_bucket: "0-9999, from the md5 of unit_id: the same everywhere",
};

/** View → column → comment; under `itself` that of the view. */
type ViewComments = Readonly<Record<string, Readonly<Record<string, string>>>>;

function commentsOfEvents(added: readonly string[]): ViewComments {
  const ofAdded = added.map((name) => [sqlName(name), "Added under columns in rollout.yaml"] as const);
  const comments = { ...eventComments, ...Object.fromEntries(ofAdded) };
  return {
    events: {
      itself: "One row per event that counts: rejects and duplicates are left out",
      ...comments,
    },
    user_discovery_events: {
      itself: "The view events under the name the runbook's own queries use, with meta for metadata",
      ...comments,
      meta: "The same as metadata",
    },
  };
}

const otherComments: ViewComments = {
  duplicate_events: {
    itself: "Rows that were not counted because another row has the same event_id",
    ...fileComments,
    ...canonicalComments,
    kind: "exact: same content as the row that counts, metadata apart; conflict: same event_id, other content",
  },
  rejected_rows: {
    itself: "Rows that could not be read, and why",
    ...fileComments,
    line: "Line in the file (row number in Parquet), starting at 1; null where a staging query made the row of several records",
    column_name: "The column at fault; null when it is the row as a whole",
    reason: "One word, e.g. unknown_event_type",
    raw: "The row as it is in the file, cut after 10,000 bytes",
  },
  misdated_days: {
    itself: "Sources and days whose given event_date too often is not the day of the time",
    source: fileComments.source,
    event_date: "Day as the export gives it",
    rows: "Rows of the source on that day",
    misdated: "Those whose occurred_at is on another day",
  },
  loads: {
    itself: "One row per export file: read = loaded + duplicates + rejected",
    ...fileComments,
    status: "loaded; vanished: the file is gone, its rows stay; refused: nothing of it was taken",
    lines: "Physical lines, counted independently of the reader; null for Parquet",
    read: "Rows the source yielded and rows the reader rejected, without the header",
    loaded: "Rows that count",
    duplicates: "Rows whose event_id another row has, conflicts among them",
    conflicts: "Duplicates whose content, metadata apart, differs from the row that counts",
    rejected: "Rows in rejected_rows",
    rejected_by_reason: "JSON object: reason, count",
    bytes: "Size of the file on disk",
    sha256: "Of the file on disk",
    first_day: "First day of its events",
    last_day: "Last day of its events",
    modified_at: "Modification time of the file, UTC",
    columns: "JSON array: the columns as found in the file",
    notes: "JSON array: what else was found",
  },
};

function commentSql(comments: ViewComments): string {
  const statements = Object.entries(comments).flatMap(([view, { itself = null, ...columns }]) => [
    `COMMENT ON VIEW ${view} IS ${sqlText(itself)};`,
    ...Object.entries(columns).map(
      ([name, text]) => `COMMENT ON COLUMN ${view}.${name} IS ${sqlText(text)};`,
    ),
  ]);
  return statements.join("\n");
}

const eventKind = `CREATE TYPE event_kind AS ENUM (${eventTypeNames.map(sqlText).join(", ")})`;

function emptySql(added: readonly string[]): string {
  return [tables, eventViews(unitColumns, added), views].join("\n");
}

function schemaSql(added: readonly string[]): string {
  const comments = [commentSql(commentsOfEvents(added)), commentSql(otherComments)];
  return [emptySql(added), ...comments].join("\n");
}

/** Of the workspace: columns that it adds to events, and its own types of events. */
type EventShape = Pick<Config, "sources">;

/** In a database that is new and gone afterwards: without the comments, which are half of the work. */
export async function createEmptyLoadTables(engine: Engine, config: EventShape): Promise<void> {
  await engine.transaction(() => engine.execute(`${eventKind}; ${emptySql(allAddedColumns(config))}`));
  const types = eventTypesOf(config);
  if (hasOwnTypes(types)) await addEventTypes(engine, types);
}

/** Makes what is missing and leaves what is there. Views are renewed when this tool, or the workspace, has other ones. */
export async function createLoadTables(engine: Engine, config: EventShape = { sources: [] }): Promise<void> {
  const wanted = schemaSql(allAddedColumns(config));
  const schema = createHash("sha256")
    .update(eventKind + wanted)
    .digest("hex");
  const types = eventTypesOf(config);
  const isKnown = (await stateOf(engine, "schema")) === schema;
  if (!isKnown)
    await engine.transaction(async () => {
      const [known] = await engine.rows(
        "SELECT 1 AS found FROM duckdb_types() WHERE type_name = 'event_kind'",
      );
      if (known === undefined) await engine.execute(eventKind);
      await engine.execute(wanted);
      await engine.execute(`DELETE FROM load_state WHERE key IN ('schema', 'unit');
      INSERT INTO load_state VALUES ('schema', ${sqlText(schema)})`);
    });
  // looking for them takes a hundredth of a second
  if (!isKnown || hasOwnTypes(types)) await addEventTypes(engine, types);
}

function hasOwnTypes(types: readonly string[]): boolean {
  return types.length > eventTypeNames.length;
}

/** Types that the tables do not know yet. Those that rollout.yaml no longer names stay: there may be rows of them. */
async function addEventTypes(engine: Engine, types: readonly string[]): Promise<void> {
  const tablesOfRows = ["event_rows", "duplicate_rows", "set_apart_rows"];
  const rows = await engine.rows(`SELECT table_name, data_type FROM duckdb_columns()
    WHERE column_name = 'event_type' AND NOT internal AND table_name IN (${tablesOfRows.map(sqlText).join(", ")})`);
  for (const row of rows) {
    const known = [...String(row["data_type"]).matchAll(/'([^']+)'/g)].map(([, type = ""]) => type);
    const all = [...known, ...types.filter((type) => !known.includes(type))];
    if (all.length === known.length) continue;
    await engine.execute(
      `ALTER TABLE ${sqlName(String(row["table_name"]))} ALTER COLUMN event_type SET DATA TYPE ${typesSql(all)}`,
    );
  }
}

/**
 * Lets the view `events` read for `unit_id` only the columns that its rows need: where every event names its user, relations are
 * built in two thirds of the time. To be called when rows have changed.
 */
export async function narrowUnits(engine: Engine, config: EventShape): Promise<void> {
  const added = allAddedColumns(config);
  const lacking = ["user_id IS NULL", "user_id IS NULL AND session_id IS NULL"];
  const found = lacking.map((missing, index) => `EXISTS (FROM event_rows WHERE ${missing}) AS l${index}`);
  const [row] = await engine.rows(`SELECT ${found.join(", ")}`);
  const needed = row?.["l1"] === true ? unitColumns.length : row?.["l0"] === true ? 2 : 1;
  if ((await stateOf(engine, "unit")) === String(needed)) return;
  await engine.transaction(() =>
    engine.execute(`${eventViews(unitColumns.slice(0, needed), added)}
      ${commentSql(commentsOfEvents(added))}
      DELETE FROM load_state WHERE key = 'unit';
      INSERT INTO load_state VALUES ('unit', '${needed}')`),
  );
}

async function stateOf(engine: Engine, key: string): Promise<string | null> {
  const [table] = await engine.rows("SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'load_state'");
  if (table === undefined) return null;
  const [row] = await engine.rows(`SELECT value FROM load_state WHERE key = ${sqlText(key)}`);
  return row === undefined ? null : String(row["value"]);
}
