/**
 * One metric in one window, classified. The reading says which line the bare number reaches; a level
 * *fires* when the sample is large enough and, under `judge: evidence`, the change is statistically significant. Not firing
 * does not make a window healthy: for that a change past the rollback line must be excluded.
 */
import type { MinSample } from "../../model/config.ts";
import type { WindowResult } from "../../model/result.ts";
import type { Classification, Denominator, JudgeMode, Reading, Unit } from "../../model/words.ts";
import type { ComparisonKind } from "../input.ts";
import { type Bounds, boundsOf, excludes, peekingBounds, standsOut } from "./bounds.ts";
import { type Evidence, enoughEvents } from "./evidence.ts";
import {
  harmfulChange,
  type Lines,
  reaches,
  readDay,
  readWindow,
  roomToRise,
  unreachableLine,
} from "./reading.ts";

/** Error rate of the rollback rule over all nights and guardrails together, one side. */
export const ROLLBACK_ALPHA = 0.05;
/** Of the severe rule, per day; 14 days of five guardrails then fire falsely in 1.4% of healthy gates. */
const SEVERE_ALPHA = 0.001;
/** Of days past their severe line that do not fire: how often a harmless gate asks a person about one. */
const DOUBT_ALPHA = 0.05;
/** Of warnings, uncorrected: a warning only holds. */
export const WARNING_ALPHA = 0.05;

export interface Criteria {
  readonly mode: JudgeMode;
  readonly lines: Lines | null;
  /** How many there are: alpha is shared between the guardrails. */
  readonly guardrails: number;
  /** Days that are held against a severe line: nights of the gate × guardrails that have one. */
  readonly severeLooks: number;
  readonly minSample: MinSample;
  readonly denominator: Denominator;
  readonly unit: Unit;
  readonly comparison: ComparisonKind;
}

/** What single days say about the window they lie in. */
export interface SevereDays {
  /** Some complete day reaches the severe line. */
  readonly reads: boolean;
  /** And stands out of its own noise. */
  readonly fires: boolean;
  /** Or does not, and a person must judge it before the window is classified healthy. */
  readonly waits: boolean;
}

export type WindowKind = "observation" | "day";

export interface Classified {
  readonly reading: Reading;
  /** Without single days that read severe and do not fire. */
  readonly ownReading: Reading;
  /** Nothing but a single day that waits for a person keeps the window from healthy. */
  readonly waits: boolean;
  /** A day past its severe line, with or without its heavy units, that does not fire: noise, or for a person to judge. */
  readonly doubt: "chance" | "person" | null;
  readonly classification: Classification;
  readonly fires: WindowResult["fires"];
  readonly sampled: boolean;
  readonly enough: boolean;
  /** Harmful change as a positive number. */
  readonly change: number | null;
  /** A line of a rise that lies above all the value has room for: it can never fire, so it proves nothing. */
  readonly unreachable: number | null;
  /** The bounds that decide about rollback (observation) or severe (day). */
  readonly deciding: Bounds | null;
  readonly oneSided: Bounds | null;
}

const NO_SEVERE_DAYS: SevereDays = { reads: false, fires: false, waits: false };

/** `withoutHeavy`: the day without the units that hold a tenth of it; severe fires when it does with and without them. */
export function classifyDay(
  evidence: Evidence,
  criteria: Criteria,
  withoutHeavy: Evidence | null = null,
): Classified {
  const { lines, guardrails, mode } = criteria;
  const deciding = lines === null ? null : boundsOf(evidence, SEVERE_ALPHA / guardrails);
  const look = (isConfirmed: boolean) =>
    classifyWindow(evidence, criteria, {
      deciding,
      level: "severe",
      severeDays: NO_SEVERE_DAYS,
      isConfirmed,
    });
  const classified = look(true);
  const doubted = { ...classified, doubt: doubtOf(classified, evidence, criteria) };
  if (withoutHeavy === null || mode === "literal") return doubted;
  const firesWithout = isSevere(withoutHeavy, criteria);
  if (classified.fires === "severe") return firesWithout ? classified : { ...look(false), doubt: "person" };
  return firesWithout ? { ...classified, doubt: "person" } : doubted;
}

/** What is left of a day is held against the line and the noise; the minimum sample is the whole day's. */
function isSevere(evidence: Evidence, { lines, guardrails }: Criteria): boolean {
  if (lines === null || !reaches(harmfulChange(evidence, lines.harm), lines.severe)) return false;
  const bounds = boundsOf(evidence, SEVERE_ALPHA / guardrails);
  return enoughEvents(evidence, lines.harm) && standsOut(bounds, lines.harm);
}

/** Past the severe line without firing: do the day's own bounds leave no change out, over all the looks of a gate? */
function doubtOf(
  classified: Classified,
  evidence: Evidence,
  { lines, severeLooks }: Criteria,
): Classified["doubt"] {
  if (lines === null || classified.fires === "severe" || !reaches(classified.change, lines.severe))
    return null;
  return standsOut(boundsOf(evidence, DOUBT_ALPHA / severeLooks), lines.harm) ? "person" : "chance";
}

export function classifyObservation(
  evidence: Evidence,
  criteria: Criteria,
  severeDays: SevereDays,
): Classified {
  const { lines, guardrails } = criteria;
  const line = lines?.rollback ?? null;
  const deciding =
    lines === null || line === null
      ? null
      : peekingBounds(evidence, { harm: lines.harm, line, alpha: ROLLBACK_ALPHA / guardrails });
  return classifyWindow(evidence, criteria, { deciding, level: "rollback", severeDays, isConfirmed: true });
}

interface Scope {
  readonly deciding: Bounds | null;
  readonly level: "rollback" | "severe";
  readonly severeDays: SevereDays;
  /** False: the level does not fire without the day's heavy units. */
  readonly isConfirmed: boolean;
}

function classifyWindow(evidence: Evidence, criteria: Criteria, scope: Scope): Classified {
  const { lines, mode } = criteria;
  const oneSided = boundsOf(evidence, WARNING_ALPHA);
  const sampled = isSampled(evidence, criteria);
  const enough = enoughEvents(evidence, lines?.harm ?? null);
  const unreachable = unreachableLine(lines, roomToRise(evidence.baseline.value, criteria.unit));
  const common = { sampled, enough, unreachable, deciding: scope.deciding, oneSided };
  const settled = { waits: false, doubt: null };
  if (lines === null)
    return { ...common, ...settled, ...classifyWithoutLines(evidence, { sampled, enough, mode }) };
  const change = harmfulChange(evidence, lines.harm);
  const read = (severeDay: boolean) =>
    scope.level === "severe" ? readDay(change, lines) : readWindow(change, lines, severeDay);
  const readings = { reading: read(scope.severeDays.reads), ownReading: read(scope.severeDays.fires) };
  const fires = firing({ ...common, change }, criteria, scope);
  const classified = { ...common, ...settled, ...readings, change, fires };
  const classification = classOf(classified, evidence, criteria);
  if (!scope.severeDays.waits || classification !== "healthy") return { ...classified, classification };
  return { ...classified, waits: true, classification: "insufficient" };
}

type Settled = Pick<Classified, "sampled" | "enough" | "deciding" | "oneSided" | "change">;

/** The highest level that the change reaches and that is settled. */
function firing(measured: Settled, { lines, mode }: Criteria, scope: Scope): WindowResult["fires"] {
  if (scope.severeDays.fires) return "severe";
  if (lines === null || !measured.sampled) return null;
  const settled = (bounds: Bounds | null) =>
    mode === "literal" || (measured.enough && standsOut(bounds, lines.harm));
  const { level, isConfirmed } = scope;
  if (isConfirmed && reaches(measured.change, lines[level]) && settled(measured.deciding)) return level;
  return reaches(measured.change, lines.warning) && settled(measured.oneSided) ? "warning" : null;
}

function classOf(
  classified: Omit<Classified, "classification">,
  evidence: Evidence,
  { lines, mode, comparison }: Criteria,
): Classification {
  if (classified.reading === "no_data" || classified.change === null || lines === null) return "no_data";
  if (classified.fires !== null) return classified.fires === "warning" ? "warning" : "rollback";
  // Before/after is not randomised: it never proves health.
  if (comparison === "before-after") return "insufficient";
  if (classified.ownReading !== "healthy" || !classified.sampled || classified.unreachable !== null)
    return "insufficient";
  // From nothing there is no drop, but no health either: the events may not be recorded.
  if (evidence.baseline.value === 0 && lines.harm === "drop") return "insufficient";
  if (mode === "literal") return "healthy";
  const worst = lines.rollback ?? lines.severe ?? lines.warning;
  if (!classified.enough || worst === null) return "insufficient";
  return excludes(classified.oneSided, worst, lines.harm) ? "healthy" : "insufficient";
}

/** An informational metric without thresholds: there is a number, or there is none. */
function classifyWithoutLines(
  evidence: Evidence,
  { sampled, enough, mode }: { sampled: boolean; enough: boolean; mode: JudgeMode },
): Pick<Classified, "reading" | "ownReading" | "classification" | "fires" | "change"> {
  const data = evidence.delta !== null || evidence.unbounded;
  const reading = data ? "healthy" : "no_data";
  const settled = sampled && (mode === "literal" || enough);
  const classification = !data ? "no_data" : settled ? "healthy" : "insufficient";
  return { reading, ownReading: reading, classification, fires: null, change: null };
}

/** min_sample counts the denominator, never the clicks of a CTR: their absence is what the guardrail looks for. */
function isSampled(evidence: Evidence, { minSample, denominator }: Criteria): boolean {
  return [evidence.baseline, evidence.candidate].every(
    (variant) => (variant.denominator ?? 0) >= minSample[denominator],
  );
}
