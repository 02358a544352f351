/** Items that the daily checklist and that of the first 24 hours have in common. */

import type {
  ChecklistItem,
  CheckResult,
  Decision,
  MetricResult,
  TrafficDayResult,
} from "../../model/result.ts";
import { listText, plural } from "../../text/words.ts";
import type { DecisionContext } from "../decision/decision-context.ts";

export interface ChecklistInput {
  readonly context: DecisionContext;
  readonly metrics: readonly MetricResult[];
  readonly decision: Decision;
}

export function checkItem(text: string, name: string, checks: readonly CheckResult[]): ChecklistItem {
  const check = checks.find((one) => one.name === name);
  return { text, done: check?.status === "pass", evidence: check?.detail ?? "this check was not made" };
}

export function preflightItem(
  checks: readonly CheckResult[],
  text = "Confirm switches, algorithm versions and weights",
): ChecklistItem {
  return checkItem(text, "preflight", checks);
}

export function aggregateItem({ input, traffic }: DecisionContext): ChecklistItem {
  if (input.phase === "first-24h") return aggregateHoursItem(traffic.days);
  const text = `Aggregate the events of ${input.window.reportDate}`;
  const day = traffic.days.find((one) => one.date === input.window.reportDate);
  if (day === undefined || day.events === 0)
    return { text, done: false, evidence: "there are no events of that day" };
  const evidence = plural(day.events, "event");
  if (day.complete) return { text, done: true, evidence };
  return { text, done: false, evidence: `${evidence}, but the day is not complete` };
}

function aggregateHoursItem(hours: readonly TrafficDayResult[]): ChecklistItem {
  const events = hours.reduce((sum, hour) => sum + hour.events, 0);
  const whole = hours.filter((hour) => hour.complete).length;
  return {
    text: "Aggregate the events of the first 24 hours so far",
    done: events > 0,
    evidence:
      events === 0 ? "there are no events" : `${plural(events, "event")}, ${plural(whole, "complete hour")}`,
  };
}

export function evaluateItem(metrics: readonly MetricResult[]): ChecklistItem {
  const missing = metrics.filter(
    ({ observation }) => observation.baseline.value === null || observation.candidate.value === null,
  );
  const measured = metrics.length - missing.length;
  const names = missing.length === 0 ? "" : `; without: ${listText(missing.map(({ name }) => name))}`;
  return {
    text: "Evaluate every metric for both algorithms",
    done: metrics.length > 0 && missing.length === 0,
    evidence: `${measured} of ${plural(metrics.length, "metric")} have numbers${names}`,
  };
}

export function checkFilesItem(checks: readonly CheckResult[], about: RegExp = /./): ChecklistItem {
  const files = checks.filter((check) => check.path !== null && about.test(check.name));
  const bad = files.filter((check) => check.status === "fail" || check.status === "error");
  const named = bad.map((check) => `${check.name}: ${check.detail}`).join("; ");
  return {
    text: "Look at ingestion: event ids, save events",
    done: files.length > 0 && bad.length === 0,
    evidence:
      files.length === 0
        ? "no check file looks at it"
        : named || `${plural(files.length, "check file")} in order`,
  };
}
