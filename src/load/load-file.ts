/**
 * One export file into event_rows, in one transaction: old rows out, new rows in, duplicates resolved, the load recorded. Strictly
 * first; a file with faults is rolled back and read tolerantly.
 */
import type { Engine } from "../engine/engine.ts";
import { isEngineError } from "../engine/engine-error.ts";
import { keepPreviousDays } from "./days/pruned-days.ts";
import { releaseRows } from "./events/duplicates.ts";
import type { ReadyFile } from "./files/read-ahead.ts";
import { needsLeniency, needsSplitting, needsTolerance } from "./files/refusal.ts";
import { splitObjects } from "./formats/json-objects.ts";
import { unreadableParquet } from "./formats/raw-relation.ts";
import type { RewriteMode } from "./formats/separate-records.ts";
import { isLarge } from "./groups.ts";
import { openFile } from "./open-file.ts";
import type { LoadPlan } from "./plan.ts";
import { recordLoad } from "./records/record-load.ts";
import { loadStrict } from "./strict-load.ts";
import { loadTolerant } from "./tolerant-load.ts";

/** Throws a refusal when nothing can be taken. */
export async function loadEventFile(engine: Engine, ready: ReadyFile, plan: LoadPlan): Promise<void> {
  try {
    await loadAsItIs(engine, ready, plan);
  } catch (error) {
    if (error !== needsSplitting) throw error;
    const prepared = ready.prepared.then((file) => splitObjects(file, ready.temporary));
    await loadAsItIs(engine, { ...ready, prepared }, plan);
  }
}

async function loadAsItIs(engine: Engine, ready: ReadyFile, plan: LoadPlan): Promise<void> {
  const file = await openFile(engine, ready, plan.config);
  const { task, prepared } = file;
  prepared.fingerprint().catch(() => undefined); // hashed beside the load, and asked for by either way
  const attempt = (read: () => Promise<number>): Promise<void> =>
    engine.transaction(async () => {
      await keepPreviousDays(engine, task.fileId);
      if (task.hadRows) await releaseRows(engine, task.fileId);
      await recordLoad(engine, file, plan, await read());
    });
  // nothing in it asks for a row's place in its file, as the tolerant ways do; the rows of a smaller file stay in their
  // order, so that a query without ORDER BY answers the same every time
  const strict = (mode: "strict" | "lenient"): Way => {
    const load = (): Promise<void> => attempt(() => loadStrict(engine, file, plan, mode));
    const run = isLarge(task.file.format, prepared.plainBytes) ? () => engine.unordered(load) : load;
    return { isStrict: true, run };
  };
  const tolerant = (mode: RewriteMode): Way => ({
    isStrict: false,
    run: () => attempt(() => loadTolerant(engine, file, plan, mode)),
  });
  const ways = [strict("strict"), strict("lenient"), tolerant("lines"), tolerant("values")];
  try {
    await firstOf(task.file.breaksReader ? ways.slice(-1) : ways);
  } catch (error) {
    const isOfFile = task.file.format === "parquet" && isEngineError(error, "data", "io", "permission");
    throw isOfFile ? unreadableParquet(task.file, error) : error;
  }
}

interface Way {
  /** One statement for all rows; what is wrong with a row is not found out. */
  readonly isStrict: boolean;
  readonly run: () => Promise<void>;
}

/** The next way is tried when the one before fails on the data; the last has to succeed. */
async function firstOf([way, ...others]: readonly Way[]): Promise<void> {
  try {
    await way?.run();
  } catch (error) {
    const left = error === needsTolerance ? others.filter(({ isStrict }) => !isStrict) : others;
    const isOfData = error === needsTolerance || error === needsLeniency || isEngineError(error, "data");
    if (left.length === 0 || !isOfData) throw error;
    await firstOf(left);
  }
}
