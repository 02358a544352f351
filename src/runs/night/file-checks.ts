/** What the night says of the analysts' files that neither a metric nor a check shows: relations, cells and headers. */
import { finding } from "../../judge/checks/finding.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { CellResult, CheckResult } from "../../model/result.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { toQueryError } from "../../queries/catalog/query-problem.ts";

export interface FileOutcomes {
  readonly catalog: Catalog;
  readonly relations: readonly { readonly error: QueryError | null }[];
  readonly cells: readonly CellResult[];
}

/** One failing file never stops the report, and never lets a promote through. */
export function fileChecks({ catalog, relations, cells }: FileOutcomes): readonly CheckResult[] {
  const headers = catalog.problems.map((problem) =>
    toQueryError(problem, { path: problem.where?.file ?? "queries", sql: "" }),
  );
  return [
    fileCheck("query_headers", "The headers of the SQL files are sound", headers, "every header is sound"),
    fileCheck(
      "relations_built",
      "Every relation was built",
      errorsOf(relations),
      `${relations.length} relations built`,
    ),
    fileCheck("cells_ran", "Every cell ran", errorsOf(cells), `${cells.length} cells ran`),
  ];
}

function errorsOf(outcomes: readonly { readonly error: QueryError | null }[]): readonly QueryError[] {
  return outcomes.flatMap(({ error }) => (error === null ? [] : [error]));
}

function fileCheck(name: string, title: string, errors: readonly QueryError[], fine: string): CheckResult {
  const check = finding(name, title);
  const [first] = errors;
  if (first === undefined) return check("pass", fine, { observed: 0, expected: 0 });
  const place = first.line === null ? first.file : `${first.file}:${first.line}`;
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  return {
    ...check("error", `${place}: ${first.message}${more}`, { observed: errors.length, expected: 0 }),
    error: first,
  };
}
