/** Running statements for the engine: side by side up to a limit, under a time limit, again after losses, and what each took. */
import { setTimeout as pause } from "node:timers/promises";
import type { StatementCost } from "../engine.ts";
import { isEngineError } from "../engine-error.ts";
import { type Client, clientOf, GivenUp } from "./client.ts";
import type { TrinoOptions } from "./options.ts";
import type { Page, PageStats } from "./page.ts";
import { type Pieces, textOf } from "./pieces.ts";
import type { Failed } from "./statement-error.ts";
import { Stopped, statementError } from "./statement-error.ts";

const CONCURRENCY = 4;
const RETRY_MS = 60_000;

/** One call of the engine, which may take several statements. */
export interface Task {
  readonly what: string;
  /** For places of errors. */
  readonly file?: Failed["file"];
  readonly timeoutMs?: number | undefined;
}

export interface Statement {
  readonly pieces: Pieces;
  readonly user: string;
  readonly prepared?: Pieces | undefined;
  readonly settings?: string | undefined;
  /** Every page that has columns. */
  readonly take?: ((page: Page) => Promise<void> | void) | undefined;
}

/** Runs one statement of a task. */
export type Run = (statement: Statement) => Promise<void>;

export interface Session {
  /** Throws EngineError. */
  readonly task: <T>(task: Task, work: (run: Run) => Promise<T>) => Promise<T>;
  /** Work that nobody waits for before `close`; what goes wrong with it is nobody's matter. */
  readonly aside: (work: () => Promise<unknown>) => void;
  readonly interrupt: () => void;
  readonly costs: () => readonly StatementCost[];
  readonly version: () => Promise<string>;
  readonly hurry: () => void;
  readonly close: () => Promise<void>;
}

export function sessionOf(options: TrinoOptions): Session {
  const client = clientOf(options);
  const slots = slotsOf(options.concurrency ?? CONCURRENCY);
  const running = new Set<AbortController>();
  const aside = new Set<Promise<unknown>>();
  const costs: StatementCost[] = [];
  const ended = new AbortController();
  const forget = options.onStop?.(() => ended.abort(new Stopped("ended")));
  let isTidying = false;
  return {
    task: async ({ what, file, timeoutMs }, work) => {
      const stop = new AbortController();
      running.add(stop);
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(new Stopped("timeout")), timeoutMs);
      const tally = tallyOf(what);
      const failed = { file, timeoutMs, scratch: options.scratch };
      const run: Run = (statement) =>
        slots(async () => {
          const signal = isTidying ? stop.signal : AbortSignal.any([stop.signal, ended.signal]);
          try {
            await runOnce(client, statement, { what, tally, signal, options });
          } catch (error) {
            throw statementError(error, { ...failed, pieces: statement.prepared ?? statement.pieces });
          }
        });
      try {
        return await work(run);
      } finally {
        clearTimeout(timer);
        running.delete(stop);
        const cost = tally.cost();
        costs.push(cost);
        options.onStatement?.(cost);
      }
    },
    aside: (work) => {
      const done = work()
        .catch(() => undefined)
        .finally(() => aside.delete(done));
      aside.add(done);
    },
    interrupt: () => {
      for (const stop of running) stop.abort(new Stopped("interrupted"));
    },
    costs: () => costs,
    version: async () => {
      try {
        return await client.version(ended.signal);
      } catch (error) {
        throw statementError(error, { pieces: [], scratch: options.scratch });
      }
    },
    hurry: () => {
      isTidying = true;
      client.hurry();
    },
    close: async () => {
      forget?.();
      await Promise.all(aside);
      await client.close();
    },
  };
}

interface Watched {
  readonly what: string;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly options: TrinoOptions;
}

async function runOnce(
  client: Client,
  { pieces, user, prepared, settings, take }: Statement,
  { what, tally, signal, options }: Watched,
): Promise<void> {
  const call = {
    sql: textOf(pieces),
    user,
    settings,
    prepared: prepared === undefined ? undefined : textOf(prepared),
    signal,
  };
  let last: Page | null = null;
  try {
    await client.run(call, async (page, bytes) => {
      last = page;
      tally.page(page, bytes);
      const { progressPercentage: percent = null, processedRows: scannedRows } = page.stats;
      options.onProgress?.({ what, queryId: page.id, percent, scannedRows });
      if (page.columns !== undefined) await take?.(page);
    });
  } finally {
    if (last !== null) tally.end(last);
  }
}

/**
 * Once more while the cluster is unavailable, for as long as statements are tried again. `isFinal`: something has been handed on, so that
 * it would come twice.
 */
export async function retrying<T>(
  { retryForMs = RETRY_MS }: Pick<TrinoOptions, "retryForMs">,
  attempt: () => Promise<T>,
  isFinal: () => boolean = () => false,
): Promise<T> {
  // from the first failure on: that a worker is gone the cluster itself says only after a minute
  let first: number | null = null;
  for (let wait = 500; ; wait = Math.min(wait * 2, 5000)) {
    try {
      return await attempt();
    } catch (error) {
      first ??= Date.now();
      const isLost =
        isEngineError(error, "unavailable") && error.code === "store" && !(error instanceof GivenUp);
      if (!isLost || isFinal() || Date.now() + wait - first > retryForMs) throw error;
      await pause(wait);
    }
  }
}

interface Tally {
  readonly page: (page: Page, bytes: number) => void;
  readonly end: (page: Page) => void;
  readonly cost: () => StatementCost;
}

function tallyOf(what: string): Tally {
  const started = performance.now();
  const ended: { readonly id: string; readonly stats: PageStats }[] = [];
  let [rows, bytes] = [0, 0];
  const sum = (of: (stats: PageStats) => number): number =>
    ended.reduce((total, { stats }) => total + of(stats), 0);
  const most = (of: (stats: PageStats) => number): number =>
    Math.max(0, ...ended.map(({ stats }) => of(stats)));
  return {
    page: (page, length) => {
      bytes += length;
      rows += page.data?.length ?? 0;
    },
    end: ({ id, stats }) => {
      ended.push({ id, stats });
    },
    cost: () => ({
      what,
      queryIds: ended.map(({ id }) => id),
      durationMs: performance.now() - started,
      cpuMs: sum((stats) => stats.cpuTimeMillis),
      rows,
      bytes,
      scannedRows: sum((stats) => stats.processedRows),
      scannedBytes: sum((stats) => stats.physicalInputBytes),
      splits: sum((stats) => stats.totalSplits),
      nodes: most((stats) => stats.nodes),
      peakBytes: most((stats) => stats.peakMemoryBytes),
    }),
  };
}

/** At most so many at once, the others in the order in which they came. */
function slotsOf(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return async (work) => {
    if (taken >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) taken -= 1;
      else next();
    }
  };
}
