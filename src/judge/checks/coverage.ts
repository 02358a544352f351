/**
 * How much of each variant's data the guardrails stand on. What is left out is told by reason, with the heaviest example;
 * past the limits of rollout.yaml, or more in one variant than in the other, it holds the rollout. Crossover has a check of its own.
 */

import { finding } from "../../model/check-result.ts";
import type { Coverage, CoverageEvidence, LeftOut, LeftOutReason } from "../../model/measurement.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import type { Denominator, Variant } from "../../model/words.ts";
import { countText, shareText } from "../../text/numbers.ts";
import { listText, plural } from "../../text/words.ts";
import { affectsVerdict } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";

/** Beyond noise. */
const ALARM = 0.001;

/** Fewer events left out are no share of anything: 3 of 3 clicks after midnight. */
const FEWEST = 20;

export function coverageCheck(input: JudgeInput, metrics: readonly MetricResult[]): CheckResult {
  const describe = finding("coverage", "The numbers use all of the data");
  const subjects = subjectsOf(input, metrics);
  const expected = input.config.coverage.block;
  if (subjects.length === 0) return describe("not_checked", "what was left out is not known", { expected });
  const losses = subjects.flatMap((subject) => lossesOf(subject, input));
  const observed = Math.max(0, ...subjects.map((subject) => largestLoss(subject)));
  const blocking = losses.filter(({ blocks }) => blocks);
  const texts = [...told(blocking), ...told(losses.filter(({ blocks }) => !blocks)), ...unknownText(input)];
  const status = blocking.length > 0 ? "fail" : texts.length > 0 ? "warn" : "pass";
  return describe(status, texts.length > 0 ? texts.join("; ") : standing(subjects), { observed, expected });
}

function unknownText({ traffic }: JudgeInput): readonly string[] {
  const days = traffic.coverage?.unknownDays ?? 0;
  if (days === 0) return [];
  return [`not known for ${plural(days, "day")} that an earlier version loaded`];
}

interface Subject {
  /** Null: all traffic. */
  readonly metric: string | null;
  readonly denominator: Denominator;
  readonly coverage: Coverage;
  readonly evidence: CoverageEvidence;
  readonly variants: readonly Variant[];
}

/** Guardrails, and all clicks: those without an impression are missing from the numerator of the click-through rate. */
function subjectsOf(input: JudgeInput, metrics: readonly MetricResult[]): readonly Subject[] {
  const both = ["candidate", "baseline"] as const;
  const guardrails = metrics
    .filter((metric) => metric.role === "guardrail" && affectsVerdict(metric))
    .flatMap(({ name, title, denominator }): readonly Subject[] => {
      const measured = input.metrics.find(({ definition }) => definition.name === name);
      const { coverage = null, coverageEvidence: evidence = null } = measured ?? {};
      if (coverage === null || evidence === null) return [];
      return [{ metric: title, denominator, coverage, evidence, variants: both }];
    });
  const clicks = input.traffic.coverage?.clicks;
  if (clicks === undefined) return guardrails;
  // before/after the baseline is served no more: what is left of it in these days is compared with nothing
  const variants = input.comparison === "before-after" ? (["candidate"] as const) : both;
  return [...guardrails, { metric: null, denominator: "clicks", ...clicks, variants }];
}

interface Loss {
  readonly metric: string;
  /** What is lost, without whose loss it is: several metrics lose the same events. */
  readonly text: string;
  readonly blocks: boolean;
}

function lossesOf(subject: Subject, input: JudgeInput): readonly Loss[] {
  const { warn, block } = input.config.coverage;
  const uneven = unevenVariant(subject, input);
  return subject.variants.flatMap((variant): readonly Loss[] => {
    if (leftOutOf(subject.coverage[variant].leftOut) < FEWEST) return [];
    const { crossover, share, lostUnits } = sharesOf(subject, variant);
    const largest = Math.max(share, lostUnits);
    const together = crossover < block && share >= warn && crossover + share >= block;
    if (largest < warn && uneven !== variant) return [];
    const blocks = largest >= block || together || uneven === variant;
    const text = `${lossText(subject, variant)}${uneven === variant ? unevenText(subject, variant) : ""}`;
    return [{ metric: subject.metric ?? "the click-through rate", text, blocks }];
  });
}

/** The variant that loses more than noise explains: then the losses choose who is compared. */
function unevenVariant(subject: Subject, input: JudgeInput): Variant | null {
  const { difference, p } = subject.evidence;
  if (subject.variants.length < 2 || p === null || p >= ALARM) return null;
  if (Math.abs(difference) < input.config.coverage.difference - 1e-9) return null;
  return difference > 0 ? "candidate" : "baseline";
}

function unevenText(subject: Subject, variant: Variant): string {
  const other = variant === "candidate" ? "baseline" : "candidate";
  return `, against ${shareText(sharesOf(subject, other).share)} of the ${other}'s`;
}

function sharesOf({ coverage, evidence }: Subject, variant: Variant) {
  const { events, leftOut } = coverage[variant];
  return {
    crossover: ratio(leftOut.crossover, events),
    share: ratio(leftOutOf(leftOut), events),
    lostUnits: ratio(evidence.lostUnits[variant], evidence.units[variant]),
  };
}

function largestLoss(subject: Subject): number {
  return Math.max(...subject.variants.map((variant) => sharesOf(subject, variant).share));
}

/** For other reasons than crossover. */
function leftOutOf({ crossover: _, ...others }: LeftOut): number {
  return Object.values(others).reduce((sum, events) => sum + events, 0);
}

/** "50.00% of the candidate's impressions (3,600 of items unknown to the lookups, most: "517" with 120)" */
function lossText(subject: Subject, variant: Variant): string {
  const { denominator, coverage } = subject;
  const { leftOut } = coverage[variant];
  const parts = reasons
    .filter((reason) => leftOut[reason] > 0)
    .map(
      (reason) => `${countText(leftOut[reason])} ${reasonText[reason]}${example(subject, variant, reason)}`,
    );
  const { share, lostUnits } = sharesOf(subject, variant);
  const units = lostUnits > share ? ` and ${shareText(lostUnits)} of its units` : "";
  return `${shareText(share)} of the ${variant}'s ${denominator}${units} (${listText(parts)})`;
}

/** Each loss once, with all whose number lacks it. */
function told(losses: readonly Loss[]): string[] {
  return [...new Set(losses.map(({ text }) => text))].map((text) => {
    const names = losses.filter((loss) => loss.text === text).map(({ metric }) => metric);
    return `${listText(names)} ${names.length === 1 ? "leaves" : "leave"} out ${text}`;
  });
}

const reasons = [
  "name",
  "attribute",
  "orphan",
  "unit",
  "rejected",
] as const satisfies readonly LeftOutReason[];

const reasonText: Readonly<Record<(typeof reasons)[number], string>> = {
  unit: "without user, session and event id",
  name: "under a name that differs in blanks or case alone",
  attribute: "of items unknown to the lookups",
  orphan: "without an impression of their unit that day",
  rejected: "in rows that could not be read",
};

function example({ evidence }: Subject, variant: Variant, reason: LeftOutReason): string {
  const found = evidence.examples.find((one) => one.variant === variant && one.reason === reason);
  return found === undefined ? "" : `, most: "${found.name}" with ${countText(found.events)}`;
}

/** "every guardrail uses at least 99.60% of each variant's events" */
function standing(subjects: readonly Subject[]): string {
  const least = Math.min(
    ...subjects.flatMap(({ coverage, variants }) =>
      variants.map((variant) => {
        const { counted, events } = coverage[variant];
        return events > 0 ? counted / events : 1;
      }),
    ),
  );
  return `every guardrail uses at least ${shareText(least)} of each variant's events`;
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
