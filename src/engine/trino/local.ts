/**
 * What can be said of a file without the cluster: the embedded engine parses it, so that a file is one SELECT that reads tables, as
 * everywhere, and stays portable. And whether a filter reaches its scans: asked over empty likenesses of the tables.
 */
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import { TABLES_ONLY } from "../closed-names.ts";
import { openDuckDb } from "../duckdb/open.ts";
import type { ColumnKind, DataEngine, Engine, Mention, QueryFile, TypedColumn } from "../engine.ts";
import { isEngineError } from "../engine-error.ts";
import { sqlDate, sqlName } from "../sql-text.ts";

export interface LocalParser
  extends Pick<
    DataEngine,
    "references" | "closedNames" | "unsteadyNames" | "shape" | "columnsNamed" | "unsorted"
  > {
  /** Throws GatebookError `query` at what is not for queries. */
  readonly refuseClosed: (file: QueryFile) => Promise<void>;
  /** `tables`: what the file reads, with its columns. */
  readonly filterReachesScans: (
    sql: string,
    column: string,
    options: { readonly day: Day; readonly tables: ReadonlyMap<string, readonly TypedColumn[]> },
  ) => Promise<boolean>;
  readonly close: () => void;
}

/** Schemas of Trino's own, in every catalog or in `system`. */
const ownSchema = /^(information_schema|runtime|metadata|jdbc)\.|\$/i;

export async function openLocalParser(): Promise<LocalParser> {
  const engine: Engine = await openDuckDb({ file: ":memory:", threads: 1, memoryLimit: "256MB" });
  await engine.fence();
  const closedNames = async (file: QueryFile): Promise<readonly Mention[]> => {
    const own = (await engine.references(file))
      .filter(({ kind, name }) => kind === "table" && ownSchema.test(name))
      .map(({ name, line, column }) => ({ text: `${name} shows the engine, not the data`, line, column }));
    const both = [...(await engine.closedNames(file)), ...own];
    return both.toSorted((a, b) => a.line - b.line || a.column - b.column);
  };
  return {
    references: (file) => engine.references(file),
    unsteadyNames: (file) => engine.unsteadyNames(file),
    shape: (file) => engine.shape(file),
    columnsNamed: (file) => engine.columnsNamed(file),
    unsorted: (file) => engine.unsorted(file),
    closedNames,
    refuseClosed: async (file) => {
      const [first] = await closedNames(file);
      if (first === undefined) return;
      const { text, line, column } = first;
      throw new GatebookError("query", text, { where: { file: file.file, line, column }, hint: TABLES_ONLY });
    },
    filterReachesScans: async (sql, column, { day, tables }) => {
      try {
        for (const [name, columns] of tables) await engine.execute(likeness(name, columns, { column, day }));
        return await engine.filterReachesScans(sql, column, day);
      } catch (error) {
        // what only the cluster binds is made whole
        if (isEngineError(error, "query", "data") || !(error instanceof GatebookError)) return false;
        throw error;
      }
    },
    close: () => engine.close(),
  };
}

/** How the embedded engine calls them, and a least and a greatest value. */
const likenesses: Readonly<Record<ColumnKind, readonly [type: string, least: string, greatest: string]>> = {
  integer: ["BIGINT", "-9223372036854775808", "9223372036854775807"],
  decimal: ["DECIMAL(18, 6)", "-999999999999", "999999999999"],
  double: ["DOUBLE", "-1e308", "1e308"],
  text: ["VARCHAR", "''", "chr(1114111)"],
  boolean: ["BOOLEAN", "false", "true"],
  date: ["DATE", "'0001-01-01'", "'9999-12-31'"],
  timestamp: ["TIMESTAMP", "'0001-01-01'", "'9999-12-31'"],
  other: ["VARCHAR", "''", "chr(1114111)"],
};

/**
 * A table of that name with rows of the day and of another, all else null, least and greatest: of one day alone, or of nulls alone,
 * statistics would answer a filter before any scan.
 */
function likeness(
  name: string,
  columns: readonly TypedColumn[],
  { column, day }: { readonly column: string; readonly day: Day },
): string {
  const values = (date: Day, at: "null" | "least" | "greatest"): string =>
    columns
      .map((each) => {
        const [type, least, greatest] = likenesses[each.kind];
        const other = { null: "NULL", least, greatest }[at];
        const value = each.name.toLowerCase() === column ? sqlDate(date) : other;
        return `CAST(${value} AS ${type}) AS ${sqlName(each.name)}`;
      })
      .join(", ");
  const rows = [day, "2000-01-01"].flatMap((date) =>
    (["null", "least", "greatest"] as const).map((at) => `SELECT ${values(date, at)}`),
  );
  return `CREATE OR REPLACE TABLE ${sqlName(name)} AS ${rows.join(" UNION ALL ")}`;
}
