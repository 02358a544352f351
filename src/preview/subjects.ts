/** What a save can change in a report: its metrics, checks and cells, each under one name and at one place of the page. */
import type { CellResult, CheckResult, MetricResult, Result } from "../model/result.ts";
import { anchor } from "../report/view/text.ts";
import { cellDifference, checkDifference, metricDifference } from "./differences.ts";

export type Subject =
  | { readonly kind: "metric"; readonly part: MetricResult }
  | { readonly kind: "check"; readonly part: CheckResult }
  | { readonly kind: "cell"; readonly part: CellResult };

export function subjectsOf({ metrics, checks, cells }: Result): readonly Subject[] {
  return [
    ...metrics.map((part) => ({ kind: "metric" as const, part })),
    ...checks.filter(({ path }) => path !== null).map((part) => ({ kind: "check" as const, part })),
    ...cells.map((part) => ({ kind: "cell" as const, part })),
  ];
}

/** "metric ctr" */
export function nameOf({ kind, part }: Subject): string {
  return `${kind} ${part.name}`;
}

/** Its id in the page. */
export function anchorOf({ kind, part }: Subject): string {
  return anchor(kind, part.name);
}

/** Empty: the two are the same. */
export function differenceOf(before: Subject, after: Subject): readonly string[] {
  if (before.kind === "metric" && after.kind === "metric") return metricDifference(before.part, after.part);
  if (before.kind === "check" && after.kind === "check") return checkDifference(before.part, after.part);
  if (before.kind === "cell" && after.kind === "cell") return cellDifference(before.part, after.part);
  return [];
}
