/**
 * What of a measurement is still valid after a save. A file is run again only when its text, its chart, a relation it reads, or (where
 * it reads `rollout`) the row about the run has changed; a metric also when the compared algorithms or days have, a guardrail when a
 * dimension has.
 */
import { createHash } from "node:crypto";
import type { DataEngine } from "../engine/engine.ts";
import { comparisonFor } from "../judge/window/comparison.ts";
import type { TrafficMeasurement } from "../model/measurement.ts";
import type { CatalogFile } from "../queries/catalog/catalog.ts";
import { tablesIfParsed } from "../queries/validation/inspect.ts";
import { type MeasureRequest, planOf, type Recall } from "../runs/measure/measure-window.ts";
import type { Memo } from "./memo.ts";

export interface SavedRequest extends MeasureRequest {
  /** Of the relations as queries find them. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Which tables each file reads. */
  readonly reads: Memo;
}

const NAMES = { metrics: "metric", checks: "check", cells: "cell" } as const;

export function recallSaved(engine: DataEngine, memo: Memo, request: SavedRequest): Recall {
  const { config, window, fingerprints } = request;
  const { presentColumns: _, timeoutMs: __, failedRelations: ___, ...plan } = planOf(request);
  const rolloutKey = JSON.stringify([config.rollout, config.activeGate, config.judge, window]);
  const dimensionKey = request.catalog.dimensions.map(
    ({ name }) => `${name} ${fingerprints.get(name) ?? ""}`,
  );
  const planKey = hash([JSON.stringify(plan), fingerprints.get("user_days") ?? ""]);
  const trafficKey = hash([planKey, ...dimensionKey]);
  const cutBy = ({ name }: CatalogFile): readonly string[] =>
    config.thresholds.get(name)?.role === "guardrail" ? dimensionKey : [];
  const comparedKey = (traffic: TrafficMeasurement) =>
    JSON.stringify([comparisonFor(config, window, traffic), config.activeGate.started]);
  return async (piece, traffic, make) => {
    if (piece === null) return await memo.recall("traffic", trafficKey, make);
    const { kind, file } = piece;
    const compared = traffic === null ? [] : [planKey, comparedKey(traffic), ...cutBy(file)];
    const key = hash([await fileKey(engine, file, { ...request, rolloutKey }), ...compared]);
    return await memo.recall(`${NAMES[kind]} ${file.name}`, key, make);
  };
}

async function fileKey(
  engine: DataEngine,
  file: CatalogFile,
  { fingerprints, rolloutKey, reads }: SavedRequest & { readonly rolloutKey: string },
): Promise<string> {
  const tables = await reads.recall(file.path, file.sha256, async () =>
    (await tablesIfParsed(engine, file)).map(({ name }) => name),
  );
  const read = tables.map((name) => (name === "rollout" ? rolloutKey : (fingerprints.get(name) ?? name)));
  const problems = file.problems.map(({ message }) => message);
  return hash([file.path, file.sha256, file.chart?.text ?? "", ...problems, ...read]);
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
