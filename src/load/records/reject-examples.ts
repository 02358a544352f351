/** One rejected row per source, to be quoted: one wrong value explains more than a count of thousands. */
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";

export interface RejectExample {
  readonly source: string;
  readonly file: string;
  /** Null where a staging query made the row of several records. */
  readonly line: number | null;
  /** Null when it is the row as a whole. */
  readonly column: string | null;
  readonly reason: string;
  /** The row as it is in the file, cut. */
  readonly raw: string;
}

/** Characters of a row that are quoted. */
const QUOTED = 120;

/** Rows of closed days are valid, and no example. */
export const LATE_REASON = "date_closed";

/** Of each source the first row of its newest file with the reason that it has most. */
export async function readRejectExamples(engine: Engine): Promise<readonly RejectExample[]> {
  const rows = await engine.rows(`WITH bad AS (
      SELECT f.source, f.file, f.last_day, r.line, r.column_name, r.reason, r.raw,
        count(*) OVER (PARTITION BY f.source, r.reason) AS times
      FROM reject_rows r JOIN load_files f ON f.file_id = r.file_id WHERE r.reason <> ${sqlText(LATE_REASON)})
    SELECT source, file, line, column_name, reason, left(raw, ${QUOTED + 1}) AS raw FROM bad
    QUALIFY row_number() OVER (PARTITION BY source
      ORDER BY times DESC, reason, last_day DESC NULLS LAST, file DESC, line NULLS LAST, raw) = 1
    ORDER BY source`);
  return rows.map((row) => ({
    source: String(row["source"]),
    file: String(row["file"]),
    line: row["line"] === null ? null : Number(row["line"]),
    column: row["column_name"] === null ? null : String(row["column_name"]),
    reason: String(row["reason"]),
    raw: cut(String(row["raw"] ?? "")),
  }));
}

function cut(raw: string): string {
  const line = raw.replace(/\s+/g, " ").trim();
  return line.length <= QUOTED ? line : `${line.slice(0, QUOTED)}…`;
}

/** `exports/a.csv:17 event_type in "e9,feed_hide,2026-02-01…"` */
export function exampleText({ file, line, column, raw }: RejectExample): string {
  const place = line === null ? file : `${file}:${line}`;
  return `${place}${column === null ? "" : ` ${column} in`} "${raw}"`;
}
