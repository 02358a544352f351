/** One day of a metric; in the first 24 hours one hour. */
import type { LedgerState } from "../../model/ledger.ts";
import type {
  DayMeasurement,
  Estimate,
  HeaviestUnit,
  MetricMeasurement,
  WindowMeasurement,
} from "../../model/measurement.ts";
import type { DayResult, HeavyUnit, SevereDoubt } from "../../model/result.ts";
import type { Role, Variant } from "../../model/words.ts";
import { thresholdLines } from "../../text/beside.ts";
import { inSlot, slotNounOf } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import { acceptanceOf, unitsText } from "../checks/severe-days.ts";
import type { DayState } from "../window/days.ts";
import { isJudgeable } from "../window/hour-states.ts";
import { noVolume } from "../window/volume.ts";
import { windowResult } from "../window/window-result.ts";
import { classifyDay } from "./classify.ts";
import type { Criteria } from "./criteria.ts";
import { evidenceOf } from "./evidence.ts";
import { continued, explanation, unmeasured } from "./explanation.ts";

/** One unit is one opinion, however many events it brings: with this share of a variant's day, the day is judged without it, too. */
const HEAVY_SHARE = 0.1;
const VARIANTS: readonly Variant[] = ["baseline", "candidate"];

export interface JudgedDay {
  readonly result: DayResult;
  /** Counts for the severe rule. */
  readonly judged: boolean;
}

export interface JudgedBy {
  readonly measured: MetricMeasurement;
  readonly criteria: Criteria;
  readonly role: Role;
}

export function judgeDay(
  day: DayMeasurement,
  { measured, criteria, role }: JudgedBy,
  { state, ledger }: { readonly state: DayState | undefined; readonly ledger: LedgerState },
): JudgedDay {
  const { denominator } = measured.definition;
  const evidence = evidenceOf(day);
  const heavy = withoutHeavyUnits(day);
  const withoutHeavy = heavy === null ? null : evidenceOf(heavy.window);
  const classified = classifyDay(evidence, criteria, withoutHeavy);
  const window = { evidence, classified, criteria };
  const shown = {
    date: day.date,
    complete: state?.complete ?? false,
    observed: state?.observed ?? false,
    ...windowResult(window),
  };
  const judged = (state?.judged ?? false) && isJudgeable(shown, criteria.minSample[denominator]);
  // Only a guardrail asks for a person, and only until somebody has accepted the day.
  const kind = judged && role === "guardrail" ? classified.doubt : null;
  const isAccepted = kind === "person" && acceptanceOf(day.date, ledger) !== null;
  const doubt: SevereDoubt | null =
    kind === "person"
      ? {
          kind: isAccepted ? "accepted" : kind,
          units: heavy?.units ?? [],
          deltaWithout: withoutHeavy?.delta ?? null,
        }
      : kind && { kind, units: [], deltaWithout: null };
  const suffix =
    doubt?.kind === "person"
      ? `; a person must judge it${unitsText(doubt, denominator, thresholdLines(criteria.lines))}`
      : "";
  const place = { when: inSlot(day.date), slot: slotNounOf([day]) };
  const reason = unmeasured(measured) ?? explanation({ ...window, ...place, volume: noVolume, suffix });
  const because = classified.fires === "severe" ? orLost(reason, state) : reason;
  return { result: { ...shown, because, doubt }, judged };
}

/** A day that lacks some of its data still counts for severe, and says what else it may be. */
function orLost(because: string, state: DayState | undefined): string {
  const open = state?.losses.open ?? [];
  if (open.length === 0) return because;
  const what = listText([...new Set(open.map((loss) => loss.what))]);
  return continued(because, `; or ${what} are lost (${open.map(({ text }) => text).join("; ")})`);
}

/** The day without its heavy units; null where there are none, or where nobody knows. */
function withoutHeavyUnits(
  day: DayMeasurement,
): { readonly units: readonly HeavyUnit[]; readonly window: WindowMeasurement } | null {
  const parts = VARIANTS.map((variant) => without(variant, day[variant], day.heaviest?.[variant] ?? null));
  const units = parts.flatMap(({ heavy }) => (heavy === null ? [] : [heavy]));
  const [baseline = null, candidate = null] = parts.map(({ rest }) => rest);
  return units.length === 0 ? null : { units, window: { baseline, candidate } };
}

function without(
  variant: Variant,
  estimate: Estimate | null,
  heaviest: HeaviestUnit | null,
): { readonly heavy: HeavyUnit | null; readonly rest: Estimate | null } {
  if (estimate?.shape !== "ratio" || heaviest === null) return { heavy: null, rest: estimate };
  const { denominator: m, numerator: y, unit } = heaviest;
  const share = m / estimate.sumDenominator;
  if (!(share >= HEAVY_SHARE)) return { heavy: null, rest: estimate };
  const rest = {
    ...estimate,
    units: estimate.units - 1,
    sumDenominator: estimate.sumDenominator - m,
    sumNumerator: estimate.sumNumerator - y,
    sumDenominatorSquared: estimate.sumDenominatorSquared - m * m,
    sumNumeratorSquared: estimate.sumNumeratorSquared - y * y,
    sumProduct: estimate.sumProduct - m * y,
  };
  return { heavy: { variant, unit, share }, rest };
}
