/** What one day brought, by algorithm: the answer of `gatebook aggregate`. */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";

export interface AlgorithmCount {
  readonly algoVersion: string;
  readonly units: number;
  readonly impressions: number;
  readonly clicks: number;
}

export async function countDay(engine: Engine, date: Day): Promise<readonly AlgorithmCount[]> {
  const rows = await engine.rows(`
    SELECT algo_version, count(DISTINCT unit_id) AS units, sum(impressions) AS impressions, sum(clicks) AS clicks
    FROM user_days WHERE event_date = ${sqlDate(date)} GROUP BY algo_version ORDER BY algo_version`);
  return rows.map((row) => ({
    algoVersion: String(row["algo_version"]),
    units: Number(row["units"]),
    impressions: Number(row["impressions"]),
    clicks: Number(row["clicks"]),
  }));
}
