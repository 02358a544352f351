/**
 * The ledger in the warehouse: `decisions` (one row per rollout, phase and as-of key), `restatements` (what a rerun
 * replaced) and `records` (what a person did and why). Rows are only ever added or replaced, never deleted.
 */
import type { Engine } from "../engine/engine.ts";

export async function createLedgerTables(engine: Engine): Promise<void> {
  await engine.execute(DDL);
}

const DDL = `
CREATE TABLE IF NOT EXISTS decisions (
  rollout VARCHAR NOT NULL, phase VARCHAR NOT NULL, key VARCHAR NOT NULL, as_of TIMESTAMP NOT NULL, report_date DATE NOT NULL,
  gate VARCHAR NOT NULL, action VARCHAR NOT NULL, to_gate VARCHAR, rule VARCHAR NOT NULL, preset VARCHAR, reason VARCHAR NOT NULL,
  literal_action VARCHAR NOT NULL, observed_from DATE NOT NULL, observed_to DATE NOT NULL, healthy_day BOOLEAN NOT NULL,
  move_seen BOOLEAN, revision INTEGER NOT NULL, recorded_at TIMESTAMP NOT NULL, result VARCHAR NOT NULL,
  PRIMARY KEY (rollout, phase, key)
);
ALTER TABLE decisions ADD COLUMN IF NOT EXISTS planned_nights INTEGER;
ALTER TABLE decisions ADD COLUMN IF NOT EXISTS pre_from DATE;
ALTER TABLE decisions ADD COLUMN IF NOT EXISTS pre_to DATE;
COMMENT ON COLUMN decisions.planned_nights IS 'Nights that the error rates are spread over, as fixed on the first night of the gate';
COMMENT ON COLUMN decisions.pre_from IS 'First day before the rollout that changes were adjusted for; null: none was kept';
COMMENT ON COLUMN decisions.pre_to IS 'Last of these days';
COMMENT ON COLUMN decisions.phase IS 'daily or first-24h';
COMMENT ON COLUMN decisions.key IS 'What a rerun replaces: the report date, in the first 24 hours the instant';
COMMENT ON COLUMN decisions.as_of IS 'Instant of the judgement, UTC';
COMMENT ON COLUMN decisions.action IS 'promote, hold, rollback, complete or disabled';
COMMENT ON COLUMN decisions.to_gate IS 'The next gate, of a promote or a rollback; else null';
COMMENT ON COLUMN decisions.rule IS 'The rule that decided, e.g. observing';
COMMENT ON COLUMN decisions.literal_action IS 'What the bare thresholds would have said';
COMMENT ON COLUMN decisions.healthy_day IS 'Whether the report date is a quiet day: at min_sample, and nothing fires';
COMMENT ON COLUMN decisions.move_seen IS 'Whether traffic moved as a person had recorded; null: nothing to see';
COMMENT ON COLUMN decisions.revision IS 'Counts from 1; more: a later run restated the night';
COMMENT ON COLUMN decisions.recorded_at IS 'When it was said, UTC';
COMMENT ON COLUMN decisions.result IS 'result.json of the night, JSON, without the rows of cells';
COMMENT ON TABLE decisions IS 'One row per rollout, phase and as-of key: what gatebook said. A rerun replaces its row; the replaced one goes to restatements.';
CREATE TABLE IF NOT EXISTS restatements (
  rollout VARCHAR NOT NULL, phase VARCHAR NOT NULL, key VARCHAR NOT NULL, revision INTEGER NOT NULL, action VARCHAR NOT NULL,
  rule VARCHAR NOT NULL, reason VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL, restated_at TIMESTAMP NOT NULL,
  changed VARCHAR NOT NULL, result VARCHAR NOT NULL
);
COMMENT ON TABLE restatements IS 'Decisions that a later run of the same key replaced, with what had changed.';
CREATE TABLE IF NOT EXISTS records (
  rollout VARCHAR NOT NULL, number INTEGER NOT NULL, recorded_at TIMESTAMP NOT NULL, effective DATE NOT NULL, kind VARCHAR NOT NULL,
  from_gate VARCHAR, to_gate VARCHAR, from_share DOUBLE, to_share DOUBLE, preset VARCHAR, action VARCHAR, until DATE,
  reason VARCHAR NOT NULL, person VARCHAR NOT NULL, ticket VARCHAR
);
ALTER TABLE records ADD COLUMN IF NOT EXISTS subject VARCHAR;
COMMENT ON COLUMN records.subject IS 'accept: the finding, e.g. day:2026-02-06; undo: the number of the record that is taken back; promote: the verdict it goes against';
COMMENT ON TABLE records IS 'What a person did: promote, rollback, hold, clear, override, accept, complete, undo; with reason, name and ticket. And what became of the ledger: recovered, lost, fresh_start. Rows are only ever added.';
`;
