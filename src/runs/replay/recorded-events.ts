/**
 * The tables of a cluster as a recorded night read them. A snapshot that is no longer there is an input that changed: the table is then
 * read as it was last noted, and a relation is made again from the events.
 */
import type { Engine, Engines, RemoteEngine } from "../../engine/engine.ts";
import { isEngineError } from "../../engine/engine-error.ts";
import { mountNoted, REPEATED } from "../../load/tables/mount-events.ts";
import type { Result } from "../../model/result.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { orderRelations } from "../../queries/relations/dependencies.ts";
import { type KnownBuild, readKnownBuilds } from "../../queries/relations/relation-builds.ts";
import { type BuiltRelation, fingerprintOf } from "../../queries/relations/relations.ts";
import { type ClusterOptions, knownOwner, openCluster } from "../supply/open-cluster.ts";
import type { OpenEvents } from "../supply/open-events.ts";
import { recordedConfig } from "./judge-again.ts";
import type { InputChange } from "./replay-inputs.ts";

export interface RecordedEvents extends OpenEvents {
  /** Snapshots that are gone. */
  readonly gone: readonly InputChange[];
  /** Relations that are found as the night had them. */
  readonly stored: (catalog: Catalog) => Promise<ReadonlyMap<string, KnownBuild>>;
}

export async function openRecorded(
  books: Engine,
  { recorded, root }: { readonly recorded: Result; readonly root: string },
  options: ClusterOptions,
): Promise<RecordedEvents> {
  const config = recordedConfig(recorded, root);
  const owner = config.cluster === undefined ? null : await knownOwner(books);
  if (config.cluster === undefined || owner === null) return recordedHere(books);
  const cluster = await openCluster(config.cluster, owner, options);
  try {
    const gone: InputChange[] = [];
    const snapshots = new Map<string, string>();
    for (const { file, snapshot } of recorded.loads) {
      if (snapshot === null) continue;
      if (await isThere(cluster, cluster.tableAt(file, snapshot))) snapshots.set(file, snapshot);
      else gone.push({ ...expired(file, snapshot), isGone: true });
    }
    const found: string[] = [];
    for (const kept of recorded.provenance.engine?.kept ?? []) {
      cluster.mountKept(kept);
      if (await isThere(cluster, kept.name)) found.push(kept.name);
      else {
        cluster.mount(kept.name, null);
        gone.push(expired(kept.name, kept.snapshot));
      }
    }
    const hasRepeated = found.includes(REPEATED) && recorded.loads.some(({ duplicates }) => duplicates > 0);
    await mountNoted({ books, cluster }, config, { snapshots, hasRepeated });
    const engines = { books, data: cluster, cluster };
    return {
      engines,
      close: () => cluster.close(),
      gone,
      stored: (catalog) => buildsOf(engines, catalog, found),
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Embedded, what is stored is what there is. */
export function recordedHere(books: Engine): RecordedEvents {
  return { engines: books, close: async () => undefined, gone: [], stored: () => readKnownBuilds(books) };
}

async function isThere(cluster: RemoteEngine, table: string): Promise<boolean> {
  try {
    await cluster.rows(`SELECT 1 AS found FROM ${table} LIMIT 1`);
    return true;
  } catch (error) {
    if (isEngineError(error, "query")) return false;
    throw error;
  }
}

function expired(subject: string, snapshot: string): InputChange {
  return { subject, matters: true, text: `snapshot ${snapshot} is no longer there` };
}

/** They were made of the recorded files. */
async function buildsOf(
  { data }: Engines,
  catalog: Catalog,
  found: readonly string[],
): Promise<ReadonlyMap<string, KnownBuild>> {
  const built = new Map<string, BuiltRelation>();
  for (const node of await orderRelations(data, catalog.relations, await data.tables()))
    built.set(node.file.name, { fingerprint: fingerprintOf(node, built), build: { error: null } });
  return new Map(
    [...built].flatMap(([name, { fingerprint }]) =>
      found.includes(name) ? [[name, { fingerprint, meaning: null, pending: [] }] as const] : [],
    ),
  );
}
