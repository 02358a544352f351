/** Both ways in which a verdict can be wrong: as the bounds of this gate promise, and as a calibration measured it on the site's own data. */
import { daysBetween } from "../../model/calendar.ts";
import type { Ends } from "../../model/calibration.ts";
import type { Result } from "../../model/result.ts";
import { signedLines } from "../../text/beside.ts";
import { countText, lineText, signedLineText } from "../../text/numbers.ts";
import { rateText } from "../../text/rates.ts";
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

/** Null: none, or bare thresholds, which promise nothing. */
export function calibrationText({ calibration, metrics, rollout }: Result): string | null {
  if (calibration === null || rollout.judge === "literal") return null;
  const { calibratedAt, from, to, share, nights, splits, harmless, planted, outdated } = calibration;
  const titleOf = (name: string) => metrics.find((metric) => metric.name === name)?.title ?? name;
  const outcomes = [
    `a harmless candidate was ${endsText(harmless)}`,
    ...planted.map(
      (ends) => `${titleOf(ends.metric)} truly ${signedLineText(ends.change)} ${endsText(ends)}`,
    ),
  ];
  const seen = `Calibrated on ${calibratedAt.slice(0, 10)} with this site's own days ${from} to ${to}, ${countText(splits)} splits of ${plural(nights, "night")} at ${lineText(share)} under ${plural(harmless.guardrails.length, "guardrail")}`;
  const age =
    outdated === null
      ? ""
      : ` It is older than the configuration (changed since: ${outdated}): run gatebook calibrate again.`;
  return `${seen}: ${listText(outcomes)}.${age}`;
}

function endsText({ rolledBack, promoted, splits }: Ends): string {
  return `rolled back in ${rateText(rolledBack, splits)} and promoted in ${rateText(promoted, splits)}`;
}
