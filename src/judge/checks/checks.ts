/** All checks of a night: gatebook's own and the analysts' files. The rule `data` looks at them all. */
import { finding } from "../../model/check-result.ts";
import { dayOf } from "../../model/hours.ts";
import type { CheckResult, TrafficResult } from "../../model/result.ts";
import { shareText } from "../../text/numbers.ts";
import { inSlot, slotNoun, slotText } from "../../text/times.ts";
import { listText, plural } from "../../text/words.ts";
import { isDisputed, readSwitches } from "../checklist/switches.ts";
import type { Judged } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";
import { completeSlots } from "../window/days.ts";
import { alikeBeforeChecks } from "./alike-before.ts";
import { checkFile, worst } from "./check-files.ts";
import { coverageCheck } from "./coverage.ts";
import { crossoverCheck } from "./crossover.ts";
import { eventsPerUnitChecks } from "./events-per-unit.ts";
import { dataChecks } from "./freshness.ts";
import { oneSidedGapsCheck } from "./gaps/one-sided-gaps.ts";
import { ledgerCheck, moveCheck, oneGateCheck, overrideChecks } from "./gate-checks.ts";
import { guardrailsCheck, queriesCheck, reachChecks } from "./guardrail-checks.ts";
import { heaviestUnitCheck } from "./heaviest-unit.ts";
import { inspectLine } from "./inspect.ts";
import { leapChecks } from "./leaps.ts";
import { repeatedDaysChecks } from "./repeated-days.ts";
import { mismatches, promisedShare, sampleRatioCheck } from "./sample-ratio.ts";
import { brokenValuesText, sampleRatioByValueChecks } from "./sample-ratio-by-value.ts";
import { severeDaysChecks } from "./severe-days.ts";

export function allChecks(
  input: JudgeInput,
  evidence: Pick<Judged, "days" | "traffic" | "metrics">,
): readonly CheckResult[] {
  const ofWindow = [
    sampleRatioCheck(input, evidence.traffic.sampleRatio, (share) => brokenValuesText(input, share)),
    dailyRatioCheck(input, evidence.traffic),
    ...sampleRatioByValueChecks(input, evidence.traffic.sampleRatio),
    crossoverCheck(input, evidence.metrics),
    ...alikeBeforeChecks(input),
    coverageCheck(input, evidence.metrics),
    ...eventsPerUnitChecks(input, evidence.metrics),
    heaviestUnitCheck(input, evidence.metrics),
    oneSidedGapsCheck(input, new Set(completeSlots(evidence.days).map(({ date }) => date))),
    guardrailsCheck(input, evidence),
    ...reachChecks(input, evidence.metrics),
    ...severeDaysChecks(input, evidence.metrics),
    ...leapChecks(input, evidence),
    ...repeatedDaysChecks(input, evidence.days),
    oneGateCheck(input),
  ];
  const all = [
    ...dataChecks(input, evidence.days),
    ...orAwaited(input, ofWindow),
    queriesCheck(evidence.metrics),
    ledgerCheck(input),
    moveCheck(input, evidence.traffic),
    preflightCheck(input),
    ...overrideChecks(input),
    ...candidateOffChecks(input, evidence.traffic),
    ...input.builtInChecks,
    ...orAwaited(input, input.checks.map(checkFile)),
  ];
  return all.map((check) => ({ ...check, inspect: check.inspect ?? inspectLine(check) }));
}

/** What asks about the observation window has no answer before its first day; a query that failed, failed. */
function orAwaited(input: JudgeInput, checks: readonly CheckResult[]): readonly CheckResult[] {
  const { opensOn } = input.window;
  if (opensOn === undefined || opensOn === null) return checks;
  const detail = `the first day of ${input.config.activeGate.name} is ${opensOn}`;
  const nothing = { observed: null, expected: null, rows: [], accept: null };
  return checks.map((check) =>
    check.error === null ? { ...check, ...nothing, status: "not_checked", detail } : check,
  );
}

/** Balanced in total and still wrong: AdSmart reads p = 0.47 over all days and 1e-126 on one of them. */
function dailyRatioCheck(input: JudgeInput, traffic: TrafficResult): CheckResult {
  const noun = slotNoun(input.phase);
  const describe = finding(
    "sample_ratio_by_day",
    `Units split as the gate says ${noun === "day" ? "on" : "in"} every single ${noun}`,
  );
  const share = promisedShare(input);
  const effect = "warn";
  if (share === null) return describe("not_checked", "everyone gets the candidate", { effect });
  const days = traffic.days.filter((day) => day.observed && day.sampleRatioP !== null);
  const off = days.filter((day) => mismatches(day.sampleRatioP, day.candidateShare, share));
  if (days.length === 0) return describe("not_checked", `no ${noun} has new units`, { effect });
  if (off.length === 0) return describe("pass", `${plural(days.length, noun)}, none off`, { effect });
  const named = off.map((day) => `${slotText(day.date)} (${shareText(day.candidateShare ?? 0)})`);
  const where = noun === "day" ? "on" : "in the hours from";
  return describe("warn", `new units split differently ${where} ${listText(named)}`, {
    effect,
    observed: off.length,
    expected: 0,
  });
}

function preflightCheck({ preflight }: JudgeInput): CheckResult {
  const describe = finding("preflight", "The application's switches and weights are as expected");
  const status = worst(preflight.map((line) => line.status).filter((status) => status !== "not_checked"));
  if (status === null) return describe("not_checked", "no preflight source is configured or readable");
  const off = preflight.filter((line) => line.status === status);
  if (status === "pass") return describe("pass", `${plural(off.length, "line")} as expected`);
  const named = off.map((line) => {
    if (isDisputed(line)) return `${line.key}: ${line.detail}`;
    const actual = line.actual === null ? "not set" : `"${line.actual}"`;
    const place = line.source === null ? "" : ` (${line.source})`;
    return `${line.key} is ${actual}${place}, expected "${line.expected}"`;
  });
  return describe(status, named.join("; "), { observed: off.length, expected: 0 });
}

/** Switched off or forced: the runbook wants proof that the candidate is served no more. */
function candidateOffChecks(input: JudgeInput, traffic: TrafficResult): readonly CheckResult[] {
  const { forced, off } = readSwitches(input.preflight);
  const { candidate } = input.config.rollout;
  if ((forced === null && !off) || forced === candidate) return [];
  const describe = finding("candidate_off", "The candidate gets no traffic");
  const last = traffic.days.findLast((day) => dayOf(day.date) <= input.window.reportDate);
  if (last === undefined) return [describe("not_checked", "no events to look at", { effect: "warn" })];
  const seen = last.candidateImpressions;
  const options = { effect: "warn" as const, observed: seen, expected: 0 };
  if (seen === 0) return [describe("pass", `${candidate} had no impression ${inSlot(last.date)}`, options)];
  const text = `${candidate} still had ${plural(seen, "impression")} ${inSlot(last.date)}: gatebook verify-rollback finds out since when`;
  return [describe("fail", text, options)];
}
