/** What two engines must agree on in the same night, and the one list of what is each one's own. */
import type { Result } from "../../../src/model/result.ts";
import { differences } from "../differences.ts";

/** These name files and lines, or count them: a table has none. */
const OWN_CHECKS: readonly string[] = [
  "rejected_rows",
  "changed_columns",
  "conflicting_event_ids",
  "load_accounting",
];

function judged({ loads: _, provenance: __, changes: ___, ...result }: Result): unknown {
  const { reasons, trace, ...decision } = result.decision;
  const cells = result.cells.map(({ durationMs: _, columns, ...cell }) => ({
    ...cell,
    columns: columns.map(({ name }) => name),
  }));
  return {
    ...result,
    // their sentences quote those checks
    decision: { ...decision, reasons: reasons.length, trace: trace.map(({ because: _, ...rule }) => rule) },
    checks: result.checks.filter(({ name }) => !OWN_CHECKS.includes(name)),
    cells,
  };
}

/** Where two nights differ that must not: counts and texts at all, doubles by more than 1e-12 of their size. */
export function judgedDifferences(here: Result, there: Result): readonly string[] {
  return differences(judged(here), judged(there));
}
