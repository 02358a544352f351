/** What the ledger knows before one key: earlier nights and what people recorded up to that day. */

import { z } from "zod";
import type { Engine, Row } from "../engine/engine.ts";
import { sqlDate, sqlText, sqlTimestamp } from "../engine/sql-text.ts";
import { addDays } from "../model/calendar.ts";
import type { KeptRecord, LatchedRollback, LedgerNight, LedgerState, PendingMove } from "../model/ledger.ts";
import { action, phase, preset, rule } from "../model/schema/words.ts";
import type { Day, Phase, Preset, Rule } from "../model/words.ts";
import { standingRecords } from "./standing-records.ts";

export interface LedgerKey {
  readonly rollout: string;
  readonly phase: Phase;
  /** Report date. */
  readonly date: Day;
  /** ISO, UTC: only nights judged as of an earlier instant count. */
  readonly asOf: string;
}

export interface LedgerView {
  readonly state: LedgerState;
  /** A cleared rollback starts a new observation window on this day; null when none was cleared. */
  readonly observedSince: Day | null;
  /** What earlier nights had fixed, in the order of time. */
  readonly plans: readonly GatePlan[];
}

/** Fixed on the first night that knows it, for all nights of a gate; null: not known that night. */
export interface GatePlan {
  readonly gate: string;
  readonly date: Day;
  readonly plannedNights: number | null;
  readonly preFrom: Day | null;
  readonly preTo: Day | null;
}

const RECORD_KINDS = [
  "promote",
  "rollback",
  "hold",
  "clear",
  "override",
  "accept",
  "complete",
  "undo",
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** lost: there are traces of earlier nights and nothing to take them over from · fresh_start: a person wants none. */
export const MEMORY_KINDS = ["recovered", "lost", "fresh_start"] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

export interface PersonRecord
  extends Omit<z.infer<typeof personRow>, "from_gate" | "to_gate" | "from_share" | "to_share"> {
  readonly fromGate: string | null;
  readonly toGate: string | null;
  readonly fromShare: number;
  readonly toShare: number;
}

export async function readLedger(engine: Engine, key: LedgerKey): Promise<LedgerView> {
  return ledgerView(await readNights(engine, key), await readRecords(engine, key), key.date);
}

/** Nights judged as of an instant before the key's, in the order of time. */
export async function readNights(engine: Engine, key: LedgerKey): Promise<readonly StoredNight[]> {
  const rows = await engine.rows(`
    SELECT decisions.* EXCLUDE (result), observed_from > observed_to AS awaits,
      said.rule AS said_rule, said.reason AS said_reason, said.preset AS said_preset
    FROM decisions LEFT JOIN (${lastJudged(key.rollout)}) AS said USING (phase, key)
    WHERE rollout = ${sqlText(key.rollout)} AND as_of < ${sqlTimestamp(key.asOf)} ORDER BY as_of, phase, key`);
  return rows.map(nightOf);
}

/** Of nights that were run again, what the last run said that judged the candidate. */
function lastJudged(rollout: string): string {
  const rules = [...NO_JUDGEMENT].map(sqlText).join(", ");
  return `SELECT phase, key, rule, reason,
      CASE WHEN json_valid(result) THEN json_extract_string(result, '$.decision.preset') END AS preset
    FROM restatements WHERE rollout = ${sqlText(rollout)} AND rule NOT IN (${rules})
    QUALIFY row_number() OVER (PARTITION BY phase, key ORDER BY revision DESC) = 1`;
}

/** What people recorded up to the key's day and did not take back, in the order in which it counts. */
export async function readRecords(
  engine: Engine,
  { rollout, date }: Pick<LedgerKey, "rollout" | "date">,
): Promise<readonly PersonRecord[]> {
  const rows = await engine.rows(
    `SELECT * FROM (${standingRecords(rollout)}) WHERE effective <= ${sqlDate(date)}
      AND kind NOT IN (${MEMORY_KINDS.map(sqlText).join(", ")}) ORDER BY effective, number`,
  );
  return rows.map(recordOf);
}

/** What follows from earlier nights and records on a day. Pure: the nights may be imagined ones. */
export function ledgerView(
  nights: readonly StoredNight[],
  records: readonly PersonRecord[],
  date: Day,
): LedgerView {
  const cleared = records.findLast((record) => record.kind === "clear") ?? null;
  const moves = records.filter((record) => record.kind === "promote" || record.kind === "rollback");
  return {
    state: {
      latched: latchedOf(nights, cleared),
      activeGate: activeGateOf(nights, moves),
      nights: nights.map(({ night }) => night),
      override: overrideOf(records, date),
      pendingMove: pendingMoveOf(moves.at(-1) ?? null, nights),
      accepted: acceptedOf(records),
      completed: completedOf(records),
      records: records.map(keptRecord),
    },
    observedSince: cleared?.effective ?? null,
    plans: nights.map(({ plan }) => plan),
  };
}

export interface StoredNight {
  readonly night: LedgerNight;
  readonly gate: string;
  /** "daily 2026-02-05" */
  readonly key: string;
  readonly reason: string;
  readonly preset: Preset | null;
  /** What an earlier run of a night said that judges nothing any more; null: of any other night, or when there is none. */
  readonly saidBefore: Said | null;
  readonly moveSeen: boolean | null;
  /** No day of its gate had come yet. */
  readonly awaitsFirstDay: boolean;
  readonly plan: GatePlan;
}

export interface Said {
  readonly rule: Rule;
  readonly reason: string;
  readonly preset: Preset | null;
}

const ROLLBACK_RULES: ReadonlySet<Rule> = new Set(["severe", "rollback"]);

/** These say nothing of the candidate. */
const NO_JUDGEMENT: ReadonlySet<Rule> = new Set(["disabled", "data"]);

/**
 * The first rollback since the last clear; it stays until a person clears it with a reason. A run of the same night again takes it
 * back when it judges otherwise, not when the data is lost by now or the rollout switched off.
 */
function latchedOf(nights: readonly StoredNight[], cleared: PersonRecord | null): LatchedRollback | null {
  const since = nights.filter(({ night }) => cleared === null || night.date >= cleared.effective);
  for (const stored of since) {
    const { rule, reason, preset } = stored.saidBefore ?? { ...stored, rule: stored.night.rule };
    if (!ROLLBACK_RULES.has(rule)) continue;
    return { since: stored.night.date, key: stored.key, reason, preset: preset ?? "standard" };
  }
  return null;
}

/** What a person recorded last; without a record, what the last night ran under. */
function activeGateOf(
  nights: readonly StoredNight[],
  moves: readonly PersonRecord[],
): LedgerState["activeGate"] {
  const moved = moves.findLast((move) => move.toGate !== null);
  if (moved?.toGate != null) return { gate: moved.toGate, since: moved.effective };
  const observed = nights.filter((night) => !night.awaitsFirstDay);
  const last = observed.at(-1);
  if (last === undefined) return null;
  const since = observed.find(({ gate }) => gate === last.gate)?.night.date ?? last.night.date;
  return { gate: last.gate, since };
}

function keptRecord(record: PersonRecord): KeptRecord {
  const { number, kind, effective: date, fromGate, toGate, preset, action, until, subject } = record;
  const { reason, person: by, ticket } = record;
  return { number, kind, date, fromGate, toGate, preset, action, until, subject, reason, by, ticket };
}

function overrideOf(records: readonly PersonRecord[], date: Day): LedgerState["override"] {
  const record = records.findLast(({ kind }) => kind === "override");
  if (record?.action == null || record.until === null || record.until < date) return null;
  return { action: record.action, until: record.until, reason: record.reason, by: record.person };
}

function acceptedOf(records: readonly PersonRecord[]): LedgerState["accepted"] {
  return records.flatMap(({ kind, subject: what, effective: since, reason, person: by }) =>
    kind === "accept" && what !== null ? [{ what, since, reason, by }] : [],
  );
}

const REOPENS: ReadonlySet<RecordKind> = new Set(["promote", "rollback", "clear"]);

/** A gate that was closed is open again once the rollout moved, or an observation restarted. */
function completedOf(records: readonly PersonRecord[]): LedgerState["completed"] {
  const last = records.findLast(({ kind }) => kind === "complete" || REOPENS.has(kind));
  if (last?.kind !== "complete") return null;
  return { since: last.effective, reason: last.reason, by: last.person };
}

/** The traffic must show a recorded move on its first whole day; it stays pending until a night saw it. */
function pendingMoveOf(move: PersonRecord | null, nights: readonly StoredNight[]): PendingMove | null {
  if (move === null || (move.kind !== "promote" && move.kind !== "rollback")) return null;
  const firstDay = addDays(move.effective, 1);
  if (nights.some(({ night, moveSeen }) => night.date >= firstDay && moveSeen === true)) return null;
  const { kind: action, preset, fromShare, toShare } = move;
  return { action, preset, firstDay, fromShare, toShare };
}

const day = z.string();

const nightRow = z.object({
  phase,
  key: z.string(),
  as_of: z.string(),
  report_date: day,
  gate: z.string(),
  action,
  rule,
  preset: preset.nullable(),
  reason: z.string(),
  healthy_day: z.boolean(),
  move_seen: z.boolean().nullable(),
  awaits: z.boolean(),
  // a warehouse that no later version has written has none of these
  planned_nights: z.number().nullish(),
  pre_from: day.nullish(),
  pre_to: day.nullish(),
  said_rule: rule.nullable(),
  said_reason: z.string().nullable(),
  said_preset: preset.nullable(),
});

function nightOf(row: Row): StoredNight {
  const {
    phase,
    key,
    as_of: asOf,
    report_date: date,
    healthy_day: healthyDay,
    ...stored
  } = nightRow.parse(row);
  const { action, rule, gate, reason, preset, move_seen: moveSeen, awaits: awaitsFirstDay } = stored;
  const night = { date, phase, asOf, action, rule, healthyDay };
  const plan = {
    ...{ gate, date },
    plannedNights: stored.planned_nights ?? null,
    preFrom: stored.pre_from ?? null,
    preTo: stored.pre_to ?? null,
  };
  const saidBefore = NO_JUDGEMENT.has(rule) ? saidOf(stored) : null;
  return { night, gate, key: `${phase} ${key}`, reason, preset, saidBefore, moveSeen, awaitsFirstDay, plan };
}

function saidOf({
  said_rule: rule,
  said_reason: reason,
  said_preset: preset,
}: Pick<z.infer<typeof nightRow>, "said_rule" | "said_reason" | "said_preset">): Said | null {
  return rule === null || reason === null ? null : { rule, reason, preset };
}

const personRow = z.object({
  /** Counts from 1; what `gatebook record undo` takes. */
  number: z.number(),
  kind: z.enum(RECORD_KINDS),
  effective: day,
  from_gate: z.string().nullable(),
  to_gate: z.string().nullable(),
  from_share: z.number().nullable(),
  to_share: z.number().nullable(),
  preset: preset.nullable(),
  action: action.nullable(),
  until: day.nullable(),
  subject: z.string().nullable(),
  reason: z.string(),
  person: z.string(),
  ticket: z.string().nullable(),
});

function recordOf(row: Row): PersonRecord {
  const { from_gate: fromGate, to_gate: toGate, ...stored } = personRow.parse(row);
  const { from_share: fromShare, to_share: toShare, ...rest } = stored;
  return { ...rest, fromGate, toGate, fromShare: fromShare ?? 0, toShare: toShare ?? 0 };
}
