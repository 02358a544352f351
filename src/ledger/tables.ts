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
COMMENT ON TABLE records IS 'What a person did: promote, rollback, hold, clear, override; with reason, name and ticket.';
`;
