/**
 * The measurement after a save, piece by piece. Each file is run again only when its text, its chart, a relation it reads, or
 * (where it reads `rollout`) the row about the run is another; a metric also when the compared algorithms or days are.
 */
import { createHash } from "node:crypto";
import type { Engine } from "../engine/engine.ts";
import { comparisonFor } from "../judge/window/comparison.ts";
import type { MetricMeasurement } from "../model/measurement.ts";
import type { Catalog, CatalogFile } from "../queries/catalog/catalog.ts";
import { isQueryProblem } from "../queries/catalog/query-problem.ts";
import { measureTraffic } from "../queries/measures/traffic.ts";
import { tablesOf } from "../queries/validation/inspect.ts";
import {
  inOrderOf,
  type MeasuredNight,
  type MeasureRequest,
  measureCompared,
  planOf,
  readCells,
  readChecks,
} from "../runs/night/measure.ts";
import type { Memo } from "./memo.ts";

export interface SavedRequest extends MeasureRequest {
  /** Changes with the one row of `rollout`. */
  readonly rolloutKey: string;
  /** Of the relations as queries find them. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Which tables each file reads. */
  readonly reads: Memo;
}

export async function measureSaved(
  engine: Engine,
  memo: Memo,
  request: SavedRequest,
): Promise<MeasuredNight> {
  const { config, catalog } = request;
  const { presentColumns: _, timeoutMs, ...plan } = planOf(request);
  const units = request.fingerprints.get("user_days") ?? "";
  const planKey = hash([JSON.stringify(plan), units]);
  const traffic = await memo.recall("traffic", planKey, () => measureTraffic(engine, planOf(request)));
  const compared = JSON.stringify([comparisonFor(config, request, traffic), config.activeGate.started]);
  const keyOf = async (file: CatalogFile, ...more: readonly string[]): Promise<string> =>
    hash([await fileKey(engine, file, request), ...more]);
  const metrics: MetricMeasurement[] = [];
  for (const file of catalog.metrics) {
    const alone = { ...request, catalog: only(catalog, "metrics", file) };
    const run = (): Promise<readonly MetricMeasurement[]> => measureCompared(engine, alone, traffic);
    metrics.push(...(await memo.recall(`metric ${file.name}`, await keyOf(file, planKey, compared), run)));
  }
  const checks = [];
  for (const file of catalog.checks) {
    const run = () => readChecks(engine, { ...request, catalog: only(catalog, "checks", file) });
    checks.push(...(await memo.recall(`check ${file.name}`, await keyOf(file), run)));
  }
  const cells = [];
  for (const file of catalog.cells) {
    const run = () => readCells(engine, { ...request, catalog: only(catalog, "cells", file) });
    cells.push(...(await memo.recall(`cell ${file.name}`, await keyOf(file), run)));
  }
  return { measurement: { metrics: inOrderOf(config, metrics), traffic, checks }, cells };
}

function only(catalog: Catalog, kind: "metrics" | "checks" | "cells", file: CatalogFile): Catalog {
  return { ...catalog, metrics: [], checks: [], cells: [], [kind]: [file] };
}

async function fileKey(
  engine: Engine,
  file: CatalogFile,
  { fingerprints, rolloutKey, reads }: SavedRequest,
): Promise<string> {
  const tables = await reads.recall(file.path, file.sha256, () => tablesRead(engine, file));
  const read = tables.map((name) => (name === "rollout" ? rolloutKey : (fingerprints.get(name) ?? name)));
  const problems = file.problems.map(({ message }) => message);
  return hash([file.path, file.sha256, file.chart?.text ?? "", ...problems, ...read]);
}

/** A file that does not parse reads nothing. */
async function tablesRead(engine: Engine, file: CatalogFile): Promise<readonly string[]> {
  try {
    return (await tablesOf(engine, file)).map(({ name }) => name);
  } catch (error) {
    if (!isQueryProblem(error)) throw error;
    return [];
  }
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
