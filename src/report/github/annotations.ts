/**
 * Result and View in, workflow commands out: printed in a step, they annotate the run. GitHub keeps ten of each level per
 * step, so the verdict comes first, what is worst next, and the tenth says how many there are besides.
 */
import type { CheckResult, MetricResult, Result } from "../../model/result.ts";
import type { Action } from "../../model/words.ts";
import { type AnnotationLevel, type AnnotationPlace, workflowCommand } from "../../text/workflow-command.ts";
import { plainText } from "../view/next.ts";
import type { View } from "../view/view.ts";

interface Annotation {
  readonly level: AnnotationLevel;
  readonly place: AnnotationPlace;
  readonly message: string;
}

const mostOfALevel = 10;

export function renderAnnotations(result: Result, view: View): string {
  const all = [verdict(result, view), ...guardrails(result, view), ...checks(result, view)];
  const levels = ["error", "warning", "notice"] as const;
  const kept = levels.flatMap((level) => fitting(all.filter((annotation) => annotation.level === level)));
  return kept.map(({ level, place, message }) => `${workflowCommand(level, place, message)}\n`).join("");
}

function fitting(annotations: readonly Annotation[]): readonly Annotation[] {
  const [first] = annotations;
  if (first === undefined || annotations.length <= mostOfALevel) return annotations;
  const shown = annotations.slice(0, mostOfALevel - 1);
  const message = `${annotations.length - shown.length} more are in the report`;
  return [...shown, { level: first.level, place: {}, message }];
}

const verdictLevels: Readonly<Record<Action, AnnotationLevel>> = {
  promote: "notice",
  complete: "notice",
  hold: "warning",
  rollback: "error",
  disabled: "notice",
};

function verdict({ decision, reportAt }: Result, { title, verdict: shown, next }: View): Annotation {
  const place = reportAt === null ? "" : `\nReport: ${reportAt}`;
  const message = `${shown.reason}\n\nDo now:\n${plainText(next.steps)}${place}`;
  return { level: verdictLevels[decision.action], place: { title }, message };
}

function guardrails({ metrics }: Result, { guardrails: shown }: View): readonly Annotation[] {
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  return shown.flatMap(({ name, title, path, because, error, unavailable, classification }) => {
    const metric = byName.get(name);
    const level = metric === undefined ? null : guardrailLevel(metric);
    if (metric === undefined || level === null) return [];
    const at = metric.error === null ? { file: path, line: 1 } : placeOf(metric.error);
    const message = error?.message ?? unavailable ?? because;
    return [{ level, place: { ...at, title: `${classification.word}: ${title}` }, message }];
  });
}

/** Null: nothing to look at. */
function guardrailLevel({ error, unavailable, required, observation }: MetricResult): AnnotationLevel | null {
  if (error !== null) return "error";
  if (unavailable !== null) return required ? "error" : "warning";
  switch (observation.classification) {
    case "rollback":
    case "no_data":
      return "error";
    case "warning":
      return "warning";
    case "insufficient":
      return "notice";
    case "healthy":
      return null;
    default:
      return observation.classification satisfies never;
  }
}

function checks({ checks: found }: Result, { health }: View): readonly Annotation[] {
  const byName = new Map(found.map((check) => [check.name, check]));
  return health.checks.flatMap(({ name, title, detail, error, badge }) => {
    const check = byName.get(name);
    const level = check === undefined ? null : checkLevel(check);
    if (check === undefined || level === null) return [];
    const file = check.path === null ? {} : { file: check.path, line: 1 };
    const at = check.error === null ? file : placeOf(check.error);
    const message = error?.message ?? (detail === "" ? title : detail);
    return [{ level, place: { ...at, title: `${badge.word}: ${title}` }, message }];
  });
}

function checkLevel({ status, effect }: CheckResult): AnnotationLevel | null {
  switch (status) {
    case "error":
      return "error";
    case "fail":
      return effect === "block" ? "error" : "warning";
    case "warn":
      return "warning";
    case "not_checked":
    case "pass":
      return null;
    default:
      return status satisfies never;
  }
}

function placeOf({ file, line, column }: NonNullable<MetricResult["error"]>): AnnotationPlace {
  return { file, line: line ?? undefined, col: column ?? undefined };
}
