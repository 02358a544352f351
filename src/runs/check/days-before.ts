/** Whether the exports reach back before the rollout: what its users did then tells the judge sooner what the candidate changed. */
import { relative } from "node:path";
import { discoverSources } from "../../load/files/discover.ts";
import { isDay } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import type { Finding } from "../../queries/validation/finding.ts";
import { openWarehouse } from "../../warehouse/store.ts";

/**
 * A note when no known day is before the first gate's. Days are known from the warehouse, and of exports that are not loaded yet
 * from their paths; where neither tells a day, nothing is said.
 */
export async function daysBeforeNote(config: Config): Promise<readonly Finding[]> {
  const start = earliest(config.gates.flatMap(({ started }) => started?.day ?? []));
  const first = earliest([...(await firstLoadedDay(config.root)), ...(await daysOfPaths(config))]);
  if (start === undefined || first === undefined || first < start) return [];
  const message = "no days before the rollout: put 14 days of exports in to decide sooner";
  const where = { file: relative(config.root, config.file) };
  return [{ level: "note", message, where, excerpt: null, hint: null }];
}

async function firstLoadedDay(root: string): Promise<readonly Day[]> {
  return noneOnError(async () => {
    const engine = await openWarehouse(root);
    try {
      const rows = await engine.rows("SELECT min(first_day) AS day FROM load_files WHERE kind = 'events'");
      return rows.flatMap(({ day }) => (typeof day === "string" ? day : []));
    } finally {
      engine.close();
    }
  });
}

async function daysOfPaths(config: Config): Promise<readonly Day[]> {
  const sources = config.sources.filter(({ kind }) => kind === "events");
  const found = sources.map((source) =>
    noneOnError(async () => {
      const files = await discoverSources({ ...config, sources: [source] });
      return files.flatMap(({ file }) => daysInPath(file));
    }),
  );
  return (await Promise.all(found)).flat();
}

/** daysInPath("exports/date=2026-02-01/part-0.jsonl") = ["2026-02-01"]; also 20260201, 2026/02/01, and with a time: 2026020113 */
export function daysInPath(path: string): readonly Day[] {
  const written = path.matchAll(/(?<!\d)(\d{4})([-_/]?)(\d{2})\2(\d{2})(?=(?:\d\d){0,3}(?!\d))/g);
  return [...written].map(([, year, , month, day]) => `${year}-${month}-${day}`).filter(isDay);
}

function earliest(days: readonly Day[]): Day | undefined {
  return [...days].sort()[0];
}

/** No exports yet, no warehouse yet, or one that a run has to mend: that is not what a check of files is for. */
async function noneOnError(read: () => Promise<readonly Day[]>): Promise<readonly Day[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GatebookError) return [];
    throw error;
  }
}
