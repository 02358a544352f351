/**
 * Closed days that are no longer what they were counted as: other rows in their files, or another definition of their source. The
 * relations keep such a day as it was counted, so that it must not be pooled in silence.
 */
import { createHash } from "node:crypto";
import type { Engine, Row } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";
import { changedParts, type Definition } from "../events/definition.ts";
import { retentionStart, sameContent } from "./pruned-days.ts";

export interface ChangedDay {
  readonly source: string;
  readonly date: Day;
  /** "rows": another number; "content": as many, and others; "definition": nobody can read it again. */
  readonly kind: "rows" | "content" | "definition";
  /** Rows when the day was closed, and now; of a file that is gone, or has none of the day any more, null. */
  readonly counted: number;
  readonly found: number | null;
  /** Of the source's definition, in which it changed since: "staging", "columns.user_id". */
  readonly parts: readonly string[];
}

export interface ClosedDays {
  /** First day whose events are kept; null: no day is closed. */
  readonly retentionStart: Day | null;
  /** By day and source. */
  readonly changed: readonly ChangedDay[];
  /** Another when anything of it is another; null: nothing changed. */
  readonly digest: string | null;
}

export async function readClosedDays(engine: Engine): Promise<ClosedDays> {
  const open = await retentionStart(engine);
  const [known] = await engine.rows(
    "SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'closed_days'",
  );
  if (open === null || known === undefined) return { retentionStart: open, changed: [], digest: null };
  const rows =
    await engine.rows(`SELECT s.source, c.event_date, c.accepted AS counted, c.content, c.columns, c.definition,
      c.sha256, f.status, f.sha256 AS sha256_now, d.accepted + coalesce(d.late, 0) AS found, d.content AS content_now,
      s.definition AS definition_now
    FROM closed_days c LEFT JOIN load_files f ON f.file_id = c.file_id
      JOIN source_definitions s ON s.source = coalesce(f.source, c.source)
      LEFT JOIN load_days d ON d.file_id = c.file_id AND d.event_date = c.event_date
    WHERE c.event_date < CAST((SELECT value FROM load_state WHERE key = 'first_open_day') AS DATE)
      AND (c.accepted IS DISTINCT FROM d.accepted OR d.late > 0 OR c.content <> d.content
        OR c.definition IS DISTINCT FROM s.definition)
    ORDER BY c.event_date, s.source, c.file_id`);
  const found = rows.flatMap((row) => changeOf(row) ?? []);
  return {
    retentionStart: open,
    changed: found.map(({ day }) => day),
    digest: found.length === 0 ? null : digestOf(found),
  };
}

interface DayChange {
  readonly day: ChangedDay;
  /** What the day is now. */
  readonly now: readonly (string | null)[];
}

/**
 * A file that is gone, or that has no row of the day any more, was rotated: only its definition may have changed. One that had other rows
 * when it was last read, and then went, is what it was then: a hold does not end with the file that it names.
 */
function changeOf(row: Row): DayChange | null {
  const text = (name: string): string | null => (typeof row[name] === "string" ? String(row[name]) : null);
  const [counted, found] = [Number(row["counted"]), Number(row["found"] ?? 0)];
  const isSameFile = text("sha256") === text("sha256_now");
  const isOther = found !== counted || sameContent(text("content"), text("content_now")) === false;
  const wentOther = row["status"] === "vanished" && !isSameFile && isOther;
  const isThere = found > 0 && (row["status"] === "loaded" || wentOther);
  const [before, now] = [definitionIn(text("definition")), definitionIn(text("definition_now"))];
  const columns = JSON.parse(text("columns") ?? "[]") as readonly string[];
  const parts = before === null || now === null ? [] : changedParts(before, now, columns);
  const isSame = isThere ? sameContent(text("content"), text("content_now")) : null;
  const kind = (): ChangedDay["kind"] | null => {
    if (isThere && found !== counted) return "rows";
    if (isSame === null) return parts.length > 0 ? "definition" : null;
    // read again for a lookup that its staging query joins: neither the export nor its meaning changed
    return !isSame && (parts.length > 0 || !isSameFile) ? "content" : null;
  };
  const changed = kind();
  if (changed === null) return null;
  const values = parts.map((name) => `${name} ${now?.[name] ?? ""}`);
  return {
    day: {
      source: String(row["source"]),
      date: String(row["event_date"]),
      kind: changed,
      counted,
      found: isThere ? found : null,
      parts,
    },
    now: [text("content"), isThere ? text("content_now") : null, ...values],
  };
}

function definitionIn(text: string | null): Definition | null {
  return text === null ? null : (JSON.parse(text) as Definition);
}

function digestOf(changes: readonly DayChange[]): string {
  return createHash("sha256").update(JSON.stringify(changes)).digest("hex").slice(0, 8);
}
