/**
 * Two results in, what differs out: verdict, metrics, thresholds, checks, loads, and the texts behind them (SQL, rollout.yaml). Any
 * two: of two nights, two rollouts, two versions. Numbers are compared to the last digit, and shown with as many as it takes.
 */
import type { CheckResult, LoadRecord, MetricResult, Result } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";
import { thresholdLines } from "../../text/beside.ts";
import {
  changeText,
  countText,
  intervalText,
  lineText,
  percentText,
  quantityText,
} from "../../text/numbers.ts";
import { metricBadge } from "../view/metric.ts";
import { visible } from "../view/text.ts";
import { buildTextChange, type TextChange } from "./text-change.ts";

export interface Difference {
  /** "Click-through rate", a file, "" for the night itself. */
  readonly subject: string;
  /** "change", "classification", "rollback line" */
  readonly what: string;
  /** As recorded; null: there is none. */
  readonly before: Scalar;
  readonly after: Scalar;
  /** The same for a reader. */
  readonly beforeText: string;
  readonly afterText: string;
}

export interface ResultDiff {
  /** "clip-cosine-v2 at g10, 2026-02-07" */
  readonly before: string;
  readonly after: string;
  readonly isSame: boolean;
  readonly verdict: readonly Difference[];
  readonly metrics: readonly Difference[];
  readonly thresholds: readonly Difference[];
  readonly checks: readonly Difference[];
  readonly loads: readonly Difference[];
  /** SQL files and rollout.yaml, by path. */
  readonly texts: readonly TextChange[];
}

/** A value to compare, and how a reader sees it. */
interface Value {
  readonly value: Scalar;
  readonly text: string;
}

type Values = Readonly<Record<string, Value>>;

export function diffResults(before: Result, after: Result): ResultDiff {
  const parts = {
    verdict: compared("", nightValues(before), nightValues(after)),
    metrics: byKey(before.metrics, after.metrics, titled, metricValues),
    thresholds: byKey(before.metrics, after.metrics, titled, thresholdValues),
    checks: byKey(before.checks, after.checks, titled, checkValues),
    loads: byKey(before.loads, after.loads, loadNames, loadValues),
    texts: textChanges(before, after),
  };
  const isSame = Object.values(parts).every((found) => found.length === 0);
  return { before: nightName(before), after: nightName(after), isSame, ...parts };
}

function nightName({ rollout, window, phase }: Result): string {
  const time = phase === "daily" ? window.reportDate : `first 24 hours to ${window.asOf}`;
  return visible(`${rollout.name} at ${rollout.gate}, ${time}`);
}

/** What is compared with what, and what a reader calls it. */
interface Names<Part> {
  readonly key: (part: Part) => string;
  readonly subject: (part: Part) => string;
}

const titled = {
  key: ({ name }: { readonly name: string }) => name,
  subject: ({ title }: { readonly title: string }) => title,
};

const loadNames: Names<LoadRecord> = {
  key: ({ source, file }) => `${source}: ${file}`,
  subject: ({ source, file }) => `${source}: ${file}`,
};

function nightValues({ decision, rollout, window, phase }: Result): Values {
  return {
    verdict: plain(decision.action),
    rule: plain(decision.rule),
    reason: plain(decision.reasons[0] ?? null),
    "next gate": plain(decision.to),
    "verdict of the bare thresholds": plain(decision.literalAction),
    latched: plain(decision.latched),
    rollout: plain(rollout.name),
    baseline: plain(rollout.baseline),
    candidate: plain(rollout.candidate),
    gate: plain(rollout.gate),
    exposure: shown(rollout.exposure, percentText),
    judge: plain(rollout.judge),
    comparison: plain(rollout.comparison),
    phase: plain(phase),
    "first day": plain(window.from),
    "last day": plain(window.to),
    "as of": plain(window.asOf),
    "complete days": shown(window.completeDays, countText),
    "sufficient days": shown(window.sufficientDays, countText),
    "quiet days": shown(window.quietDays, countText),
  };
}

function metricValues(metric: MetricResult): Values {
  const { observation, unit, thresholds } = metric;
  const { baseline, candidate, delta, interval } = observation;
  const lines = thresholdLines(thresholds);
  const quantity = (value: number | null) => quantityText(value, unit);
  const change = (value: number | null) => changeText(value, lines);
  return {
    role: plain(metric.role),
    baseline: shown(baseline.value, quantity),
    candidate: shown(candidate.value, quantity),
    change: shown(delta, change),
    "95% interval": {
      value: interval === null ? null : interval.join(" to "),
      text: intervalText(interval, lines),
    },
    // of a metric without a number its fault is the class
    classification: plain(metricBadge({ ...metric, role: "guardrail" }, observation).word),
  };
}

function thresholdValues({ thresholds }: MetricResult): Values {
  return {
    harm: plain(thresholds?.harm ?? null),
    "warning line": shown(thresholds?.warning ?? null, lineText),
    "rollback line": shown(thresholds?.rollback ?? null, lineText),
    "severe line": shown(thresholds?.severe ?? null, lineText),
  };
}

function checkValues({ status, effect, observed, expected }: CheckResult): Values {
  return {
    status: plain(status),
    effect: plain(effect),
    observed: plain(observed),
    expected: plain(expected),
  };
}

function loadValues({ status, read, loaded, duplicates, rejected, sha256 }: LoadRecord): Values {
  return {
    status: plain(status),
    read: shown(read, countText),
    loaded: shown(loaded, countText),
    duplicates: shown(duplicates, countText),
    rejected: shown(rejected, countText),
    sha256: plain(sha256),
  };
}

function plain(value: Scalar): Value {
  return { value, text: value === null ? "–" : visible(String(value)) };
}

function shown(value: number | null, text: (value: number | null) => string): Value {
  return { value, text: value === null ? "–" : text(value) };
}

/** What one side lacks differs in all that the other has. In the order of the newer one, then what is gone. */
function byKey<Part>(
  before: readonly Part[],
  after: readonly Part[],
  { key, subject }: Names<Part>,
  valuesOf: (part: Part) => Values,
): readonly Difference[] {
  const [old, now] = [keyed(before, key), keyed(after, key)];
  const none: Values = {};
  const gone = [...old].filter(([own]) => !now.has(own));
  return [
    ...[...now].flatMap(([own, part]) => {
      const was = old.get(own);
      return compared(visible(subject(part)), was === undefined ? none : valuesOf(was), valuesOf(part));
    }),
    ...gone.flatMap(([, part]) => compared(visible(subject(part)), valuesOf(part), none)),
  ];
}

/** Of several with one key the first is compared with the first. */
function keyed<Part>(parts: readonly Part[], key: (part: Part) => string): ReadonlyMap<string, Part> {
  const seen = new Map<string, number>();
  return new Map(
    parts.map((part) => {
      const count = seen.get(key(part)) ?? 0;
      seen.set(key(part), count + 1);
      return [JSON.stringify([key(part), count]), part];
    }),
  );
}

const absent: Value = { value: null, text: "–" };

function compared(subject: string, before: Values, after: Values): readonly Difference[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((what) => {
    const [was, is] = [before[what] ?? absent, after[what] ?? absent];
    if (Object.is(was.value, is.value)) return [];
    const isTold = was.text !== is.text;
    const textOf = ({ value, text }: Value) => (isTold ? text : String(value));
    return [
      { subject, what, before: was.value, after: is.value, beforeText: textOf(was), afterText: textOf(is) },
    ];
  });
}

function textChanges(before: Result, after: Result): readonly TextChange[] {
  const [old, now] = [before, after].map(({ provenance }) => {
    const queries = Object.entries(provenance.queries).map(([path, { sql }]) => [path, sql] as const);
    return new Map([["rollout.yaml", provenance.configText] as const, ...queries]);
  });
  if (old === undefined || now === undefined) return [];
  const paths = [...new Set([...now.keys(), ...old.keys()])];
  return paths.flatMap((path) => buildTextChange(path, old.get(path) ?? null, now.get(path) ?? null) ?? []);
}
