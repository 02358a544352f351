/** Exports → events: the loading stage of a run, with its tables made and its progress told. */
import { join } from "node:path";
import { createLedgerTables } from "../ledger/tables.ts";
import type { DiscoveredFile } from "../load/discover.ts";
import { type LoadSummary, loadSources } from "../load/load.ts";
import { createLoadTables } from "../load/tables.ts";
import { addDays, dayAt } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { Context } from "../model/context.ts";
import type { Day } from "../model/words.ts";
import type { Store } from "../warehouse/store.ts";

export interface LoadRequest {
  readonly config: Config;
  readonly files: readonly DiscoveredFile[];
  /** Report date. */
  readonly date: Day;
}

const MEGABYTE = 1_000_000;

export async function loadNight(store: Store, request: LoadRequest, context: Context): Promise<LoadSummary> {
  const { engine, paths } = store;
  const { config, files, date } = request;
  await createLoadTables(engine);
  await createLedgerTables(engine);
  context.progress({ stage: "load", text: `loading ${files.length} files` });
  const today = dayAt(context.now(), config.rollout.timeZone);
  return await loadSources(engine, config, files, {
    temporaryDirectory: join(paths.temporary, "exports"),
    latestDay: addDays(today > date ? today : date, 1),
    onProgress: ({ file, bytesDone, bytesTotal }) => {
      const text = `loading ${file} (${(bytesTotal / MEGABYTE).toFixed(0)} MB in all)`;
      context.progress({ stage: "load", text, done: bytesDone, total: bytesTotal });
    },
  });
}
