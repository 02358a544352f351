import type { Engine, Row } from "../../engine/engine.ts";
import { GatebookError } from "../../model/error.ts";

/**
 * Counts the rows of the files in their tables and compares them with the records: read = loaded + duplicates + rejected.
 * `closed`: rows of closed days in each, counted before and no longer kept. A breach rolls the load back.
 */
export async function checkAccounting(
  engine: Engine,
  fileIds: readonly number[],
  closed: number,
): Promise<void> {
  const list = fileIds.join(", ");
  const counted = (table: string, more = ""): string =>
    `(SELECT file_id, count(*) AS rows${more} FROM ${table} WHERE file_id IN (${list}) GROUP BY file_id)`;
  const rows = await engine.rows(`SELECT f.file, f.read, f.loaded, f.duplicates, f.conflicts, f.rejected,
      coalesce(e.rows, 0) + ${closed} AS loaded_found, coalesce(d.rows, 0) AS duplicates_found,
      coalesce(d.conflicts, 0) AS conflicts_found, coalesce(r.rows, 0) AS rejected_found
    FROM load_files f
      LEFT JOIN ${counted("event_rows")} e ON e.file_id = f.file_id
      LEFT JOIN ${counted("duplicate_rows", ", count(*) FILTER (kind = 'conflict') AS conflicts")} d ON d.file_id = f.file_id
      LEFT JOIN ${counted("reject_rows")} r ON r.file_id = f.file_id
    WHERE f.file_id IN (${list}) ORDER BY f.file`);
  if (rows.length !== new Set(fileIds).size) throw new Error("a file was loaded and not recorded");
  for (const row of rows) checkFile(row);
}

function checkFile(row: Row): void {
  const count = (name: string): number => Number(row[name]);
  const agree = ["loaded", "duplicates", "conflicts", "rejected"].every(
    (name) => count(name) === count(`${name}_found`),
  );
  if (agree && count("read") === count("loaded") + count("duplicates") + count("rejected")) return;
  throw new GatebookError(
    "store",
    `row counts of ${String(row["file"])} do not add up: read ${count("read")}, loaded ${count("loaded_found")}, ` +
      `duplicates ${count("duplicates_found")}, rejected ${count("rejected_found")}`,
    { hint: "nothing of this file was kept; please report this with the file's header and format" },
  );
}
