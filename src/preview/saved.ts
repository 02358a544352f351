/** The workspace as it was saved last; what cannot be read now is as it was when it could, with the problem beside it. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import { type Catalog, catalogFiles, readCatalog } from "../queries/catalog/catalog.ts";
import { configuredCatalog } from "../queries/catalog/configured-catalog.ts";
import { type Finding, toFinding } from "../queries/validation/finding.ts";
import { packageRoot, requireMetrics } from "../runs/check/catalog.ts";
import { configFinding } from "../runs/check/check-workspace.ts";

export interface Saved {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly problems: readonly Finding[];
  /** Hash of every file that a preview depends on, by its path in the workspace. */
  readonly files: ReadonlyMap<string, string>;
  /** Changes with any template. */
  readonly templates: string;
}

/** Throws GatebookError `config` only when there is no earlier state to use instead. */
export function readSaved(file: string, before: Saved | null): Saved {
  const root = resolve(file, "..");
  const problems: Finding[] = [];
  const collect = <T>(work: () => T, instead: T | undefined): T => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof GatebookError) || instead === undefined) throw error;
      const parts = error.parts.length > 0 ? error.parts : [error];
      problems.push(...parts.map((part) => configFinding(part, file, root)));
      return instead;
    }
  };
  const files = collect(() => readCatalog(root, packageRoot), before?.catalog);
  const config = collect(() => {
    const read = loadConfig(file);
    requireMetrics(read, files);
    return read;
  }, before?.config);
  const catalog = configuredCatalog(files, config);
  problems.push(...catalog.problems.map((problem) => toFinding(problem, catalog)));
  const hashed = hashes(file, root, catalog);
  const templates = JSON.stringify([...hashed].filter(([path]) => path.startsWith("templates/")));
  return { config, catalog, problems, files: hashed, templates };
}

/** Paths that were saved, came or went, in order. */
export function changedFiles(before: Saved, after: Saved): readonly string[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...paths].filter((path) => before.files.get(path) !== after.files.get(path)).sort();
}

function hashes(file: string, root: string, catalog: Catalog): ReadonlyMap<string, string> {
  const queries = catalogFiles(catalog).map(({ path, sha256 }) => [path, sha256] as const);
  const charts = below(join(root, "queries"), /\.json$/);
  const paths = [file, ...charts, ...below(join(root, "templates"), /\.(hbs|css)$/)];
  const nameOf = (path: string) => path.slice(root.length + 1).replaceAll(sep, "/");
  return new Map([...queries, ...paths.map((path) => [nameOf(path), hashOfFile(path)] as const)]);
}

function below(folder: string, names: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return found.filter((path) => names.test(path)).map((path) => join(folder, path));
}

function hashOfFile(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return "unreadable"; // gone, or between two writes; whoever reads it reports that
  }
}
