/** What can be wrong in a workspace without data: rollout.yaml, headers, SQL bound against an empty schema, charts, templates. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { loadConfig } from "../../config/load-config.ts";
import { openDuckDb } from "../../engine/duckdb/open.ts";
import { createLedgerTables } from "../../ledger/tables.ts";
import { createEmptyLoadTables } from "../../load/records/tables.ts";
import type { Config } from "../../model/config.ts";
import { formatPlace, GatebookError, type Place } from "../../model/error.ts";
import { type Catalog, readCatalog } from "../../queries/catalog/catalog.ts";
import { configuredCatalog } from "../../queries/catalog/configured-catalog.ts";
import { excerpt } from "../../queries/catalog/query-problem.ts";
import type { Finding } from "../../queries/validation/finding.ts";
import { checkCatalog } from "../../queries/validation/validate.ts";
import { chartFaults } from "../../report/charts/cell/chart-faults.ts";
import { startDrawing } from "../../report/charts/svg/draw-apart.ts";
import { storePaths } from "../../warehouse/paths.ts";
import { both } from "../both.ts";
import type { ClusterOptions } from "../supply/open-cluster.ts";
import { packageRoot, requireMetrics } from "./catalog.ts";
import { daysBeforeNote } from "./days-before.ts";
import { createNotedLookups } from "./noted-lookups.ts";
import type { RemoteCheck } from "./remote-findings.ts";
import { sourceFindings } from "./source-findings.ts";
import { unreadFiles, unusedTemplates } from "./unused-files.ts";

export interface CheckOptions {
  /** Asks the cluster of rollout.yaml, too, where it has one. */
  readonly remote?: boolean | undefined;
  /** With the cluster's secret. */
  readonly env?: ClusterOptions["env"] | undefined;
}

/** `file` is rollout.yaml; findings name files relative to its folder. */
export async function checkWorkspace(
  file: string,
  { remote = false, env = {} }: CheckOptions = {},
): Promise<readonly Finding[]> {
  const root = resolve(file, "..");
  const catalog = readCatalog(root, packageRoot);
  if (catalog.cells.some(({ chart }) => chart !== null)) startDrawing();
  const opening = openDuckDb({ file: ":memory:", threads: 1 });
  const { config, findings } = checkConfig(file, catalog, root);
  const askCluster = async (asked: Omit<RemoteCheck, "cluster">): Promise<readonly Finding[]> => {
    const { cluster } = asked.config;
    // until a night has noted the tables nothing else knows what is in them
    if (cluster === undefined || (!remote && existsSync(storePaths(root).warehouse))) return [];
    const { remoteFindings } = await import("./remote-findings.ts");
    return await remoteFindings({ ...asked, cluster }, { env });
  };
  const engine = await opening;
  try {
    await engine.fence();
    await createEmptyLoadTables(engine, config ?? { sources: [] });
    await createLedgerTables(engine);
    const bound = config === null ? catalog : configuredCatalog(catalog, config);
    if (config?.cluster !== undefined) await createNotedLookups(engine, config);
    const [queries, sources] = await both(
      checkCatalog(engine, bound, config, chartFaults),
      config === null ? Promise.resolve([]) : sourceFindings(config, relative(root, file)),
    );
    const there =
      config === null ? [] : await askCluster({ config, catalog: bound, file: relative(root, file) });
    const known = new Set(queries.map(({ where }) => formatPlace(where)));
    const found = [
      ...findings,
      ...queries,
      ...[...sources, ...there].filter(({ where }) => !known.has(formatPlace(where))),
      ...unreadFiles(root),
      ...(await templateFindings(root)),
    ];
    const isWrong = found.some(({ level }) => level === "error");
    const notes = config === null || isWrong ? [] : await daysBeforeNote(config);
    return [...found.map((finding) => placed(finding, root)), ...notes];
  } finally {
    engine.close();
  }
}

/** What concerns a file as a whole is reported at its first character, so that editors and annotations have a place to show it. */
function placed(finding: Finding, root: string): Finding {
  const path = resolve(root, finding.where.file);
  if (finding.where.line !== undefined || !statSync(path, { throwIfNoEntry: false })?.isFile())
    return finding;
  const where = { ...finding.where, line: 1, column: 1 };
  return { ...finding, where, excerpt: excerpt(readFileSync(path, "utf8"), where) };
}

/** `config` is null when it cannot be read at all. */
function checkConfig(file: string, catalog: Catalog, root: string) {
  let config: Config | null = null;
  try {
    config = loadConfig(file);
    requireMetrics(config, catalog);
    return { config, findings: [] };
  } catch (error) {
    if (!(error instanceof GatebookError)) throw error;
    const parts = error.parts.length > 0 ? error.parts : [error];
    return { config, findings: parts.map((part) => configFinding(part, file, root)) };
  }
}

export function configFinding({ message, where, hint }: GatebookError, file: string, root: string): Finding {
  const place: Place = { ...where, file: relative(root, resolve(where?.file ?? file)) };
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return { level: "error", message, where: place, excerpt: excerpt(text, place), hint: hint ?? null };
}

/** Templates of its own, with the package's for what they lack. The package's alone are checked by its tests: 0.3 s of examples. */
export async function templateFindings(root: string): Promise<readonly Finding[]> {
  const own = resolve(root, "templates");
  const shipped = resolve(packageRoot, "templates");
  if (!existsSync(own) || own === shipped) return [];
  const { checkTemplates } = await import("../../report/templates/template-check.ts");
  const wrong = checkTemplates([own, shipped]).map(({ file, line, column, message }): Finding => {
    const where = { file: relative(root, file), line, column };
    const text = readFileSync(file, "utf8");
    return { level: "error", message, where, excerpt: excerpt(text, where), hint: null };
  });
  return [...wrong, ...unusedTemplates(own, shipped)];
}
