/** What the newest calibration of this configuration found on the site's own data, in a sentence or two. */
import type { Ends } from "../../model/calibration.ts";
import type { Result } from "../../model/result.ts";
import { countText, lineText, signedLineText } from "../../text/numbers.ts";
import { rateText } from "../../text/rates.ts";
import { listText, plural } from "../../text/words.ts";

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
