/** Which records count: one that was taken back stays in the ledger, beside its `undo`, and only the history shows either. */
import { sqlText } from "../engine/sql-text.ts";

/** Every record of a rollout, with `undone_by`: the number of the record that took it back, or null. */
export function allRecords(rollout: string): string {
  return `SELECT r.*, u.number AS undone_by FROM (${withSubject(rollout)}) AS r
    LEFT JOIN (${withSubject(rollout)}) AS u ON u.kind = 'undo' AND u.subject = CAST(r.number AS VARCHAR)`;
}

/** Those that count. */
export function standingRecords(rollout: string): string {
  return `SELECT * EXCLUDE (undone_by) FROM (${allRecords(rollout)}) WHERE undone_by IS NULL AND kind <> 'undo'`;
}

/** A warehouse of gatebook 0.1 has no column `subject`. */
function withSubject(rollout: string): string {
  return `SELECT * FROM records WHERE rollout = ${sqlText(rollout)}
    UNION ALL BY NAME SELECT CAST(NULL AS VARCHAR) AS subject WHERE false`;
}
