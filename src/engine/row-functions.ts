/**
 * The table functions that an analyst's query may call: they make rows of nothing but their arguments. All others are rejected,
 * in `check` as in every run: some read files, change settings, hide another statement, or show gatebook's own tables.
 */
const rowFunctions: readonly string[] = [
  "range",
  "generate_series",
  "unnest",
  "repeat",
  "json_each",
  "json_tree",
];

/** What is wrong with calling `name()` in FROM, or null. */
export function rejectedFunction(name: string): string | null {
  return rowFunctions.includes(name.toLowerCase()) ? null : `the table function ${name}() is not for queries`;
}

export const TABLES_ONLY =
  "queries read the warehouse's tables; a file becomes one by a source or a lookup in rollout.yaml";
