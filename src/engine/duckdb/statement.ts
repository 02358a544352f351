/** What an analyst's file may be: exactly one SELECT. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { GatebookError, type Place } from "../../model/error.ts";
import type { QueryFile, TableReference } from "../engine.ts";
import { refuseNoText } from "../sql-file.ts";
import { sqlText, withoutFinalSemicolon } from "../sql-text.ts";
import { placeOf, queryError } from "./query-error.ts";
import { isNode, type TreeNode } from "./syntax-tree.ts";

const NOTHING = /--[^\n]*|\/\*[\s\S]*?\*\/|;/g;

/** before + SELECT + after, the SELECT's own final `;` blanked and a trailing comment closed by a newline. */
export function statementText(file: QueryFile): string {
  const select = withoutFinalSemicolon(file.sql);
  return `${file.before ?? ""}${select}${file.after === undefined ? "" : `\n${file.after}`}`;
}

/** A text is looked at, bound and run in turn, in `watch` at every save; its tree depends on nothing else. Oldest first. */
const trees = new Map<string, unknown>();
const MOST_TREES = 100;

/** The syntax tree of the one SELECT, not to be changed; anything else is a GatebookError of code `query`. */
export async function parseSelect(connection: DuckDBConnection, file: QueryFile): Promise<unknown> {
  const known = trees.get(file.sql);
  if (known !== undefined) return known;
  const tree = await parsed(connection, file);
  const [oldest = ""] = trees.keys();
  if (trees.size >= MOST_TREES) trees.delete(oldest);
  trees.set(file.sql, tree);
  return tree;
}

async function parsed(connection: DuckDBConnection, file: QueryFile): Promise<unknown> {
  refuseNoText(file.sql, file.file);
  if (file.sql.replace(NOTHING, "").trim() === "") {
    throw new GatebookError("query", "the file has no statement", {
      where: { file: file.file },
      hint: "write one SELECT",
    });
  }
  const count = await countStatements(connection, file);
  if (count !== 1) {
    throw new GatebookError("query", `the file has ${count} statements`, {
      where: statementPlace(file, 2),
      hint: "one file has exactly one SELECT (PIVOT needs ON … IN (…) to count as one)",
    });
  }
  const reader = await connection.runAndReadAll(`SELECT json_serialize_sql(${sqlText(file.sql)})`);
  const tree: unknown = JSON.parse(String(reader.getRowsJson()[0]?.[0] ?? "{}"));
  if (isNode(tree) && tree["error"] === true) {
    throw new GatebookError("query", "the statement is not a SELECT", {
      where: statementPlace(file, 1),
      hint: "analysts' files only read: one SELECT, no other statement (gatebook query --explain shows a plan)",
    });
  }
  return tree;
}

/** What is neither quoted nor a comment falls into words, semicolons and single characters. */
const PIECE =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|[^\s;'"$/-]+|[\s\S]/g;

/** Where the first or the second statement begins; the first, where the second is one that DuckDB made of it (a PIVOT). */
function statementPlace({ file, sql }: QueryFile, number: 1 | 2): Place {
  const starts: number[] = [];
  let isNew = true;
  for (const { 0: piece, index } of sql.matchAll(PIECE)) {
    if (/^(\s|--|\/\*)/.test(piece)) continue;
    if (piece !== ";" && isNew) starts.push(index);
    isNew = piece === ";";
  }
  const start = starts[number - 1] ?? starts[0] ?? 0;
  return placeOf({ file, sql }, Buffer.byteLength(sql.slice(0, start), "utf8"));
}

async function countStatements(connection: DuckDBConnection, file: QueryFile): Promise<number> {
  try {
    return (await connection.extractStatements(file.sql)).count;
  } catch (error) {
    throw queryError(error, { file: file.file, sql: file.sql });
  }
}

/**
 * Every table and table function in a syntax tree, each at its first mention. Names follow SQL's scope: a CTE is visible to later
 * CTEs and to the body, to itself only in the recursive half of a recursive one, and never under a schema.
 */
export function collectReferences(tree: unknown, file: QueryFile): readonly TableReference[] {
  const found = new Map<string, TableReference>();
  const add = (kind: TableReference["kind"], name: string, location: unknown): void => {
    const key = `${kind} ${name.toLowerCase()}`;
    if (found.has(key)) return;
    found.set(key, { kind, name, ...placeIn(file, location) });
  };
  const walk = (node: unknown, outer: VisibleCtes): void => {
    if (Array.isArray(node)) for (const child of node) walk(child, outer);
    if (!isNode(node)) return;
    const { type, function: called, query_location: location } = node;
    if (type === "BASE_TABLE" && !isCte(node, outer)) add("table", tableName(node), location);
    if (type === "TABLE_FUNCTION" && isNode(called))
      add("function", String(called["function_name"]), location);
    let scope = outer;
    for (const { name, query } of ctesOf(node)) {
      walk(query, scope);
      scope = new Set([...scope, name]);
    }
    for (const [key, child] of Object.entries(node)) {
      if (key === "cte_map") continue;
      const seesItself = type === "RECURSIVE_CTE_NODE" && key === "right";
      walk(child, seesItself ? new Set([...scope, String(node["cte_name"]).toLowerCase()]) : scope);
    }
  };
  walk(tree, new Set());
  return [...found.values()];
}

/** `location`: of a node of the tree, in bytes. */
export function placeIn(
  { file, sql }: QueryFile,
  location: unknown,
): Pick<TableReference, "line" | "column"> {
  const { line = 1, column = 1 } = placeOf({ file, sql }, typeof location === "number" ? location : null);
  return { line, column };
}

/** Names of the CTEs that can be read from here, in lower case. */
type VisibleCtes = ReadonlySet<string>;

/** "user_days", "main.user_days"; a catalog is left out. */
function tableName(node: TreeNode): string {
  return [node["schema_name"], node["table_name"]].filter((part) => part !== "").join(".");
}

/** `recurring.NAME` is what a recursive CTE with USING KEY has found so far. */
function isCte(node: TreeNode, scope: VisibleCtes): boolean {
  const schema = String(node["schema_name"] ?? "").toLowerCase();
  return (schema === "" || schema === "recurring") && scope.has(String(node["table_name"]).toLowerCase());
}

/** In the order in which they are written. */
function ctesOf(node: TreeNode): readonly { readonly name: string; readonly query: unknown }[] {
  const map = isNode(node["cte_map"]) ? node["cte_map"]["map"] : null;
  return (Array.isArray(map) ? map : [])
    .filter(isNode)
    .map(({ key, value }) => ({ name: String(key).toLowerCase(), query: value }));
}
