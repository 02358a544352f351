/**
 * One export file into event_rows, in one transaction: its old rows out, its new rows in, duplicates settled, the
 * accounting checked, the load recorded. The fast path first; a file with faults is rolled back and read tolerantly.
 */
import type { Engine } from "../engine/engine.ts";
import type { Day } from "../model/words.ts";
import { checkAccounting } from "./accounting.ts";
import { keepPreviousDays, withdrawClosedDays } from "./closed-days.ts";
import { releaseRows, resolveDuplicates } from "./duplicates.ts";
import { countDisagreements, isDataError, loadFast, needsTolerance } from "./fast-load.ts";
import { checkLines } from "./line-check.ts";
import { isoOfNanoseconds, type KnownFile, writeKnownFile } from "./loads-table.ts";
import type { LoadPlan } from "./plan.ts";
import type { Fingerprint, PreparedFile } from "./prepare.ts";
import { columnsWithData } from "./present-columns.ts";
import { rawRelation } from "./raw-relation.ts";
import { nameLonelyRows } from "./row-units.ts";
import { type BoundRelation, bindRelation } from "./select-events.ts";
import type { SortingMode } from "./sort-lines.ts";
import { stageRelation } from "./staging.ts";
import { loadTolerant } from "./tolerant-load.ts";

export interface FileLoad {
  /** Days on which an event came, went or changed. */
  readonly days: readonly Day[];
}

interface Reading {
  readonly read: number;
  readonly fingerprint: Fingerprint;
}

/** `previous`: the same file as it was loaded before. Throws a refusal when nothing of the file can be taken. */
export async function loadEventFile(
  engine: Engine,
  prepared: PreparedFile,
  plan: LoadPlan,
  known: Pick<KnownFile, "recipe"> & { readonly hadRows: boolean },
): Promise<FileLoad> {
  const raw = await rawRelation(engine, prepared);
  const bound = bindRelation(await stageRelation(engine, prepared.file, raw, plan.config), prepared.file);
  const measuring = prepared.fingerprint();
  measuring.catch(() => undefined); // looked at below, in either path
  const attempt = (read: () => Promise<Reading>): Promise<FileLoad> =>
    engine.transaction(async () => {
      await keepPreviousDays(engine, plan.fileId);
      if (known.hadRows) await releaseRows(engine, plan.fileId);
      return finish(
        engine,
        { prepared, bound, found: raw.found, plan, recipe: known.recipe, hadRows: known.hadRows },
        await read(),
      );
    });
  const tolerant = (mode: SortingMode): Promise<FileLoad> =>
    attempt(async () => {
      const read = await loadTolerant(engine, prepared, raw, plan, mode);
      return { read, fingerprint: await measuring };
    });
  const fast = (): Promise<FileLoad> =>
    attempt(async () => {
      const read = await loadFast(engine, prepared, bound, plan);
      const fingerprint = await measuring;
      await checkLines(engine, prepared, raw, read, fingerprint);
      return { read, fingerprint };
    });
  return firstOf([fast, () => tolerant("lines"), () => tolerant("values")]);
}

/** The next way is tried when the one before stumbles over the data; the last has to succeed. */
async function firstOf(ways: readonly (() => Promise<FileLoad>)[]): Promise<FileLoad> {
  const [way, ...others] = ways;
  if (way === undefined) throw new Error("no way to load a file");
  try {
    return await way();
  } catch (error) {
    if (others.length === 0 || (error !== needsTolerance && !isDataError(error))) throw error;
    return firstOf(others);
  }
}

interface Load {
  readonly prepared: PreparedFile;
  readonly bound: BoundRelation;
  /** Columns of the file, before any staging. */
  readonly found: readonly string[];
  readonly plan: LoadPlan;
  readonly recipe: string;
  readonly hadRows: boolean;
}

async function finish(engine: Engine, load: Load, reading: Reading): Promise<FileLoad> {
  const { prepared, bound, plan } = load;
  const { fileId } = plan;
  const { file } = prepared;
  const notes = [...prepared.notes, ...bound.notes, ...(await mendRows(engine, bound, plan, reading))];
  await engine.execute(`INSERT INTO load_days
    SELECT file_id, event_date, count(*) FROM event_rows WHERE file_id = ${fileId} GROUP BY ALL`);
  const accepted = await acceptedRows(engine, fileId);
  const closed = await withdrawClosedDays(engine, plan);
  const rejects = await rejectsOf(engine, fileId);
  await writeKnownFile(engine, {
    fileId,
    kind: "events",
    modifiedNs: file.modifiedNs,
    recipe: load.recipe,
    retryFrom: rejects.retryFrom,
    present: await columnsWithData(engine, bound, fileId),
    record: {
      source: file.source.name,
      file: file.file,
      status: "loaded",
      lines: reading.fingerprint.lines,
      read: reading.read,
      loaded: accepted.rows,
      duplicates: 0,
      conflicts: 0,
      rejected: rejects.rows,
      rejectedByReason: rejects.byReason,
      bytes: file.bytes,
      modifiedAt: isoOfNanoseconds(file.modifiedNs),
      sha256: reading.fingerprint.sha256,
      firstDay: accepted.first,
      lastDay: accepted.last,
      columns: load.found,
      notes: closed === 0 ? notes : [...notes, `${closed} rows of closed days, counted before`],
    },
  });
  const { days } = await resolveDuplicates(engine, fileId, load.hadRows);
  await checkAccounting(engine, fileId, closed);
  return { days: [...new Set([...days, ...(await touchedDays(engine, fileId))])] };
}

/** What is stated for an oddity that does not reject the row; returns the notes that count it. */
async function mendRows(
  engine: Engine,
  bound: BoundRelation,
  plan: LoadPlan,
  reading: Reading,
): Promise<string[]> {
  const mine = `file_id = ${plan.fileId}`;
  const notes: string[] = [];
  const [odd] = await engine.rows(
    `SELECT count(*) FILTER (dwell_seconds < 0) AS negative FROM event_rows WHERE ${mine}`,
  );
  const negative = Number(odd?.["negative"]);
  if (negative > 0) {
    await engine.execute(`UPDATE event_rows SET dwell_seconds = NULL WHERE ${mine} AND dwell_seconds < 0`);
    notes.push(`dwell negative in ${rowsText(negative)}: taken as not known`);
  }
  const differing = await countDisagreements(engine, bound, plan);
  if (differing > 0)
    notes.push(`event_date differs from occurred_at in ${rowsText(differing)}: event_date counts`);
  const lonely = await nameLonelyRows(engine, plan.fileId, reading.fingerprint.sha256);
  if (lonely > 0) notes.push(`${rowsText(lonely)} without user, session and event id: each its own unit`);
  return notes;
}

function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

async function acceptedRows(
  engine: Engine,
  fileId: number,
): Promise<{ readonly rows: number; readonly first: Day | null; readonly last: Day | null }> {
  const [row] =
    await engine.rows(`SELECT coalesce(sum(accepted), 0) AS rows, min(event_date) AS first, max(event_date) AS last
    FROM load_days WHERE file_id = ${fileId}`);
  const day = (name: string): Day | null => (row?.[name] == null ? null : String(row[name]));
  return { rows: Number(row?.["rows"]), first: day("first"), last: day("last") };
}

interface Rejects {
  readonly rows: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly retryFrom: Day | null;
}

async function rejectsOf(engine: Engine, fileId: number): Promise<Rejects> {
  const rows = await engine.rows(`SELECT reason, count(*) AS rows FROM reject_rows
    WHERE file_id = ${fileId} GROUP BY reason ORDER BY reason`);
  const byReason = Object.fromEntries(rows.map((row) => [String(row["reason"]), Number(row["rows"])]));
  const total = rows.reduce((sum, row) => sum + Number(row["rows"]), 0);
  if (!("future_date" in byReason)) return { rows: total, byReason, retryFrom: null };
  const [first] = await engine.rows(
    "SELECT min(event_date) AS day FROM bad_rows WHERE reason = 'future_date'",
  );
  return { rows: total, byReason, retryFrom: String(first?.["day"]) };
}

async function touchedDays(engine: Engine, fileId: number): Promise<Day[]> {
  const rows = await engine.rows(`SELECT event_date FROM load_days WHERE file_id = ${fileId}
    UNION SELECT event_date FROM previous_days ORDER BY event_date`);
  return rows.map((row) => String(row["event_date"]));
}
