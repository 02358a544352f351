/** What is recorded of one file in the transaction of its load: days, notes and counts, duplicates resolved, all of it counted again. */
import type { Engine } from "../../engine/engine.ts";
import type { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import { markDirtyDays } from "../days/dirty-days.ts";
import {
  keepPreviousDays,
  noteClosedContent,
  noteLateRows,
  withdrawClosedDays,
} from "../days/pruned-days.ts";
import { releaseRows, resolveDuplicates } from "../events/duplicates.ts";
import type { OpenFile } from "../open-file.ts";
import type { FileTask, LoadPlan } from "../plan.ts";
import { checkAccounting } from "./accounting.ts";
import { disagreement, fixRows, likelyCauses, type Rejects, rejectsOf } from "./file-facts.ts";
import { type KnownFile, knownFile, writeKnownFiles } from "./loads-table.ts";
import { columnsWithData } from "./present-columns.ts";

/** `read`: rows the source yielded, and rows the reader rejected. */
export async function recordLoad(
  engine: Engine,
  file: OpenFile,
  plan: LoadPlan,
  read: number,
): Promise<void> {
  const { task, prepared, bound } = file;
  const { fileId } = task;
  const mine = `file_id = ${fileId}`;
  await engine.execute(`INSERT INTO load_days (file_id, event_date, accepted, misdated)
    SELECT file_id, event_date, count(*), count(*) FILTER (${disagreement(bound, plan.config) ?? "false"})
    FROM event_rows WHERE ${mine} GROUP BY ALL`);
  const { sha256 } = await prepared.fingerprint();
  const notes = [...prepared.notes, ...bound.notes, ...(await fixRows(engine, fileId, sha256))];
  const accepted = await acceptedRows(engine, fileId);
  // of all rows of the file, closed days too: a column is not absent because its rows are no longer kept
  const present = await columnsWithData(engine, bound, fileId);
  await noteClosedContent(engine, plan, fileId);
  const closed = await withdrawClosedDays(engine, plan, fileId);
  const rejects = await rejectsOf(engine, fileId);
  if ("date_closed" in rejects.byReason) await noteLateRows(engine, fileId);
  notes.push(...likelyCauses(rejects, task.file.format));
  if (closed > 0) notes.push(`${closed} rows of closed days, counted before`);
  await writeKnownFiles(engine, [await loadedFile(file, { read, accepted, rejects, present, notes })]);
  await resolveDuplicates(engine, [fileId], task.hadRows);
  await markDirtyDays(
    engine,
    `SELECT event_date FROM load_days WHERE ${mine} UNION SELECT event_date FROM previous_days`,
  );
  await checkAccounting(engine, [fileId], closed);
}

export interface LoadedRows {
  readonly read: number;
  /** Rows that are events, duplicates among them. */
  readonly accepted: { readonly rows: number; readonly first: Day | null; readonly last: Day | null };
  readonly rejects: Rejects;
  readonly present: readonly string[];
  readonly notes: readonly string[];
}

/** Before duplicates are looked for: none is counted yet. */
export async function loadedFile(
  { task, prepared, raw }: OpenFile,
  { read, accepted, rejects, present, notes }: LoadedRows,
): Promise<KnownFile> {
  const { lines, sha256 } = await prepared.fingerprint();
  return knownFile(task, {
    retryFrom: rejects.retryFrom,
    present,
    record: {
      status: "loaded",
      lines,
      read,
      loaded: accepted.rows,
      rejected: rejects.rows,
      rejectedByReason: rejects.byReason,
      sha256,
      firstDay: accepted.first,
      lastDay: accepted.last,
      columns: raw.found,
      notes,
    },
  });
}

/** Rows of an earlier version of the file go, too. `isLasting`: it will be refused as long as it is not changed. */
export async function recordRefusal(
  engine: Engine,
  task: FileTask,
  { refused, isLasting }: { readonly refused: GatebookError; readonly isLasting: boolean },
): Promise<void> {
  const { file, fileId } = task;
  await keepPreviousDays(engine, fileId);
  await markDirtyDays(engine, "SELECT event_date FROM previous_days");
  await releaseRows(engine, fileId);
  const notes = [refused.message, refused.hint ?? ""].filter((note) => note !== "");
  await writeKnownFiles(engine, [
    knownFile(task, {
      modifiedNs: isLasting ? file.modifiedNs : "0",
      record: { status: "refused", notes },
    }),
  ]);
  await resolveDuplicates(engine, [fileId], true);
}

async function acceptedRows(engine: Engine, fileId: number): Promise<LoadedRows["accepted"]> {
  const [row] =
    await engine.rows(`SELECT coalesce(sum(accepted), 0) AS rows, min(event_date) AS first, max(event_date) AS last
    FROM load_days WHERE file_id = ${fileId}`);
  const day = (name: string): Day | null => (row?.[name] == null ? null : String(row[name]));
  return { rows: Number(row?.["rows"]), first: day("first"), last: day("last") };
}
