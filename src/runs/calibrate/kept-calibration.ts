/**
 * The newest calibration of each rollout and share, beside the store: kept by `calibrate`, quoted by the nights after it, which say
 * what of the configuration has changed since. A missing or damaged file is no calibration.
 */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { isoSeconds } from "../../model/calendar.ts";
import type { Calibration } from "../../model/calibration.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { messageOf } from "../../model/error.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { calibrationsText, type KeptCalibration, parseCalibrations } from "../../result/kept-calibrations.ts";
import { listText } from "../../text/words.ts";
import { moveOver } from "../../warehouse/files.ts";
import { storePaths } from "../../warehouse/paths.ts";
import { temporaryName } from "../night/write-reports.ts";
import type { CalibrationReport } from "./calibrate.ts";

/** Never an error: no verdict depends on it. */
export async function keepCalibration(
  report: CalibrationReport,
  { config, catalog }: Configured,
  context: Pick<Context, "now" | "progress">,
): Promise<void> {
  const { rollout, gate, share, from, to, nights, splits, harmless, planted } = report;
  const calibratedAt = isoSeconds(context.now());
  const calibration = { calibratedAt, gate, share, from, to, nights, splits, harmless, planted };
  const { calibrations } = storePaths(config.root);
  const others = (await readAll(config)).filter((kept) => kept.rollout !== rollout || !isOf(kept, share));
  const all = [...others, { rollout, calibration, configuration: configurationOf({ config, catalog }) }];
  const temporary = temporaryName(calibrations);
  try {
    await writeFile(temporary, calibrationsText(all));
    await moveOver(temporary, calibrations);
  } catch (error) {
    context.progress({
      stage: "publish",
      text: `no report will quote this calibration: ${messageOf(error)}`,
    });
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Of this rollout at the gate's exposure; null: there is none. */
export async function readCalibration({ config, catalog }: Configured): Promise<Calibration | null> {
  const { rollout, activeGate } = config;
  const kept = (await readAll(config)).find(
    (one) => one.rollout === rollout.name && isOf(one, activeGate.exposure),
  );
  if (kept === undefined) return null;
  const now = configurationOf({ config, catalog });
  const changed = [...new Set([...Object.keys(now), ...Object.keys(kept.configuration)])]
    .filter((name) => now[name] !== kept.configuration[name])
    .sort();
  return { ...kept.calibration, outdated: changed.length === 0 ? null : changedText(changed) };
}

interface Configured {
  readonly config: Config;
  readonly catalog: Catalog;
}

async function readAll({ root }: Config): Promise<readonly KeptCalibration[]> {
  return parseCalibrations(await readFile(storePaths(root).calibrations, "utf8").catch(() => ""));
}

function isOf({ calibration }: KeptCalibration, share: number): boolean {
  return Math.abs(calibration.share - share) < 1e-9;
}

/** All that decides how a split is judged. */
function configurationOf({ config, catalog }: Configured): Readonly<Record<string, string>> {
  const { rollout, thresholds, judge, minSample, persistentWarningDays, activeGate } = config;
  const { minDays, maxDays, consecutiveHealthyDays } = activeGate;
  const settings = {
    "rollout.baseline": rollout.baseline,
    thresholds: [...thresholds.values()].map(({ where: _, ...lines }) => lines),
    judge,
    min_sample: minSample,
    persistent_warning_days: persistentWarningDays,
    "the gate's days": [minDays, maxDays, consecutiveHealthyDays],
  };
  const hash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
  const files = [...catalog.relations, ...catalog.metrics].map(({ path, sha256 }) => [path, sha256] as const);
  return Object.fromEntries([
    ...Object.entries(settings).map(([name, value]) => [name, hash(value)] as const),
    ...files,
  ]);
}

/** "queries/metrics/ctr.sql, thresholds and 2 more" */
function changedText(names: readonly string[]): string {
  const more = names.length > 3 ? [`${names.length - 3} more`] : [];
  return listText([...names.slice(0, 3), ...more]);
}
