/** Which alarms a rollout's nights would have raised, by the code that judges at night: in a calibration every alarm is false. */
import { type Classified, classifyDay, classifyObservation } from "../metric/classify.ts";
import type { Criteria } from "../metric/criteria.ts";
import type { Evidence } from "../metric/evidence.ts";

/** What one night sees: the window so far, and every day of it up to that night. */
export interface NightEvidence {
  readonly window: Evidence;
  readonly days: readonly Evidence[];
}

/** On any of the nights. */
export interface Alarms {
  /** The window so far warns, or the last days do, one after the other. */
  readonly warning: boolean;
  /** The window so far fires rollback, whatever single days do. */
  readonly rollback: boolean;
  /** Some single day fires severe. */
  readonly severe: boolean;
  /** On the last night the window is classified healthy. */
  readonly healthy: boolean;
}

/** Every day counts as complete. `trend`: so many warning days in a row are a warning. */
export function alarmsOf(nights: readonly NightEvidence[], criteria: Criteria, trend: number): Alarms {
  const classified = new Map<Evidence, Classified>();
  const dayOf = (evidence: Evidence): Classified => {
    const known = classified.get(evidence) ?? classifyDay(evidence, criteria);
    classified.set(evidence, known);
    return known;
  };
  const looks = nights.map(({ window, days }) => {
    const each = days.map(dayOf);
    const reads = each.some(({ reading }) => reading === "rollback");
    const severe = each.some(({ fires }) => fires === "severe");
    const waits = each.some(({ doubt }) => doubt === "person");
    const alone = classifyObservation(window, criteria, { reads, fires: false, waits });
    const last = each.slice(-trend);
    const persists = last.length === trend && last.every(({ fires }) => fires !== null);
    return {
      warning: alone.fires === "warning" || persists,
      rollback: alone.fires === "rollback",
      severe,
      healthy: !severe && alone.classification === "healthy",
    };
  });
  return {
    warning: looks.some(({ warning }) => warning),
    rollback: looks.some(({ rollback }) => rollback),
    severe: looks.some(({ severe }) => severe),
    healthy: looks.at(-1)?.healthy ?? false,
  };
}
