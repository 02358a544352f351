/**
 * What a comparison of the rollout's two algorithms would stand on, for each metric, over a window that lies in one gate. Of any other
 * window and of other algorithms nothing is known: empty.
 */
import type { Engine } from "../engine/engine.ts";
import { gateWindows } from "../judge/window/gate-windows.ts";
import type { Coverage, VariantCoverage } from "../model/measurement.ts";
import type { MetricResult } from "../model/result.ts";
import { type CompareRequest, compareAlgorithms } from "./compare.ts";

export async function comparedCoverage(
  engine: Engine,
  request: Omit<CompareRequest, "baseline" | "candidate">,
): Promise<CoveredAlgorithms> {
  const { config, from, to } = request;
  const { baseline, candidate } = config.rollout;
  const windows = gateWindows(config, { from, to });
  const isWhole = windows.length === 1 && windows[0]?.from === from && windows[0].to === to;
  const served = await engine.rows("SELECT DISTINCT CAST(algo_version AS VARCHAR) AS name FROM user_days");
  const isServed = [baseline, candidate].every((name) => served.some((row) => row["name"] === name));
  if (!isWhole || !isServed) return { of: () => null };
  const { metrics } = await compareAlgorithms(engine, { ...request, baseline, candidate });
  const found = new Map((metrics ?? []).map((metric) => [metric.name, metric.observation.coverage]));
  return { of: (metric, algorithm) => variantOf(found.get(metric) ?? null, algorithm, config.rollout) };
}

export interface CoveredAlgorithms {
  /** Null: not known. */
  of(metric: MetricResult["name"], algorithm: string): VariantCoverage | null;
}

function variantOf(
  coverage: Coverage | null,
  algorithm: string,
  { baseline, candidate }: { readonly baseline: string; readonly candidate: string },
): VariantCoverage | null {
  if (algorithm === candidate) return coverage?.candidate ?? null;
  return algorithm === baseline ? (coverage?.baseline ?? null) : null;
}
