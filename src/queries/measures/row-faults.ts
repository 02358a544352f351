/** Rows of a metric that are no measurement: counted in the engine, refused here with a hint. */
import { plural } from "../../text/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { queryPlace } from "../catalog/header-lines.ts";
import { queryProblem } from "../catalog/query-problem.ts";

/** `counts`: rows without event_date, unit_id (or key); with a NULL value; with a negative one. */
export function refuseFaults(file: CatalogFile, counts: readonly number[]): void {
  const [unnamed = 0, nulls = 0, negatives = 0] = counts;
  const [grain, value, positive] =
    file.header.top === null
      ? ["event_date or unit_id", "numerator or denominator", "denominator"]
      : ["event_date, unit_id or key", "weight", "weight"];
  const problems = [
    { count: unnamed, what: `no ${grain}`, hint: "leave them out with WHERE … IS NOT NULL" },
    { count: nulls, what: `no ${value}`, hint: "write coalesce(…, 0), or leave them out with WHERE" },
    { count: negatives, what: `a negative ${positive}`, hint: "a count or a weight is zero or more" },
  ];
  for (const { count, what, hint } of problems) {
    if (count === 0) continue;
    const rows = `${plural(count, "row")} ${count === 1 ? "has" : "have"}`;
    throw queryProblem(file, `${rows} ${what}`, { ...queryPlace(file.sql), hint });
  }
}
