/**
 * What an analyst's file may read: tables, and functions that only make rows. The engine's own fence is not enough: the exports stay
 * readable for loading, and some functions change settings (`FROM enable_profiling()`) or hide a statement (`FROM query('…')`).
 */
import { GatebookError } from "../../model/error.ts";
import type { QueryFile } from "../engine.ts";
import { rejectedFunction, TABLES_ONLY } from "../row-functions.ts";
import { placeOf } from "./query-error.ts";
import { isNode, type TreeNode } from "./syntax-tree.ts";

/**
 * `FROM 'exports/a.csv'`: the engine takes such a table name for a file, also when it falls into schema and table
 * (`"exports/a".csv`, `a.parquet`) and when a CTE bears the name of the file.
 */
const fileName = /[/\\]|\.(csv|tsv|txt|json|jsonl|ndjson|parquet|db|duckdb|arrow|xlsx)(\.(gz|zst))?(\?|$)/i;

/** Throws a GatebookError of code `query` at the first name in the syntax tree that reaches beyond the tables. */
export function refuseBeyondTables(tree: unknown, file: QueryFile): void {
  if (Array.isArray(tree)) {
    for (const child of tree) refuseBeyondTables(child, file);
    return;
  }
  if (!isNode(tree)) return;
  const called = tree["type"] === "TABLE_FUNCTION" && isNode(tree["function"]) ? tree["function"] : null;
  const rejected = called === null ? null : rejectedFunction(String(called["function_name"] ?? ""));
  if (rejected !== null) throw beyond(rejected, tree, file);
  if (tree["type"] === "BASE_TABLE" || tree["type"] === "SHOW_REF") {
    const parts = [tree["catalog_name"], tree["schema_name"], tree["table_name"]];
    const table = parts.filter((part) => typeof part === "string" && part !== "").join(".");
    if (fileName.test(table)) throw beyond(`${table} is a file`, tree, file);
  }
  for (const child of Object.values(tree)) refuseBeyondTables(child, file);
}

function beyond(message: string, node: TreeNode, file: QueryFile): GatebookError {
  const location = node["query_location"];
  return new GatebookError("query", message, {
    where: placeOf({ file: file.file, sql: file.sql }, typeof location === "number" ? location : null),
    hint: TABLES_ONLY,
  });
}
