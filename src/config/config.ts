/**
 * In: the text of `rollout.yaml`. Out: a Config, every default filled in and every line checked, or one GatebookError of
 * code "config" that lists all mistakes with file:line:col. It does not touch the disk (load-config.ts does), and it
 * knows metrics by name only: `checkMetricsExist` is called once the query files are known.
 */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { Config } from "../model/config.ts";
import { suggestion } from "../model/suggest.ts";
import { buildConfig } from "./build.ts";
import { problemsError, problemsOf } from "./problems.ts";
import { readYaml } from "./read-yaml.ts";
import { spanningRules, workspaceSchema } from "./schema.ts";

export interface ParseOptions {
  /** As the user named it, for messages. */
  readonly file: string;
  /** The workspace; default: the folder of `file`. */
  readonly root?: string;
  /** Names of the sources that have a queries/sources/NAME.sql. */
  readonly stagingFiles?: readonly string[];
}

/** Checks a whole file; the disk is not read. */
export function parseConfig(text: string, { file, root, stagingFiles = [] }: ParseOptions): Config {
  const source = readYaml(text, file);
  const parsed = workspaceSchema.safeParse(source.value);
  const found = parsed.error?.issues ?? [];
  // Wrong gates and sources were reported above already: here only what the rules themselves add.
  const fromRule = spanningRules
    .flatMap((rule) => rule.safeParse(source.value).error?.issues ?? [])
    .filter((issue) => !found.some((other) => sameIssue(issue, other)));
  const issues = [...found, ...fromRule];
  if (!parsed.success || issues.length > 0) throw problemsError(problemsOf(issues, source), file);
  const absolute = resolve(file);
  return buildConfig(parsed.data, {
    file: absolute,
    root: resolve(root ?? dirname(absolute)),
    text,
    positions: source.positions,
    stagingFiles,
  });
}

function sameIssue(left: z.core.$ZodIssue, right: z.core.$ZodIssue): boolean {
  return left.message === right.message && left.path.join("\0") === right.path.join("\0");
}

/** Rejects thresholds of metrics that no file measures: a misspelt name must never switch a guardrail off. */
export function checkMetricsExist(config: Config, names: Iterable<string>): void {
  const known = [...names];
  const problems = [...config.thresholds.values()]
    .filter(({ metric }) => !known.includes(metric))
    .map(({ metric, where }) => ({
      where,
      message: `thresholds.${metric}: there is no metric "${metric}"${suggestion(metric, known)}`,
      hint: `a metric is a file: queries/metrics/${metric}.sql`,
    }));
  const first = problems[0];
  if (first !== undefined) throw problemsError(problems, first.where.file);
}

/** JSON Schema of rollout.yaml, for editors (draft 7: what YAML language servers read). */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(workspaceSchema, { io: "input", target: "draft-7" });
  return { ...schema, title: "rollout.yaml of gatebook" };
}
