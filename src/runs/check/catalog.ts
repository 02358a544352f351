/** The workspace's SQL files; a folder the workspace does not have comes from the package. */
import { fileURLToPath } from "node:url";
import { checkMetricsExist } from "../../config/config.ts";
import type { Config } from "../../model/config.ts";
import { type Catalog, readCatalog } from "../../queries/catalog/catalog.ts";
import { configuredCatalog } from "../../queries/catalog/configured-catalog.ts";

/** The package's own folder: the same distance from src/ and from dist/. */
export const packageRoot: string = fileURLToPath(new URL("../../../", import.meta.url));

/** Throws GatebookError `config` when a threshold names a metric that has no file. */
export function readWorkspaceCatalog(config: Config): Catalog {
  const catalog = configuredCatalog(readCatalog(config.root, packageRoot), config);
  requireMetrics(config, catalog);
  return catalog;
}

export function requireMetrics(config: Config, catalog: Catalog): void {
  checkMetricsExist(
    config,
    catalog.metrics.map(({ name }) => name),
  );
}
