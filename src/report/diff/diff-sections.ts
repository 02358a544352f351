/** The order and the words in which every output shows what differs between two results. */
import type { Difference, ResultDiff } from "./result-diff.ts";
import type { TextChange } from "./text-change.ts";

export interface DiffSection {
  readonly title: string;
  readonly differences: readonly Difference[];
}

/** Those with a difference. */
export function diffSections(diff: ResultDiff): readonly DiffSection[] {
  return [
    { title: "Verdict", differences: diff.verdict },
    { title: "Metrics", differences: diff.metrics },
    { title: "Thresholds", differences: diff.thresholds },
    { title: "Checks", differences: diff.checks },
    { title: "Loads", differences: diff.loads },
  ].filter(({ differences }) => differences.length > 0);
}

const mostLines = 60;

/** "-" and "+" lines under the place where they begin; a long change is cut and counted. */
export function patchLines({ line, removed, added }: TextChange): readonly string[] {
  const lines = [...removed.map((text) => `-${text}`), ...added.map((text) => `+${text}`)];
  const more = lines.length - mostLines;
  return [`@@ line ${line} @@`, ...lines.slice(0, mostLines), ...(more > 0 ? [`… ${more} more lines`] : [])];
}
