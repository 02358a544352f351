/** Queries over single events see only the days that are kept, and say so. */
import type { DataEngine } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { tablesOf } from "../validation/inspect.ts";

/** What loading fills with single events; days that were pruned are gone from them. */
export const EVENT_TABLES: readonly string[] = ["events", "user_discovery_events", "duplicate_events"];

/**
 * The file's description, and what it does not see: `keptFrom` is the first day of the window whose events are kept; null when
 * all are. Throws GatebookError `query` when the file does not parse.
 */
export async function describeKept(
  engine: DataEngine,
  file: CatalogFile,
  keptFrom: Day | null,
): Promise<string> {
  const { description } = file.header;
  if (keptFrom === null) return description;
  const tables = await tablesOf(engine, file);
  if (!tables.some(({ name }) => EVENT_TABLES.includes(name))) return description;
  const note = `Reads single events, of which those from ${keptFrom} on are kept (keep_events): no earlier day of the window is in it.`;
  return [description, note].join("\n\n").trim();
}
