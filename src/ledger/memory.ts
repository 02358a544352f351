/** What became of the ledger itself: taken over from a copy, lost, or restarted on purpose. Rows of `records` that move no gate. */
import type { Engine } from "../engine/engine.ts";
import { sqlText, sqlTimestamp } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";
import { addRecord } from "./record.ts";
import { MEMORY_KINDS, type MemoryKind } from "./state.ts";

export interface MemoryEntry {
  readonly rollout: string;
  readonly kind: MemoryKind;
  readonly day: Day;
  readonly through: Day | null;
  /** Of what: a file, as a reader finds it in the workspace. */
  readonly subject: string;
  readonly reason: string;
  readonly person: string;
  readonly recordedAt: string;
}

/** `through`: the last day of which anything was known or found at that time. Clocks of machines are not compared. */
export async function addMemory(engine: Engine, entry: MemoryEntry): Promise<void> {
  const { day: effective, through: until, ...rest } = entry;
  const nothing = { fromGate: null, toGate: null, fromShare: null, toShare: null, preset: null };
  await addRecord(engine, { ...rest, ...nothing, effective, until, action: null, ticket: null });
}

export interface Memory {
  /** Among the rollout's records. */
  readonly number: number;
  readonly kind: MemoryKind;
  readonly day: Day;
  readonly reason: string;
  readonly person: string;
  /** A later night was judged since. */
  readonly isOld: boolean;
}

/** The last of them; null when the ledger was never in doubt. `asOf`: of the night that asks, which may be a rerun. */
export async function readMemory(
  engine: Engine,
  { rollout, asOf }: { readonly rollout: string; readonly asOf: string },
): Promise<Memory | null> {
  const name = sqlText(rollout);
  const [row] = await engine.rows(`SELECT number, kind, effective, reason, person,
      EXISTS (SELECT 1 FROM decisions d WHERE d.rollout = ${name} AND d.as_of <> ${sqlTimestamp(asOf)}
        AND (r.until IS NULL OR d.report_date > r.until)) AS is_old
    FROM records r WHERE rollout = ${name} AND kind IN (${MEMORY_KINDS.map(sqlText).join(", ")})
    ORDER BY number DESC LIMIT 1`);
  if (row === undefined) return null;
  return {
    number: Number(row["number"]),
    kind: row["kind"] as MemoryKind,
    day: String(row["effective"]),
    reason: String(row["reason"]),
    person: String(row["person"]),
    isOld: row["is_old"] === true,
  };
}

export interface Known {
  /** Nights of any rollout, and rows of `records`. */
  readonly rows: number;
  /** As of which the newest night of this rollout was judged; null when it has none. */
  readonly newest: string | null;
  /** Its report date, and whether a daily run of that day is known. */
  readonly newestDay: Day | null;
  readonly hasDaily: boolean;
  /** A person began this rollout's ledger from scratch: nights up to this day are not to be taken over. */
  readonly freshSince: Day | null;
}

export async function readKnown(engine: Engine, rollout: string): Promise<Known> {
  const name = sqlText(rollout);
  const [row] = await engine.rows(`SELECT
      (SELECT count(*) FROM decisions) + (SELECT count(*) FROM records) AS rows,
      (SELECT max(as_of) FROM decisions WHERE rollout = ${name}) AS newest,
      (SELECT max(report_date) FROM decisions WHERE rollout = ${name}) AS newest_day,
      (SELECT max(report_date) FROM decisions WHERE rollout = ${name} AND phase = 'daily') AS newest_daily,
      (SELECT max(until) FROM records WHERE rollout = ${name} AND kind = 'fresh_start') AS fresh_since`);
  const text = (name: string): string | null => (row?.[name] == null ? null : String(row[name]));
  const newestDay = text("newest_day");
  return {
    rows: Number(row?.["rows"]),
    newest: text("newest"),
    newestDay,
    hasDaily: newestDay !== null && text("newest_daily") === newestDay,
    freshSince: text("fresh_since"),
  };
}
