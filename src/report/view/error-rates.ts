/** Both ways in which a verdict can be wrong, in one plain sentence from this gate's own numbers. */
import { daysBetween } from "../../model/calendar.ts";
import type { Result } from "../../model/result.ts";
import { signedLines } from "../../text/beside.ts";
import { signedLineText } from "../../text/numbers.ts";
import { listText, plural } from "../../text/words.ts";

/** "A candidate that truly is at a rollback line (Click-through rate −5%) would be promoted in at most 5 of 100 rollouts, …" */
export function errorRatesText({ decision, metrics, window, rollout }: Result): string | null {
  const rates = decision.errorRates;
  if (rates === null) return null;
  const lines = metrics.flatMap(({ role, title, thresholds }) => {
    const line = signedLines(thresholds).find(({ level }) => level === "rollback");
    return role !== "guardrail" || line === undefined ? [] : [`${title} ${signedLineText(line.at)}`];
  });
  if (lines.length === 0) return null;
  const of100 = (share: number) => `${Number((100 * share).toFixed(1))} of 100`;
  const overdue =
    daysBetween(window.from, window.reportDate) >= rates.plannedNights
      ? ` Since night ${rates.plannedNights} the bounds are stricter, so that this stays true.`
      : "";
  return `A candidate that truly is at a rollback line (${listText(lines, "or")}) would be promoted in at most ${of100(rates.falsePromote)} rollouts, and a harmless one rolled back in at most ${of100(rates.falseRollback)}: over all of ${rollout.gate}'s ${plural(rates.plannedNights, "planned night")} together, however often one looks.${overdue}`;
}
