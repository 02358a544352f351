/**
 * One metric in one window, classified: evidence and criteria in; what the bare number reads, which level fires and the class out.
 * Not firing does not make a window healthy: for that a change past the rollback line must be excluded.
 */
import type { WindowResult } from "../../model/result.ts";
import type { Classification, Reading } from "../../model/words.ts";
import type { Boundaries } from "./boundaries.ts";
import { type Bounds, boundsAway, boundsOf, excludes, isSignificant, peekingBounds } from "./bounds.ts";
import {
  type Criteria,
  harmfulChange,
  lineToExclude,
  reaches,
  readingOf,
  roomToRise,
  unreachableLine,
} from "./criteria.ts";
import { type Evidence, enoughEvents } from "./evidence.ts";

/** Error rate of the rollback rule over all nights and guardrails together, one side. */
export const ROLLBACK_ALPHA = 0.05;
/** Of the severe rule, per day; 14 days of five guardrails then fire falsely in 1.4% of healthy gates. */
export const SEVERE_ALPHA = 0.001;
/** Of days past their severe line that do not fire: how often a harmless gate asks a person about one. */
const DOUBT_ALPHA = 0.05;
/** Of warnings, uncorrected: a warning only holds. */
export const WARNING_ALPHA = 0.05;

/** What single days say about the window they lie in. */
interface SevereDays {
  /** Some complete day reaches the severe line. */
  readonly reads: boolean;
  /** And is significant. */
  readonly fires: boolean;
  /** Or is not, and a person must judge it before the window is classified healthy. */
  readonly waits: boolean;
}

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
  /** The bounds that must leave the rollback line out before a window is healthy. */
  readonly excluding: Bounds | null;
  /** What the nights of the gate leave for tonight; null: no night of a gate, and `excluding` is `oneSided`. */
  readonly boundaries: Boundaries | null;
}

/** What every number and sentence about a window is made from. */
export interface ClassifiedWindow {
  readonly evidence: Evidence;
  readonly classified: Classified;
  readonly criteria: Criteria;
}

/** `withoutHeavy`: the day without the units that have a tenth of it; severe fires when it does with and without them. */
export function classifyDay(
  evidence: Evidence,
  criteria: Criteria,
  withoutHeavy: Evidence | null = null,
): Classified {
  const look = (isConfirmed: boolean) =>
    classifyWindow(evidence, criteria, {
      level: "severe",
      deciding: criteria.lines === null ? null : severeBounds(evidence, criteria),
      severeDays: { reads: false, fires: false, waits: false },
      isConfirmed,
      boundaries: null,
    });
  const classified = look(true);
  const depends =
    withoutHeavy !== null &&
    criteria.mode !== "literal" &&
    isSevere(withoutHeavy, criteria) !== (classified.fires === "severe");
  return depends
    ? { ...look(false), doubt: "person" }
    : { ...classified, doubt: doubtOf(classified, evidence, criteria) };
}

function severeBounds(evidence: Evidence, { guardrails }: Criteria): Bounds | null {
  return boundsOf(evidence, SEVERE_ALPHA / guardrails);
}

/** What is left of a day must pass line and noise; the minimum sample is the whole day's. */
function isSevere(evidence: Evidence, criteria: Criteria): boolean {
  const { lines } = criteria;
  if (lines === null || !reaches(harmfulChange(evidence, lines.harm), lines.severe)) return false;
  return enoughEvents(evidence, lines.harm) && isSignificant(severeBounds(evidence, criteria), lines.harm);
}

/** Past the severe line without firing: do the day's own bounds leave no change out, over all the looks of a gate? */
function doubtOf(
  { fires, change }: Classified,
  evidence: Evidence,
  { lines, severeLooks }: Criteria,
): Classified["doubt"] {
  if (lines === null || fires === "severe" || !reaches(change, lines.severe)) return null;
  return isSignificant(boundsOf(evidence, DOUBT_ALPHA / severeLooks), lines.harm) ? "person" : "chance";
}

/** `boundaries`: of tonight's look; null where no nights are planned, for a bound that holds however often one looks. */
export function classifyObservation(
  evidence: Evidence,
  criteria: Criteria,
  severeDays: SevereDays,
  boundaries: Boundaries | null,
): Classified {
  const deciding = decidingBounds(evidence, criteria, boundaries);
  const scope = { deciding, level: "rollback", severeDays, isConfirmed: true, boundaries } as const;
  return classifyWindow(evidence, criteria, scope);
}

function decidingBounds(
  evidence: Evidence,
  { lines, guardrails }: Criteria,
  boundaries: Boundaries | null,
): Bounds | null {
  const line = lines?.rollback ?? null;
  if (lines === null || line === null) return null;
  return boundaries === null
    ? peekingBounds(evidence, { harm: lines.harm, line, alpha: ROLLBACK_ALPHA / guardrails })
    : boundsAway(evidence, boundaries.rollback);
}

interface Scope {
  readonly deciding: Bounds | null;
  readonly level: "rollback" | "severe";
  readonly severeDays: SevereDays;
  /** False: the level does not fire without the day's heavy units. */
  readonly isConfirmed: boolean;
  readonly boundaries: Boundaries | null;
}

function classifyWindow(evidence: Evidence, criteria: Criteria, scope: Scope): Classified {
  const { lines, definition } = criteria;
  const { level, severeDays, deciding, boundaries } = scope;
  const oneSided = boundsOf(evidence, WARNING_ALPHA);
  const change = lines === null ? null : harmfulChange(evidence, lines.harm);
  const read = (isSevereDay: boolean): Reading => {
    if (evidence.delta === null && !evidence.unbounded) return "no_data";
    if (lines === null) return "healthy";
    return isSevereDay ? "rollback" : readingOf(change, lines, level);
  };
  const measured = {
    sampled: isSampled(evidence, criteria),
    enough: enoughEvents(evidence, lines?.harm ?? null),
    unreachable: unreachableLine(lines, roomToRise(evidence.baseline.value, definition.unit)),
    change,
    deciding,
    oneSided,
    excluding: boundaries === null ? oneSided : boundsAway(evidence, boundaries.promote),
    boundaries,
    reading: read(severeDays.reads),
    ownReading: read(severeDays.fires),
    doubt: null,
  };
  const fires = firing(measured, criteria, scope);
  const classification = classOf({ ...measured, fires }, evidence, criteria);
  const waits = severeDays.waits && classification === "healthy";
  return { ...measured, fires, waits, classification: waits ? "insufficient" : classification };
}

type Measured = Omit<Classified, "classification" | "waits" | "fires">;

/** The highest level that the change reaches and that is settled. */
function firing(measured: Measured, { lines, mode }: Criteria, scope: Scope): WindowResult["fires"] {
  const { level, isConfirmed, severeDays } = scope;
  if (severeDays.fires) return "severe";
  if (lines === null || !measured.sampled) return null;
  const settles = (line: number | null, bounds: Bounds | null) =>
    reaches(measured.change, line) &&
    (mode === "literal" || (measured.enough && isSignificant(bounds, lines.harm)));
  if (isConfirmed && settles(lines[level], measured.deciding)) return level;
  return settles(lines.warning, measured.oneSided) ? "warning" : null;
}

function classOf(
  measured: Measured & Pick<Classified, "fires">,
  evidence: Evidence,
  { lines, mode, comparison }: Criteria,
): Classification {
  const { reading, ownReading, fires, sampled, enough, unreachable, excluding } = measured;
  if (reading === "no_data") return "no_data";
  if (fires !== null) return fires === "warning" ? "warning" : "rollback";
  const isEnough = sampled && (mode === "literal" || enough);
  if (!isEnough || ownReading !== "healthy" || unreachable !== null) return "insufficient";
  if (lines === null) return "healthy";
  // Before/after is not randomised: it never proves health.
  if (comparison === "before-after") return "insufficient";
  // From nothing there is no drop, but no health either: the events may not be recorded.
  if (evidence.baseline.value === 0 && lines.harm === "drop") return "insufficient";
  if (mode === "literal") return "healthy";
  const line = lineToExclude(lines);
  return line !== null && excludes(excluding, line, lines.harm) ? "healthy" : "insufficient";
}

/** min_sample counts the denominator, never the clicks of a CTR: their absence is what the guardrail looks for. */
function isSampled(evidence: Evidence, { minSample, definition }: Criteria): boolean {
  return [evidence.baseline, evidence.candidate].every(
    (variant) => (variant.denominator ?? 0) >= minSample[definition.denominator],
  );
}
