/** Tables of a warehouse, or of any SELECT of it, as Iceberg tables of the cluster: written as Parquet into its lake, and taken over as they are. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ColumnKind, Engine } from "../../../src/engine/engine.ts";
import { sqlName, sqlText } from "../../../src/engine/sql-text.ts";
import { command, dataFolder } from "./cluster.ts";

const types: Readonly<Partial<Record<ColumnKind, string>>> = {
  integer: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

/** Makes `schema.name` of the cluster; `select` is read by the embedded engine. */
export async function intoLake(
  warehouse: Engine,
  { schema, name, select }: { readonly schema: string; readonly name: string; readonly select: string },
): Promise<void> {
  const columns = await warehouse.describe({ file: name, sql: select });
  const plain = columns.map(({ name: column, kind, type }) => {
    const own = sqlName(column);
    // an enum is text
    const to = kind === "decimal" ? type : (types[kind] ?? "VARCHAR");
    return { own, to, select: `CAST(${own} AS ${to}) AS ${own}` };
  });
  const folder = join(dataFolder, "lake", "parts", schema, name);
  mkdirSync(folder, { recursive: true });
  const rows = `SELECT ${plain.map((column) => column.select).join(", ")} FROM (${select})`;
  const [counted] = await warehouse.rows(`SELECT count(*) AS n FROM (${select})`);
  await warehouse.execute(`COPY (${rows}) TO ${sqlText(join(folder, "rows.parquet"))} (FORMAT parquet)`);
  const table = `iceberg.${sqlName(schema)}.${sqlName(name)}`;
  await command(
    `CREATE TABLE ${table} (${plain.map(({ own, to }) => `${own} ${to === "TIMESTAMP" ? "TIMESTAMP(6)" : to}`).join(", ")})`,
  );
  if (Number(counted?.["n"]) === 0) return;
  const location = sqlText(`local:///parts/${schema}/${name}`);
  await command(`ALTER TABLE ${table} EXECUTE add_files(location => ${location}, format => 'PARQUET')`);
}
