/** What people did, and what became of the ledger: rows are added to `records`, and the whole history is read. */
import type { Engine, Row } from "../engine/engine.ts";
import { sqlDate, sqlText, sqlTimestamp } from "../engine/sql-text.ts";
import type { Action, Day, Preset } from "../model/words.ts";
import { allRecords } from "./standing-records.ts";
import type { MemoryKind, RecordKind } from "./state.ts";

export interface PersonEntry {
  readonly rollout: string;
  readonly kind: RecordKind;
  /** First day on which it counts; reruns of earlier dates do not see it. */
  readonly effective: Day;
  /** promote and rollback: gates and the candidate's share of traffic, before and after. */
  readonly fromGate: string | null;
  readonly toGate: string | null;
  readonly fromShare: number | null;
  readonly toShare: number | null;
  readonly preset: Preset | null;
  /** override: the action that counts instead, and its last day. */
  readonly action: Action | null;
  readonly until: Day | null;
  /** accept: the finding as its check names it; undo: the number of the record; promote: the verdict it goes against. */
  readonly subject: string | null;
  readonly reason: string;
  readonly person: string;
  readonly ticket: string | null;
  readonly recordedAt: string;
}

export async function addRecord(
  engine: Engine,
  entry: Omit<PersonEntry, "kind"> & { readonly kind: RecordKind | MemoryKind },
): Promise<void> {
  const number = `(SELECT coalesce(max(number), 0) + 1 FROM records WHERE rollout = ${sqlText(entry.rollout)})`;
  const values = [
    sqlText(entry.rollout),
    number,
    sqlTimestamp(entry.recordedAt),
    sqlDate(entry.effective),
    sqlText(entry.kind),
    sqlText(entry.fromGate),
    sqlText(entry.toGate),
    String(entry.fromShare),
    String(entry.toShare),
    sqlText(entry.preset),
    sqlText(entry.action),
    sqlDate(entry.until),
    sqlText(entry.reason),
    sqlText(entry.person),
    sqlText(entry.ticket),
    sqlText(entry.subject),
  ];
  await engine.execute(`INSERT INTO records SELECT ${values.join(", ")}`);
}

/**
 * Nights, restatements and records of a rollout in the order of time; what a night was restated from comes before it.
 * Columns: day, what, number (of a record: what `record undo` takes), action, gate, detail, person, recorded_at.
 */
export async function readHistory(engine: Engine, rollout: string): Promise<readonly Row[]> {
  const name = sqlText(rollout);
  return await engine.rows(`
    SELECT * FROM (
      SELECT report_date AS day, phase AS what, NULL AS number, action, gate, rule || ': ' || reason AS detail, NULL AS person, recorded_at
        FROM decisions WHERE rollout = ${name}
      UNION ALL
      SELECT CAST(key[1:10] AS DATE), phase || ' restated', NULL, action, NULL,
        'was ' || rule || ': ' || reason || ' (changed: ' || changed || ')', NULL, restated_at
        FROM restatements WHERE rollout = ${name}
      UNION ALL
      SELECT effective, 'recorded', number, kind, to_gate,
        concat_ws(': ', nullif(concat_ws(' ', nullif(concat_ws(' → ', from_gate, to_gate), ''), preset, action, 'until ' || until,
          CASE WHEN kind = 'undo' THEN 'of record ' || subject ELSE subject END), ''),
          concat_ws(' ', reason, '(' || ticket || ')', '(taken back by record ' || undone_by || ')')), person, recorded_at
        FROM (${allRecords(rollout)})
    ) ORDER BY day, recorded_at, number, what NOT LIKE '% restated', what`);
}
