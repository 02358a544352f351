/** Checks that gatebook makes itself, in the shape of a check file's result. */
import type { CheckResult, CheckRowResult } from "./result.ts";
import type { CheckEffect, CheckStatus, Scalar } from "./words.ts";

export interface FindingOptions {
  readonly description?: string;
  readonly effect?: CheckEffect;
  readonly observed?: Scalar;
  readonly expected?: Scalar;
  readonly rows?: readonly CheckRowResult[];
  /** What `gatebook record accept` takes to settle it. */
  readonly accept?: string | null;
  /** A shell line that shows what was found. */
  readonly inspect?: string | null;
}

/** finding(name, title)(status, detail): blocks unless `effect` is given. */
export function finding(name: string, title: string) {
  return (status: CheckStatus, detail: string, options: FindingOptions = {}): CheckResult => ({
    name,
    title,
    description: options.description ?? "",
    status,
    effect: options.effect ?? "block",
    observed: finite(options.observed ?? null),
    expected: finite(options.expected ?? null),
    detail,
    rows: options.rows ?? [],
    path: null,
    error: null,
    accept: options.accept ?? null,
    owner: null,
    inspect: options.inspect ?? null,
  });
}

interface CheckOutcome {
  readonly passes: boolean;
  readonly observed: Scalar;
  readonly expected: Scalar;
  readonly detail: string;
}

/** A finding that passes or not: one that does not fails where it blocks, and else warns. */
export function check(
  name: string,
  title: string,
  description: string,
  effect: CheckEffect,
  { passes, detail, ...values }: CheckOutcome,
): CheckResult {
  const status = passes ? "pass" : effect === "block" ? "fail" : "warn";
  return finding(name, title)(status, detail, { description, effect, ...values });
}

/** A result never contains NaN or Infinity. */
function finite(value: Scalar): Scalar {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

/** At most five, and how many more. */
export function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join("; ");
  return items.length > 5 ? `${shown}; and ${items.length - 5} more` : shown;
}
