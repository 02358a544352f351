/** Which files have to be read tonight, and which are as they were. */
import type { Engine } from "../engine/engine.ts";
import { sqlText } from "../engine/sql-text.ts";
import type { Config } from "../model/config.ts";
import type { Day } from "../model/words.ts";
import type { DiscoveredFile } from "./files/discover.ts";
import { sha256OfFile } from "./files/fingerprint.ts";
import type { FileTask } from "./plan.ts";
import { type KnownFile, readKnownFiles, setStatus } from "./records/loads-table.ts";

export interface PlanOptions {
  readonly latestDay: Day;
  /** By source. */
  readonly loadFingerprints: ReadonlyMap<string, string>;
}

/** In the order of `files`. A file that was only renamed or touched is recorded as such and needs no reading. */
export async function planFiles(
  engine: Engine,
  files: readonly DiscoveredFile[],
  options: PlanOptions,
): Promise<FileTask[]> {
  const known = await readKnownFiles(engine);
  const byName = new Map(known.map((each) => [keyOf(each.record.source, each.record.file), each]));
  const present = new Set(files.map((file) => keyOf(file.source.name, file.file)));
  const gone = known.filter(({ record }) => !present.has(keyOf(record.source, record.file)));
  let nextId = known.reduce((highest, { fileId }) => Math.max(highest, fileId), 0) + 1;
  const tasks: FileTask[] = [];
  for (const file of files) {
    const loadFingerprint = options.loadFingerprints.get(file.source.name) ?? "";
    const before = byName.get(keyOf(file.source.name, file.file));
    const now = { loadFingerprint, latestDay: options.latestDay };
    const isAsBefore =
      before === undefined
        ? await adoptRenamed(engine, file, loadFingerprint, gone)
        : await isUnchanged(engine, file, before, now);
    if (isAsBefore) continue;
    tasks.push({ file, loadFingerprint, fileId: before?.fileId ?? nextId++, hadRows: before !== undefined });
  }
  return tasks;
}

/** The file, and what else its rows depend on, is as it was when `before` was recorded. */
export async function isUnchanged(
  engine: Engine,
  file: DiscoveredFile,
  before: KnownFile,
  { loadFingerprint, latestDay }: { readonly loadFingerprint: string; readonly latestDay: Day },
): Promise<boolean> {
  if (before.loadFingerprint !== loadFingerprint) return false;
  if (file.problem !== null) return before.record.notes[0] === file.problem;
  if (before.retryFrom !== null && before.retryFrom <= latestDay) return false;
  if (before.record.bytes !== file.bytes) return false;
  if (before.modifiedNs !== file.modifiedNs) {
    if (before.record.sha256 === "" || (await sha256OfFile(file.path)) !== before.record.sha256) return false;
    await rename(engine, before, file);
  }
  if (before.record.status === "vanished") await setStatus(engine, before.fileId, "loaded");
  return true;
}

/** The same bytes under another name, while the old name is gone: the rows stay, the record moves. */
async function adoptRenamed(
  engine: Engine,
  file: DiscoveredFile,
  loadFingerprint: string,
  gone: KnownFile[],
): Promise<boolean> {
  const candidates = gone.filter(
    (each) =>
      each.record.source === file.source.name &&
      each.record.bytes === file.bytes &&
      each.loadFingerprint === loadFingerprint &&
      each.record.status !== "refused",
  );
  if (candidates.length === 0 || file.problem !== null) return false;
  const sha256 = await sha256OfFile(file.path);
  const same = candidates.find(({ record }) => record.sha256 === sha256);
  if (same === undefined) return false;
  gone.splice(gone.indexOf(same), 1);
  await rename(engine, same, file);
  return true;
}

async function rename(engine: Engine, before: KnownFile, file: DiscoveredFile): Promise<void> {
  const modified = new Date(Number(BigInt(file.modifiedNs) / 1_000_000n)).toISOString().replace("Z", "");
  await engine.execute(`UPDATE load_files SET file = ${sqlText(file.file)}, status = 'loaded',
    modified_ns = ${sqlText(file.modifiedNs)}, modified_at = ${sqlText(modified)} WHERE file_id = ${before.fileId}`);
}

/** Files that were loaded and are gone keep their rows; a refused one has none and is forgotten. True when one vanished just now. */
export async function markVanished(
  engine: Engine,
  config: Config,
  files: readonly DiscoveredFile[],
): Promise<boolean> {
  const present = new Set(files.map((file) => keyOf(file.source.name, file.file)));
  const lookups = new Set(config.sources.filter(({ kind }) => kind === "lookup").map(({ name }) => name));
  const gone = (await readKnownFiles(engine)).filter(
    ({ record, kind }) =>
      kind === "events" &&
      record.status !== "vanished" &&
      !present.has(keyOf(record.source, record.file)) &&
      !lookups.has(record.source),
  );
  for (const { fileId, record } of gone) {
    if (record.status !== "refused") await setStatus(engine, fileId, "vanished");
    // the number may be given to another file
    else
      await engine.execute(`DELETE FROM load_files WHERE file_id = ${fileId};
        UPDATE closed_days SET file_id = NULL WHERE file_id = ${fileId}`);
  }
  return gone.length > 0;
}

function keyOf(source: string, file: string): string {
  return `${source}\0${file}`;
}
