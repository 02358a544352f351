/** Events whose id is there more than once, as they are counted once. In: `repeated_events`, mounted. Out: the books' counts and days. */
import { createHash } from "node:crypto";
import type { Engines, RemoteEngine, Row } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import { markDirtyDays } from "../days/dirty-days.ts";

/** Of `repeated_events` as it is mounted now: which rows count twice, by table and day. */
export async function settleRepeated({
  books,
  cluster,
}: {
  readonly books: Engines["books"];
  readonly cluster: RemoteEngine;
}): Promise<void> {
  const rows =
    await cluster.rows(`SELECT file_id, event_date, count(*) FILTER (WHERE place > 1) AS duplicates,
      count(*) FILTER (WHERE kind = 'conflict') AS conflicts,
      ${cluster.values.checksum("concat_ws(chr(31), event_id, CAST(place AS VARCHAR), CAST(file_id AS VARCHAR))")} AS content
    FROM repeated_events GROUP BY file_id, event_date ORDER BY file_id, event_date`);
  const byDay = new Map<Day, string[]>();
  for (const row of rows) {
    const day = String(row["event_date"]);
    byDay.set(day, [...(byDay.get(day) ?? []), `${row["file_id"]} ${row["content"]}`]);
  }
  const values = [...byDay].map(([day, contents]) => `(${sqlDate(day)}, ${sqlText(hash(contents))})`);
  const now =
    values.length === 0
      ? "SELECT CAST(NULL AS DATE) AS event_date, CAST(NULL AS VARCHAR) AS content WHERE false"
      : `SELECT * FROM (VALUES ${values.join(", ")}) v(event_date, content)`;
  await books.transaction(async () => {
    await books.execute(`CREATE OR REPLACE TEMP TABLE repeated_now AS ${now}`);
    await markDirtyDays(
      books,
      `SELECT coalesce(n.event_date, o.event_date) AS event_date FROM repeated_now n
        FULL JOIN repeated_days o ON o.event_date = n.event_date WHERE n.content IS DISTINCT FROM o.content`,
    );
    await books.execute(`DELETE FROM repeated_days; INSERT INTO repeated_days SELECT * FROM repeated_now; DROP TABLE repeated_now;
      UPDATE load_files SET loaded = loaded + duplicates, duplicates = 0, conflicts = 0 WHERE kind = 'events'`);
    for (const [fileId, counts] of countsByFile(rows))
      await books.execute(`UPDATE load_files SET loaded = loaded - ${counts.duplicates}, duplicates = ${counts.duplicates},
        conflicts = ${counts.conflicts} WHERE file_id = ${fileId}`);
  });
}

function countsByFile(rows: readonly Row[]) {
  const counts = new Map<number, { readonly duplicates: number; readonly conflicts: number }>();
  for (const row of rows) {
    const id = Number(row["file_id"]);
    const { duplicates = 0, conflicts = 0 } = counts.get(id) ?? {};
    counts.set(id, {
      duplicates: duplicates + Number(row["duplicates"]),
      conflicts: conflicts + Number(row["conflicts"]),
    });
  }
  return counts;
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
