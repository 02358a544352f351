/** Reads DuckDB's own plan: does a filter on one column reach every scan of a query? */

interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info?: Readonly<Record<string, unknown>>;
}

/**
 * `plans` is what `EXPLAIN (FORMAT json)` printed for the query under `column = DATE '…'`. A scan without that filter means
 * that a day's rows depend on other days (a window or self-join across days), so the result cannot be rebuilt per day.
 */
export function everyScanFilters(plans: unknown, column: string): boolean {
  const scans = collectScans(plans);
  return (
    scans.length > 0 &&
    scans.every((scan) => JSON.stringify(scan.extra_info?.["Filters"] ?? "").includes(`${column}=`))
  );
}

function collectScans(node: unknown): readonly PlanNode[] {
  if (Array.isArray(node)) return node.flatMap(collectScans);
  if (!isPlanNode(node)) return [];
  const below = node.children.flatMap(collectScans);
  return /SCAN/.test(node.name) && !/(DUMMY|COLUMN_DATA|CTE|DELIM)_SCAN/.test(node.name)
    ? [node, ...below]
    : below;
}

function isPlanNode(node: unknown): node is PlanNode {
  return (
    typeof node === "object" &&
    node !== null &&
    "name" in node &&
    "children" in node &&
    Array.isArray(node.children)
  );
}
