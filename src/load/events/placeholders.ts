/**
 * Ids that name nobody ("undefined", "null"): one user to a database, and as such in both variants. They are read as empty; the
 * text is kept in the column `placeholder`, so that what was read so can be counted.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Config } from "../../model/config.ts";
import { markDirtyDays } from "../days/dirty-days.ts";
import { assignRowIds, HAS_NO_ID } from "./row-units.ts";

/** Where a placeholder may stand. An event id that is one is a fault of its own: ids are unique. */
export const idColumns = ["user_id", "session_id"] as const;

/** The column as SQL, null where it names nobody. */
export function withoutPlaceholder(column: string, placeholders: readonly string[]): string {
  return `CASE WHEN ${isPlaceholder(column, placeholders)} THEN NULL ELSE ${column} END`;
}

/** What stood in user_id, else in session_id; null when neither is a placeholder. */
export function placeholderSql(placeholders: readonly string[]): string {
  const cases = idColumns.map((column) => `WHEN ${isPlaceholder(column, placeholders)} THEN trim(${column})`);
  return `CASE ${cases.join(" ")} END`;
}

function isPlaceholder(column: string, placeholders: readonly string[]): string {
  return placeholders.length === 0
    ? "false"
    : `lower(trim(${column})) IN (${placeholders.map(sqlText).join(", ")})`;
}

/** Once: events that a version without placeholders loaded follow where they stand, as far as they are kept. */
export async function clearOldPlaceholders(engine: Engine, { unitPlaceholders }: Config): Promise<void> {
  const [known] = await engine.rows("SELECT 1 AS found FROM load_state WHERE key = 'placeholders'");
  if (known !== undefined) return;
  const found = `(${placeholderSql(unitPlaceholders)}) IS NOT NULL`;
  await engine.transaction(async () => {
    await markDirtyDays(engine, `SELECT event_date FROM event_rows WHERE ${found}`);
    const empty = idColumns.map((name) => `${name} = ${withoutPlaceholder(name, unitPlaceholders)}`);
    await engine.execute(`UPDATE event_rows SET placeholder = ${placeholderSql(unitPlaceholders)}, ${empty.join(", ")}
      WHERE ${found}`);
    const lonely = await engine.rows(`SELECT DISTINCT e.file_id, f.sha256 FROM event_rows e
      JOIN load_files f ON f.file_id = e.file_id WHERE e.placeholder IS NOT NULL AND ${HAS_NO_ID} ORDER BY 1`);
    for (const row of lonely) await assignRowIds(engine, Number(row["file_id"]), String(row["sha256"]));
    await engine.execute("INSERT INTO load_state VALUES ('placeholders', '')");
  });
}
