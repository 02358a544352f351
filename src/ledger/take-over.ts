/**
 * A ledger out of what a report remembers of it. In: the state that a result was judged under, and the state of the ledger now. Out:
 * the missing nights and records. Where a result has what people recorded, that is taken over; of an earlier version only what
 * follows from it is known, and is marked as taken over.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlText, sqlTimestamp } from "../engine/sql-text.ts";
import { addDays } from "../model/calendar.ts";
import type { KeptRecord, LedgerNight, LedgerState } from "../model/ledger.ts";
import type { Result } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import type { PersonEntry } from "./record.ts";
import type { RecordKind } from "./state.ts";

export interface TakeOver {
  readonly result: Result;
  /** The file, as the ledger names it. */
  readonly source: string;
  readonly recordedAt: string;
}

/** Nights of which only the line in a later result is left: without measurement, so that they cannot be judged again. */
export async function addRemembered(engine: Engine, taken: TakeOver): Promise<number> {
  const { result, source, recordedAt } = taken;
  const { rollout, ledger, window } = result;
  const name = sqlText(rollout.name);
  const plan = [String(window.plannedNights), sqlDate(window.preFrom), sqlDate(window.preTo)];
  const known = await engine.rows(`SELECT phase, as_of FROM decisions WHERE rollout = ${name}`);
  const present = new Set(known.map((row) => `${row["phase"]} ${row["as_of"]}`));
  const missing = ledger.nights.filter((night) => !present.has(`${night.phase} ${isoOf(night.asOf)}`));
  const rows = missing.map((night) => {
    const key = night.phase === "daily" ? night.date : night.asOf;
    const latched = ledger.latched?.key === `${night.phase} ${key}` ? ledger.latched : null;
    const values = [
      ...[name, sqlText(night.phase), sqlText(key), sqlTimestamp(night.asOf), sqlDate(night.date)],
      ...[sqlText(gateOn(night, result)), sqlText(night.action), "NULL", sqlText(night.rule)],
      sqlText(latched?.preset ?? null),
      sqlText(latched?.reason ?? `remembered by ${source}`),
      ...[sqlText(night.action), sqlDate(night.date), sqlDate(night.date), String(night.healthyDay)],
      // a move that the result no longer waited for had been seen
      ledger.pendingMove === null ? "true" : "NULL",
      ...["1", sqlTimestamp(recordedAt), "''"],
      ...(night.date < window.from ? ["NULL", "NULL", "NULL"] : plan),
    ];
    return `(${values.join(", ")})`;
  });
  if (rows.length > 0) await engine.execute(`INSERT INTO decisions VALUES ${rows.join(", ")}`);
  await addRestated(engine, taken);
  return rows.length;
}

/** A rollback that is in force although the last run of its night judged nothing. */
async function addRestated(engine: Engine, { result, recordedAt }: TakeOver): Promise<void> {
  const { latched } = result.ledger;
  if (latched === null) return;
  const rules = ROLLBACKS.map(sqlText).join(", ");
  const said = JSON.stringify({ decision: { preset: latched.preset } });
  await engine.execute(`INSERT INTO restatements SELECT rollout, phase, key, 0, 'rollback', 'rollback', ${sqlText(latched.reason)},
    ${sqlTimestamp(recordedAt)}, ${sqlTimestamp(recordedAt)}, 'taken over', ${sqlText(said)} FROM decisions
    WHERE rollout = ${sqlText(result.rollout.name)} AND phase || ' ' || key = ${sqlText(latched.key)} AND rule NOT IN (${rules})`);
}

/** "2026-02-12T00:00:00.000Z" and "2026-02-12T00:00:00Z" are one instant. */
function isoOf(instant: string): string {
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

function gateOn({ date }: LedgerNight, { rollout, ledger }: Result): string {
  const started = rollout.gates.filter((gate) => gate.started !== null && gate.started <= date).at(-1);
  const { activeGate } = ledger;
  if (activeGate !== null && date >= activeGate.since) return activeGate.gate;
  return started?.name ?? rollout.gate;
}

/** Records that lead from `have` to what the result was judged under. Pure. */
export function missingRecords(
  { result, source, recordedAt }: TakeOver,
  have: LedgerState,
): readonly PersonEntry[] {
  const { ledger, rollout, window } = result;
  const entry: PersonEntry = {
    rollout: rollout.name,
    kind: "hold",
    effective: window.reportDate,
    ...{ fromGate: null, toGate: null, fromShare: null, toShare: null, preset: null },
    ...{ action: null, until: null, subject: null, ticket: null },
    reason: `taken over from ${source}`,
    person: "gatebook",
    recordedAt,
  };
  if (ledger.records.length > 0)
    return ledger.records
      .filter((record) => !have.records.some((one) => isSame(one, record)))
      .map((record) => recordedEntry(record, entry, rollout));
  const { override } = ledger;
  const as = (kind: RecordKind, { reason, by }: { readonly reason: string; readonly by: string }) => ({
    ...entry,
    kind,
    reason,
    person: by,
  });
  return [
    ...moveOf(result, have).map((move) => ({ ...entry, ...move })),
    ...(ledger.latched?.since === have.latched?.since
      ? []
      : clearedFrom(result).map((effective) => ({ ...entry, kind: "clear" as const, effective }))),
    ...(override === null || have.override?.until === override.until
      ? []
      : [{ ...as("override", override), action: override.action, until: override.until }]),
    ...ledger.accepted
      .filter(({ what }) => !have.accepted.some((one) => one.what === what))
      .map((one) => ({ ...as("accept", one), effective: one.since, subject: one.what })),
    ...(ledger.completed === null || have.completed !== null
      ? []
      : [
          {
            ...as("complete", ledger.completed),
            effective: ledger.completed.since,
            fromGate: ledger.activeGate?.gate ?? null,
          },
        ]),
  ];
}

function isSame(one: KeptRecord, other: KeptRecord): boolean {
  return (
    one.kind === other.kind &&
    one.date === other.date &&
    one.subject === other.subject &&
    one.reason === other.reason
  );
}

/** A share of traffic is that of its gate; without a gate nobody gets the candidate. */
function recordedEntry(record: KeptRecord, entry: PersonEntry, { gates }: Result["rollout"]): PersonEntry {
  const { number: _, date: effective, by: person, ...kept } = record;
  const isMove = record.kind === "promote" || record.kind === "rollback";
  const shareOf = (gate: string | null) => gates.find(({ name }) => name === gate)?.exposure ?? 0;
  const shares = isMove ? { fromShare: shareOf(record.fromGate), toShare: shareOf(record.toGate) } : {};
  return { ...entry, ...kept, effective, person, ...shares };
}

/** The last move: still to be seen in the traffic, or the gate that the nights alone would not show. */
function moveOf({ ledger, rollout }: Result, have: LedgerState): readonly Partial<PersonEntry>[] {
  const { pendingMove: pending, activeGate } = ledger;
  const toGate = activeGate?.gate ?? null;
  if (pending !== null && have.pendingMove?.firstDay !== pending.firstDay) {
    const effective = addDays(pending.firstDay, -1);
    const { action: kind, preset, fromShare, toShare } = pending;
    const opened = activeGate?.since === effective ? toGate : null;
    return [{ kind, preset, fromShare, toShare, effective, toGate: opened }];
  }
  const agrees = have.activeGate?.gate === toGate && have.activeGate?.since === activeGate?.since;
  if (activeGate === null || pending !== null || agrees) return [];
  const toShare = rollout.gates.find(({ name }) => name === toGate)?.exposure ?? rollout.exposure;
  return [{ kind: "promote", effective: activeGate.since, toGate, fromShare: toShare, toShare }];
}

const ROLLBACKS: readonly string[] = ["severe", "rollback"];

/** The day after the last rollback that was no longer in force, and before the one that still was. */
function clearedFrom({ ledger, window }: Result): readonly Day[] {
  const open = ledger.latched?.since ?? null;
  const settled = ledger.nights.filter(
    ({ rule, date }) => ROLLBACKS.includes(rule) && (open === null || date < open),
  );
  const last = settled.at(-1)?.date;
  if (last === undefined) return [];
  const after = addDays(last, 1);
  return [open === null && window.from > after ? window.from : after];
}
