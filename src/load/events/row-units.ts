import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import { canonicalNames, lookupNames } from "./columns.ts";

/** A condition on event_rows. */
export const HAS_NO_ID = "user_id IS NULL AND session_id IS NULL AND event_id IS NULL";

/**
 * A row that names neither user nor session nor event is a unit by itself: `row:` and the md5 of the file's content
 * hash, the row's own content, and which of several equal rows it is. The same for the same file, wherever and
 * whenever it is loaded. Returns how many there are.
 */
export async function assignRowIds(engine: Engine, fileId: number, sha256: string): Promise<number> {
  const lonely = `file_id = ${fileId} AND ${HAS_NO_ID}`;
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM event_rows WHERE ${lonely}`);
  const rows = Number(row?.["rows"]);
  if (rows === 0) return 0;
  const own = canonicalNames.filter((name) => !(lookupNames as readonly string[]).includes(name));
  const texts = own.map((name) => `coalesce(CAST(${name} AS VARCHAR), chr(30))`).join(", ");
  await engine.execute(`
    UPDATE event_rows e SET row_unit = n.unit
    FROM (
      SELECT id, 'row:' || md5(${sqlText(sha256)} || content || chr(31)
        || row_number() OVER (PARTITION BY content ORDER BY id)) AS unit
      FROM (SELECT rowid AS id, concat_ws(chr(31), ${texts}) AS content FROM event_rows WHERE ${lonely})
    ) n
    WHERE e.rowid = n.id AND e.file_id = ${fileId}`);
  return rows;
}
