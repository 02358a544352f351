/** Small builders: a healthy night at g10, and everything in it can be replaced. Rates and volumes in, sums out. */
import type { JudgeInput } from "../../src/judge/input.ts";
import { addDays, endOfDay } from "../../src/model/calendar.ts";
import type { Config, Gate, Guardrail } from "../../src/model/config.ts";
import { emptyLedger } from "../../src/model/ledger.ts";
import type {
  CheckMeasurement,
  CheckRow,
  ConcentrationEstimate,
  MetricDefinition,
  MetricMeasurement,
  RatioMoments,
  TrafficDay,
  TrafficMeasurement,
} from "../../src/model/measurement.ts";
import type { PreflightLine } from "../../src/model/result.ts";
import { builtInPlaceholders } from "../../src/model/unit-placeholders.ts";
import type { Preset, Role, Slot } from "../../src/model/words.ts";

export const firstDay = "2026-02-01";

/** A rollback of the second day that stands. */
export const latchedBy = (preset: Preset) =>
  ({ since: "2026-02-02", key: "daily 2026-02-02", reason: "CTR fell.", preset }) as const;

/** Units of ten denominators each, whose numerators vary by `designEffect` times what independent trials would. */
export function ratio(numerator: number, denominator: number, designEffect = 1.75): RatioMoments {
  const units = Math.max(1, Math.round(denominator / 10));
  const each = denominator / units;
  const mean = numerator / units;
  const variance = designEffect * mean;
  return {
    shape: "ratio",
    units,
    sumDenominator: denominator,
    sumNumerator: numerator,
    sumDenominatorSquared: units * each ** 2,
    sumNumeratorSquared: (units - 1) * variance + units * mean ** 2,
    sumProduct: units * each * mean,
  };
}

export function concentration(
  value: number,
  denominator: number,
  options: { groups?: number } = {},
): ConcentrationEstimate {
  const units = Math.round(denominator / 10);
  return {
    shape: "concentration",
    units,
    value,
    rawValue: value * 1.03,
    rawNumerator: value * 1.03 * denominator,
    rawDenominator: denominator,
    groups: options.groups ?? 1,
    groupUnits: units,
    standardError: units < 50 ? null : value * Math.sqrt((3 * (1 - value)) / (value * denominator)),
    degreesOfFreedom: units < 50 ? null : 49,
  };
}

export function guardrail(
  metric: string,
  harm: "drop" | "rise",
  lines: readonly [number | null, number | null, number | null],
  part: Partial<Guardrail> = {},
): Guardrail {
  const [warning, rollback, severe] = lines;
  const where = { file: "rollout.yaml", line: 1, column: 1 };
  return { metric, role: "guardrail", harm, warning, rollback, severe, required: true, where, ...part };
}

export const runbookThresholds: readonly Guardrail[] = [
  guardrail("ctr", "drop", [0.03, 0.05, 0.1]),
  guardrail("long_dwell_share", "drop", [0.04, 0.08, 0.12]),
  guardrail("top_author_share", "rise", [0.1, 0.15, null]),
  guardrail("near_duplicate_share", "rise", [0.1, 0.15, null]),
];

export function gate(name: string, exposure: number, part: Partial<Gate> = {}): Gate {
  return {
    name,
    exposure,
    started: null,
    minDays: 2,
    maxDays: null,
    consecutiveHealthyDays: 0,
    trafficStability: null,
    holdback: null,
    ...part,
  };
}

export const runbookGates: readonly Gate[] = [
  gate("g10", 0.1),
  gate("g50", 0.5, { minDays: 3, maxDays: 5, consecutiveHealthyDays: 2, trafficStability: 0.25 }),
  gate("g100", 1, { minDays: 3 }),
];

export function config(
  part: Partial<Config> = {},
  active: Partial<Gate> & { readonly name?: string } = {},
): Config {
  const started = { day: firstDay, at: null, firstDay };
  const gates = runbookGates.map((one) =>
    one.name === (active.name ?? "g10") ? { ...one, started, ...active } : one,
  );
  const activeGate = gates.find((one) => one.name === (active.name ?? "g10")) ?? gate("g10", 0.1);
  return {
    file: "rollout.yaml",
    root: ".",
    sha256: "0".repeat(64),
    text: "",
    rollout: {
      name: "clip-cosine-v2",
      baseline: "clip-cosine-v1",
      candidate: "clip-cosine-v2",
      timeZone: "UTC",
    },
    gates,
    activeGate,
    thresholds: thresholds(runbookThresholds),
    judge: "evidence",
    minSample: { impressions: 1000, clicks: 100 },
    persistentWarningDays: 2,
    completeness: { quietHours: 3 },
    sources: [],
    preflight: null,
    maxRejected: 0.001,
    coverage: { warn: 0.01, block: 0.05, difference: 0.01 },
    unitPlaceholders: builtInPlaceholders,
    formats: [],
    reportsUrl: null,
    keepEvents: 14,
    ...part,
  };
}

export function thresholds(lines: readonly Guardrail[]): ReadonlyMap<string, Guardrail> {
  return new Map(lines.map((line) => [line.metric, line]));
}

const definitions: Readonly<
  Record<string, { readonly title: string; readonly rate: number } & Partial<MetricDefinition>>
> = {
  ctr: { title: "Click-through rate", rate: 0.05, numerator: "clicks" },
  long_dwell_share: {
    title: "Long-dwell share",
    rate: 0.4,
    denominator: "clicks",
    numerator: "long-dwell clicks",
  },
  top_author_share: {
    title: "Top-author share",
    rate: 0.18,
    better: "lower",
    shape: "concentration",
    top: 10,
  },
  near_duplicate_share: { title: "Near-duplicate share", rate: 0.03, better: "lower" },
  save_rate: { title: "Save rate", rate: 0.005 },
};

export function definition(name: string): MetricDefinition {
  const { rate: _, ...known } = definitions[name] ?? { title: name, rate: 0.1 };
  return {
    name,
    description: "",
    unit: "percent",
    better: "higher",
    shape: "ratio",
    top: null,
    denominator: "impressions",
    path: `queries/metrics/${name}.sql`,
    ...known,
  };
}

export interface MetricSpec {
  /** Relative change of every day, or day by day; the last one repeats. */
  readonly delta?: number | readonly number[];
  readonly rate?: number;
  /** Candidate impressions a day. */
  readonly impressions?: number;
  readonly exposure?: number;
  readonly days?: number;
  /** The days are hours of the first day. */
  readonly hourly?: boolean;
  readonly designEffect?: number;
}

/** The nth day of the gate; of the first 24 hours the nth hour. */
export function slotAt(at: number, hourly = false): Slot {
  return hourly ? `${firstDay}T${String(at).padStart(2, "0")}` : addDays(firstDay, at);
}

/** A metric over some days; the observation is their sum. */
export function metric(name: string, spec: MetricSpec = {}): MetricMeasurement {
  const known = definition(name);
  const { rate = definitions[name]?.rate ?? 0.1, impressions = 100_000, exposure = 0.1, days = 4 } = spec;
  const perImpression = known.denominator === "clicks" ? 0.05 : 1;
  const volume = impressions * perImpression;
  // At 100% the baseline is that of earlier weeks, of about the same size.
  const beside = exposure >= 1 ? volume : (volume * (1 - exposure)) / exposure;
  const deltas = Array.from({ length: days }, (_, at) => deltaOf(spec.delta, at));
  const mean = deltas.reduce((sum, delta) => sum + delta, 0) / Math.max(days, 1);
  const window = (delta: number, times: number) =>
    known.shape === "concentration"
      ? {
          baseline: concentration(rate, beside * times, { groups: 9 }),
          candidate: concentration(rate * (1 + delta), volume * times),
        }
      : {
          baseline: ratio(rate * beside * times, beside * times, spec.designEffect),
          candidate: ratio(rate * (1 + delta) * volume * times, volume * times, spec.designEffect),
        };
  return {
    definition: known,
    observation: days === 0 ? { baseline: null, candidate: null } : window(mean, days),
    days: deltas.map((delta, at) => ({
      date: slotAt(at, spec.hourly),
      ...window(delta, 1),
      heaviest: null,
    })),
    coverage: null,
    coverageEvidence: null,
    intentionToTreat: null,
    prePeriod: null,
    movers: [],
    dimensions: [],
    unavailable: null,
    error: null,
  };
}

function deltaOf(delta: MetricSpec["delta"], at: number): number {
  if (delta === undefined) return 0;
  return typeof delta === "number" ? delta : (delta[Math.min(at, delta.length - 1)] ?? 0);
}

export function trafficDay(
  date: Slot,
  part: Partial<TrafficDay> & { impressions?: number; exposure?: number } = {},
): TrafficDay {
  const { impressions = 100_000, exposure = 0.1, ...rest } = part;
  const variant = (count: number) => ({
    impressions: Math.round(count),
    clicks: Math.round(count * 0.05),
    units: Math.round(count / 10),
    newUnits: Math.round(count / 20),
  });
  const beside = exposure >= 1 ? 0 : (impressions * (1 - exposure)) / exposure;
  return {
    date,
    startGapHours: 0.01,
    endGapHours: 0.01,
    events: Math.round((impressions + beside) * 1.05),
    baseline: variant(beside),
    candidate: variant(impressions),
    eventTimes: [],
    variantTimes: [],
    sourceEvents: [],
    ...rest,
  };
}

export function traffic(
  days: readonly TrafficDay[],
  part: Partial<TrafficMeasurement> = {},
): TrafficMeasurement {
  const sum = (pick: (day: TrafficDay) => number) => days.reduce((total, day) => total + pick(day), 0);
  return {
    days,
    baselineUnits: sum((day) => day.baseline.newUnits),
    candidateUnits: sum((day) => day.candidate.newUnits),
    crossoverUnits: 0,
    perUnit: [],
    unitsByValue: [],
    coverage: null,
    ...part,
  };
}

export interface NightSpec extends Partial<Omit<JudgeInput, "config" | "metrics" | "traffic" | "window">> {
  readonly config?: Partial<Config>;
  readonly gate?: Partial<Gate> & { readonly name?: string };
  /** With phase first-24h: hours, whole ones from midnight on. */
  readonly days?: number;
  readonly impressions?: number;
  /** By metric; a metric that is not named does not change. */
  readonly deltas?: Readonly<Record<string, number | readonly number[]>>;
  readonly metrics?: readonly MetricMeasurement[];
  readonly traffic?: Partial<TrafficMeasurement>;
  readonly window?: Partial<JudgeInput["window"]>;
}

const everyMetric = [...runbookThresholds.map((line) => line.metric), "save_rate"];

/** A night that promotes, but for what the spec says. */
export function night(spec: NightSpec = {}): JudgeInput {
  const { config: part, gate: active, days = 4, impressions = 100_000, deltas = {}, ...rest } = spec;
  const settled = config(part, active);
  const { exposure } = settled.activeGate;
  const hourly = spec.phase === "first-24h";
  const to = hourly ? firstDay : addDays(firstDay, days - 1);
  const window = {
    from: firstDay,
    to,
    shownFrom: firstDay,
    reportDate: to,
    asOf: hourly ? `${slotAt(days, true)}:00:00Z` : endOfDay(to, "UTC"),
    ...(hourly ? { openedAt: `${firstDay}T00:00:00Z` } : {}),
    ...spec.window,
  };
  const measured = everyMetric.map((name) =>
    metric(name, { delta: deltas[name] ?? 0, days, impressions, exposure, hourly }),
  );
  return {
    phase: "daily",
    checks: [],
    builtInChecks: [],
    preflight: [],
    ledger: emptyLedger,
    comparison: "concurrent",
    ...rest,
    config: settled,
    window,
    metrics: spec.metrics ?? measured,
    traffic: traffic(
      Array.from({ length: days }, (_, at) => trafficDay(slotAt(at, hourly), { impressions, exposure })),
      spec.traffic,
    ),
  };
}

/** Replaces one measured metric of a night. */
export function withMetric(input: JudgeInput, measured: MetricMeasurement): JudgeInput {
  const metrics = input.metrics.map((one) =>
    one.definition.name === measured.definition.name ? measured : one,
  );
  return { ...input, metrics };
}

export function check(
  name: string,
  rows: readonly Partial<CheckRow>[],
  part: Partial<CheckMeasurement> = {},
): CheckMeasurement {
  return {
    name,
    title: name,
    description: "",
    owner: null,
    effect: "block",
    path: `queries/checks/${name}.sql`,
    rows: rows.map((row) => ({ status: "pass", observed: 0, expected: 0, detail: "none", ...row })),
    error: null,
    ...part,
  };
}

export function preflightLine(
  key: string,
  actual: string | null,
  part: Partial<PreflightLine> = {},
): PreflightLine {
  return {
    key,
    expected: actual ?? "",
    actual,
    source: ".env:3",
    ageHours: 1,
    status: "pass",
    detail: "",
    contradictedBy: [],
    ...part,
  };
}

export function informational(metricName: string, role: Role = "informational"): Guardrail {
  return guardrail(metricName, "drop", [0.05, 0.1, null], { role });
}
