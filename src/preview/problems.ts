/** What is wrong in the workspace and has no place of its own in the report: rollout.yaml, relations, names, templates. */
import type { QueryError } from "../model/measurement.ts";
import type { Result } from "../model/result.ts";
import type { Finding } from "../queries/validation/finding.ts";
import { errorOf, subjectsOf } from "./subjects.ts";

/** Each once; what a metric, check or cell says in its own place is left to it. */
export function withoutPlace(found: readonly Finding[], result: Result): readonly Finding[] {
  const shown = new Set(subjectsOf(result).flatMap((subject) => errorOf(subject)?.file ?? []));
  const key = ({ message, where }: Finding) => JSON.stringify([message, where]);
  const once = new Map(found.map((finding) => [key(finding), finding]));
  return [...once.values()].filter(({ where }) => !shown.has(where.file));
}

export function relationFindings(failed: ReadonlyMap<string, QueryError>): readonly Finding[] {
  return [...failed.values()].map(({ message, file, line, column, excerpt, hint }) => ({
    level: "error",
    message,
    where: { file, line: line ?? undefined, column: column ?? undefined },
    excerpt,
    hint,
  }));
}
