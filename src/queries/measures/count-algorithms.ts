/** What some days brought, by algorithm, whatever rollout.yaml calls it. Reads `user_days`. */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";

export interface AlgorithmCount {
  readonly algoVersion: string;
  readonly units: number;
  readonly impressions: number;
  readonly clicks: number;
}

export async function countAlgorithms(
  engine: DataEngine,
  { from, to }: { readonly from: Day; readonly to: Day },
): Promise<readonly AlgorithmCount[]> {
  const rows = await engine.rows(`
    SELECT algo_version, count(DISTINCT unit_id) AS units, sum(impressions) AS impressions, sum(clicks) AS clicks
    FROM user_days WHERE event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)}
    GROUP BY algo_version ORDER BY algo_version`);
  return rows.map((row) => ({
    algoVersion: String(row["algo_version"]),
    units: Number(row["units"]),
    impressions: Number(row["impressions"]),
    clicks: Number(row["clicks"]),
  }));
}
