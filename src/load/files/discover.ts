/**
 * Which files the sources name, before the database is opened: they are all that the engine may read. A pattern without a file is an
 * error; a file that cannot be read is named and goes on as refused.
 */
import { type BigIntStats, constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import type { Config, Source, SourceFormat } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { readEverything } from "./read-everything.ts";

export interface DiscoveredFile {
  readonly source: Source;
  /** Absolute. */
  readonly path: string;
  readonly realPath: string;
  /** Relative to the workspace, `/` separated: the name a file has in every table and report. */
  readonly file: string;
  readonly format: SourceFormat;
  readonly compression: "none" | "gzip" | "zstd";
  readonly bytes: number;
  /** Nanoseconds since 1970 as text: a Date would lose the last digits. */
  readonly modifiedNs: string;
  /** `event_date=2026-02-01` in the path: column → value. */
  readonly hive: ReadonlyMap<string, string>;
  /** Why it cannot be read at all, e.g. "is a directory"; else null. */
  readonly problem: string | null;
  /** It broke the engine's own reader: gatebook's own scanner reads it, which is slower. */
  readonly breaksReader?: boolean;
  /** One of several that were read together broke it: this time each is read by itself, so that it can be named. */
  readonly readsAlone?: boolean;
}

const dataName = /\.(csv|tsv|txt|jsonl|ndjson|json|parquet)(\.(gz|zst))?$/i;

/** Ordered by source as configured, then by file name. Throws GatebookError `input` for a pattern without files. */
export async function discoverSources(config: Config): Promise<DiscoveredFile[]> {
  const found: DiscoveredFile[] = [];
  for (const source of config.sources) {
    const seen = new Set<string>();
    const paths = await Promise.all(source.files.map((pattern) => expand(pattern, source, config)));
    const folders = source.followLinks ? null : await foldersOf(source, config.root);
    for (const path of [...new Set(paths.flat())].sort()) {
      const file = await describeFile(path, { source, root: config.root, folders });
      if (seen.has(file.realPath)) continue; // the same file by a link or by two patterns
      seen.add(file.realPath);
      found.push(file);
    }
  }
  return found;
}

/** What the engine has to be allowed to read: each file under its own name and under the one it really has. */
export function readablePaths(files: readonly DiscoveredFile[]): string[] {
  const readable = files.filter(({ problem }) => problem === null);
  return [...new Set(readable.flatMap(({ path, realPath }) => [path, realPath]))];
}

async function expand(pattern: string, source: Source, config: Config): Promise<string[]> {
  const whole = resolve(config.root, pattern);
  // "clicks[1].csv" may be a plain name, and a plain name wins
  if ((await statOrNull(whole)) !== null) return [whole];
  const missing = (message: string, hint: string): GatebookError =>
    new GatebookError("input", message, { where: { file: config.file }, hint });
  if (/^(s3|gs|gcs|r2|az|abfss|https?|hf):\/\//i.test(pattern)) {
    throw missing(
      `source ${source.name}: ${pattern} is not on this machine`,
      "gatebook reads local files only; copy the export here first, e.g. with aws s3 sync or curl",
    );
  }
  if (!isDynamicPattern(pattern)) {
    const hint = `looked for ${whole}; check that the export has run, and the path under sources`;
    throw missing(`source ${source.name}: no file ${pattern}`, hint);
  }
  const names = await glob(pattern, {
    cwd: config.root,
    absolute: true,
    onlyFiles: false,
    followSymbolicLinks: true,
    expandDirectories: false,
    dot: false,
    fs: { readdir: readEverything },
  });
  const files: string[] = [];
  for (const name of names.map((each) => resolve(each))) {
    const stats = await statOrNull(name);
    // `**` matches every folder; one is reported only when it is named like a file
    if (stats?.isDirectory() !== true || dataName.test(basename(name))) files.push(name);
  }
  if (files.length > 0) return files;
  const hint = `looked under ${config.root}; check that the export has run, and the pattern under sources`;
  throw missing(`source ${source.name}: no file matches ${pattern}`, hint);
}

/** The folders that the patterns of a source name, before their first wildcard, where they really are. */
async function foldersOf({ files }: Source, root: string): Promise<readonly string[]> {
  const folders = files.map(async (pattern) => {
    const parts = pattern.split("/");
    const wild = parts.findIndex((part) => isDynamicPattern(part));
    const folder = resolve(root, wild < 0 ? dirname(pattern) : parts.slice(0, wild).join("/"));
    return await realpath(folder).catch(() => folder);
  });
  return await Promise.all(folders);
}

interface SourceFolders {
  readonly source: Source;
  readonly root: string;
  /** Null: a link may lead anywhere. */
  readonly folders: readonly string[] | null;
}

async function describeFile(path: string, { source, root, folders }: SourceFolders): Promise<DiscoveredFile> {
  const stats = await statOrNull(path);
  const file = relative(root, path).split(sep).join("/");
  const realPath = stats === null ? path : await realpath(path);
  const isOutside = folders !== null && !folders.some((folder) => realPath.startsWith(join(folder, sep)));
  return {
    source,
    path,
    realPath,
    file,
    ...formatOf(basename(path), source),
    bytes: Number(stats?.size ?? 0),
    modifiedNs: String(stats?.mtimeNs ?? 0),
    hive: hiveColumns(file),
    problem: (await problemOf(path, stats)) ?? (isOutside ? outside : null),
  };
}

const outside = "is a link out of the source's folder (follow_links: true on the source allows it)";

async function problemOf(path: string, stats: BigIntStats | null): Promise<string | null> {
  if (stats === null) return "is a link to a file that does not exist";
  if (stats.isDirectory()) return "is a directory, not a file";
  if (stats.isFIFO()) return "is a named pipe, not a file";
  if (!stats.isFile()) return "is a device or socket, not a file";
  try {
    await access(path, constants.R_OK);
    return null;
  } catch {
    return "may not be read by this user";
  }
}

/** `events.jsonl.gz` → jsonl, gzip. A configured format wins over the name. */
export function formatOf(
  name: string,
  source: Pick<Source, "format">,
): Pick<DiscoveredFile, "format" | "compression"> {
  const lower = name.toLowerCase();
  const compression = lower.endsWith(".gz") ? "gzip" : lower.endsWith(".zst") ? "zstd" : "none";
  const plain = lower.replace(/\.(gz|zst)$/, "");
  const byName = /\.(jsonl|ndjson|json)$/.test(plain)
    ? "jsonl"
    : plain.endsWith(".parquet")
      ? "parquet"
      : "csv";
  return { format: source.format ?? byName, compression };
}

/** Of a path relative to the workspace: what its folders say, e.g. event_date → 2026-02-01. */
export function hiveColumns(file: string): Map<string, string> {
  const columns = new Map<string, string>();
  for (const folder of file.split("/").slice(0, -1)) {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
    if (key !== undefined && value !== undefined) columns.set(decodeHive(key), decodeHive(value));
  }
  return columns;
}

function decodeHive(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function statOrNull(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true });
  } catch {
    return null;
  }
}
