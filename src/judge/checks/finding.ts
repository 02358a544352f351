/** A check that gatebook makes itself, in the shape of a check file's result. */
import type { CheckResult, CheckRowResult } from "../../model/result.ts";
import type { CheckEffect, CheckStatus, Scalar } from "../../model/words.ts";

export interface FindingOptions {
  readonly effect?: CheckEffect;
  readonly observed?: Scalar;
  readonly expected?: Scalar;
  readonly rows?: readonly CheckRowResult[];
  /** What `gatebook record accept` takes to settle it. */
  readonly accept?: string | null;
}

/** finding(name, title)(status, detail): blocks unless `effect` says otherwise. */
export function finding(name: string, title: string) {
  return (status: CheckStatus, detail: string, options: FindingOptions = {}): CheckResult => ({
    name,
    title,
    description: "",
    status,
    effect: options.effect ?? "block",
    observed: finite(options.observed ?? null),
    expected: finite(options.expected ?? null),
    detail,
    rows: options.rows ?? [],
    path: null,
    error: null,
    accept: options.accept ?? null,
  });
}

/** A result never holds NaN or Infinity. */
function finite(value: Scalar): Scalar {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

/** What keeps the verdict from promote: a blocking check that failed, and any check that could not be made. */
export function blocks(check: CheckResult): boolean {
  return check.status === "error" || (check.effect === "block" && check.status === "fail");
}
