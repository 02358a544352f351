/**
 * Result and View in, junit.xml out: one test per guardrail and one per check, as CI servers read it (the schema of Ant's
 * reports: elements in its order, counts that add up). What cannot be judged yet is skipped, never passed; a verdict that
 * wants a person is told by the exit code of `gatebook run`, not here.
 */
import type { CheckResult, MetricResult, Result } from "../../model/result.ts";
import { escapeXml } from "../charts/svg/svg-tree.ts";
import type { CheckView } from "../view/health.ts";
import type { MetricView } from "../view/metric.ts";
import { plainText } from "../view/next.ts";
import type { View } from "../view/view.ts";

interface Outcome {
  readonly kind: "passed" | "failure" | "error" | "skipped";
  /** The class or status behind it: "rollback", "warning", "no_data", "fail". */
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

interface Test extends Outcome {
  readonly name: string;
}

interface Suite {
  readonly name: string;
  readonly tests: readonly Test[];
  readonly notes: readonly string[];
}

export function renderJunit(result: Result, view: View): string {
  const metrics = new Map(result.metrics.map((metric) => [metric.name, metric]));
  const checks = new Map(result.checks.map((check) => [check.name, check]));
  const guardrails = view.guardrails.flatMap((shown) => {
    const metric = metrics.get(shown.name);
    return metric === undefined ? [] : [{ name: shown.name, ...guardrailOutcome(metric, shown) }];
  });
  const tests = view.health.checks.flatMap((shown) => {
    const check = checks.get(shown.name);
    return check === undefined ? [] : [{ name: shown.name, ...checkOutcome(check, shown) }];
  });
  const warned = view.health.checks.filter(({ name }) => checks.get(name)?.status === "warn");
  const suites = [
    { name: "guardrails", tests: guardrails, notes: verdictNotes(view) },
    { name: "checks", tests, notes: warned.map(({ title, detail }) => `warning: ${title}: ${detail}`) },
  ];
  return document(result, suites);
}

function verdictNotes({ verdict, next }: View): readonly string[] {
  return [verdict.headline, verdict.reason, ...verdict.moreReasons, plainText(next.steps)];
}

function guardrailOutcome({ observation, required, ...metric }: MetricResult, shown: MetricView): Outcome {
  if (metric.error !== null)
    return { kind: "error", type: "query", message: metric.error.message, text: shown.error?.place ?? "" };
  if (metric.unavailable !== null) {
    const kind = required ? "error" : "skipped";
    return { kind, type: "unavailable", message: metric.unavailable, text: shown.title };
  }
  const { classification } = observation;
  const parts = [shown.title, `change ${shown.delta}, 95% interval ${shown.interval}`, shown.distance ?? ""];
  const told = { type: classification, message: shown.because, text: parts.join("\n") };
  switch (classification) {
    case "healthy":
      return { ...told, kind: "passed" };
    case "warning":
    case "rollback":
      return { ...told, kind: "failure" };
    case "no_data":
      return { ...told, kind: "error" };
    case "insufficient":
      return { ...told, kind: "skipped" };
    default:
      return classification satisfies never;
  }
}

/** Warnings pass: they are in the suite's output. */
function checkOutcome({ status, error }: CheckResult, shown: CheckView): Outcome {
  const message = error?.message ?? (shown.detail === "" ? shown.title : shown.detail);
  const text = `${shown.title}\nobserved ${shown.observed}, expected ${shown.expected}; ${shown.effect}`;
  const told = { type: status, message, text };
  switch (status) {
    case "pass":
    case "warn":
      return { ...told, kind: "passed" };
    case "fail":
      return { ...told, kind: "failure" };
    case "error":
      return { ...told, kind: "error" };
    case "not_checked":
      return { ...told, kind: "skipped" };
    default:
      return status satisfies never;
  }
}

function document(result: Result, suites: readonly Suite[]): string {
  const lines = suites.flatMap((suite, id) => suiteLines(result, suite, id));
  // the schemas know a count of skipped tests of a suite alone
  const { skipped: _, ...counts } = countsOf(suites.flatMap(({ tests }) => tests));
  const totals = attributes({ name: "gatebook", ...counts });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${totals}>\n${lines.join("\n")}\n</testsuites>\n`;
}

function suiteLines(result: Result, { name, tests, notes }: Suite, id: number): readonly string[] {
  const { rollout, window, decision, reportAt } = result;
  const place = `gatebook.${rollout.name}.${rollout.gate}`;
  const head = attributes({
    name,
    package: place,
    id,
    // the schema wants a local time without a zone
    timestamp: window.asOf.slice(0, 19),
    hostname: "localhost",
    ...countsOf(tests),
    time: "0",
  });
  const facts = {
    verdict: decision.action,
    rule: decision.rule,
    report_date: window.reportDate,
    ...(reportAt === null ? {} : { report: reportAt }),
  };
  return [
    `<testsuite${head}>`,
    "<properties>",
    ...Object.entries(facts).map(([key, value]) => `<property${attributes({ name: key, value })}/>`),
    "</properties>",
    ...tests.map((test) => testLine(test, `${place}.${name}`)),
    `<system-out>${escapeXml(notes.join("\n"))}</system-out>`,
    "<system-err/>",
    "</testsuite>",
  ];
}

function testLine({ name, kind, type, message, text }: Test, classname: string): string {
  const head = `<testcase${attributes({ name, classname, time: "0" })}`;
  if (kind === "passed") return `${head}/>`;
  if (kind === "skipped") return `${head}><skipped${attributes({ message })}/></testcase>`;
  return `${head}><${kind}${attributes({ type, message })}>${escapeXml(text)}</${kind}></testcase>`;
}

function countsOf(tests: readonly Test[]) {
  const count = (wanted: Outcome["kind"]) => tests.filter(({ kind }) => kind === wanted).length;
  return {
    tests: tests.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replaceAll("\n", "&#10;")}"`)
    .join("");
}
