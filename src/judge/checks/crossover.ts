/**
 * Units under both algorithms are in no delta. Measured against each variant by itself, by units and by what they hold of its events:
 * at g10 0.87% of all units were 8.5% of the candidate's and 44% of its impressions. The reading with them under the
 * algorithm they saw first stands beside; a guardrail that it calls by another name holds the rollout.
 */

import { finding } from "../../model/check-result.ts";
import type { CoveredEvents, LeftOutExample, TrafficCoverage, VariantPair } from "../../model/measurement.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import type { Variant } from "../../model/words.ts";
import { countText, shareText } from "../../text/numbers.ts";
import { listText } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { describeIntention, intentions } from "./intention-to-treat.ts";

const variants = ["candidate", "baseline"] as const;

export function crossoverCheck(input: JudgeInput, metrics: readonly MetricResult[]): CheckResult {
  const { traffic, config } = input;
  const { warn, block } = config.coverage;
  const describe = finding("crossover_units", "Few units saw both algorithms");
  const { baselineUnits, candidateUnits, crossoverUnits } = traffic;
  if (!(baselineUnits + candidateUnits + crossoverUnits > 0)) {
    return describe("error", "no unit was seen in this gate", { expected: block });
  }
  const largest = largestShare(sharesOf(input));
  const others = intentions(input, metrics).filter(({ differs }) => differs);
  const placeholders = placeholderTexts(traffic.coverage);
  const texts = [
    crossoverUnits === 0 ? "no unit saw both algorithms" : crossedText(input, largest),
    ...others.map(describeIntention),
    ...placeholders.map(({ text }) => text),
  ];
  const fails = largest.share >= block || others.length > 0;
  const warns = largest.share >= warn || placeholders.some(({ share }) => share >= warn);
  return describe(fails ? "fail" : warns ? "warn" : "pass", texts.join("; "), {
    observed: largest.share,
    expected: block,
  });
}

interface Share {
  readonly variant: Variant;
  /** "units", "impressions", "clicks" */
  readonly of: string;
  readonly share: number;
}

/** At 100% without a holdback nobody crosses; the same units stand on both sides, one after the other. */
function sharesOf({ traffic, comparison }: JudgeInput): readonly Share[] {
  if (comparison === "before-after") return [];
  const { crossoverUnits, coverage } = traffic;
  const alone = { baseline: traffic.baselineUnits, candidate: traffic.candidateUnits };
  return variants.flatMap((variant) => [
    { variant, of: "units", share: ratio(crossoverUnits, crossoverUnits + alone[variant]) },
    ...(["impressions", "clicks"] as const).map((of) => {
      const side = coverage?.[of].coverage[variant];
      return { variant, of, share: side === undefined ? 0 : ratio(side.leftOut.crossover, side.events) };
    }),
  ]);
}

function largestShare(shares: readonly Share[]): Share {
  const none: Share = { variant: "candidate", of: "units", share: 0 };
  return shares.reduce((largest, one) => (one.share > largest.share ? one : largest), none);
}

/** "90 units saw both algorithms and are left out of every delta: 44.00% of the candidate's impressions (8.50% of its units; most: u17)" */
function crossedText({ traffic, ...input }: JudgeInput, { variant, of, share }: Share): string {
  const { crossoverUnits } = traffic;
  const noun = crossoverUnits === 1 ? "1 unit" : `${countText(crossoverUnits)} units`;
  const told = `${noun} saw both algorithms and ${crossoverUnits === 1 ? "is" : "are"} left out of every delta`;
  if (share === 0) return told;
  const ofUnits = sharesOf({ ...input, traffic }).find(
    (one) => one.variant === variant && one.of === "units",
  );
  const beside = [
    ...(of === "units" ? [] : [`${shareText(ofUnits?.share ?? 0)} of its units`]),
    ...heaviest(traffic.coverage?.impressions, variant),
  ];
  return `${told}: ${shareText(share)} of the ${variant}'s ${of}${beside.length === 0 ? "" : ` (${beside.join("; ")})`}`;
}

function heaviest(covered: CoveredEvents | undefined, variant: Variant): readonly string[] {
  const isIt = (one: LeftOutExample) => one.variant === variant && one.reason === "crossover";
  const example = covered?.evidence.examples.find(isIt);
  if (covered === undefined || example === undefined) return [];
  const share = ratio(example.events, covered.coverage[variant].events);
  return [`most: ${example.name} with ${shareText(share)} of its impressions`];
}

/** An id that names nobody is no crossed unit: its events count for their session, else each for itself. */
function placeholderTexts(coverage: TrafficCoverage | null) {
  if (coverage === null) return [];
  const all = pair((variant) => eventsOf(coverage, variant));
  return coverage.placeholders.map((one) => {
    const shares = variants.map((variant) => ({ variant, share: ratio(one[variant], all[variant]) }));
    const told = shares.map(({ variant, share }) => `${shareText(share)} of the ${variant}'s`);
    return {
      share: Math.max(...shares.map(({ share }) => share)),
      text: `the id "${one.id}" names nobody and is read as empty, in ${listText(told)} impressions and clicks`,
    };
  });
}

function eventsOf({ impressions, clicks }: TrafficCoverage, variant: Variant): number {
  return impressions.coverage[variant].events + clicks.coverage[variant].events;
}

function pair<Value>(of: (variant: Variant) => Value): VariantPair<Value> {
  return { baseline: of("baseline"), candidate: of("candidate") };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
