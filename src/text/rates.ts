/** How often something was seen, as every output says it. */
import type { Rate } from "../model/calibration.ts";
import { sizeText } from "./numbers.ts";

/** "0.6% ± 0.3"; never a bare 0 or 100: 0 of 1,000 still allows 0.3% (rule of three). */
export function rateText({ share, standardError }: Rate, splits: number): string {
  const unseen = Math.min(1, 3 / splits);
  if (share === 0) return `0% (< ${sizeText(unseen)})`;
  if (share === 1) return `100% (> ${sizeText(1 - unseen)})`;
  return `${sizeText(share)} ± ${(100 * (standardError ?? 0)).toFixed(1)}`;
}
