/** "Did you mean": the candidate a mistyped word most likely means. Pure; used by every room that reads names from people. */

/**
 * The nearest candidate, or null when none is near: at most one slip in three characters. Case and separators do not
 * count ("minDays" is "min_days"). A tie goes to the earlier candidate.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const typed = fold(word);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const meant = fold(candidate);
    const distance = editDistance(typed, meant);
    const allowed = Math.max(1, Math.floor(Math.max(typed.length, meant.length) / 3));
    // One slip in a word of one or two letters could be any other word.
    const tooShort = Math.min(typed.length, meant.length) < 2 && distance > 0;
    if (distance <= allowed && distance < bestDistance && !tooShort) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean "warning"?`, or nothing: to end a message with. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const meant = didYouMean(word, candidates);
  return meant === null ? "" : `; did you mean "${meant}"?`;
}

/**
 * Damerau–Levenshtein distance, optimal string alignment: insertions, deletions, replacements and swaps of neighbours,
 * e.g. "wraning" → "warning" is 1. Source: Boytsov, "Indexing methods for approximate dictionary searching", 2011, §2.
 */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        cost(last, column) + 1,
        cost(current, column - 1) + 1,
        cost(last, column - 1) + (same ? 0 : 1),
        swapped ? cost(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return cost(last, right.length);
}

function cost(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, "");
}
