/** A workspace that measures what a test reads and no more: each metric takes a tenth of a second, a relation or a cell half of that. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const criteria = {
  ctr: "drop: { warning: 3%, rollback: 5%, severe: 10% }",
  long_dwell_share: "drop: { warning: 4%, rollback: 8%, severe: 12% }",
  top_author_share: "rise: { warning: 10%, rollback: 15% }",
  top_category_share: "rise: { warning: 10%, rollback: 15% }",
  near_duplicate_share: "rise: { warning: 10%, rollback: 15% }",
} as const;

export type GuardrailName = keyof typeof criteria;

/** The lines of rollout.yaml, `thresholds` the first of them. */
export function thresholdsOf(names: readonly GuardrailName[]): string {
  return ["thresholds:", ...names.map((name) => `  ${name}: { ${criteria[name]} }`)].join("\n");
}

/** Of the shipped queries these metrics, every check, and the relations that one of them reads. Cells have no say in a verdict. */
export function keepMetrics(root: string, names: readonly GuardrailName[]): void {
  const queries = join(root, "queries");
  // without the folder the package's own cells would be run
  rmSync(join(queries, "cells"), { recursive: true, force: true });
  mkdirSync(join(queries, "cells"));
  removeBut(join(queries, "metrics"), (name) => names.some((kept) => kept === name));
  const readers = [...sqlIn(join(queries, "metrics")), ...sqlIn(join(queries, "checks"))].join("\n");
  removeBut(join(queries, "relations"), (name) => readers.includes(name));
  const lost = names.filter((name) => !existsSync(join(queries, "metrics", `${name}.sql`)));
  if (lost.length > 0) throw new Error(`no such metric: ${lost.join(", ")}`);
}

/** The same of a workspace as it is shipped, whose rollout.yaml then names these alone. */
export function judgeBy(root: string, ...names: readonly GuardrailName[]): void {
  keepMetrics(root, names);
  const path = join(root, "rollout.yaml");
  const yaml = readFileSync(path, "utf8");
  const block = /^thresholds:\n(?: {2}.*\n)+/m;
  if (!block.test(yaml)) throw new Error("rollout.yaml has no thresholds to replace");
  writeFileSync(path, yaml.replace(block, `${thresholdsOf(names)}\n`));
}

function removeBut(folder: string, isKept: (name: string) => boolean): void {
  for (const file of readdirSync(folder)) {
    if (!isKept(file.replace(/\.sql$/, ""))) rmSync(join(folder, file));
  }
}

function sqlIn(folder: string): readonly string[] {
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
}
