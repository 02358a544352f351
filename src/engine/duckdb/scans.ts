/** Reads DuckDB's own plan: which tables a query scans, and whether a filter on one column reaches every scan. */
import { isNode, type TreeNode } from "./syntax-tree.ts";

/**
 * `plans` is what `EXPLAIN (FORMAT json)` printed for the query under `column = DATE '…'`. A scan without that filter means
 * that a day's rows depend on other days (a window or self-join across days), so the result cannot be rebuilt per day.
 */
export function everyScanFilters(plans: unknown, column: string): boolean {
  const scans = collectScans(plans);
  const filters = scans.map((scan) => JSON.stringify(scan["Filters"] ?? ""));
  return scans.length > 0 && filters.every((filter) => filter.includes(`${column}=`));
}

/** Names without catalog and without the schema `main`, each once, in order. */
export function tablesScanned(plans: unknown): readonly string[] {
  const names = collectScans(plans)
    .flatMap(({ Table: table }) => (typeof table === "string" ? [table] : []))
    .map((table) => table.replace(/^[^.]*\.(main\.)?/, "").toLowerCase());
  return [...new Set(names)].toSorted();
}

/** What the plan says of each scan of a table. */
function collectScans(node: unknown): readonly TreeNode[] {
  if (Array.isArray(node)) return node.flatMap(collectScans);
  if (!isNode(node)) return [];
  const { name, children, extra_info: facts } = node;
  const isScan = /SCAN/.test(String(name)) && !/(DUMMY|COLUMN_DATA|CTE|DELIM)_SCAN/.test(String(name));
  return [...(isScan ? [isNode(facts) ? facts : {}] : []), ...collectScans(children)];
}
