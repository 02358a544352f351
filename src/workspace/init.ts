/** Makes a workspace: the package's own rollout.yaml and queries/, with a README, a .gitignore and nightly examples. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { GatebookError } from "../model/error.ts";
import { minimalQueries, minimalRollout } from "./minimal.ts";
import { manifestText, scaffoldFiles } from "./scaffold.ts";
import { trinoRollout } from "./trino.ts";

export interface InitOptions {
  /** Absolute path; made when missing. */
  readonly directory: string;
  /** Overwrite files of the same names; others stay as they are. */
  readonly force?: boolean | undefined;
  /** JSON Schema of rollout.yaml, written beside it; the first line of rollout.yaml names it to editors. */
  readonly schema?: string | undefined;
  /** Of gatebook, for a package.json that names it exactly; one that is there is the folder's own, and stays as it is. */
  readonly version?: string | undefined;
  /** Of impressions and clicks alone: no saves, no dwell, no lookups. */
  readonly minimal?: boolean | undefined;
  /** Tables of a cluster in the place of exports. */
  readonly engine?: "duckdb" | "trino" | undefined;
  /** A workspace for exports of another shape. */
  readonly example?: ExampleFiles | undefined;
}

export interface ExampleFiles {
  /** Shipped files that it does without: "queries/metrics/save_rate.sql". */
  readonly without: readonly string[];
  /** By path: its own, some in the place of shipped ones. */
  readonly files: ReadonlyMap<string, string>;
}

/** The package's root: two folders up from src/workspace/ as from dist/workspace/. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const SCHEMA = "rollout.schema.json";
const MANIFEST = "package.json";
/** The operator's page, which the README links to; in a workspace it lies beside the examples. */
const OPERATIONS = "src/workspace/OPERATIONS.md";
const queryExtensions = [".sql", ".json", ".md"];

/**
 * Paths of the files written, relative to the folder, sorted. Throws GatebookError `usage` when one of them is there
 * already, or when the folder cannot be one.
 */
export async function initWorkspace({
  directory,
  force = false,
  schema,
  version,
  minimal = false,
  engine = "duckdb",
  example,
}: InitOptions): Promise<readonly string[]> {
  const files = new Map([...(minimal ? minimalFiles() : packageFiles()), ...Object.entries(scaffoldFiles)]);
  files.set("nightly/README.md", readFileSync(join(packageRoot, OPERATIONS), "utf8"));
  if (engine === "trino") files.set("rollout.yaml", trinoRollout(files.get("rollout.yaml") ?? ""));
  for (const path of example?.without ?? []) files.delete(path);
  for (const [path, text] of example?.files ?? []) files.set(path, text);
  if (schema !== undefined) {
    const naming = `# yaml-language-server: $schema=${SCHEMA}\n`;
    files.set("rollout.yaml", `${naming}${files.get("rollout.yaml") ?? ""}`);
    files.set(SCHEMA, schema);
  }
  if (version !== undefined && !existsSync(join(directory, MANIFEST)))
    files.set(MANIFEST, manifestText(version));
  const paths = [...files.keys()].sort();
  refuseFileAsFolder(directory);
  const present = paths.filter((path) => existsSync(join(directory, path)));
  if (present.length > 0 && !force) throw alreadyThere(directory, present);
  for (const path of paths) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, files.get(path) ?? "");
  }
  return paths;
}

/** Read rather than copied: a package folder may be read-only, a workspace must not be. */
function packageFiles(): readonly (readonly [path: string, text: string])[] {
  const queries = readdirSync(join(packageRoot, "queries"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && queryExtensions.includes(extname(entry.name)))
    .map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  return ["rollout.yaml", ...queries].map((path) => [path, readFileSync(join(packageRoot, path), "utf8")]);
}

function minimalFiles(): readonly (readonly [path: string, text: string])[] {
  const queries = packageFiles().filter(([path]) => minimalQueries.includes(path));
  return [["rollout.yaml", minimalRollout], ...queries];
}

function refuseFileAsFolder(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  throw new GatebookError("usage", "a workspace is a folder, and this is a file", {
    where: { file: directory },
    hint: "name another folder: gatebook init DIR",
  });
}

function alreadyThere(directory: string, present: readonly string[]): GatebookError {
  const [first = ""] = present;
  const others = present.length === 1 ? "" : ` and ${present.length - 1} more`;
  return new GatebookError("usage", `the folder already has ${first}${others}; nothing was written`, {
    where: { file: join(directory, first) },
    hint: "name another folder, or overwrite these files with --force",
  });
}
