/** Shares as people write them, in rollout.yaml and on the command line alike. */

/** "3%", "3 %", also with a sign; a number before the sign and nothing else. */
export const PERCENT = /^\s*(-?\d+(?:\.\d+)?)\s*%\s*$/;

/** "10%" → 0.1, "0.1" → 0.1; NaN for anything else. Shifts the decimal point instead of dividing: 1.1 / 100 is 0.011000000000000001. */
export function readShare(written: string): number {
  const digits = PERCENT.exec(written)?.[1];
  if (digits !== undefined) return Number(`${digits}e-2`);
  return /^\s*\d+(?:\.\d+)?\s*$/.test(written) ? Number(written) : Number.NaN;
}
