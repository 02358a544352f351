/**
 * Which event a row is, and whose. Ids that name nobody ("undefined", "null") would be one user in both variants: they are read as
 * empty, and the text is kept in the column `placeholder` to be counted.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Config } from "../../model/config.ts";
import { canonicalNames, lookupNames } from "../../model/event-columns.ts";
import { markDirtyDays } from "../days/dirty-days.ts";

/** The hash that finds duplicates without reading the ids: `hash()` is five times as fast as md5, but may change with the engine. */
export function eventKey(id: string): string {
  return `CASE WHEN ${id} IS NULL THEN NULL ELSE hash(${id}) END`;
}

/** Makes the kept hashes again when the engine is another one. */
export async function refreshKeys(engine: Engine): Promise<void> {
  const [row] = await engine.rows("SELECT value FROM load_state WHERE key = 'event_keys'");
  if (row?.["value"] === engine.version) return;
  await engine.transaction(() =>
    engine.execute(`
      UPDATE event_rows SET event_key = ${eventKey("event_id")};
      UPDATE duplicate_rows SET event_key = ${eventKey("event_id")};
      DELETE FROM load_state WHERE key = 'event_keys';
      INSERT INTO load_state VALUES ('event_keys', ${sqlText(engine.version)});
    `),
  );
}

/** A condition on event_rows. */
export const HAS_NO_ID = "user_id IS NULL AND session_id IS NULL AND event_id IS NULL";

/**
 * A row that names neither user nor session nor event is a unit by itself: `row:` and the md5 of the file's content
 * hash, the row's own content, and which of several equal rows it is. The same for the same file, wherever and
 * whenever it is loaded. Returns how many there are.
 */
export async function assignRowIds(engine: Engine, fileId: number, sha256: string): Promise<number> {
  const withoutIds = `file_id = ${fileId} AND ${HAS_NO_ID}`;
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM event_rows WHERE ${withoutIds}`);
  const rows = Number(row?.["rows"]);
  if (rows === 0) return 0;
  const own = canonicalNames.filter((name) => !(lookupNames as readonly string[]).includes(name));
  const texts = own.map((name) => `coalesce(CAST(${name} AS VARCHAR), chr(30))`).join(", ");
  await engine.execute(`
    UPDATE event_rows e SET row_unit = n.unit
    FROM (
      SELECT id, 'row:' || md5(${sqlText(sha256)} || content || chr(31)
        || row_number() OVER (PARTITION BY content ORDER BY id)) AS unit
      FROM (SELECT rowid AS id, concat_ws(chr(31), ${texts}) AS content FROM event_rows WHERE ${withoutIds})
    ) n
    WHERE e.rowid = n.id AND e.file_id = ${fileId}`);
  return rows;
}

/** Where a placeholder may be. An event id that is one is a fault of its own: ids are unique. */
export const idColumns = ["user_id", "session_id"] as const;

/** SQL: whether a text column names nobody. */
export type PlaceholderTest = (column: string) => string;

/** For any engine. */
export function isPlaceholder(placeholders: readonly string[]): PlaceholderTest {
  const words = placeholders.map(sqlText).join(", ");
  return (column) => (placeholders.length === 0 ? "false" : `lower(trim(${column})) IN (${words})`);
}

/** The same of every row of a file, where DuckDB would make each IN a join: a sixth of the time. */
export function isPlaceholderInFile(placeholders: readonly string[]): PlaceholderTest {
  const words = placeholders.map((word) => word.replace(/[!-/:-@[-^`{-~]/g, "\\$&")).join("|");
  const pattern = sqlText(` *(?:${words}) *`);
  return (column) => (placeholders.length === 0 ? "false" : `regexp_full_match(${column}, ${pattern}, 'i')`);
}

/** The column as SQL, null where it names nobody. */
export function withoutPlaceholder(column: string, test: PlaceholderTest): string {
  return `CASE WHEN ${test(column)} THEN NULL ELSE ${column} END`;
}

/** The placeholder that was in user_id, else in session_id; null when neither is a placeholder. */
export function placeholderSql(test: PlaceholderTest): string {
  const cases = idColumns.map((column) => `WHEN ${test(column)} THEN trim(${column})`);
  return `CASE ${cases.join(" ")} END`;
}

/** Once: events that a version without placeholders loaded follow in place, as far as they are kept. */
export async function clearOldPlaceholders(engine: Engine, { unitPlaceholders }: Config): Promise<void> {
  const [known] = await engine.rows("SELECT 1 AS found FROM load_state WHERE key = 'placeholders'");
  if (known !== undefined) return;
  const test = isPlaceholder(unitPlaceholders);
  const found = `(${placeholderSql(test)}) IS NOT NULL`;
  await engine.transaction(async () => {
    await markDirtyDays(engine, `SELECT event_date FROM event_rows WHERE ${found}`);
    const empty = idColumns.map((name) => `${name} = ${withoutPlaceholder(name, test)}`);
    await engine.execute(`UPDATE event_rows SET placeholder = ${placeholderSql(test)}, ${empty.join(", ")}
      WHERE ${found}`);
    const withoutIds = await engine.rows(`SELECT DISTINCT e.file_id, f.sha256 FROM event_rows e
      JOIN load_files f ON f.file_id = e.file_id WHERE e.placeholder IS NOT NULL AND ${HAS_NO_ID} ORDER BY 1`);
    for (const row of withoutIds) await assignRowIds(engine, Number(row["file_id"]), String(row["sha256"]));
    await engine.execute("INSERT INTO load_state VALUES ('placeholders', '')");
  });
}
