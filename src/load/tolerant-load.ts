/**
 * The way of a file with faults: reads it again record by record, loads what is sound, and puts every other row into
 * reject_rows with its line, column, reason and raw text. Slow, and exact.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../engine/sql-text.ts";
import { rawPresent } from "./canonical-sql.ts";
import type { CanonicalName } from "./columns.ts";
import type { LoadPlan } from "./plan.ts";
import type { PreparedFile } from "./prepare.ts";
import type { RawRelation } from "./raw-relation.ts";
import { eventRules } from "./rules.ts";
import {
  type BoundRelation,
  bindRelation,
  canonicalSelect,
  eventRowsSelect,
  rowColumnNames,
} from "./select-events.ts";
import { countRows, type SoundRecords, soundRecords } from "./sound-records.ts";
import { stageRelation, stagingRefusal } from "./staging.ts";

/** What a value that is there but does not become one of its type is called. */
const typedReasons: readonly (readonly [CanonicalName, string])[] = [
  ["event_type", "unknown_event_type"],
  ["occurred_at", "not_a_time"],
  ["event_date", "not_a_date"],
  ["dwell_seconds", "not_a_number"],
  ["position", "not_a_number"],
];

/**
 * Fills event_rows and reject_rows and returns the rows read: what the source yielded and what the reader refused.
 * The table `previous_days` says how many rows of closed days are already counted.
 */
export async function loadTolerant(
  engine: Engine,
  prepared: PreparedFile,
  raw: RawRelation,
  plan: LoadPlan,
): Promise<number> {
  const { file } = prepared;
  const records = await soundRecords(engine, prepared, raw, plan);
  const staged = file.source.staging !== null;
  const sound = await countRows(engine, records.relation.from);
  try {
    const relation = await stageRelation(engine, file, records.relation, plan.config);
    const row = relation.columns.map(({ name, sql }) => `${sqlText(name)}: ${sql}`).join(", ");
    const origin = staged
      ? { line: "CAST(NULL AS BIGINT)", raw: `CAST(to_json({${row}}) AS VARCHAR)` }
      : records;
    await typeRows(engine, prepared, bindRelation(relation, file), plan, origin);
  } catch (error) {
    throw staged ? stagingRefusal(file, error) : error;
  }
  // behind a staging query it is the query's rows that count, and the records it never saw
  return records.read - sound + (await countRows(engine, "typed_rows"));
}

/** typed_rows: canonical values of every record, and for those that are no event the reason and the column. */
async function typeRows(
  engine: Engine,
  prepared: PreparedFile,
  bound: BoundRelation,
  plan: LoadPlan,
  origin: Pick<SoundRecords, "line" | "raw">,
): Promise<void> {
  const present = typedReasons.filter(([name]) => bound.values.has(name));
  const extra = [
    `${origin.line} AS line`,
    `${origin.raw} AS raw`,
    ...present.map(([name]) => `${presence(bound, name)} AS has_${name}`),
  ];
  const select = canonicalSelect(bound, prepared.file.source, plan.config, { mode: "TRY_CAST", extra });
  const cases = faultCases(bound, present, plan);
  const choose = (pick: (fault: Fault) => string): string =>
    `CASE ${cases.map((fault) => `WHEN ${fault.breach} THEN ${sqlText(pick(fault))}`).join(" ")} END`;
  await engine.execute(`CREATE OR REPLACE TEMP TABLE typed_rows AS
    SELECT *, ${choose(({ reason }) => reason)} AS reason, ${choose(({ column }) => column)} AS fault
    FROM (${select})`);
  await closeDays(engine, plan);
  await engine.execute(`
    INSERT INTO event_rows (${rowColumnNames.map(sqlName).join(", ")})
      ${eventRowsSelect("SELECT * FROM typed_rows WHERE reason IS NULL", plan.fileId, plan.hasLookups)};
    INSERT INTO reject_rows SELECT ${plan.fileId}, line, fault, reason, raw FROM typed_rows WHERE reason IS NOT NULL;
  `);
}

interface Fault {
  readonly breach: string;
  readonly reason: string;
  readonly column: string;
}

/** In order: the first that holds is the reason. */
function faultCases(bound: BoundRelation, present: typeof typedReasons, plan: LoadPlan): readonly Fault[] {
  const missingType = { breach: "NOT has_event_type", reason: "missing_event_type", column: "event_type" };
  return [
    ...(bound.values.has("event_type") ? [missingType] : []),
    ...present.map(([column, reason]) => {
      const value = column === "event_date" ? "given_date" : column;
      return { breach: `has_${column} AND ${value} IS NULL`, reason, column };
    }),
    ...eventRules(plan),
  ];
}

function presence(bound: BoundRelation, name: CanonicalName): string {
  const value = bound.values.get(name);
  return value === undefined ? "false" : `${rawPresent(value)} IS NOT NULL`;
}

/** Rows of a closed day beyond those an earlier load of this file brought: the last ones, since exports grow at the end. */
async function closeDays(engine: Engine, plan: LoadPlan): Promise<void> {
  if (plan.firstOpenDay === null) return;
  await engine.execute(`
    UPDATE typed_rows t SET reason = 'date_closed', fault = 'event_date'
    FROM (
      SELECT rowid AS id, row_number() OVER (PARTITION BY event_date ORDER BY line, rowid) AS place, event_date
      FROM typed_rows WHERE reason IS NULL AND event_date < ${sqlDate(plan.firstOpenDay)}
    ) n LEFT JOIN previous_days p ON p.event_date = n.event_date
    WHERE t.rowid = n.id AND n.place > coalesce(p.accepted, 0)`);
}
