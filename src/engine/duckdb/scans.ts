/** Reads DuckDB's own plan: which tables a query scans, and whether a filter on one column reaches every scan. */

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

/** Names without catalog and without the schema `main`, each once, in order. */
export function tablesScanned(plans: unknown): readonly string[] {
  const names = collectScans(plans).flatMap((scan) => {
    const table = scan.extra_info?.["Table"];
    return typeof table === "string"
      ? [
          table
            .replace(/^[^.]*\./, "")
            .replace(/^main\./, "")
            .toLowerCase(),
        ]
      : [];
  });
  return [...new Set(names)].toSorted();
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
