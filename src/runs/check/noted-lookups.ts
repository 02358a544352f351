/** Lookups of a cluster as a night last noted their columns: `check` binds queries against empty tables of the same. */
import { existsSync } from "node:fs";
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Config } from "../../model/config.ts";
import { createEmptyTable } from "../../queries/validation/warehouse-tables.ts";
import { storePaths } from "../../warehouse/paths.ts";
import { openWarehouse } from "../../warehouse/store.ts";

/** The embedded engine's types for the neutral kinds. */
const types: Readonly<Record<string, string>> = {
  integer: "BIGINT",
  decimal: "DOUBLE",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

/** Nothing where no night has run: the columns are then guessed as those of files are. */
export async function createNotedLookups(engine: Engine, { root, sources }: Config): Promise<void> {
  if (!existsSync(storePaths(root).warehouse)) return;
  const warehouse = await openWarehouse(root);
  try {
    for (const { name, columns: renamed } of sources.filter(({ kind }) => kind === "lookup")) {
      const rows = await warehouse.rows(`SELECT c.name, c.kind FROM noted_columns c
        JOIN load_files f ON f.file_id = c.file_id WHERE f.source = ${sqlText(name)} ORDER BY c.place`);
      const columns = rows.map((row) => {
        const found = String(row["name"]);
        const as = [...renamed].find(([, names]) => names.includes(found))?.[0] ?? found;
        return { name: as, type: types[String(row["kind"])] ?? "VARCHAR" };
      });
      if (columns.length > 0) await createEmptyTable(engine, name, columns);
    }
  } finally {
    warehouse.close();
  }
}
