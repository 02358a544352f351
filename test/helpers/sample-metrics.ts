/** Metrics of the sample result: rates and deltas in, complete MetricResults out, arithmetic near enough to be believed. */
import type {
  DayResult,
  Flip,
  MetricResult,
  MetricThresholds,
  VariantValue,
  WindowResult,
} from "../../src/model/result.ts";
import type { Classification, Denominator, Reading, Shape } from "../../src/model/words.ts";

export const sampleDays = ["01", "02", "03", "04", "05", "06", "07"].map((day) => `2026-02-${day}`);

/** Candidate impressions a day at g10; the baseline gets nine times as many. */
export const dailyImpressions = 20_000;

export interface MetricSpec {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rate: number;
  /** True change of each day, a fraction; the observation window is their mean. */
  readonly deltas: readonly number[];
  readonly denominator: Denominator;
  readonly shape?: Shape;
  readonly top?: number;
  readonly thresholds: MetricThresholds | null;
  /** Scales the traffic: 0.1 is a thin sample. */
  readonly traffic?: number;
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}

function variant(rate: number, volume: number, units: number, shape: Shape): VariantValue {
  const denominator = Math.round(volume);
  const numerator = Math.round(volume * rate);
  const concentration = shape === "concentration";
  return {
    value: round(numerator / denominator),
    numerator,
    denominator,
    units,
    rawValue: concentration ? round((numerator / denominator) * 1.04) : null,
    groups: concentration ? 9 : null,
  };
}

/** One-sided 95%, two-sided 95% and peeking-safe multipliers of the standard error. */
const oneSidedZ = 1.645;
const twoSidedZ = 1.96;
const sequentialZ = 3.31;

function chanceBelow(z: number): number {
  return round(1 / (1 + Math.exp(-1.702 * z)));
}

function windowOf(spec: MetricSpec, delta: number, days: number): WindowResult {
  const shape = spec.shape ?? "ratio";
  const perClick = spec.denominator === "clicks" ? 0.05 : 1;
  const volume = dailyImpressions * (spec.traffic ?? 1) * perClick * days;
  const units = Math.round(dailyImpressions * (spec.traffic ?? 1) * 0.05 * days ** 0.6);
  const baseline = variant(spec.rate, volume * 9, units * 9, shape);
  const candidate = variant(spec.rate * (1 + delta), volume, units, shape);
  const change = (candidate.value ?? 0) / (baseline.value ?? 1) - 1;
  const standardError = Math.sqrt((1.75 * (1 - spec.rate) * (1 + 1 / 9)) / (spec.rate * volume));
  const log = Math.log1p(change);
  const at = (z: number) => round(Math.expm1(log + z * standardError));
  const harm = spec.thresholds?.harm ?? "drop";
  const harmful = harm === "drop" ? -change : change;
  const reading = readingOf(spec.thresholds, harmful, days === 1);
  const outOfNoise = harm === "drop" ? at(sequentialZ) < 0 : at(-sequentialZ) > 0;
  const line = spec.thresholds?.rollback ?? null;
  const lineLog = line === null ? null : Math.log1p(harm === "drop" ? -line : line);
  const excluded =
    lineLog === null ||
    (harm === "drop" ? log - oneSidedZ * standardError > lineLog : log + oneSidedZ * standardError < lineLog);
  const classification = classify(reading, outOfNoise, excluded, harmful > oneSidedZ * standardError);
  const past =
    lineLog === null ? null : chanceBelow(((harm === "drop" ? 1 : -1) * (lineLog - log)) / standardError);
  const thin = classification === "insufficient";
  return {
    baseline,
    candidate,
    delta: round(change),
    unbounded: false,
    interval: [at(-twoSidedZ), at(twoSidedZ)],
    standardError: round(standardError),
    sequentialBound: at(harm === "drop" ? sequentialZ : -sequentialZ),
    oneSided: [at(-oneSidedZ), at(oneSidedZ)],
    probabilityPastRollback: past,
    smallestDetectableChange: round(-Math.expm1(-2.486 * standardError)),
    flip: line === null ? null : flipOf(candidate.numerator ?? 0, line - harmful, harm),
    reading,
    classification,
    fires: classification === "rollback" || classification === "warning" ? classification : null,
    volumeNeeded: thin ? Math.round(volume * 2.4) : null,
    daysNeeded: thin ? Math.ceil(days * 1.4) : null,
    because: because(classification, reading),
  };
}

function flipOf(numerator: number, room: number, harm: "drop" | "rise"): Flip {
  const events = Math.round(numerator * room);
  const word = events > 0 === (harm === "drop") ? "fewer" : "more";
  const end = events > 0 ? "this would be a rollback" : "this would no longer be a rollback";
  return { events, to: events > 0 ? "rollback" : "warning", text: `${Math.abs(events)} ${word} and ${end}` };
}

function readingOf(thresholds: MetricThresholds | null, harmful: number, single: boolean): Reading {
  if (thresholds === null) return "healthy";
  const reaches = (line: number | null) => line !== null && harmful >= line - 1e-9;
  if (reaches(single ? thresholds.severe : thresholds.rollback)) return "rollback";
  return reaches(thresholds.warning) ? "warning" : "healthy";
}

function classify(reading: Reading, certain: boolean, excluded: boolean, likely: boolean): Classification {
  if (reading === "rollback" && certain) return "rollback";
  if (reading !== "healthy" && likely) return "warning";
  return reading === "healthy" && excluded ? "healthy" : "insufficient";
}

function because(classification: Classification, reading: Reading): string {
  switch (classification) {
    case "healthy":
      return "Nothing fires, and the one-sided 95% bound leaves the rollback line out.";
    case "warning":
      return "The change reaches the warning line and stands out of the noise.";
    case "rollback":
      return "The change reaches the rollback line, and so does its nightly-peeking-safe bound.";
    case "insufficient":
      return `Reads ${reading}, but this much traffic cannot tell it from the rollback line.`;
    case "no_data":
      return "No events of the candidate in this window.";
  }
}

export function sampleMetric(spec: MetricSpec): MetricResult {
  const mean = spec.deltas.reduce((sum, delta) => sum + delta, 0) / spec.deltas.length;
  const days = spec.deltas.map((delta, index): DayResult => {
    const date = sampleDays[index] ?? "2026-02-01";
    return { ...windowOf(spec, delta, 1), date, complete: true, observed: true, doubt: null };
  });
  const shape = spec.shape ?? "ratio";
  return {
    name: spec.name,
    title: spec.title,
    description: spec.description,
    role: spec.thresholds === null ? "informational" : "guardrail",
    required: true,
    better: spec.thresholds?.harm === "rise" ? "lower" : "higher",
    unit: "percent",
    shape,
    top: spec.top ?? null,
    denominator: spec.denominator,
    path: `queries/metrics/${spec.name}.sql`,
    thresholds: spec.thresholds,
    observation: {
      ...windowOf(spec, mean, days.length),
      ...{ promoteBound: null, adjusted: null, notAdjusted: null },
      daysNeededAtLeast: false,
      never: null,
      clock: null,
      coverage: null,
    },
    days,
    movers:
      shape === "concentration"
        ? [1, 2, 3].map((n) => ({
            key: `${spec.name}-${n}07`,
            baselineShare: 0.021 / n,
            candidateShare: 0.024 / n,
          }))
        : [],
    dimensions: [],
    unavailable: null,
    error: null,
  };
}

const drop = (warning: number, rollback: number, severe: number): MetricThresholds => ({
  harm: "drop",
  warning,
  rollback,
  severe,
});
const rise: MetricThresholds = { harm: "rise", warning: 0.1, rollback: 0.15, severe: null };

/** The six shipped metrics, healthy. */
export const metricSpecs: readonly MetricSpec[] = [
  {
    name: "ctr",
    title: "Click-through rate",
    description: "Clicks per impression.",
    rate: 0.0512,
    deltas: [0.012, -0.006, 0.018, 0.004, -0.011, 0.009, 0.007],
    denominator: "impressions",
    thresholds: drop(0.03, 0.05, 0.1),
  },
  {
    name: "long_dwell_share",
    title: "Long-dwell share",
    description: "Clicks with a dwell of 30 seconds or more, per click.",
    rate: 0.412,
    deltas: [0.021, 0.008, -0.013, 0.016, 0.011, -0.004, 0.019],
    denominator: "clicks",
    thresholds: drop(0.04, 0.08, 0.12),
  },
  {
    name: "top_author_share",
    title: "Top-author share",
    description: "Share of impressions on the ten most-shown authors.",
    rate: 0.183,
    deltas: [0.014, 0.022, 0.009, -0.003, 0.017, 0.012, 0.006],
    denominator: "impressions",
    shape: "concentration",
    top: 10,
    thresholds: rise,
  },
  {
    name: "top_category_share",
    title: "Top-category share",
    description: "Share of impressions on the most-shown category.",
    rate: 0.241,
    deltas: [-0.008, 0.011, 0.019, 0.004, -0.002, 0.013, 0.009],
    denominator: "impressions",
    shape: "concentration",
    top: 1,
    thresholds: rise,
  },
  {
    name: "near_duplicate_share",
    title: "Near-duplicate share",
    description:
      "Impressions of an item whose duplicate group the same unit was already shown that day, per impression.",
    rate: 0.0334,
    deltas: [0.01, -0.021, 0.034, 0.005, 0.027, -0.014, 0.012],
    denominator: "impressions",
    thresholds: rise,
  },
  {
    name: "save_rate",
    title: "Save rate",
    description:
      "Favorites and downloads per impression. Informational until save events are proven reliable.",
    rate: 0.0047,
    deltas: [0.041, -0.052, 0.013, 0.028, -0.037, 0.009, 0.022],
    denominator: "impressions",
    thresholds: null,
  },
];
