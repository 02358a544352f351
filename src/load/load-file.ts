/**
 * One export file into event_rows, in one transaction: its old rows out, its new rows in, duplicates settled, the
 * accounting checked, the load recorded. The fast path first; a file with faults is rolled back and read tolerantly.
 */
import type { Engine } from "../engine/engine.ts";
import { markDirtyDays } from "./days/dirty-days.ts";
import { keepPreviousDays, noteClosedContent, noteLateRows, withdrawClosedDays } from "./days/pruned-days.ts";
import { releaseRows, resolveDuplicates } from "./events/duplicates.ts";
import { type BoundRelation, bindRelation } from "./events/select-events.ts";
import { stageRelation } from "./events/staging.ts";
import type { PreparedFile } from "./files/prepare.ts";
import { asTextBytes, LARGE_BYTES } from "./files/text-bytes.ts";
import { checkLines } from "./formats/line-check.ts";
import { isUnreadable, unreadableParquet } from "./formats/parquet-faults.ts";
import { rawRelation } from "./formats/raw-relation.ts";
import type { RewriteMode } from "./formats/separate-records.ts";
import type { LoadPlan } from "./plan.ts";
import { checkAccounting } from "./records/accounting.ts";
import { acceptedRows, likelyCauses, mendRows, rejectsOf } from "./records/file-facts.ts";
import { type LoadMode, loadedFile } from "./records/load-record.ts";
import { writeKnownFile } from "./records/loads-table.ts";
import { columnsWithData } from "./records/present-columns.ts";
import { disagreement, isDataError, loadFast, needsTolerance } from "./strict-load.ts";
import { loadTolerant } from "./tolerant-load.ts";

export interface FileHistory {
  readonly recipe: string;
  /** It was loaded before. */
  readonly hadRows: boolean;
  /** Called when the engine has read the rows, and little is left to do. */
  readonly onRead: () => void;
}

/** Throws a refusal when nothing of the file can be taken. */
export async function loadEventFile(
  engine: Engine,
  prepared: PreparedFile,
  plan: LoadPlan,
  known: FileHistory,
): Promise<void> {
  const raw = await rawRelation(engine, prepared);
  const bound = bindRelation(await stageRelation(engine, prepared.file, raw, plan.config), prepared.file);
  const measuring = prepared.fingerprint();
  measuring.catch(() => undefined); // looked at below, in either path
  const attempt = (read: () => Promise<LoadMode>): Promise<void> =>
    engine.transaction(async () => {
      await keepPreviousDays(engine, plan.fileId);
      if (known.hadRows) await releaseRows(engine, plan.fileId);
      return finish(
        engine,
        { prepared, bound, found: raw.found, plan, recipe: known.recipe, hadRows: known.hadRows },
        await read(),
      );
    });
  const tolerant = (mode: RewriteMode): Promise<void> =>
    attempt(async () => {
      const read = await loadTolerant(engine, prepared, raw, plan, mode);
      return { read, fingerprint: await measuring };
    });
  const strict = (): Promise<void> =>
    attempt(async () => {
      const read = await loadFast(engine, prepared, bound, plan);
      known.onRead();
      const fingerprint = await measuring;
      await checkLines(engine, prepared, raw, read, fingerprint);
      return { read, fingerprint };
    });
  // nothing in it asks for the place of a row in its file, as the tolerant ways do
  // a smaller file's rows stand as they came, and a query without ORDER BY tells the same every time
  const isSmall = asTextBytes(prepared.file.format, prepared.plainBytes) < LARGE_BYTES;
  const fast = isSmall ? strict : () => engine.unordered(strict);
  try {
    const safest = (): Promise<void> => tolerant("values");
    return await firstOf(prepared.file.breaksReader ? [safest] : [fast, () => tolerant("lines"), safest]);
  } catch (error) {
    throw isUnreadable(prepared, error) ? unreadableParquet(prepared, error) : error;
  }
}

/** The next way is tried when the one before stumbles over the data; the last has to succeed. */
async function firstOf(ways: readonly (() => Promise<void>)[]): Promise<void> {
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

async function finish(engine: Engine, load: Load, reading: LoadMode): Promise<void> {
  const { prepared, bound, plan } = load;
  const { fileId } = plan;
  const { file } = prepared;
  await engine.execute(`INSERT INTO load_days (file_id, event_date, accepted, misdated)
    SELECT file_id, event_date, count(*), count(*) FILTER (${disagreement(bound, plan.config) ?? "false"})
    FROM event_rows WHERE file_id = ${fileId} GROUP BY ALL`);
  const notes = [
    ...prepared.notes,
    ...bound.notes,
    ...(await mendRows(engine, plan, reading.fingerprint.sha256)),
  ];
  const accepted = await acceptedRows(engine, fileId);
  // of all that the file holds, closed days too: a column is not absent because its rows are no longer kept
  const present = await columnsWithData(engine, bound, fileId);
  await noteClosedContent(engine, plan);
  const closed = await withdrawClosedDays(engine, plan);
  const rejects = await rejectsOf(engine, fileId);
  if ("date_closed" in rejects.byReason) await noteLateRows(engine, fileId);
  notes.push(...likelyCauses(rejects));
  if (closed > 0) notes.push(`${closed} rows of closed days, counted before`);
  await writeKnownFile(
    engine,
    loadedFile({
      file,
      fileId,
      recipe: load.recipe,
      columns: load.found,
      reading,
      accepted,
      rejects,
      present,
      notes,
    }),
  );
  await resolveDuplicates(engine, [fileId], load.hadRows);
  await markDirtyDays(
    engine,
    `SELECT event_date FROM load_days WHERE file_id = ${fileId} UNION SELECT event_date FROM previous_days`,
  );
  await checkAccounting(engine, [fileId], closed);
}
