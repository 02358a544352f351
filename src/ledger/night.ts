/** Writes one night into the ledger and reads earlier ones back. */

import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlText, sqlTimestamp } from "../engine/sql-text.ts";
import type { Result } from "../model/result.ts";
import type { Day, Phase } from "../model/words.ts";

export interface LedgerEntry {
  readonly result: Result;
  /** `result` as kept: serialised, without the rows of cells. */
  readonly stored: string;
  readonly healthyDay: boolean;
  /** Whether tonight's traffic shows the last recorded move; null when none was pending. */
  readonly moveSeen: boolean | null;
  /** What differs from the row this one replaces, in words; "" when there is none. */
  readonly changed: string;
  readonly recordedAt: string;
}

/** A daily run's key is its date, a first-24h run's key its instant: two runs of a day stay separate. */
export function ledgerKey(phase: Phase, result: Result): string {
  return phase === "daily" ? result.window.reportDate : result.window.asOf;
}

/** Replaces the row of the same rollout, phase and key; the replaced one is kept as a restatement when it said something else. */
export async function writeNight(engine: Engine, entry: LedgerEntry): Promise<void> {
  const { result } = entry;
  const { decision, rollout, window, phase } = result;
  const key = ledgerKey(phase, result);
  const where = `rollout = ${sqlText(rollout.name)} AND phase = ${sqlText(phase)} AND key = ${sqlText(key)}`;
  const [previous] = await engine.rows(`SELECT revision, recorded_at FROM decisions WHERE ${where}`);
  if (previous !== undefined && entry.changed === "") return;
  const revision = previous === undefined ? 1 : Number(previous["revision"]) + 1;
  const recordedAt = sqlTimestamp(entry.recordedAt);
  await engine.transaction(async () => {
    if (previous !== undefined) {
      await engine.execute(`INSERT INTO restatements SELECT rollout, phase, key, revision, action, rule, reason, recorded_at,
        ${recordedAt}, ${sqlText(entry.changed)}, result FROM decisions WHERE ${where}`);
      await engine.execute(`DELETE FROM decisions WHERE ${where}`);
    }
    const values = [
      sqlText(rollout.name),
      sqlText(phase),
      sqlText(key),
      sqlTimestamp(window.asOf),
      sqlDate(window.reportDate),
      sqlText(rollout.gate),
      sqlText(decision.action),
      sqlText(decision.to),
      sqlText(decision.rule),
      sqlText(decision.preset),
      sqlText(decision.reasons[0] ?? ""),
      sqlText(decision.literalAction),
      // a night before the gate's first day has observed none: the first lies after the last
      sqlDate(window.opensOn ?? window.from),
      sqlDate(window.to),
      String(entry.healthyDay),
      entry.moveSeen === null ? "NULL" : String(entry.moveSeen),
      String(revision),
      recordedAt,
      sqlText(entry.stored),
      String(window.plannedNights),
      sqlDate(window.preFrom),
      sqlDate(window.preTo),
    ];
    await engine.execute(`INSERT INTO decisions VALUES (${values.join(", ")})`);
  });
}

/** The stored text of the night of exactly this key, or of the latest one before `asOf` in the same phase; null when none. */
export async function readNight(
  engine: Engine,
  at: {
    readonly rollout: string;
    readonly phase: Phase;
    readonly asOf: string;
    readonly which: "same" | "before";
  },
): Promise<string | null> {
  const compare = at.which === "same" ? "=" : "<";
  const where = `phase = ${sqlText(at.phase)} AND as_of ${compare} ${sqlTimestamp(at.asOf)}`;
  return (await storedTexts(engine, at.rollout, `AND ${where} ORDER BY as_of DESC LIMIT 1`))[0] ?? null;
}

/** The stored text of the night judged last, of either phase, or the last of a report date; null when none is kept. */
export async function readLatestNight(
  engine: Engine,
  rollout: string,
  date: Day | null = null,
): Promise<string | null> {
  const of = date === null ? "" : `AND report_date = ${sqlDate(date)} `;
  return (await storedTexts(engine, rollout, `${of}ORDER BY as_of DESC, phase LIMIT 1`))[0] ?? null;
}

/** The stored text of every night of a rollout, in the order of time; as far as it is kept. */
export async function readStoredNights(engine: Engine, rollout: string): Promise<readonly string[]> {
  return await storedTexts(engine, rollout, "ORDER BY as_of, phase, key");
}

/** Of nights that only a later report remembers there is none. */
async function storedTexts(engine: Engine, rollout: string, rest: string): Promise<readonly string[]> {
  const rows = await engine.rows(
    `SELECT result FROM decisions WHERE rollout = ${sqlText(rollout)} AND result <> '' ${rest}`,
  );
  return rows.map((row) => String(row["result"]));
}
