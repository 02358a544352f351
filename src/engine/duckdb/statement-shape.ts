/** A statement as parsed, without places, comments and layout: what of two texts means the same, and which columns they name. */
import type { StatementShape } from "../engine.ts";
import { isNode, type TreeNode } from "./syntax-tree.ts";

export function shapeOf(tree: unknown): StatementShape {
  const bare = withoutPlaces(tree);
  const node = onlyNode(bare);
  const list = node?.["select_list"];
  if (node === null || !Array.isArray(list) || !isPlainList(node))
    return { columns: new Map(), rest: JSON.stringify(bare) };
  const columns = new Map<string, string>();
  const others: unknown[] = [];
  for (const item of list) {
    const name = outputName(item);
    if (name === null || columns.has(name) || isNamedElsewhere(name, item, node)) others.push(item);
    else columns.set(name, JSON.stringify(item));
  }
  const rest = JSON.stringify(bare, (_, value) => (value === list ? others : value));
  return { columns, rest };
}

/**
 * The text of a SELECT without the ORDER BY that it ends in, and its tree as it has to be then; null: it ends otherwise. Where the words
 * stand is a guess (the last before the first expression sorted by), which the tree of that text proves or not.
 */
export function withoutFinalOrder(
  tree: unknown,
  sql: string,
): { readonly sql: string; readonly shape: string } | null {
  const bare = withoutPlaces(tree);
  const [node, bareNode] = [statementNode(tree), statementNode(bare)];
  const modifiers = node?.["modifiers"];
  const [order, ...others] = Array.isArray(modifiers) ? modifiers : [];
  if (!isNode(order) || order["type"] !== "ORDER_MODIFIER" || others.length > 0) return null;
  const before = Buffer.from(sql)
    .subarray(0, Math.min(...placesIn(order["orders"])))
    .toString();
  const start = [...before.matchAll(/\border\s+by\b/gi)].at(-1)?.index;
  if (start === undefined) return null;
  const shape = JSON.stringify(bare, (_, value) =>
    value === bareNode ? { ...bareNode, modifiers: [] } : value,
  );
  return { sql: sql.slice(0, start), shape };
}

export function bareShape(tree: unknown): string {
  return JSON.stringify(withoutPlaces(tree));
}

/** In bytes. */
function placesIn(node: unknown): readonly number[] {
  if (Array.isArray(node)) return node.flatMap(placesIn);
  if (!isNode(node)) return [];
  const place = node["query_location"];
  return [...(typeof place === "number" ? [place] : []), ...Object.values(node).flatMap(placesIn)];
}

/** Names of the columns that a statement may read, in lower case; null: any, since it has a `*` or a row as a whole. */
export function columnsNamed(tree: unknown): ReadonlySet<string> | null {
  const names = new Set<string>();
  const rows = new Set<string>();
  const alone = new Set<string>();
  let hasStar = false;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const child of node) walk(child);
    if (typeof node === "string") names.add(node.toLowerCase());
    if (!isNode(node)) return;
    if (node["type"] === "STAR") hasStar = true;
    const parts = node["column_names"];
    if (Array.isArray(parts) && parts.length === 1) alone.add(String(parts[0]).toLowerCase());
    for (const name of [node["table_name"], node["alias"]])
      if (node["class"] === undefined && typeof name === "string") rows.add(name.toLowerCase());
    for (const child of Object.values(node)) walk(child);
  };
  walk(tree);
  return hasStar || [...alone].some((name) => rows.has(name)) ? null : names;
}

/** Where leaving out one column changes no other: no DISTINCT, no groups taken from the list, no places by number. */
function isPlainList(node: TreeNode): boolean {
  const { modifiers, group_expressions: groups, aggregate_handling: handling } = node;
  const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
  return isEmpty(modifiers) && isEmpty(groups) && handling === "STANDARD_HANDLING";
}

/** An output name may be used by other columns and conditions: then they depend on it. */
function isNamedElsewhere(name: string, item: unknown, node: TreeNode): boolean {
  const mentions = (part: unknown): boolean =>
    part !== item &&
    (typeof part === "string"
      ? part.toLowerCase() === name
      : typeof part === "object" && part !== null && Object.values(part).some(mentions));
  return mentions(node);
}

function onlyNode(tree: unknown): TreeNode | null {
  const node = statementNode(tree);
  return node?.["type"] === "SELECT_NODE" ? node : null;
}

function statementNode(tree: unknown): TreeNode | null {
  const statements = isNode(tree) ? tree["statements"] : null;
  const [first] = Array.isArray(statements) ? statements : [];
  const node = isNode(first) ? first["node"] : null;
  return isNode(node) ? node : null;
}

function outputName(item: unknown): string | null {
  if (!isNode(item) || item["type"] === "STAR") return null;
  const names = item["column_names"];
  const own = Array.isArray(names) ? names.at(-1) : undefined;
  const name = item["alias"] === "" ? own : item["alias"];
  return typeof name === "string" ? name.toLowerCase() : null;
}

function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (!isNode(node)) return node;
  const kept = Object.entries(node).filter(([key]) => key !== "query_location");
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPlaces(value)]));
}
