/** A calibration as Markdown tables, wide enough to read in a terminal and plain enough to paste into a runbook. */

import type { JudgeMode } from "../../model/words.ts";
import type { CalibrationReport } from "../../runs/calibrate/calibrate.ts";
import type {
  AlarmRates,
  AnyGuardrail,
  MetricCalibration,
  Rate,
} from "../../runs/calibrate/calibration-report.ts";
import type { Requirement } from "../../statistics/aa-requirements.ts";
import { countText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";

const MODES = ["literal", "evidence"] as const satisfies readonly JudgeMode[];

export function calibrationText(report: CalibrationReport): string {
  const trouble = report.metrics.flatMap(({ name, error, unavailable }) => {
    if (error !== null) return [`${name} could not be calibrated: ${error.message} (${error.file})`];
    return unavailable === null ? [] : [`${name} is not available: ${unavailable}`];
  });
  const parts = [
    heading(report),
    alarmsTable(report),
    intervalsTable(report),
    ...(trouble.length === 0 ? [] : [trouble.join("\n")]),
    verdict(report).join("\n"),
  ];
  return parts.join("\n\n");
}

function heading(report: CalibrationReport): string {
  const { baseline, units, from, to, nights, share, splits, seed } = report;
  return [
    `${baseline} against itself: ${countText(units)} units, ${from} to ${to} (${nights} nights), ${percent(share)} of them as the candidate,`,
    `${countText(splits)} splits ("${seed} 0" to "${seed} ${splits - 1}"). Nothing differs between the sides, so every alarm is false.`,
  ].join("\n");
}

function alarmsTable({ metrics, anyGuardrail, nights }: CalibrationReport): string {
  const head = [
    "guardrail",
    "judge",
    "warning",
    "rollback",
    "severe",
    "rollback or severe",
    "healthy at the end",
    "splits",
  ];
  const guardrails = metrics.filter(({ role }) => role === "guardrail");
  const rows = [
    ...guardrails.flatMap(({ name, rates, splits }) => rateRows(name, rates, splits)),
    ...anyGuardrail.flatMap(({ guardrails: names, rates, splits }) =>
      rateRows(`any of ${names.length}`, rates, splits),
    ),
  ];
  const title = `Share of splits that would have fired on any of ${nights} nights:`;
  return `${title}\n\n${table(head, rows)}`;
}

function rateRows(
  name: string,
  rates: AnyGuardrail["rates"] | null,
  splits: number,
): readonly (readonly string[])[] {
  if (rates === null) return [];
  return MODES.map((mode) => {
    const { warning, rollback, severe, anyRollback, healthy } = rates[mode];
    const told = [warning, rollback, severe, anyRollback, healthy].map((rate) => rateText(rate, splits));
    return [name, mode, ...told, countText(splits)];
  });
}

function intervalsTable({ metrics, sampleRatio, splits }: CalibrationReport): string {
  const head = ["metric", "splits", "95% interval contains 0", "p < .05", "sd(z)", "KS p", "verdict"];
  const rows = metrics.flatMap((metric) => {
    const { intervals, requirements } = metric;
    if (intervals === null) return [];
    const told = requirements.map((requirement) => requirementText(requirement));
    return [[metric.name, countText(intervals.splits), percent(intervals.coverage), ...told, word(metric)]];
  });
  const { requirement } = sampleRatio;
  const ratio = `Sample ratio p < .001 in ${percent(requirement.value ?? 0)} of ${countText(splits)} splits (at most ${percent(requirement.high ?? 0)}): ${requirement.holds ? "pass" : "FAIL"}.`;
  const chance = "About one honest metric in twenty leaves its band by chance: rerun with another --seed.";
  return `Are the intervals of the last night as honest as they claim (required range in brackets)?\n\n${table(head, rows)}\n\n${ratio}\n${chance}`;
}

function word({ requirements }: MetricCalibration): string {
  const off = requirements.filter(({ holds }) => !holds);
  return off.length === 0 ? "pass" : `FAIL: ${off.map(({ name }) => name).join(", ")}`;
}

function requirementText({ name, value, low, high }: Requirement): string {
  const isShare = name === "p below 0.05";
  const number = (one: number): string => (isShare ? percent(one) : one.toPrecision(3));
  const band =
    low === null ? `< ${number(high ?? 0)}` : high === null ? `> ${low}` : `${number(low)}–${number(high)}`;
  return `${value === null ? "none" : number(value)} (${band})`;
}

/** The line that belongs into the runbook, for each number of splits. */
function verdict({ anyGuardrail, nights }: CalibrationReport): readonly string[] {
  return anyGuardrail.map(({ guardrails, rates, splits }) => {
    const told = (rates_: AlarmRates): string => rateText(rates_.anyRollback, splits);
    const over = `${plural(guardrails.length, "guardrail")}, ${plural(splits, "split")}`;
    return `This config on this data: P(rollback on a harmless candidate within ${nights} nights) literal ${told(rates.literal)}, evidence ${told(rates.evidence)} (${over}).`;
  });
}

/** "0.6% ± 0.3"; never a bare 0 or 100: 0 of 1,000 still allows 0.3% (rule of three). */
function rateText({ share, standardError }: Rate, splits: number): string {
  const unseen = Math.min(1, 3 / splits);
  if (share === 0) return `0% (< ${percent(unseen)})`;
  if (share === 1) return `100% (> ${percent(1 - unseen)})`;
  return `${percent(share)} ± ${(100 * (standardError ?? 0)).toFixed(1)}`;
}

/** 0.0123 → "1.2%", 0.1 → "10%" */
function percent(share: number): string {
  const digits = share !== 0 && Math.abs(share) < 0.001 ? 2 : 1;
  return `${(100 * share).toFixed(digits).replace(/\.0+$/, "")}%`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => [...(line[at] ?? "")].length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
