import type { CheckResult } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";

export interface LoadFinding {
  readonly passes: boolean;
  readonly observed: Scalar;
  readonly expected: Scalar;
  readonly detail: string;
}

/** A check that gatebook itself makes: no rows, no file. */
export function check(
  name: string,
  title: string,
  description: string,
  effect: CheckResult["effect"],
  finding: LoadFinding,
): CheckResult {
  const status = finding.passes ? "pass" : effect === "block" ? "fail" : "warn";
  const { observed, expected, detail } = finding;
  return {
    name,
    title,
    description,
    status,
    effect,
    observed,
    expected,
    detail,
    rows: [],
    path: null,
    error: null,
    accept: null,
  };
}

/** At most five, and how many more. */
export function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join("; ");
  return items.length > 5 ? `${shown}; and ${items.length - 5} more` : shown;
}
