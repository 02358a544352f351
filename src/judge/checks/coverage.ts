/**
 * How much of each variant's data the guardrails use. What is left out is listed by reason, with the heaviest example; past the limits
 * of rollout.yaml, or more in one variant than in the other, it blocks. Crossover has a check of its own.
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
  const shares = subjects.flatMap((subject) => subject.variants.map((one) => sharesOf(subject, one).share));
  const blocking = losses.filter(({ blocks }) => blocks);
  const others = losses.filter(({ blocks }) => !blocks);
  const texts = [...byLoss(blocking), ...byLoss(others), ...unknownText(input)];
  const status = blocking.length > 0 ? "fail" : texts.length > 0 ? "warn" : "pass";
  const detail = texts.join("; ") || leastUsed(subjects);
  return describe(status, detail, { observed: Math.max(0, ...shares), expected });
}

function unknownText({ traffic }: JudgeInput): readonly string[] {
  const days = traffic.coverage?.unknownDays ?? 0;
  if (days === 0) return [];
  return [`not known for ${plural(days, "day")} that an earlier version loaded`];
}

interface Covered {
  /** Null: all traffic. */
  readonly metric: string | null;
  readonly denominator: Denominator;
  readonly coverage: Coverage;
  readonly evidence: CoverageEvidence;
  readonly variants: readonly Variant[];
}

/** Guardrails, and all clicks: those without an impression are missing from the numerator of the click-through rate. */
function subjectsOf(input: JudgeInput, metrics: readonly MetricResult[]): readonly Covered[] {
  const both = ["candidate", "baseline"] as const;
  const guardrails = metrics
    .filter((metric) => metric.role === "guardrail" && affectsVerdict(metric))
    .flatMap(({ name, title, denominator }): readonly Covered[] => {
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

interface CoverageLoss {
  readonly metric: string;
  /** Without the metric: several lose the same events. */
  readonly text: string;
  readonly blocks: boolean;
}

function lossesOf(subject: Covered, input: JudgeInput): readonly CoverageLoss[] {
  const { warn, block } = input.config.coverage;
  const uneven = unevenVariant(subject, input);
  return subject.variants.flatMap((variant): readonly CoverageLoss[] => {
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
function unevenVariant(subject: Covered, input: JudgeInput): Variant | null {
  const { difference, p } = subject.evidence;
  if (subject.variants.length < 2 || p === null || p >= ALARM) return null;
  if (Math.abs(difference) < input.config.coverage.difference - 1e-9) return null;
  return difference > 0 ? "candidate" : "baseline";
}

function unevenText(subject: Covered, variant: Variant): string {
  const other = variant === "candidate" ? "baseline" : "candidate";
  return `, against ${shareText(sharesOf(subject, other).share)} of the ${other}'s`;
}

function sharesOf({ coverage, evidence }: Covered, variant: Variant) {
  const { events, leftOut } = coverage[variant];
  return {
    crossover: ratio(leftOut.crossover, events),
    share: ratio(leftOutOf(leftOut), events),
    lostUnits: ratio(evidence.lostUnits[variant], evidence.units[variant]),
  };
}

/** For other reasons than crossover. */
function leftOutOf({ crossover: _, ...others }: LeftOut): number {
  return Object.values(others).reduce((sum, events) => sum + events, 0);
}

/** "50.00% of the candidate's impressions (3,600 of items unknown to the lookups, most: "517" with 120)" */
function lossText(subject: Covered, variant: Variant): string {
  const { denominator, coverage } = subject;
  const { leftOut } = coverage[variant];
  const parts = reasons
    .filter(([reason]) => leftOut[reason] > 0)
    .map(([reason, text]) => `${countText(leftOut[reason])} ${text}${example(subject, variant, reason)}`);
  const { share, lostUnits } = sharesOf(subject, variant);
  const units = lostUnits > share ? ` and ${shareText(lostUnits)} of its units` : "";
  return `${shareText(share)} of the ${variant}'s ${denominator}${units} (${listText(parts)})`;
}

/** Each loss once, with all metrics that lack it. */
function byLoss(losses: readonly CoverageLoss[]): string[] {
  return [...new Set(losses.map(({ text }) => text))].map((text) => {
    const names = losses.filter((loss) => loss.text === text).map(({ metric }) => metric);
    return `${listText(names)} ${names.length === 1 ? "leaves" : "leave"} out ${text}`;
  });
}

const reasons: readonly (readonly [Exclude<LeftOutReason, "crossover">, string])[] = [
  ["name", "under a name that differs in blanks or case alone"],
  ["attribute", "of items unknown to the lookups"],
  ["orphan", "without an impression of their unit that day"],
  ["unit", "without user, session and event id"],
  ["rejected", "in rows that could not be read"],
];

function example({ evidence }: Covered, variant: Variant, reason: LeftOutReason): string {
  const found = evidence.examples.find((one) => one.variant === variant && one.reason === reason);
  return found === undefined ? "" : `, most: "${found.name}" with ${countText(found.events)}`;
}

/** "every guardrail uses at least 99.60% of each variant's events" */
function leastUsed(subjects: readonly Covered[]): string {
  const sides = subjects.flatMap(({ coverage, variants }) => variants.map((variant) => coverage[variant]));
  const least = Math.min(...sides.map(({ counted, events }) => (events > 0 ? counted / events : 1)));
  return `every guardrail uses at least ${shareText(least)} of each variant's events`;
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
