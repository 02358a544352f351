/**
 * How a rollout of one gate ends when its data is sound and people follow each verdict: the night's rules in their order, over what each
 * guardrail says night by night. The first rollback or promote counts. A day that waits for a person waits on.
 */
import type { Gate } from "../../model/config.ts";
import type { NightLook } from "./alarms.ts";

export interface RolloutEnd {
  readonly action: "rollback" | "promote" | "hold";
  /** 1 is the first; null: held on every night. */
  readonly night: number | null;
  /** Never rolled back, had nobody promoted it, and every guardrail healthy on the last night. */
  readonly isHealthyAtEnd: boolean;
}

type Waits = Pick<Gate, "minDays" | "consecutiveHealthyDays">;

/** One list per guardrail, of the same nights. */
export function rolloutEnd(guardrails: readonly (readonly NightLook[])[], gate: Waits): RolloutEnd {
  const nights = (guardrails[0] ?? []).map((_, at) => guardrails.flatMap((looks) => looks[at] ?? []));
  const rolledBack = nights.findIndex((looks) => looks.some(({ rollback, severe }) => rollback || severe));
  const promoted = nights.findIndex((looks, at) => promotes(looks, nights.slice(0, at + 1), gate));
  const isHealthyAtEnd = rolledBack === -1 && (nights.at(-1)?.every(({ healthy }) => healthy) ?? false);
  if (promoted !== -1 && (rolledBack === -1 || promoted < rolledBack))
    return { action: "promote", night: promoted + 1, isHealthyAtEnd };
  if (rolledBack !== -1) return { action: "rollback", night: rolledBack + 1, isHealthyAtEnd };
  return { action: "hold", night: null, isHealthyAtEnd };
}

function promotes(
  tonight: readonly NightLook[],
  soFar: readonly (readonly NightLook[])[],
  { minDays, consecutiveHealthyDays }: Waits,
): boolean {
  if (!tonight.every(({ healthy, warning, rollback }) => healthy && !warning && !rollback)) return false;
  const sufficient = soFar.filter((looks) => looks.every(({ isSufficient }) => isSufficient));
  const lastLoud = soFar.findLastIndex((looks) => !looks.every(({ isQuiet }) => isQuiet));
  return sufficient.length >= minDays && soFar.length - 1 - lastLoud >= consecutiveHealthyDays;
}
