/**
 * The beginning of every run: the workspace is read, its store opened, its exports loaded. The store is the caller's to close; from
 * then on it can read no file and reach no network.
 */
import { loadConfig } from "../../config/load-config.ts";
import type { Engines } from "../../engine/engine.ts";
import { firstDayAsOf, firstDayReportDate } from "../../judge/window/first-day-window.ts";
import { useTransientEvents } from "../../load/events/transient-events.ts";
import { loadAroundFaults } from "../../load/files/broken-reader.ts";
import { type DiscoveredFile, discoverSources, readablePaths } from "../../load/files/discover.ts";
import type { SkippedFile } from "../../load/files/skipped.ts";
import { type LoadSummary, loadSources } from "../../load/load.ts";
import { addDays, dayAt, endOfDay } from "../../model/calendar.ts";
import type { Cluster, Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day, Phase } from "../../model/words.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { namedColumns } from "../../queries/validation/inspect.ts";
import { recoverThoroughly } from "../../warehouse/recover.ts";
import { openStore, type Store } from "../../warehouse/store.ts";
import { readWorkspaceCatalog } from "../check/catalog.ts";
import { prepareStore } from "../store/prepare-store.ts";
import { profileOf } from "../supply/cluster-provenance.ts";
import { openCluster, ownerOf } from "../supply/open-cluster.ts";
import { noteSources } from "../supply/table-supply.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface RunLimits {
  readonly memoryLimit: string | undefined;
  readonly threads: number | undefined;
  readonly temporaryDirectory: string | undefined;
  readonly timeoutMs: number;
  readonly waitMs: number;
}

export interface LoadedNight {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly date: Day;
  readonly asOf: string;
  readonly store: Store;
  readonly engines: Engines;
  readonly loaded: LoadSummary;
  /** Of the store, and of the cluster where the events are on one. */
  readonly close: () => Promise<void>;
}

interface OpenedNight extends Omit<LoadedNight, "engines" | "loaded" | "close"> {
  readonly files: readonly DiscoveredFile[];
  readonly skipped: readonly SkippedFile[];
  /** Patterns without files. */
  readonly missing: readonly string[];
  /** `keep_events: 0`: this run stores no event. The hours of a first day are counted again from the same events, and keep them. */
  readonly eventsPass: boolean;
}

export interface LoadRequest {
  /** Path of rollout.yaml. */
  readonly config: string;
  /** Folder of all reports, absolute. */
  readonly reports: string;
  /** Report date; null: yesterday in the rollout's time zone. */
  readonly date: Day | null;
  readonly phase: Phase;
  /** First 24 hours: judged as of this instant, ISO UTC; null: now. */
  readonly asOf: string | null;
  readonly limits: RunLimits;
  readonly onStatement?: Stopwatch["note"] | undefined;
  /** Days whose events were dropped are loaded again, as far as their exports are there. */
  readonly reload?: boolean | undefined;
  /** The store was found damaged: it is read to the last block before it is opened. */
  readonly isDamaged?: boolean | undefined;
}

/** Where a file breaks the engine, the store is opened again and that file is read more carefully. */
export function loadNight(request: LoadRequest, context: Context, watch: Stopwatch): Promise<LoadedNight> {
  return loadAroundFaults(
    async (marked) => {
      const { files, ...opened } = await openNight(request, context);
      const { store, config } = opened;
      try {
        if (config.cluster !== undefined)
          return await noteNight(opened, config.cluster, request, { context, watch });
        const night = { ...opened, files: marked(files) };
        const loaded = await watch.time("load", () => loadFiles(night, request, context));
        return { ...opened, engines: store.engine, loaded, close: async () => store.close() };
      } catch (error) {
        store.close();
        throw error;
      }
    },
    (text) => context.progress({ stage: "load", text }),
  );
}

/** Tables of a cluster: nothing is loaded. The store is locked down before anything is asked. */
async function noteNight(
  opened: Omit<OpenedNight, "files">,
  tables: Cluster,
  { reports, limits, onStatement }: LoadRequest,
  { context, watch }: { readonly context: Context; readonly watch: Stopwatch },
): Promise<LoadedNight> {
  const { store, config, asOf } = opened;
  const { engine: books } = store;
  const progress = (text: string): void => context.progress({ stage: "load", text });
  await prepareStore(store, { config, reports }, context);
  await books.fence();
  const cluster = await openCluster(tables, await ownerOf(books), {
    ...{ env: context.env, onStop: context.onStop, threads: limits.threads, onProgress: progress },
    onStatement: onStatement === undefined ? undefined : (cost) => onStatement(profileOf(cost)),
  });
  try {
    const noting = { config, asOf, now: context.now(), progress };
    const loaded = await watch.time("load", () => noteSources(books, cluster, noting));
    const close = async (): Promise<void> => {
      await cluster.close();
      store.close();
    };
    return { ...opened, engines: { books, data: cluster, cluster }, loaded, close };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Exports → events. The engine is locked down when it is done. */
async function loadFiles(
  { store, config, catalog, files, skipped, missing, asOf, eventsPass }: OpenedNight,
  { reports, reload }: LoadRequest,
  context: Context,
): Promise<LoadSummary> {
  const { engine, temporaryFolder } = store;
  await prepareStore(store, { config, reports }, context);
  if (eventsPass) await useTransientEvents(engine);
  const loaded = await loadSources(engine, config, files, {
    asOf,
    namedColumns: await namedColumns(engine, catalog.relations),
    now: context.now(),
    temporaryFolder,
    skipped,
    missing,
    reload,
    progress: (step) => context.progress({ ...step, text: `loading ${step.text}` }),
  });
  await engine.fence();
  return loaded;
}

/** Reads the workspace and opens its store for the files that may be read. */
async function openNight(request: LoadRequest, context: Context): Promise<OpenedNight> {
  const config = loadConfig(request.config);
  const catalog = readWorkspaceCatalog(config);
  const { date, asOf } = whenOf(request, config, context.now());
  const skipped: SkippedFile[] = [];
  const isOnCluster = config.cluster !== undefined;
  const missing: string[] = [];
  const noticing = {
    skip: (file: SkippedFile) => skipped.push(file),
    miss: (reason: string) => missing.push(reason),
  };
  const files = isOnCluster ? [] : await discoverSources(config, noticing);
  const eventsPass = config.keepEvents === 0 && request.phase === "daily" && !isOnCluster;
  const onWait = (text: string): void => context.progress({ stage: "wait", text });
  const store = await openStore(config.root, readablePaths(files), {
    ...request.limits,
    onWait,
    loads: true,
    // a killed run has its events in memory alone: what it stored about them may not stay either
    aside: eventsPass,
    recover: request.isDamaged === true ? recoverThoroughly : undefined,
    onStatement: request.onStatement,
  });
  return { config, catalog, date, asOf, files, skipped, missing, store, eventsPass };
}

/** The report date, and the instant as of which it is judged: the end of that day, in the first 24 hours any of theirs. */
function whenOf(request: LoadRequest, config: Config, now: Date): Pick<OpenedNight, "date" | "asOf"> {
  const { timeZone } = config.rollout;
  if (request.phase === "first-24h") {
    const asOf = firstDayAsOf(config, request.asOf, now);
    return { date: firstDayReportDate(asOf, timeZone), asOf };
  }
  const today = dayAt(now, timeZone);
  const date = request.date ?? addDays(today, -1);
  refuseFuture(date, today, timeZone);
  return { date, asOf: endOfDay(date, timeZone) };
}

/** Its night would be the newest in the ledger until that day comes. Today is allowed: exports arrive all day. */
function refuseFuture(date: Day, today: Day, timeZone: string): void {
  if (date <= today) return;
  throw new GatebookError("usage", `${date} is in the future: today is ${today} (${timeZone})`, {
    hint: `a day is judged when it is over; the last one is --date ${addDays(today, -1)}`,
  });
}
