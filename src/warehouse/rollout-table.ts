/** The one-row table `rollout`: what an analyst's query may know about the run, instead of placeholders. */

import type { DataEngine, Engines, RemoteEngine } from "../engine/engine.ts";
import { sqlDate, sqlText, sqlTimestamp } from "../engine/sql-text.ts";
import type { Config } from "../model/config.ts";
import type { Day } from "../model/words.ts";

export interface RolloutWindow {
  readonly from: Day;
  readonly to: Day;
  readonly reportDate: Day;
  readonly asOf: string;
}

export async function writeRolloutTable(
  { books, cluster }: Engines,
  config: Config,
  window: RolloutWindow,
): Promise<void> {
  cluster?.mount("rollout", rolloutRow(config, window));
  await books.execute(`CREATE OR REPLACE TABLE rollout AS ${rolloutRow(config, window)};
    COMMENT ON TABLE rollout IS 'One row about the latest run: algorithms, gate, observation window (observed_from to observed_to, both included) and report date.';
    ${columnComments.map(([name, text]) => `COMMENT ON COLUMN rollout.${name} IS ${sqlText(text)};`).join("\n")}`);
}

const columnComments: readonly (readonly [column: string, comment: string])[] = [
  ["baseline", "algo_version that the candidate is compared with"],
  ["candidate", "algo_version that is rolled out"],
  ["exposure", "Share of traffic that the gate gives the candidate, 0 to 1"],
  ["observed_from", "First day of the observation window"],
  ["observed_to", "Last day of the observation window"],
  ["as_of", "Instant of the judgement, UTC"],
  ["time_zone", "In which days begin and end"],
  ["judge", "evidence or literal"],
];

/** For queries that are bound and not run. */
export function mountRollout(cluster: RemoteEngine, config: Config, window: RolloutWindow): void {
  cluster.mount("rollout", rolloutRow(config, window));
}

/** The same over a warehouse that is only read: queries find it in place of the published row. */
export async function overlayRollout(
  engine: DataEngine,
  config: Config,
  window: RolloutWindow,
): Promise<void> {
  await engine.uncover("rollout");
  await engine.overlay({ name: "rollout", kind: "table", select: () => rolloutRow(config, window) });
}

function rolloutRow({ rollout, activeGate, judge }: Config, window: RolloutWindow): string {
  return `SELECT
      ${sqlText(rollout.name)} AS name, ${sqlText(rollout.baseline)} AS baseline, ${sqlText(rollout.candidate)} AS candidate,
      ${sqlText(activeGate.name)} AS gate, CAST(${activeGate.exposure} AS DOUBLE) AS exposure,
      ${sqlDate(window.from)} AS observed_from, ${sqlDate(window.to)} AS observed_to, ${sqlDate(window.reportDate)} AS report_date,
      ${sqlTimestamp(window.asOf)} AS as_of, ${sqlText(rollout.timeZone)} AS time_zone, ${sqlText(judge)} AS judge`;
}

/** For a load between two nights: last night's row stays, and only a store that never had one gets one. */
export async function ensureRolloutTable(
  engines: Engines,
  config: Config,
  window: RolloutWindow,
): Promise<void> {
  const { books, cluster } = engines;
  const found = await books.rows("SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'rollout'");
  if (found.length === 0) return await writeRolloutTable(engines, config, window);
  cluster?.mount("rollout", rolloutRow(config, window));
}
