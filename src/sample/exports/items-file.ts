/** The lookup `exports/items.parquet`: item → author, category, duplicate group. Written by the engine. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Item } from "../traffic/catalogue.ts";

export const itemsPath = "exports/items.parquet";

export async function writeItems(root: string, items: readonly Item[], engine: Engine): Promise<void> {
  const file = join(root, itemsPath);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  // One text cut apart by the engine: thousands of literals would take its parser longer than the file takes to write.
  const lines = items.map((item) => [item.id, item.author, item.category, item.group ?? ""].join(","));
  await engine.execute(`
    COPY (
      SELECT
        split_part(line, ',', 1) AS item_id,
        split_part(line, ',', 2) AS author_id,
        split_part(line, ',', 3) AS category_id,
        nullif(split_part(line, ',', 4), '') AS duplicate_group
      FROM (SELECT unnest(string_split(${sqlText(lines.join("\n"))}, chr(10))) AS line)
      ORDER BY item_id
    ) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`);
}
