/** Which alarms a rollout's nights would have raised, by the code that judges at night: in a calibration every alarm is false. */
import { type Boundaries, boundariesByLook, type Looks, leastBoundaries } from "../metric/boundaries.ts";
import { type Classified, classifyDay, classifyObservation } from "../metric/classify.ts";
import type { Criteria } from "../metric/criteria.ts";
import { type Evidence, judgedComparison } from "../metric/evidence.ts";

/** What one night sees: the window so far, and every day of it up to that night. */
export interface NightEvidence {
  readonly window: Evidence;
  readonly days: readonly Evidence[];
}

/** What one metric says on one night. */
export interface NightLook {
  /** The window so far warns, or the last days do, one after the other. */
  readonly warning: boolean;
  /** The window so far fires rollback, whatever single days do. */
  readonly rollback: boolean;
  /** Some single day so far fires severe. */
  readonly severe: boolean;
  /** The window so far is classified healthy, and no day was severe. */
  readonly healthy: boolean;
  /** That day has the minimum sample. */
  readonly isSufficient: boolean;
  /** And nothing fires on it. */
  readonly isQuiet: boolean;
}

/** On any of the nights; healthy on the last one. */
export type Alarms = Pick<NightLook, "warning" | "rollback" | "severe" | "healthy">;

/** How the gate's nights are judged. */
export interface GateNights extends Pick<Looks, "plannedNights" | "minDays"> {
  /** So many warning days in a row are a warning. */
  readonly trend: number;
}

/** Night by night. Every day counts as complete, and on every night somebody looked. */
export function lookAtNights(
  nights: readonly NightEvidence[],
  criteria: Criteria,
  { trend, ...gate }: GateNights,
): readonly NightLook[] {
  const boundaries = boundariesWhereNeeded(nights, criteria, gate);
  const classified = new Map<Evidence, Classified>();
  const dayOf = (evidence: Evidence): Classified => {
    const known = classified.get(evidence) ?? classifyDay(evidence, criteria);
    classified.set(evidence, known);
    return known;
  };
  return nights.map(({ window, days }, at) => {
    const each = days.map(dayOf);
    const reads = each.some(({ reading }) => reading === "rollback");
    const severe = each.some(({ fires }) => fires === "severe");
    const waits = each.some(({ doubt }) => doubt === "person");
    const severeDays = { reads, fires: false, waits };
    const alone = boundaries((bounds) => classifyObservation(window, criteria, severeDays, bounds), at);
    const last = each.slice(-trend);
    const persists = last.length === trend && last.every(({ fires }) => fires !== null);
    return {
      warning: alone.fires === "warning" || persists,
      rollback: alone.fires === "rollback",
      severe,
      healthy: !severe && alone.classification === "healthy",
      ...dayCounts(each.at(-1)),
    };
  });
}

function dayCounts(day: Classified | undefined): Pick<NightLook, "isSufficient" | "isQuiet"> {
  if (day === undefined) return { isSufficient: false, isQuiet: false };
  const isSufficient = day.sampled && day.reading !== "no_data";
  return { isSufficient, isQuiet: isSufficient && day.fires === null && day.doubt !== "person" };
}

export function alarmsOf(looks: readonly NightLook[]): Alarms {
  return {
    warning: looks.some(({ warning }) => warning),
    rollback: looks.some(({ rollback }) => rollback),
    severe: looks.some(({ severe }) => severe),
    healthy: looks.at(-1)?.healthy ?? false,
  };
}

type AtBoundaries = (classify: (boundaries: Boundaries | null) => Classified, night: number) => Classified;

/** Finding them costs more than all else here, and most nights are far from both. */
function boundariesWhereNeeded(
  nights: readonly NightEvidence[],
  { mode, guardrails }: Criteria,
  gate: Omit<GateNights, "trend">,
): AtBoundaries {
  if (mode === "literal") return (classify) => classify(null);
  const looks = { ...gate, guardrails, nights: nights.map((_, at) => at + 1) };
  const least = leastBoundaries(looks);
  let exact: readonly Boundaries[] | null = null;
  return (classify, night) => {
    const early = classify(least[night] ?? null);
    if (early.fires !== "rollback" && early.classification !== "healthy") return early;
    exact ??= boundariesByLook(looks, nights.map(informationOf));
    return classify(exact[night] ?? null);
  };
}

function informationOf({ window }: NightEvidence): number {
  const standardError = judgedComparison(window)?.standardError ?? null;
  return standardError === null ? 0 : standardError ** -2;
}
