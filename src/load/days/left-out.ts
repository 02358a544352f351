import type { CheckResult } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import type { SetApart } from "../events/named-sources.ts";
import { check, listed } from "../records/check-result.ts";

/**
 * None when every event is of a source that rollout.yaml names. A source that was taken out is history of this rollout and is named
 * when its events go; the sums of another rollout's closed days are in its numbers, and cannot be taken out again.
 */
export function leftOutCheck(leftOut: readonly SetApart[]): readonly CheckResult[] {
  const foreign = leftOut.filter(({ isOwn, closedDays }) => !isOwn && closedDays > 0);
  const set = leftOut.filter(({ rows }) => rows > 0);
  const observed = set.reduce((sum, { rows }) => sum + rows, 0);
  const make = (effect: CheckResult["effect"], detail: string): readonly CheckResult[] => [
    check(
      "unnamed_sources",
      "Every event is of a source that rollout.yaml names",
      "Events of other sources are set apart and do not count; they come back when their source is named again",
      effect,
      { passes: false, observed, expected: 0, detail },
    ),
  ];
  if (foreign.length > 0) {
    const days = foreign.map(({ source, closedDays }) => `${source} (${closedDays} days)`);
    return make(
      "block",
      `closed days hold sums of sources that only another rollout.yaml of this folder names: ${listed(days)}; give each its own folder`,
    );
  }
  return set.length === 0 ? [] : make("warn", listed(set.map(rowsText)));
}

function rowsText({ source, rows, days }: SetApart): string {
  const range = days === null ? "" : ` of ${days.from} to ${days.to}`;
  return `${source} is not in rollout.yaml: ${plural(rows, "row")}${range} ${rows === 1 ? "is" : "are"} left out`;
}
