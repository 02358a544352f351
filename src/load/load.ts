/**
 * Exports into the warehouse. In: what `discoverSources` found. Out: event rows, rejects, duplicates and one load record per file. A
 * file that cannot be taken is recorded as refused and never stops the others.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { addDays, dayAt } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { CheckResult, LoadRecord } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import { readDirtyDays } from "./days/dirty-days.ts";
import { reopenDays, retentionStart } from "./days/pruned-days.ts";
import { writeDefinitions } from "./events/definition.ts";
import { settleOldConflicts } from "./events/duplicates.ts";
import { clearOldPlaceholders, refreshKeys } from "./events/event-identity.ts";
import { settleSources } from "./events/named-sources.ts";
import type { DiscoveredFile } from "./files/discover.ts";
import type { SkippedFile } from "./files/skipped.ts";
import { type LoadProgress, loadTasks } from "./load-tasks.ts";
import { joinedLookups, type Lookups, loadLookups } from "./lookups/lookups.ts";
import { markVanished, planFiles } from "./plan-files.ts";
import { type LoadedFiles, loadChecks } from "./records/checks.ts";
import { loadFingerprint } from "./records/load-fingerprint.ts";
import { readKnownFiles } from "./records/loads-table.ts";
import { presentColumns } from "./records/present-columns.ts";
import { readRejectExamples } from "./records/reject-examples.ts";
import { narrowUnits } from "./records/tables.ts";

export interface LoadContext {
  /** Instant of the judgement, ISO UTC. */
  readonly asOf: string;
  /** The clock. An event is in the future when it is more than a day after both: a backfill finds later days, and they are valid. */
  readonly now?: Date | undefined;
  /** Inside a folder that the engine may read and write when it is locked down. */
  readonly temporaryFolder: string;
  readonly progress: LoadProgress;
  /** What the patterns match and is no export. */
  readonly skipped?: readonly SkippedFile[] | undefined;
  /** Patterns without files, each with its source. */
  readonly missing?: readonly string[] | undefined;
  /** Days whose events were dropped are loaded again, as far as their exports are there. */
  readonly reload?: boolean | undefined;
  /** Column names in the SQL of the relations: a change of others makes no other definition of a source. Null: any may be read. */
  readonly namedColumns?: ReadonlySet<string> | null | undefined;
}

export interface LoadSummary {
  /** Every file known, ordered by source and file: the same whether it was read now or on an earlier night. */
  readonly records: readonly LoadRecord[];
  /** Days whose events changed since `clearDirtyDays`: in this run, or in one that was killed. */
  readonly dirtyDates: readonly Day[];
  /** Canonical columns with data in any load. */
  readonly presentColumns: ReadonlySet<string>;
  readonly checks: readonly CheckResult[];
  /** False when this run found everything as the last one left it. */
  readonly changed: boolean;
}

export async function loadSources(
  engine: Engine,
  config: Config,
  files: readonly DiscoveredFile[],
  context: LoadContext,
): Promise<LoadSummary> {
  const temporary = await freshFolder(context.temporaryFolder);
  try {
    await refreshKeys(engine);
    await clearOldPlaceholders(engine, config);
    await settleOldConflicts(engine);
    const latestDay = lastPossibleDay(config, context);
    const lookups = await loadLookups(engine, config, files, { latestDay, temporary });
    const loadFingerprints = await fingerprintsOf(engine, config, lookups);
    await writeDefinitions(engine, config, { loadFingerprints, named: context.namedColumns ?? null });
    const events = files.filter(({ source }) => source.kind === "events");
    if (context.reload === true) await reopenDays(engine, events);
    const leftOut = await settleSources(engine, config, events);
    const tasks = await planFiles(engine, events, { latestDay, loadFingerprints });
    const plan = {
      config,
      latestDay,
      retentionStart: await retentionStart(engine),
      hasLookups: lookups.hasItems,
    };
    await loadTasks(engine, tasks, { plan, temporary, progress: context.progress });
    const vanished = await markVanished(engine, config, files);
    await narrowUnits(engine, config);
    const changed = tasks.length > 0 || lookups.changed || vanished;
    const { skipped = [], missing = [] } = context;
    return await summarize(engine, config, { leftOut, skipped, missing, changed });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function fingerprintsOf(
  engine: Engine,
  config: Config,
  { contents }: Lookups,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const source of config.sources.filter(({ kind }) => kind === "events")) {
    const joined = await joinedLookups(engine, source, contents);
    found.set(source.name, await loadFingerprint(source, config, joined));
  }
  return found;
}

/** Only the run with the lock on the store works in `parent`: what is left there is of a killed one. */
async function freshFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith("load-")) await rm(join(parent, name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent, "load-"));
}

/** The last day an event may have. */
export function lastPossibleDay(config: Config, context: Pick<LoadContext, "asOf" | "now">): Day {
  const { timeZone } = config.rollout;
  const asOf = dayAt(new Date(context.asOf), timeZone);
  const today = context.now === undefined ? asOf : dayAt(context.now, timeZone);
  const [latest = asOf] = [asOf, today].sort().reverse();
  return addDays(latest, 1);
}

/** What the records say now. */
export async function summarize(
  engine: Engine,
  config: Config,
  {
    changed,
    ...around
  }: Pick<LoadedFiles, "leftOut" | "skipped" | "missing"> & { readonly changed: boolean },
): Promise<LoadSummary> {
  const named = new Set(config.sources.map(({ name }) => name));
  const known = (await readKnownFiles(engine)).filter(({ record }) => named.has(record.source));
  const firstOpen = await retentionStart(engine);
  const rejectExamples = await readRejectExamples(engine);
  return {
    records: known.map(({ record }) => record),
    dirtyDates: await readDirtyDays(engine, firstOpen),
    presentColumns: await presentColumns(engine, named),
    checks: loadChecks({ known, retentionStart: firstOpen, rejectExamples, ...around }, config),
    changed,
  };
}
