/** When a guardrail that is not settled can be judged, as a date. */
import type { MetricResult } from "../../model/result.ts";
import { signedLines } from "../../text/beside.ts";
import { signedLineText } from "../../text/numbers.ts";
import { weekdayText } from "../../text/times.ts";

/** "Whether −5% is ruled out is known about Tue 2026-03-03, at this traffic."; null: it does not wait for that. */
export function clockText({ observation, thresholds }: MetricResult): string | null {
  const { clock } = observation;
  if (clock === null) return null;
  const line = signedLines(thresholds).find(({ at }) => Math.abs(at - clock.line) < 1e-9);
  const [what, fails] =
    line === undefined
      ? ["Whether the harm is real", "never shows"]
      : [`Whether ${signedLineText(line.at)} is ruled out`, "is never known"];
  if (clock.clearsOn === null) return `${what} ${fails} at this exposure: the same people come back.`;
  const when = `${clock.isAtLeast ? "on" : "about"} ${weekdayText(clock.clearsOn)}${clock.isAtLeast ? " at the earliest" : ""}`;
  return `${what} is known ${when}, at this traffic.`;
}
