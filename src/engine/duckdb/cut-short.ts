/**
 * Whether the end of a database file is missing: the engine opens such a file, and fails on the first block it does not find. Of a
 * sound file a checkpoint cuts free blocks off the end and goes on counting them, so only the blocks in use are compared.
 */
import { stat } from "node:fs/promises";
import type { Engine } from "../engine.ts";
import { sqlText } from "../sql-text.ts";

const HEADERS = 3 * 4096;

export async function isCutShort(engine: Engine, file: string): Promise<boolean> {
  const [size] = await engine.rows(
    "SELECT block_size AS block, total_blocks AS total FROM pragma_database_size() WHERE database_name = current_database()",
  );
  const block = Number(size?.["block"]);
  const there = Math.floor(((await stat(file)).size - HEADERS) / block);
  return there < Number(size?.["total"]) && there <= (await lastBlockInUse(engine));
}

/** Counted from 0; −1 for a database without rows. */
async function lastBlockInUse(engine: Engine): Promise<number> {
  const tables = await engine.rows("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary");
  const blocks = tables.map(
    ({ name }) =>
      `SELECT greatest(max(block_id), max(list_max(additional_block_ids))) AS last FROM pragma_storage_info(${sqlText(String(name))})`,
  );
  const all = ["SELECT max(block_id) AS last FROM pragma_metadata_info()", ...blocks].join(" UNION ALL ");
  const [row] = await engine.rows(`SELECT coalesce(max(last), -1) AS last FROM (${all})`);
  return Number(row?.["last"]);
}
