/** A workspace that measures what a test reads and no more: each metric takes a tenth of a second, a relation or a cell half of that. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const criteria = {
  ctr: "drop: { warning: 3%, rollback: 5%, severe: 10% }",
  long_dwell_share: "drop: { warning: 4%, rollback: 8%, severe: 12% }",
  top_author_share: "rise: { warning: 10%, rollback: 15% }",
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
  rmSync(join(queries, "cells"), { recursive: true, force: true });
  removeBut(join(queries, "metrics"), (name) => names.some((kept) => kept === name));
  const readers = [...sqlIn(join(queries, "metrics")), ...sqlIn(join(queries, "checks"))].join("\n");
  removeBut(join(queries, "relations"), (name) => readers.includes(name));
  const lost = names.filter((name) => !existsSync(join(queries, "metrics", `${name}.sql`)));
  if (lost.length > 0) throw new Error(`no such metric: ${lost.join(", ")}`);
}

function removeBut(folder: string, isKept: (name: string) => boolean): void {
  for (const file of readdirSync(folder)) {
    if (!isKept(file.replace(/\.sql$/, ""))) rmSync(join(folder, file));
  }
}

function sqlIn(folder: string): readonly string[] {
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
}
