import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { lookupNames } from "../../model/event-columns.ts";

const ownColumns = ["gatebook file", "gatebook name"];
const candidates = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP"] as const;

/**
 * From the temporary `lookup_rows` makes the table of the lookup and returns how many of its rows each file gave. With
 * an item_id there is one row per item: of the last file by name, then the first by content.
 */
export async function makeLookupTable(engine: Engine, source: Source): Promise<ReadonlyMap<number, number>> {
  const table = sqlName(source.name);
  const described = await engine.rows(
    "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'lookup_rows' ORDER BY column_index",
  );
  const columns = described
    .map((row) => ({ name: String(row["column_name"]), type: String(row["data_type"]) }))
    .filter(({ name }) => !ownColumns.includes(name));
  if (columns.length === 0) {
    // every file refused: an empty table keeps the analysts' joins valid
    const empty = ["item_id", ...lookupNames].map((name) => `${name} VARCHAR`).join(", ");
    await engine.execute(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${empty})`);
    return new Map();
  }
  const values = await typedColumns(engine, columns);
  const all = columns.map(({ name }) => sqlName(name)).join(", ");
  const keyed = columns.some(({ name }) => name === "item_id");
  const place = keyed
    ? `CASE WHEN item_id IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY item_id ORDER BY "gatebook name" DESC, ${all}) END`
    : "1";
  await engine.execute(`
    CREATE OR REPLACE TEMP TABLE kept_rows AS SELECT * FROM (SELECT *, ${place} AS place FROM temp.lookup_rows) WHERE place = 1;
    DROP TABLE IF EXISTS ${table};
    CREATE TABLE ${table} AS SELECT ${values.join(", ")} FROM kept_rows ORDER BY ${all};
    COMMENT ON TABLE ${table} IS ${sqlText(`Lookup from ${source.files.join(", ")}${keyed ? ": one row per item_id" : ""}`)};
  `);
  const counts = await engine.rows(
    `SELECT "gatebook file" AS file, count(*) AS rows FROM kept_rows GROUP BY ALL`,
  );
  await engine.execute("DROP TABLE kept_rows; DROP TABLE temp.lookup_rows");
  return new Map(counts.map((row) => [Number(row["file"]), Number(row["rows"])]));
}

/** A text column of numbers or days becomes one; identifiers stay text ("007" is not 7). */
async function typedColumns(
  engine: Engine,
  columns: readonly { readonly name: string; readonly type: string }[],
): Promise<string[]> {
  const open = columns.filter(({ name, type }) => type === "VARCHAR" && !isIdentifier(name));
  const tests = open.flatMap(({ name }, index) =>
    candidates.map((type) => {
      const column = sqlName(name);
      const not = type === "BIGINT" ? "^[+-]?0[0-9]|[.eE]" : "^[+-]?0[0-9]";
      const digits =
        type === "BIGINT" || type === "DOUBLE" ? ` AND NOT regexp_matches(${column}, '${not}')` : "";
      return `count(${column}) > 0 AND bool_and(${column} IS NULL OR (TRY_CAST(${column} AS ${type}) IS NOT NULL${digits}))
        AS c${index}_${type}`;
    }),
  );
  const [row] =
    tests.length === 0 ? [] : await engine.rows(`SELECT ${tests.join(", ")} FROM temp.lookup_rows`);
  return columns.map((column) => {
    const name = sqlName(column.name);
    if (isIdentifier(column.name)) return name;
    const index = open.indexOf(column);
    const type = candidates.find((each) => row?.[`c${index}_${each}`] === true);
    return type === undefined ? name : `CAST(${name} AS ${type}) AS ${name}`;
  });
}

export function isIdentifier(name: string): boolean {
  return name.endsWith("_id") || (lookupNames as readonly string[]).includes(name);
}
