/** The handles over a published warehouse: its own tables or, where the events are on a cluster, what was last noted of them there. */
import type { Engine, Engines } from "../../engine/engine.ts";
import { mountNoted } from "../../load/tables/mount-events.ts";
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { readKept } from "../../queries/relations/kept-tables.ts";
import { type ClusterOptions, knownOwner, openCluster } from "./open-cluster.ts";

export interface OpenEvents {
  readonly engines: Engines;
  /** Of what was opened besides the books. */
  readonly close: () => Promise<void>;
}

/** Throws GatebookError `input` when no night has asked the cluster yet. */
export async function openEvents(
  books: Engine,
  config: Config,
  options: ClusterOptions,
): Promise<OpenEvents> {
  if (config.cluster === undefined) return { engines: books, close: async () => undefined };
  const owner = await knownOwner(books);
  if (owner === null)
    throw new GatebookError("input", "the warehouse has not taken note of the cluster's tables", {
      hint: "run `gatebook run` first",
    });
  const cluster = await openCluster(config.cluster, owner, options);
  try {
    for (const kept of await readKept(books)) cluster.mountKept(kept);
    await mountNoted({ books, cluster }, config);
    return { engines: { books, data: cluster, cluster }, close: () => cluster.close() };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
