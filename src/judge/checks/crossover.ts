/**
 * Units that saw both algorithms are in no delta. Their share is taken of each variant's units and events: at g10 0.87% of all units
 * were 8.5% of the candidate's and 44% of its impressions. A guardrail that is classified otherwise with them under the algorithm that
 * they saw first blocks.
 */
import { finding } from "../../model/check-result.ts";
import type { CoveredEvents, LeftOutExample, TrafficCoverage } from "../../model/measurement.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import type { Classification, Variant } from "../../model/words.ts";
import { directionText, shareText } from "../../text/numbers.ts";
import { listText, plural } from "../../text/words.ts";
import { affectsVerdict } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";
import { metricBoundaries } from "../metric/boundaries.ts";
import { classifyObservation } from "../metric/classify.ts";
import { criteriaFor } from "../metric/criteria.ts";
import { adjustedLike, evidenceOf } from "../metric/evidence.ts";

const variants = ["candidate", "baseline"] as const;

export function crossoverCheck(input: JudgeInput, metrics: readonly MetricResult[]): CheckResult {
  const { traffic, config } = input;
  const { warn, block } = config.coverage;
  const describe = finding("crossover_units", "Few units saw both algorithms");
  const { baselineUnits, candidateUnits, crossoverUnits } = traffic;
  if (!(baselineUnits + candidateUnits + crossoverUnits > 0)) {
    return describe("error", "no unit was seen in this gate", { expected: block });
  }
  const none: Share = { variant: "candidate", of: "units", share: 0 };
  const largest = sharesOf(input).reduce((most, one) => (one.share > most.share ? one : most), none);
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

/** At 100% without a holdback nobody crosses: the same units are in both variants, one after the other. */
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

/** "90 units saw both algorithms and are left out of every change: 44.00% of the candidate's impressions (8.50% of its units; most: u17)" */
function crossedText(input: JudgeInput, { variant, of, share }: Share): string {
  const { crossoverUnits, coverage } = input.traffic;
  const are = crossoverUnits === 1 ? "is" : "are";
  const crossed = `${plural(crossoverUnits, "unit")} saw both algorithms and ${are} left out of every change`;
  if (share === 0) return crossed;
  const ofUnits = sharesOf(input).find((one) => one.variant === variant && one.of === "units");
  const beside = [
    ...(of === "units" ? [] : [`${shareText(ofUnits?.share ?? 0)} of its units`]),
    ...heaviest(coverage?.impressions, variant),
  ];
  return `${crossed}: ${shareText(share)} of the ${variant}'s ${of}${beside.length === 0 ? "" : ` (${beside.join("; ")})`}`;
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
  const events = (variant: Variant) =>
    coverage.impressions.coverage[variant].events + coverage.clicks.coverage[variant].events;
  return coverage.placeholders.map((one) => {
    const shares = variants.map((variant) => ({ variant, share: ratio(one[variant], events(variant)) }));
    const texts = shares.map(({ variant, share }) => `${shareText(share)} of the ${variant}'s`);
    return {
      share: Math.max(...shares.map(({ share }) => share)),
      text: `the id "${one.id}" names nobody and is read as empty, in ${listText(texts)} impressions and clicks`,
    };
  });
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

interface Intention {
  readonly metric: string;
  readonly delta: number | null;
  readonly classification: Classification;
  readonly reported: Pick<MetricResult["observation"], "delta" | "classification">;
  /** Another verdict than the reported one: what is not yet settled may settle either way without being one. */
  readonly differs: boolean;
}

/** Guardrails with crossed units under the algorithm that they saw first, where they were measured so. */
function intentions(input: JudgeInput, metrics: readonly MetricResult[]): readonly Intention[] {
  const { config, comparison } = input;
  const { plannedNights } = input.window;
  return metrics
    .filter((metric) => metric.role === "guardrail" && affectsVerdict(metric))
    .flatMap(({ name, title, observation, days }) => {
      const measured = input.metrics.find(({ definition }) => definition.name === name);
      if (measured === undefined || measured.intentionToTreat === null) return [];
      const criteria = criteriaFor(measured.definition, config, {
        comparison,
        plannedNights,
        mode: config.judge,
      });
      const reported = evidenceOf(measured.observation, measured.prePeriod);
      const evidence = adjustedLike(evidenceOf(measured.intentionToTreat), reported);
      const boundaries = metricBoundaries(input, { days, evidence: reported }, criteria);
      const fires = observation.fires === "severe";
      const severe = { reads: fires, fires, waits: false };
      const { classification } = classifyObservation(evidence, criteria, severe, boundaries);
      const differs = isOther(observation.classification, classification);
      return [{ metric: title, delta: evidence.delta, classification, reported: observation, differs }];
    });
}

function isOther(reported: Classification, intended: Classification): boolean {
  const isOpen = (one: Classification) => one === "insufficient" || one === "no_data";
  if (isOpen(reported)) return !isOpen(intended) && intended !== "healthy";
  return reported !== intended;
}

/** "with them under the algorithm they saw first ctr is down 10.1% and rollback, not up 5.0% and healthy" */
function describeIntention({ metric, delta, classification, reported }: Intention): string {
  const text = (change: number | null) => (change === null ? "without a number" : directionText(change));
  return `with them under the algorithm they saw first ${metric} is ${text(delta)} and ${classification}, not ${text(reported.delta)} and ${reported.classification}`;
}
