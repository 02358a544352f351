/** A workspace of files once more, its sources as tables of the cluster: the same rows, and of files of text every column as text. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseDocument } from "yaml";
import { loadConfig } from "../../../src/config/load-config.ts";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import { sqlName, sqlText } from "../../../src/engine/sql-text.ts";
import type { Source } from "../../../src/model/config.ts";
import { temporaryFolder } from "../../helpers/temp-workspace.ts";
import { command, freshSchema, server } from "./cluster.ts";
import { intoLake } from "./lake.ts";

export interface Twin {
  readonly root: string;
  /** Of the source tables, and of what gatebook writes. */
  readonly schema: string;
  readonly scratch: string;
}

/** A night of `root` itself is not taken along. `finish` is told how to take the twin away. */
export async function twinOf(root: string, finish: (end: () => void | Promise<void>) => void): Promise<Twin> {
  const twin = temporaryFolder(finish);
  const isNight = (path: string): boolean => [".gatebook", "reports"].includes(relative(root, path));
  cpSync(root, twin, { recursive: true, preserveTimestamps: true, filter: (path) => !isNight(path) });
  const schema = freshSchema();
  const scratch = `${schema}s`;
  for (const name of [schema, scratch]) {
    await command(`CREATE SCHEMA iceberg.${name}`);
    finish(async () => {
      await command(`DROP SCHEMA IF EXISTS iceberg.${name} CASCADE`);
    });
  }
  const { sources } = loadConfig(join(root, "rollout.yaml"));
  await writeTables(root, schema, sources);
  const file = join(twin, "rollout.yaml");
  const yaml = parseDocument(readFileSync(file, "utf8"));
  sources.forEach(({ name }, index) => {
    yaml.deleteIn(["sources", index, "files"]);
    yaml.setIn(["sources", index, "table"], name);
  });
  const cluster = { kind: "trino", server, catalog: "iceberg", schema, scratch: `iceberg.${scratch}` };
  yaml.set("engine", cluster);
  writeFileSync(file, yaml.toString());
  return { root: twin, schema, scratch };
}

/** Lines that are no rows are left out; a table has none. */
async function writeTables(root: string, schema: string, sources: readonly Source[]): Promise<void> {
  const memory = await openDuckDb({ file: ":memory:" });
  try {
    for (const { name, files } of sources) {
      const paths = files.map((glob) => sqlText(join(root, glob))).join(", ");
      await memory.execute(`CREATE TABLE ${sqlName(name)} AS ${rowsOf(files, `[${paths}]`)}`);
      const rows = { file: name, sql: `SELECT * FROM ${sqlName(name)}` };
      // "column00" is DuckDB's name for a column that has none, and loading's "column0"
      const columns = (await memory.describe(rows)).map(
        ({ name: own }) => `${sqlName(own)} AS ${sqlName(own.replace(/^column0+(?=\d)/, "column"))}`,
      );
      await intoLake(memory, { schema, name, select: `SELECT ${columns.join(", ")} FROM ${sqlName(name)}` });
    }
  } finally {
    memory.close();
  }
}

function rowsOf([first = ""]: readonly string[], paths: string): string {
  if (first.endsWith(".parquet")) return `SELECT * FROM read_parquet(${paths}, union_by_name = true)`;
  // a text is itself, an object its JSON
  if (/\.jsonl(\.gz)?$/.test(first))
    return `SELECT COLUMNS(*) ->> '$' FROM read_json(${paths}, format = 'newline_delimited', maximum_depth = 1, union_by_name = true, ignore_errors = true)`;
  return `SELECT * FROM read_csv(${paths}, all_varchar = true, header = true, union_by_name = true, ignore_errors = true)`;
}
