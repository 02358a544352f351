/**
 * Are the names of rollout.yaml those of the data? `clip-cosine-V2` in the exports leaves `clip-cosine-v2` without events. Looks only
 * where there is too little to promote anyway, so that a name that merely resembles another blocks nothing.
 */
import type { DataEngine } from "../../engine/engine.ts";
import type { ComparisonKind, JudgeWindow } from "../../judge/input.ts";
import { finding } from "../../model/check-result.ts";
import type { Config } from "../../model/config.ts";
import type { CheckResult } from "../../model/result.ts";
import { didYouMean } from "../../model/suggest.ts";
import type { Day } from "../../model/words.ts";
import { countAlgorithms } from "../../queries/measures/count-algorithms.ts";
import type { RelationBuild } from "../../queries/relations/relations.ts";
import { plural } from "../../text/words.ts";

export interface NamesRequest {
  readonly config: Config;
  readonly window: JudgeWindow;
  readonly comparison: ComparisonKind;
  readonly relations: readonly Pick<RelationBuild, "name" | "error">[];
}

interface Counts {
  readonly impressions: ReadonlyMap<string, number>;
  readonly text: string;
}

export async function namesCheck(engine: DataEngine, request: NamesRequest): Promise<CheckResult> {
  const describe = finding("algorithm_names", "The data have the algorithms of rollout.yaml");
  if (request.relations.find(({ name }) => name === "user_days")?.error !== null)
    return describe("not_checked", "the relation user_days could not be built");
  const { config, window, comparison } = request;
  const { baseline, candidate } = config.rollout;
  // Before/after the baseline's days lie in earlier weeks.
  const names = comparison === "before-after" ? [candidate] : [baseline, candidate];
  const minimum = config.minSample.impressions;
  const whole = await countsOf(engine, window.from, window.to);
  const tonight = await countsOf(engine, window.reportDate, window.reportDate);
  const wrong = names.flatMap((name) => {
    // Of a name without any impression in the whole window the least trace of another is worth a question.
    const enough = whole.impressions.has(name) ? minimum : 1;
    return (
      meant(name, whole, { few: minimum, enough, config }) ??
      meant(name, tonight, { few: 1, enough: minimum, config }) ??
      []
    );
  });
  const counts = { observed: names.length - wrong.length, expected: names.length };
  if (wrong.length > 0) return describe("fail", wrong.join("; "), counts);
  return describe("pass", "no algorithm goes by another name", counts);
}

async function countsOf(engine: DataEngine, from: Day, to: Day): Promise<Counts> {
  const rows = await countAlgorithms(engine, { from, to });
  const impressions = new Map(rows.map((row) => [row.algoVersion, row.impressions]));
  return { impressions, text: from === to ? `on ${from}` : `from ${from} to ${to}` };
}

interface Wanted {
  /** Fewer impressions of the name than these ask for another. */
  readonly few: number;
  /** And the other has at least these. */
  readonly enough: number;
  readonly config: Config;
}

/** A close name, or one with this in it ("2.0", a list in JSON), that has what this one lacks, as a sentence; null: none. */
function meant(name: string, { impressions, text }: Counts, { few, enough, config }: Wanted): string | null {
  const { rollout } = config;
  const seen = impressions.get(name) ?? 0;
  if (seen >= few) return null;
  const others = [...impressions]
    .filter(([other, count]) => ![rollout.baseline, rollout.candidate].includes(other) && count >= enough)
    .map(([other]) => other);
  const other = didYouMean(name, others) ?? others.find((one) => one.includes(name)) ?? null;
  if (other === null) return null;
  const has = seen === 0 ? "no impression" : plural(seen, "impression");
  const data = `the data have "${other}" (${plural(impressions.get(other) ?? 0, "impression")})`;
  return `"${name}" has ${has} ${text}; ${data}: did you mean that, or was it renamed?`;
}
