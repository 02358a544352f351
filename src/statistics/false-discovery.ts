/**
 * Benjamini & Hochberg, _Controlling the false discovery rate_, JRSS B 57 (1995): of all that is marked at most `rate` is chance, on average;
 * where nothing is true, anything at all is marked in at most `rate` of the nights.
 */

/** Which of these p values are discoveries; a null was not tested and does not count. */
export function discoveries(pValues: readonly (number | null)[], rate: number): readonly boolean[] {
  const tested = pValues.filter((p) => p !== null).sort((left, right) => left - right);
  const passing = tested.filter((p, index) => p <= (rate * (index + 1)) / tested.length);
  const largest = passing.at(-1);
  return pValues.map((p) => p !== null && largest !== undefined && p <= largest);
}
