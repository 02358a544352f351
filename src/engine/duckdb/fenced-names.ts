/**
 * What an analyst's file may read: tables, and functions that only make rows. The engine's own fence is not enough: the exports stay
 * readable for loading, and some functions change settings (`FROM enable_profiling()`), print them, or hide a statement
 * (`FROM query('…')`).
 */
import { GatebookError } from "../../model/error.ts";
import {
  clockWords,
  isUnsteady,
  rejectedFunction,
  rejectedTable,
  rejectedTableFunction,
  TABLES_ONLY,
} from "../closed-names.ts";
import type { Mention, QueryFile } from "../engine.ts";
import { collectReferences, placeIn } from "./statement.ts";
import { isNode, type TreeNode } from "./syntax-tree.ts";

/**
 * `FROM 'exports/a.csv'`: the engine takes such a table name for a file, also when it falls into schema and table
 * (`"exports/a".csv`, `a.parquet`) and when a CTE bears the name of the file.
 */
const fileName = /[/\\]|\.(csv|tsv|txt|json|jsonl|ndjson|parquet|db|duckdb|arrow|xlsx)(\.(gz|zst))?(\?|$)/i;

/** Throws a GatebookError of code `query` at the first name in the syntax tree that reaches beyond the tables. */
export function refuseBeyondTables(tree: unknown, file: QueryFile): void {
  const [first] = closedNames(tree, file);
  if (first === undefined) return;
  const { text, line, column } = first;
  throw new GatebookError("query", text, { where: { file: file.file, line, column }, hint: TABLES_ONLY });
}

/** Every name in the syntax tree that reaches beyond the tables, with what is wrong with it. */
export function closedNames(tree: unknown, file: QueryFile): readonly Mention[] {
  const views = collectReferences(tree, file).flatMap(({ kind, name, line, column }) => {
    const text = kind === "table" ? rejectedTable(name) : null;
    return text === null ? [] : [{ text, line, column }];
  });
  return [...mentions(tree, file, closedName), ...views].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

/** The calls and words whose answer differs from run to run: "now()", "current_date", "a random sample". */
export function unsteadyNames(tree: unknown, file: QueryFile): readonly Mention[] {
  return mentions(tree, file, unsteadyName);
}

function mentions(
  tree: unknown,
  file: QueryFile,
  look: (node: TreeNode) => string | null,
): readonly Mention[] {
  if (Array.isArray(tree)) return tree.flatMap((child) => mentions(child, file, look));
  if (!isNode(tree)) return [];
  const text = look(tree);
  const own = text === null ? [] : [{ text, ...placeIn(file, tree["query_location"]) }];
  return [...own, ...Object.values(tree).flatMap((child) => mentions(child, file, look))];
}

function closedName(node: TreeNode): string | null {
  switch (node["type"]) {
    case "TABLE_FUNCTION":
      return isNode(node["function"])
        ? rejectedTableFunction(String(node["function"]["function_name"]))
        : null;
    case "FUNCTION":
      return rejectedFunction(String(node["function_name"]));
    case "SHOW_REF":
      return node["query"] === null ? "SHOW lists the engine's tables and databases" : fileNamed(node);
    case "BASE_TABLE":
      return fileNamed(node);
    default:
      return null;
  }
}

function fileNamed(node: TreeNode): string | null {
  const parts = [node["catalog_name"], node["schema_name"], node["table_name"]];
  const table = parts.filter((part) => typeof part === "string" && part !== "").join(".");
  return fileName.test(table) ? `${table} is a file` : null;
}

function unsteadyName(node: TreeNode): string | null {
  if (isNode(node["sample"])) return "a random sample";
  const { type, function_name: called, children, column_names: names } = node;
  if (type === "FUNCTION") {
    const count = Array.isArray(children) ? children.length : 0;
    return isUnsteady(String(called), count) ? `${called}()` : null;
  }
  if (type !== "COLUMN_REF" || !Array.isArray(names) || names.length !== 1) return null;
  return clockWords.has(String(names[0]).toLowerCase()) ? String(names[0]) : null;
}
