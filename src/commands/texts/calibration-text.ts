/** A calibration as Markdown tables, wide enough to read in a terminal and plain enough to paste into a runbook. */

import type { EndRates, Ends, Rate } from "../../model/calibration.ts";
import type { JudgeMode } from "../../model/words.ts";
import type { CalibrationReport } from "../../runs/calibrate/calibrate.ts";
import type { MetricCalibration } from "../../runs/calibrate/calibration-report.ts";
import type { Requirement } from "../../statistics/calibration/aa-requirements.ts";
import { countText, lineText, signedLineText, sizeText } from "../../text/numbers.ts";
import { rateText } from "../../text/rates.ts";
import { plural } from "../../text/words.ts";
import { markdownTable } from "../terminal/table.ts";

const MODES = ["literal", "evidence"] as const satisfies readonly JudgeMode[];

/** `atEnd`: with the share that is healthy on the last night. */
export function calibrationText(
  report: CalibrationReport,
  { atEnd }: { readonly atEnd: boolean } = { atEnd: false },
): string {
  const missing = report.metrics.flatMap(({ name, error, unavailable }) => {
    if (error !== null) return [`${name} could not be calibrated: ${error.message} (${error.file})`];
    return unavailable === null ? [] : [`${name} is not available: ${unavailable}`];
  });
  return [
    heading(report),
    alarmsTable(report),
    endsTable(report, atEnd),
    intervalsTable(report),
    ...cutsLines(report),
    ...(missing.length === 0 ? [] : [missing.join("\n")]),
    verdict(report).join("\n"),
  ].join("\n\n");
}

function heading(report: CalibrationReport): string {
  const { baseline, units, from, to, nights, share, splits, seed } = report;
  return [
    `${baseline} against itself: ${countText(units)} units, ${from} to ${to} (${nights} nights), ${lineText(share)} of them as the candidate,`,
    `${countText(splits)} splits ("${seed} 0" to "${seed} ${splits - 1}"). Nothing differs between the sides, so every alarm is false.`,
  ].join("\n");
}

function alarmsTable({ metrics, anyGuardrail, nights }: CalibrationReport): string {
  const outcomes = ["warning", "rollback", "severe", "rollback or severe", "healthy at the end"];
  const rowsOf = ({ name, rates, splits }: Pick<MetricCalibration, "name" | "rates" | "splits">) =>
    MODES.flatMap((mode) => {
      if (rates === null) return [];
      const { warning, rollback, severe, anyRollback, healthy } = rates[mode];
      const shares = [warning, rollback, severe, anyRollback, healthy].map((rate) => rateText(rate, splits));
      return [[name, mode, ...shares, countText(splits)]];
    });
  const rows = [
    ...metrics.filter(({ role }) => role === "guardrail"),
    ...anyGuardrail.map((any) => ({ ...any, name: `any of ${any.guardrails.length}` })),
  ].flatMap(rowsOf);
  const title = `Share of splits that would have fired on any of ${nights} nights:`;
  return `${title}\n\n${markdownTable(["guardrail", "judge", ...outcomes, "splits"], rows)}`;
}

/** What becomes of a candidate whose true change is known. */
function endsTable(report: CalibrationReport, atEnd: boolean): string {
  const { harmless, planted, nights, gate, judge } = report;
  if (harmless.guardrails.length === 0) return "No guardrail was measured, so no rollout ends.";
  const rows = [
    ...endRows("none", harmless, atEnd),
    ...planted.flatMap((ends) => endRows(`${ends.metric} ${signedLineText(ends.change)}`, ends, atEnd)),
  ];
  const last = atEnd ? ["healthy on the last night"] : [];
  const head = ["true change", "guardrails", "rolled back", "promoted", ...last, "still held", "splits"];
  const title = `How rollouts of ${nights} nights at ${gate} end under judge: ${judge}, the first rollback or promote counting (± one standard error, the median night in brackets):`;
  return `${title}\n\n${markdownTable(head, rows)}`;
}

function endRows(change: string, { withConcentrations, ...rates }: Ends, atEnd: boolean) {
  return [rates, ...(withConcentrations === null ? [] : [withConcentrations])].map((one) =>
    endRow(change, one, atEnd),
  );
}

function endRow(change: string, rates: EndRates, atEnd: boolean): readonly string[] {
  const { rolledBack, promoted, held, healthyAtEnd, medianNight, medianPromoteNight, splits } = rates;
  const when = (rate: Rate, night: number | null) =>
    `${rateText(rate, splits)}${night === null ? "" : ` (${night})`}`;
  return [
    change,
    countText(rates.guardrails.length),
    when(rolledBack, medianNight),
    when(promoted, medianPromoteNight),
    ...(atEnd ? [rateText(healthyAtEnd, splits)] : []),
    rateText(held, splits),
    countText(splits),
  ];
}

/** None without dimensions. */
function cutsLines({ cuts, splits }: CalibrationReport): readonly string[] {
  if (cuts === null) return [];
  const { lookedAt, marked, requirement } = cuts;
  const verdict = requirement.holds ? "pass" : "FAIL";
  return [
    `A cut by a dimension stands out in ${rateText(marked, splits)} of ${countText(splits)} splits (at most ${sizeText(requirement.high ?? 0)}), of ${lookedAt.toFixed(1)} cuts looked at: ${verdict}.`,
  ];
}

function intervalsTable({ metrics, sampleRatio, splits }: CalibrationReport): string {
  const head = ["metric", "splits", "95% interval contains 0", "p < .05", "sd(z)", "KS p", "verdict"];
  const rows = metrics.flatMap((metric) => {
    const { intervals, requirements } = metric;
    if (intervals === null) return [];
    const measured = [countText(intervals.splits), sizeText(intervals.coverage)];
    return [[metric.name, ...measured, ...requirements.map(requirementText), verdictWord(metric)]];
  });
  const { requirement } = sampleRatio;
  const ratio = `Sample ratio p < .001 in ${sizeText(requirement.value ?? 0, [requirement.high ?? 0])} of ${countText(splits)} splits (at most ${sizeText(requirement.high ?? 0)}): ${requirement.holds ? "pass" : "FAIL"}.`;
  const chance =
    "About one sound metric in twenty is outside its range by chance: rerun with another --seed.";
  return `Are the 95% intervals of the last night right 95% of the time (required range in brackets)?\n\n${markdownTable(head, rows)}\n\n${ratio}\n${chance}`;
}

function verdictWord({ requirements }: MetricCalibration): string {
  const off = requirements.filter(({ holds }) => !holds);
  return off.length === 0 ? "pass" : `FAIL: ${off.map(({ name }) => name).join(", ")}`;
}

function requirementText({ name, value, low, high }: Requirement): string {
  const isShare = name === "p below 0.05";
  const number = (one: number): string => (isShare ? sizeText(one) : one.toPrecision(3));
  const band =
    low === null ? `< ${number(high ?? 0)}` : high === null ? `> ${low}` : `${number(low)}–${number(high)}`;
  return `${value === null ? "none" : number(value)} (${band})`;
}

/** The line for the runbook, for each number of splits. */
function verdict({ anyGuardrail, nights }: CalibrationReport): readonly string[] {
  return anyGuardrail.map(({ guardrails, rates, splits }) => {
    const rollback = (mode: JudgeMode): string => rateText(rates[mode].anyRollback, splits);
    const over = `${plural(guardrails.length, "guardrail")}, ${plural(splits, "split")}`;
    return `This config on this data: P(rollback on a harmless candidate within ${nights} nights) literal ${rollback("literal")}, evidence ${rollback("evidence")} (${over}).`;
  });
}
