/** What the ledger contains when a person records something: the state that day, its nights, every record not undone. */
import type { Engine } from "../../engine/engine.ts";
import {
  ledgerView,
  type PersonRecord,
  readNights,
  readRecords,
  type StoredNight,
} from "../../ledger/state.ts";
import { endOfDay } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { Day } from "../../model/words.ts";

export interface KnownLedger {
  /** At the start of that day's night, and with what is latched by now: a later night may have called for a rollback. */
  readonly ledger: LedgerState;
  /** The last daily night up to that day. */
  readonly lastNight: StoredNight | null;
  /** Of any day, in the order in which they count. */
  readonly records: readonly PersonRecord[];
}

const EVER = { date: "9999-12-31", asOf: "9999-12-31T00:00:00Z" } as const;

export async function knownOn(date: Day, engine: Engine, config: Config): Promise<KnownLedger> {
  const { name: rollout, timeZone } = config.rollout;
  const nights = await readNights(engine, { rollout, phase: "daily", ...EVER });
  const records = await readRecords(engine, { rollout, date: EVER.date });
  return knownFrom(nights, records, { date, asOf: endOfDay(date, timeZone) });
}

/** Out of all nights and records, both in their order. Pure. */
export function knownFrom(
  nights: readonly StoredNight[],
  records: readonly PersonRecord[],
  { date, asOf }: { readonly date: Day; readonly asOf: string },
): KnownLedger {
  const before = nights.filter(({ night }) => Date.parse(night.asOf) < Date.parse(asOf));
  const counted = records.filter(({ effective }) => effective <= date);
  const { state } = ledgerView(before, counted, date);
  const { latched } = ledgerView(nights, counted, date).state;
  const lastNight = nights.findLast(({ night }) => night.phase === "daily" && night.date <= date) ?? null;
  return { ledger: { ...state, latched }, lastNight, records };
}
