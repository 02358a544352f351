/** A node of what `json_serialize_sql` and `EXPLAIN (FORMAT json)` print. */
export type TreeNode = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is TreeNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
