/**
 * Exports into the warehouse: what `discoverSources` found comes in; event rows, rejects, duplicates and one load
 * record per file go out, one transaction per file or group of small ones. Unchanged files are skipped, changed ones read again, vanished
 * ones keep their rows. A file that cannot be taken is recorded as refused and never stops the others.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { addDays, dayAt } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import type { CheckResult, LoadRecord } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import { loadChecks } from "./checks.ts";
import { firstOpenDay } from "./closed-days.ts";
import type { DiscoveredFile } from "./discover.ts";
import { refreshKeys } from "./event-keys.ts";
import { groupTasks } from "./groups.ts";
import type { GroupPlan } from "./load-together.ts";
import { type KnownFile, readKnownFiles } from "./loads-table.ts";
import { joinedLookups, loadLookups } from "./lookups.ts";
import { markVanished, planFiles } from "./plan-files.ts";
import { presentColumns } from "./present-columns.ts";
import { type ReadyFile, readyGroups } from "./read-ahead.ts";
import { recipeOf } from "./recipe.ts";
import { narrowUnits } from "./tables.ts";
import { type FileTask, takeFile, takeGroup } from "./take-file.ts";
import { readTouchedDays } from "./touched-days.ts";

export { presentColumns };

export interface LoadContext {
  /** Instant of the judgement, ISO UTC. */
  readonly asOf: string;
  /** The clock. An event is in the future when it lies more than a day after both: a backfill of an old day finds
   * later days in the exports, and they are sound. */
  readonly now?: Date | undefined;
  /** Inside a folder the engine may read and write behind the fence. */
  readonly temporaryFolder: string;
  readonly progress: (step: {
    readonly stage: "load";
    readonly text: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

export interface LoadSummary {
  /** Every file known, ordered by source and file: the same whether it was read now or on an earlier night. */
  readonly records: readonly LoadRecord[];
  /** Days whose events changed since `forgetTouchedDays`: in this run, or in one that was killed. */
  readonly touchedDates: readonly Day[];
  /** Canonical columns that hold data in any load. */
  readonly presentColumns: ReadonlySet<string>;
  readonly checks: readonly CheckResult[];
  /** False when this run found everything as the last one left it. */
  readonly changed: boolean;
}

/** Throws GatebookError `input` when no file of events can be read at all. */
export async function loadSources(
  engine: Engine,
  config: Config,
  files: readonly DiscoveredFile[],
  context: LoadContext,
): Promise<LoadSummary> {
  const temporary = await freshFolder(context.temporaryFolder);
  try {
    await refreshKeys(engine);
    const latestDay = lastPossibleDay(config, context);
    const plain = { latestDay, recipe: (file: DiscoveredFile) => recipeOf(file.source, config, "") };
    const lookups = await loadLookups(engine, config, files, { ...plain, temporary });
    const recipe = async (file: DiscoveredFile): Promise<string> =>
      recipeOf(file.source, config, await joinedLookups(engine, file.source, lookups.contents));
    const events = files.filter(({ source }) => source.kind === "events");
    const tasks = await planFiles(engine, events, { latestDay, recipe });
    const plan = {
      config,
      latestDay,
      firstOpenDay: await firstOpenDay(engine),
      hasLookups: lookups.hasItems,
    };
    await loadTasks(engine, tasks, { plan, temporary, context });
    const vanished = await markVanished(engine, config, files);
    await narrowUnits(engine);
    return await summarize(engine, config, tasks.length > 0 || lookups.changed || vanished);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** How often files of a source may turn out not to be loadable together, before each is read by itself at once. */
const MOST_ATTEMPTS = 8;

async function loadTasks(
  engine: Engine,
  tasks: readonly FileTask[],
  {
    plan,
    temporary,
    context,
  }: { readonly plan: GroupPlan; readonly temporary: string; readonly context: LoadContext },
): Promise<void> {
  const tell = teller(tasks, context);
  const failed = new Map<string, number>();
  const load = async (files: readonly ReadyFile[], onRead: () => void): Promise<void> => {
    const [first] = files;
    if (first === undefined) return;
    const { name } = first.task.file.source;
    const attempts = failed.get(name) ?? 0;
    if (files.length > 1 && attempts < MOST_ATTEMPTS) {
      tell(first.task);
      if (await takeGroup(engine, { files, onRead }, plan)) return;
      failed.set(name, attempts + 1);
      const half = Math.ceil(files.length / 2);
      await load(files.slice(0, half), () => {});
      await load(files.slice(half), onRead);
      return;
    }
    for (const [index, file] of files.entries()) {
      tell(file.task);
      const own = { ...plan, fileId: file.task.fileId, temporary: file.temporary };
      await takeFile(engine, file, own, index === files.length - 1 ? onRead : () => {});
    }
  };
  for await (const { files, onRead } of readyGroups(engine, groupTasks(tasks), temporary))
    await load(files, onRead);
}

/** Only the run that holds the store works in `parent`: what another has left there is of a killed one. */
async function freshFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith("load-")) await rm(join(parent, name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent, "load-"));
}

function lastPossibleDay(config: Config, context: LoadContext): Day {
  const { timeZone } = config.rollout;
  const asOf = dayAt(new Date(context.asOf), timeZone);
  const today = context.now === undefined ? asOf : dayAt(context.now, timeZone);
  const [latest = asOf] = [asOf, today].sort().reverse();
  return addDays(latest, 1);
}

/** Tells which file is next and how far it is, in bytes: rows are not known before they are read. */
function teller(tasks: readonly FileTask[], context: LoadContext): (task: FileTask) => void {
  const total = tasks.reduce((sum, { file }) => sum + file.bytes, 0);
  const before = new Map<FileTask, number>();
  let sum = 0;
  for (const task of tasks) {
    before.set(task, sum);
    sum += task.file.bytes;
  }
  return (task) => {
    context.progress({ stage: "load", text: task.file.file, done: before.get(task) ?? 0, total });
  };
}

async function summarize(engine: Engine, config: Config, changed: boolean): Promise<LoadSummary> {
  const known = await readKnownFiles(engine);
  refuseNothing(known);
  const firstOpen = await firstOpenDay(engine);
  return {
    records: known.map(({ record }) => record),
    touchedDates: await readTouchedDays(engine, firstOpen),
    presentColumns: await presentColumns(engine),
    checks: loadChecks(known, config, firstOpen),
    changed,
  };
}

/** Every file of events refused: there is nothing to judge, and hold would hide it. */
function refuseNothing(known: readonly KnownFile[]): void {
  const events = known.filter(({ kind }) => kind === "events");
  const [first] = events;
  if (first === undefined || events.some(({ record }) => record.status !== "refused")) return;
  const [problem, hint] = first.record.notes;
  const others = events.length === 1 ? "" : ` (and ${events.length - 1} more files)`;
  throw new GatebookError("input", `no file of events can be read: ${problem ?? ""}${others}`, {
    where: { file: first.record.file },
    hint,
  });
}
