/**
 * Each lookup becomes a table of its source's name, one row per item_id when it has one. All of these make `item_attributes`, which
 * fills author, category and duplicate group of events that lack them; events follow when a lookup changes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import { stagingText } from "../events/staging-file.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { isUnchanged } from "../plan-files.ts";
import { loadFingerprint } from "../records/load-fingerprint.ts";
import { type KnownFile, readKnownFiles } from "../records/loads-table.ts";
import { markItemsStale, refreshItems } from "./item-attributes.ts";
import { buildLookup } from "./lookup-table.ts";

export interface Lookups {
  readonly changed: boolean;
  /** item_attributes has rows. */
  readonly hasItems: boolean;
  /** Lookup → hash of the files it was made of. */
  readonly contents: ReadonlyMap<string, string>;
}

/** gatebook's own tables, besides those that the configuration rejects. */
const ownTables = new Set([
  "event_rows",
  "duplicate_rows",
  "reject_rows",
  "reject_days",
  "load_days",
  "closed_days",
  "misdated_days",
  "source_definitions",
  "load_files",
  "load_state",
  "item_attributes",
]);

export async function loadLookups(
  engine: Engine,
  config: Config,
  files: readonly DiscoveredFile[],
  options: { readonly latestDay: Day; readonly temporary: string },
): Promise<Lookups> {
  const sources = config.sources.filter(({ kind }) => kind === "lookup");
  let changed = await dropForgotten(engine, sources);
  for (const source of sources) {
    if (ownTables.has(source.name.toLowerCase())) {
      throw new GatebookError("config", `the warehouse has a table "${source.name}" of its own`, {
        where: { file: config.file },
        hint: "give the lookup another name",
      });
    }
    const own = files.filter((file) => file.source.name === source.name);
    const now = { loadFingerprint: await loadFingerprint(source, config, ""), latestDay: options.latestDay };
    if (await isCurrent(engine, source, own, now)) continue;
    const temporary = await mkdtemp(join(options.temporary, "lookup-"));
    await buildLookup(engine, source, own, { ...now, temporary });
    await rm(temporary, { recursive: true, force: true });
    changed = true;
  }
  await refreshItems(engine, sources);
  const [items] = await engine.rows("SELECT count(*) AS rows FROM item_attributes");
  const known = await readKnownFiles(engine);
  return {
    changed,
    hasItems: Number(items?.["rows"]) > 0,
    contents: new Map(sources.map(({ name }) => [name, contentOf(name, known)])),
  };
}

function contentOf(name: string, known: readonly KnownFile[]): string {
  return known.flatMap(({ record }) => (record.source === name ? [record.sha256] : [])).join(" ");
}

/** No file is new, changed or gone; one whose files are all gone keeps its rows, as events do. */
async function isCurrent(
  engine: Engine,
  source: Source,
  files: readonly DiscoveredFile[],
  now: { readonly loadFingerprint: string; readonly latestDay: Day },
): Promise<boolean> {
  const known = (await readKnownFiles(engine)).filter(({ record }) => record.source === source.name);
  if (files.length === 0) return known.length > 0;
  if (known.length !== files.length) return false;
  for (const file of files) {
    const before = known.find(({ record }) => record.file === file.file);
    if (before === undefined || !(await isUnchanged(engine, file, before, now))) return false;
  }
  return true;
}

/** Tables of lookups that rollout.yaml no longer names. */
async function dropForgotten(engine: Engine, sources: readonly Source[]): Promise<boolean> {
  const names = new Set(sources.map(({ name }) => name));
  const known = (await readKnownFiles(engine)).filter(({ kind }) => kind === "lookup");
  const forgotten = new Set(known.map(({ record }) => record.source).filter((name) => !names.has(name)));
  for (const name of forgotten) {
    await engine.transaction(async () => {
      await engine.execute(`DROP TABLE IF EXISTS ${sqlName(name)};
        DELETE FROM reject_rows WHERE file_id IN (SELECT file_id FROM load_files WHERE source = ${sqlText(name)});
        DELETE FROM load_files WHERE source = ${sqlText(name)}`);
      await markItemsStale(engine);
    });
  }
  return forgotten.size > 0;
}

/** The content of the lookups that the staging query of `source` joins: when they change, its files are staged again. */
export async function joinedLookups(
  engine: Engine,
  source: Source,
  contents: ReadonlyMap<string, string>,
): Promise<string> {
  if (source.staging === null || contents.size === 0) return "";
  const sql = await stagingText(source.staging);
  try {
    const references = await engine.references({ file: source.staging, sql });
    const names = new Set(references.map(({ name }) => name.toLowerCase()));
    return [...contents]
      .flatMap(([name, content]) => (names.has(name.toLowerCase()) ? [content] : []))
      .join("\n");
  } catch {
    return ""; // a query that does not parse is refused, with its place, where it is run
  }
}
