/** What the warehouse cannot tell about a span: files it refused, days whose events it no longer keeps. */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";

export interface Coverage {
  /** Export files of which nothing was taken at the last load. */
  readonly refused: readonly string[];
  /** First day whose events are kept, when it lies after the first day asked for; else null. */
  readonly keptFrom: Day | null;
}

/** `firstDay`: day of the instant, in the rollout's time zone. The warehouse must have events. */
export async function readCoverage(engine: Engine, firstDay: Day): Promise<Coverage> {
  const refused = await engine.rows("SELECT file FROM loads WHERE status = 'refused' ORDER BY file");
  const [kept] = await engine.rows(
    `SELECT value FROM load_state WHERE key = 'first_open_day' AND CAST(value AS DATE) > ${sqlDate(firstDay)}`,
  );
  return {
    refused: refused.map((row) => String(row["file"])),
    keptFrom: kept === undefined ? null : String(kept["value"]),
  };
}
