/**
 * A file with faults: read again record by record; what is valid is loaded, every other row goes to reject_rows with its line,
 * column, reason and raw text. Slow, and exact.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlName } from "../engine/sql-text.ts";
import { bindRelation } from "./events/binding.ts";
import { findFaults } from "./events/rules.ts";
import { canonicalSelect, eventRowsSelect, rowColumnNames } from "./events/select-events.ts";
import { keepStagedRows, type StagedFile, stageRelation, stagingRefusal } from "./events/staging.ts";
import { countRows } from "./formats/readers.ts";
import type { RewriteMode } from "./formats/separate-records.ts";
import { shownSql, type ValidRecords, validRecords } from "./formats/valid-records.ts";
import type { OpenFile } from "./open-file.ts";
import type { LoadPlan } from "./plan.ts";

/**
 * Fills event_rows and reject_rows and returns the rows read: what the source yielded and what the reader rejected. Leaves the table
 * `bad_rows` (line, reason, fault, event_date, algo_version, event_type). `previous_days` has the rows of closed days counted before.
 */
export async function loadTolerant(
  engine: Engine,
  open: OpenFile,
  plan: LoadPlan,
  mode: RewriteMode,
): Promise<number> {
  const { file, fileId } = open.task;
  const { source } = file;
  const records = await validRecords(engine, open, mode);
  const staged = source.staging !== null;
  const tracesRecords = mode === "lines";
  const rows = staged
    ? await stagedRecords(engine, { file, records, config: plan.config, tracesRecords })
    : records;
  const bound = bindRelation(rows.relation, file, plan.config);
  const typed = (extra: readonly string[]): string =>
    canonicalSelect(bound, source, plan.config, {
      mode: "try",
      extra: [`${rows.line} AS line`, ...extra],
    });
  await findFaults(engine, bound, plan, typed);
  await closeDays(engine, plan, typed([]));
  const valid = `SELECT * FROM (${typed([])}) WHERE line NOT IN (SELECT line FROM bad_rows)`;
  await engine.execute(
    `INSERT INTO event_rows (${rowColumnNames.map(sqlName).join(", ")})
      ${eventRowsSelect(valid, fileId, plan.hasLookups)}`,
  );
  if ((await countRows(engine, "bad_rows")) > 0) {
    await engine.execute(`INSERT INTO reject_days
      SELECT ${fileId}, event_date, algo_version, event_type, count(*) FROM bad_rows
      WHERE event_date IS NOT NULL AND algo_version IS NOT NULL AND event_type IS NOT NULL
      GROUP BY event_date, algo_version, event_type`);
    await engine.execute(`INSERT INTO reject_rows
      SELECT ${fileId}, t.record, b.fault, b.reason, ${shownSql("t.raw")}
      FROM bad_rows b LEFT JOIN ${await rows.rawTexts("bad_rows")} t ON t.line = b.line`);
  }
  return records.broken + rows.valid;
}

/** With a staging query its rows count. */
async function stagedRecords(
  engine: Engine,
  staged: StagedFile,
): Promise<Pick<ValidRecords, "relation" | "line" | "valid" | "rawTexts">> {
  const { file, records, config } = staged;
  try {
    return await keepStagedRows(engine, await stageRelation(engine, file, records.relation, config), staged);
  } catch (error) {
    throw stagingRefusal(file, error);
  }
}

/** Rows of a closed day beyond those an earlier load of this file brought: the last ones, since exports grow at the end. */
async function closeDays(engine: Engine, plan: LoadPlan, typed: string): Promise<void> {
  if (plan.retentionStart === null) return;
  await engine.execute(`
    INSERT INTO bad_rows
    SELECT n.line, 'date_closed', 'event_date', n.event_date, n.algo_version, n.event_type
    FROM (
      SELECT line, event_date, algo_version, event_type, row_number() OVER (PARTITION BY event_date ORDER BY line) AS place
      FROM (${typed})
      WHERE event_date < ${sqlDate(plan.retentionStart)} AND line NOT IN (SELECT line FROM bad_rows)
    ) n LEFT JOIN previous_days p ON p.event_date = n.event_date
    WHERE n.place > coalesce(p.accepted, 0)`);
}
