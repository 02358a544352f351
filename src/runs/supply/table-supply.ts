/** Events that are tables of a cluster: a night takes note of them, and measures where they are. */
import type { Engine, RemoteEngine } from "../../engine/engine.ts";
import { type LoadSummary, lastPossibleDay, summarize } from "../../load/load.ts";
import { mountEvents, REPEATED } from "../../load/tables/mount-events.ts";
import { noteTables } from "../../load/tables/note-tables.ts";
import { settleRepeated } from "../../load/tables/settle-repeated.ts";
import type { Config } from "../../model/config.ts";
import { noteKept, readKept } from "../../queries/relations/kept-tables.ts";

export interface NoteRequest {
  readonly config: Config;
  /** Instant of the judgement, ISO UTC. */
  readonly asOf: string;
  readonly now: Date;
  readonly progress: (text: string) => void;
}

/** Afterwards a query finds `events`, the lookups and the relations of the last night on the cluster. */
export async function noteSources(
  books: Engine,
  cluster: RemoteEngine,
  { config, asOf, now, progress }: NoteRequest,
): Promise<LoadSummary> {
  const plan = { config, latestDay: lastPossibleDay(config, { asOf, now }) };
  for (const kept of await readKept(books)) cluster.mountKept(kept);
  const { changed, repeated } = await noteTables({ books, cluster }, { ...plan, progress });
  if (repeated !== null) {
    progress("looking for repeated event ids");
    await noteKept(books, await cluster.keep({ name: REPEATED, rows: repeated, days: null }));
    await settleRepeated({ books, cluster });
  }
  await mountEvents({ books, cluster }, plan);
  return await summarize(books, config, { leftOut: [], skipped: [], missing: [], changed });
}
