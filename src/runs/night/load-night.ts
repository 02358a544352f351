/** Exports → events: the loading stage of a run, with its tables made and its progress told. The fence is whole when it is done. */

import { useTransientEvents } from "../../load/events/transient-events.ts";
import type { DiscoveredFile } from "../../load/files/discover.ts";
import { type LoadSummary, loadSources } from "../../load/load.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import type { CatalogFile } from "../../queries/catalog/catalog.ts";
import { namedColumns } from "../../queries/validation/inspect.ts";
import type { Store } from "../../warehouse/store.ts";
import { prepareStore } from "../store/prepare-store.ts";

export interface LoadRequest {
  readonly config: Config;
  /** Folder of all reports, absolute. */
  readonly reports: string;
  readonly files: readonly DiscoveredFile[];
  /** Instant of the judgement, ISO UTC. */
  readonly asOf: string;
  readonly relations: readonly CatalogFile[];
  /** No event is to be kept beyond this run. */
  readonly eventsPass: boolean;
  readonly reload?: boolean | undefined;
}

export async function loadNight(store: Store, request: LoadRequest, context: Context): Promise<LoadSummary> {
  const { engine, paths } = store;
  const { config, files, asOf } = request;
  await prepareStore(store, request, context);
  if (request.eventsPass) await useTransientEvents(engine);
  const loaded = await loadSources(engine, config, files, {
    asOf,
    namedColumns: await namedColumns(engine, request.relations),
    now: context.now(),
    temporaryFolder: paths.temporary,
    reload: request.reload,
    progress: (step) => context.progress({ ...step, text: `loading ${step.text}` }),
  });
  await engine.fence();
  return loaded;
}
