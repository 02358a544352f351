/** Quoting for SQL that we build ourselves. */

/** it's → 'it''s'; null → NULL */
export function sqlText(text: string | null): string {
  return text === null ? "NULL" : `'${text.replaceAll("'", "''")}'`;
}

/** "2026-02-01T10:00:00Z" → TIMESTAMP '2026-02-01 10:00:00' */
export function sqlTimestamp(instant: string): string {
  return `TIMESTAMP ${sqlText(instant.replace("T", " ").replace(/Z$/, ""))}`;
}

/** "2026-02-01" → DATE '2026-02-01'; null → NULL */
export function sqlDate(day: string | null): string {
  return day === null ? "NULL" : `DATE ${sqlText(day)}`;
}

/** we"ird → "we""ird" */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const FINAL_SEMICOLON = /;((?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)*)$/;

/** "SELECT 1; -- done" → "SELECT 1  -- done", of the same length. */
export function withoutFinalSemicolon(sql: string): string {
  return sql.replace(FINAL_SEMICOLON, " $1");
}
