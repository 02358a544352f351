import type { Engine } from "../engine/engine.ts";
import { GatebookError } from "../model/error.ts";

/**
 * Counts the file's rows where they stand and holds them against the record: read = loaded + duplicates + rejected.
 * `closed`: rows of closed days, counted before and no longer kept. A breach rolls the load back.
 */
export async function checkAccounting(engine: Engine, fileId: number, closed: number): Promise<void> {
  const [row] = await engine.rows(`SELECT file, read, loaded, duplicates, conflicts, rejected,
      (SELECT count(*) FROM event_rows WHERE file_id = ${fileId}) + ${closed} AS loaded_found,
      (SELECT count(*) FROM duplicate_rows WHERE file_id = ${fileId}) AS duplicates_found,
      (SELECT count(*) FROM duplicate_rows WHERE file_id = ${fileId} AND kind = 'conflict') AS conflicts_found,
      (SELECT count(*) FROM reject_rows WHERE file_id = ${fileId}) AS rejected_found
    FROM load_files WHERE file_id = ${fileId}`);
  const count = (name: string): number => Number(row?.[name]);
  const agree = ["loaded", "duplicates", "conflicts", "rejected"].every(
    (name) => count(name) === count(`${name}_found`),
  );
  if (agree && count("read") === count("loaded") + count("duplicates") + count("rejected")) return;
  throw new GatebookError(
    "store",
    `accounting of ${String(row?.["file"])} does not hold: read ${count("read")}, loaded ${count("loaded_found")}, ` +
      `duplicates ${count("duplicates_found")}, rejected ${count("rejected_found")}`,
    { hint: "nothing of this file was kept; please report this with the file's header and format" },
  );
}
