/**
 * Several small files of one shape into event_rows, in one statement and one transaction, with the guarantees of load-file.ts for
 * each. Anything to reject, fix, note or explain rolls the group back, and its files are read one by one.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import { markDirtyDays } from "./days/dirty-days.ts";
import { resolveDuplicates } from "./events/duplicates.ts";
import { HAS_NO_ID } from "./events/event-identity.ts";
import { eventRules } from "./events/rules.ts";
import { canonicalSelect, eventRowsSelect } from "./events/select-events.ts";
import type { ReadyFile } from "./files/read-ahead.ts";
import { isRefusal, needsLeniency, needsTolerance } from "./files/refusal.ts";
import { FILE_INDEX } from "./formats/readers.ts";
import { type OpenFile, openFile } from "./open-file.ts";
import type { LoadPlan } from "./plan.ts";
import { checkAccounting } from "./records/accounting.ts";
import { disagreement, NEGATIVE_DWELL } from "./records/file-facts.ts";
import { writeKnownFiles } from "./records/loads-table.ts";
import { columnsByFile } from "./records/present-columns.ts";
import { loadedFile } from "./records/record-load.ts";
import { everyLineIsARow, insertStrictly } from "./strict-load.ts";

/** Loads those whose shape most of them have, and returns them; none where nothing was changed. */
export async function loadTogether(
  engine: Engine,
  group: readonly ReadyFile[],
  plan: LoadPlan,
): Promise<readonly ReadyFile[]> {
  try {
    const all: OpenFile[] = [];
    for (const ready of group) all.push(await openFile(engine, ready, plan.config));
    const files = mostAlike(all);
    const select = files.length < 2 ? null : selectOf(files, plan);
    if (select === null) return [];
    await engine.transaction(async () => {
      await insertStrictly(engine, select);
      for (const { onRead } of files) onRead();
      await settle(engine, files, plan);
    });
    const taken = new Set(files.map(({ task }) => task));
    return group.filter(({ task }) => taken.has(task));
  } catch (error) {
    if (error === needsTolerance || error === needsLeniency || isRefusal(error) || isOfFile(error)) return [];
    throw error;
  }
}

/** JSON lines of one feed do not all have the same keys, and a CSV export gets a new column one day. */
function mostAlike(files: readonly OpenFile[]): readonly OpenFile[] {
  const shapes = new Map<string, OpenFile[]>();
  for (const file of files) {
    const shape = shapeOf(file);
    shapes.set(shape, [...(shapes.get(shape) ?? []), file]);
  }
  const [most = []] = [...shapes.values()].sort((left, right) => right.length - left.length);
  return most;
}

/** A file that vanished or may not be read: which one shows when each is read by itself. */
function isOfFile(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code)) && "syscall" in error
  );
}

/** Null when a list of them cannot be read. */
function selectOf(files: readonly OpenFile[], plan: LoadPlan): string | null {
  const [first] = files;
  if (first === undefined || first.raw.fromMany === null) return null;
  const paths = files.map(({ prepared }) => prepared.strictPath);
  const relation = { ...first.raw, from: first.raw.fromMany(paths) };
  const rows = canonicalSelect({ ...first.bound, relation }, first.task.file.source, plan.config, {
    mode: "strict",
    extra: [FILE_INDEX],
  });
  const ids = files.map(({ task }) => task.fileId).join(", ");
  const fileId = `CAST([${ids}][CAST(e.${FILE_INDEX} AS BIGINT) + 1] AS INTEGER)`;
  return eventRowsSelect(rows, fileId, plan.hasLookups);
}

/** Equal for files that one SELECT reads alike. */
function shapeOf({ raw, bound }: OpenFile): string {
  return JSON.stringify([
    raw.fromMany?.([]) ?? raw.from,
    raw.columns,
    raw.found,
    [...bound.values],
    bound.notes,
  ]);
}

async function settle(engine: Engine, files: readonly OpenFile[], plan: LoadPlan): Promise<void> {
  const ids = files.map(({ task }) => task.fileId);
  const mine = `file_id IN (${ids.join(", ")})`;
  const days = await validDays(engine, files, plan, mine);
  const present = await columnsByFile(engine, files[0]?.bound, mine);
  const known = [];
  for (const file of files) {
    const { task, prepared, bound } = file;
    const fingerprint = await prepared.fingerprint();
    const own = days.filter(({ fileId }) => fileId === task.fileId);
    const rows = own.reduce((sum, day) => sum + day.rows, 0);
    if (fingerprint.hasNul || !everyLineIsARow(prepared, fingerprint.lines, rows)) throw needsTolerance;
    known.push(
      await loadedFile(file, {
        read: rows,
        accepted: { rows, first: own[0]?.day ?? null, last: own.at(-1)?.day ?? null },
        rejects: { rows: 0, byReason: {}, retryFrom: null },
        present: present.get(task.fileId) ?? [],
        notes: [...prepared.notes, ...bound.notes],
      }),
    );
  }
  const values = days.map(({ fileId, day, rows }) => `(${fileId}, ${sqlDate(day)}, ${rows}, 0)`);
  if (values.length > 0) {
    const columns = "file_id, event_date, accepted, misdated";
    await engine.execute(`INSERT INTO load_days (${columns}) VALUES ${values.join(", ")}`);
  }
  await writeKnownFiles(engine, known);
  await resolveDuplicates(engine, ids, false);
  await markDirtyDays(engine, `SELECT event_date FROM load_days WHERE ${mine}`);
  await checkAccounting(engine, ids, 0);
}

interface FileDay {
  readonly fileId: number;
  readonly day: string;
  readonly rows: number;
}

/** Rows by file and day, in order of day. Throws `needsTolerance` when there is anything to reject, fix or note. */
async function validDays(
  engine: Engine,
  [first]: readonly OpenFile[],
  plan: LoadPlan,
  mine: string,
): Promise<readonly FileDay[]> {
  const differs = first === undefined ? null : disagreement(first.bound, plan.config);
  const oddities = [
    ...eventRules(plan).map(({ breach }) => breach),
    NEGATIVE_DWELL,
    HAS_NO_ID,
    ...(differs === null ? [] : [differs]),
    ...(plan.retentionStart === null ? [] : [`event_date < ${sqlDate(plan.retentionStart)}`]),
  ];
  const odd = oddities.map((oddity) => `(${oddity})`).join(" OR ");
  const rows =
    await engine.rows(`SELECT file_id, event_date, count(*) AS rows, count(*) FILTER (${odd}) AS odd
    FROM event_rows WHERE ${mine} GROUP BY file_id, event_date ORDER BY event_date, file_id`);
  if (rows.some((row) => Number(row["odd"]) > 0)) throw needsTolerance;
  return rows.map((row) => ({
    fileId: Number(row["file_id"]),
    day: String(row["event_date"]),
    rows: Number(row["rows"]),
  }));
}
