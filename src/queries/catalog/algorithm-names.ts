/** The names of the rollout's two algorithms in the data: their own, and those that differ in blanks and case alone. */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Variant } from "../../model/words.ts";
import { inRange, type MeasurePlan } from "../measures/plan.ts";

export interface AlgorithmNames {
  /** SQL list of all names of both: `'rank-a', 'rank-a ', 'rank-b'`. */
  readonly all: string;
  /** 1 for the candidate's names, 0 for the baseline's. */
  readonly variantSql: string;
  /** `algo_version` is a name of one of them, and not as rollout.yaml writes it. */
  readonly misnamedSql: string;
  readonly misnamed: readonly { readonly name: string; readonly variant: Variant }[];
}

/** A source that writes an id into the algorithm has as many names as rows; the two are among the most frequent or nowhere. */
const MOST_NAMES = 10_000;

export async function readAlgorithmNames(engine: DataEngine, plan: MeasurePlan): Promise<AlgorithmNames> {
  const { baseline, candidate } = plan;
  const rows = await engine.rows(`SELECT CAST(algo_version AS VARCHAR) AS name FROM user_days
    WHERE ${inRange(plan)} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${MOST_NAMES}`);
  const misnamed = rows
    .map((row) => String(row["name"]))
    .filter((name) => name !== baseline && name !== candidate)
    .flatMap((name) => {
      const variant = isVariantOf(name, candidate)
        ? "candidate"
        : isVariantOf(name, baseline)
          ? "baseline"
          : null;
      return variant === null ? [] : [{ name, variant } as const];
    });
  const ofCandidate = [candidate, ...misnamed.filter(({ variant }) => variant === "candidate").map(nameOf)];
  return {
    all: sqlList([baseline, candidate, ...misnamed.map(nameOf)]),
    variantSql: `CASE WHEN algo_version IN (${sqlList(ofCandidate)}) THEN 1 ELSE 0 END`,
    misnamedSql: `algo_version NOT IN (${sqlList([baseline, candidate])})`,
    misnamed,
  };
}

/** "Rank-A " is rank-a: the same after trimming, without invisible characters, in one case. */
export function isVariantOf(name: string, algorithm: string): boolean {
  return folded(name) === folded(algorithm);
}

function folded(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/^[\s\p{Cf}\p{Cc}]+|[\s\p{Cf}\p{Cc}]+$/gu, "")
    .toLowerCase();
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function sqlList(names: readonly string[]): string {
  return names.map(sqlText).join(", ");
}
