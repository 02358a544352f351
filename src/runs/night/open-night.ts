/**
 * The beginning of every run: the workspace is read, its store opened behind the fence, its exports loaded. What goes out: the
 * open store with tonight's events in it, for the caller to close.
 */
import { loadConfig } from "../../config/load-config.ts";
import { firstDayAsOf, firstDayReportDate } from "../../judge/window/first-day-window.ts";
import { type DiscoveredFile, discoverSources, readablePaths } from "../../load/files/discover.ts";
import { ReaderBroke } from "../../load/files/refusal.ts";
import type { LoadSummary } from "../../load/load.ts";
import { addDays, dayAt, endOfDay } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import type { Day, Phase } from "../../model/words.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { recoverThoroughly } from "../../warehouse/recover.ts";
import { openStore, type Store } from "../../warehouse/store.ts";
import { readWorkspaceCatalog } from "../check/catalog.ts";
import { loadNight } from "./load-night.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface Limits {
  readonly memoryLimit: string | undefined;
  readonly threads: number | undefined;
  readonly temporaryDirectory: string | undefined;
  readonly timeoutMs: number;
  readonly waitMs: number;
}

export interface OpenedNight {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly date: Day;
  readonly asOf: string;
  readonly files: readonly DiscoveredFile[];
  readonly store: Store;
  /** `keep_events: 0`: this run stores no event. The hours of a first day are counted again from the same events, and keep them. */
  readonly eventsPass: boolean;
}

interface OpenRequest {
  readonly config: string;
  /** Folder of all reports, absolute. */
  readonly reports: string;
  readonly date: Day | null;
  readonly phase: Phase;
  readonly asOf: string | null;
  readonly limits: Limits;
  readonly onStatement?: Stopwatch["note"] | undefined;
  readonly reload?: boolean | undefined;
  /** The store was found damaged: what stands there is read to the last block before it is opened. */
  readonly isDamaged?: boolean | undefined;
}

/** Opens the store and loads. Where a file breaks the engine, a new one takes that file apart more carefully. */
export async function openLoaded(
  request: OpenRequest,
  context: Context,
  watch: Stopwatch,
): Promise<OpenedNight & { readonly loaded: LoadSummary }> {
  const careful = new Set<string>();
  const asked = { reports: request.reports, reload: request.reload };
  let readsAlone = false;
  for (;;) {
    const opened = await openNight(request, context);
    const files = opened.files.map((file) => ({ ...file, readsAlone, breaksReader: careful.has(file.file) }));
    try {
      const loaded = await watch.time("load", () =>
        loadNight(opened.store, { ...opened, ...asked, files, relations: opened.catalog.relations }, context),
      );
      return { ...opened, loaded };
    } catch (error) {
      opened.store.close();
      const [file, ...others] = error instanceof ReaderBroke ? error.files : [];
      if (file === undefined || careful.has(file)) throw error;
      if (others.length === 0) careful.add(file);
      else readsAlone = true;
      const how =
        others.length === 0 ? "it again, row by row" : `it and ${others.length} files behind it one by one`;
      context.progress({ stage: "load", text: `${file} broke the engine: reading ${how}` });
    }
  }
}

/** Reads the workspace and opens its store; which files may be read is settled before the fence goes up. */
async function openNight(request: OpenRequest, context: Context): Promise<OpenedNight> {
  const config = loadConfig(request.config);
  const catalog = readWorkspaceCatalog(config);
  const { date, asOf } = whenOf(request, config, context.now());
  const files = await discoverSources(config);
  const eventsPass = config.keepEvents === 0 && request.phase === "daily";
  const onWait = (text: string): void => context.progress({ stage: "wait", text });
  const store = await openStore(config.root, readablePaths(files), {
    ...request.limits,
    onWait,
    loads: true,
    // a killed run has its events in memory alone: what it said of them may not stay either
    aside: eventsPass,
    recover: request.isDamaged === true ? recoverThoroughly : undefined,
    onStatement: request.onStatement,
  });
  return { config, catalog, date, asOf, files, store, eventsPass };
}

/** The report date, and the instant as of which it is judged: the end of that day, in the first 24 hours any of theirs. */
function whenOf(request: OpenRequest, config: Config, now: Date): Pick<OpenedNight, "date" | "asOf"> {
  const { timeZone } = config.rollout;
  if (request.phase === "first-24h") {
    const asOf = firstDayAsOf(config, request.asOf, now);
    return { date: firstDayReportDate(asOf, timeZone), asOf };
  }
  const date = request.date ?? addDays(dayAt(now, timeZone), -1);
  return { date, asOf: endOfDay(date, timeZone) };
}
