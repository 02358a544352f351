/**
 * Which files the sources name, before the database is opened: they are all that the engine may read. A pattern without a file and a
 * file that cannot be read are named, and the others go on; without any file of events there is nothing to do.
 */
import { type BigIntStats, constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import nodePath, { basename, join, type PlatformPath, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import type { Config, Source, SourceFormat } from "../../model/config.ts";
import { fileReason, GatebookError } from "../../model/error.ts";
import { readEverything } from "./read-everything.ts";
import { emptyParts, isMarker, type SkippedFile } from "./skipped.ts";

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

export interface Noticing {
  /** What a pattern matches and is no export. */
  readonly skip?: (file: SkippedFile) => void;
  /** Of a pattern without files, or a folder that hides some: why. Without it any such pattern is an error. */
  readonly miss?: (reason: string) => void;
}

/**
 * Ordered by source as configured, then by file name. Throws GatebookError `input` for a pattern without files: for any, unless they
 * are noticed, else when no source of events has a file.
 */
export async function discoverSources(
  config: Config,
  { skip = () => {}, miss }: Noticing = {},
): Promise<DiscoveredFile[]> {
  const found: DiscoveredFile[] = [];
  const missing: GatebookError[] = [];
  for (const source of config.sources) {
    const expanded = await Promise.all(source.files.map((pattern) => expand(pattern, source, config)));
    missing.push(...expanded.flatMap((one) => one.missing));
    const markers = new Set(expanded.flatMap(({ markers: names }) => names));
    for (const file of markers) skip({ source: source.name, file, kind: "marker" });
    const folders = source.followLinks ? null : await foldersOf(source, config.root);
    const files = await describeFiles(expanded, { source, root: config.root, folders });
    const named = new Set(expanded.flatMap(({ isNamed, paths }) => (isNamed ? paths : [])));
    const empty = await emptyParts(files.filter(({ path }) => !named.has(path)));
    for (const { file } of empty) skip({ source: source.name, file, kind: "empty part" });
    found.push(...files.filter((file) => !empty.has(file)));
  }
  const [first] = missing;
  const hasEvents = found.some(({ source }) => source.kind === "events");
  if (first !== undefined && (miss === undefined || !hasEvents)) throw first;
  for (const { message } of missing) miss?.(message);
  return found;
}

async function describeFiles(
  expanded: readonly Expanded[],
  folders: SourceFolders,
): Promise<readonly DiscoveredFile[]> {
  const seen = new Set<string>();
  const files: DiscoveredFile[] = [];
  for (const path of [...new Set(expanded.flatMap(({ paths }) => paths))].sort()) {
    const file = await describeFile(path, folders);
    if (seen.has(file.realPath)) continue; // the same file by a link or by two patterns
    seen.add(file.realPath);
    files.push(file);
  }
  return files;
}

/** What the engine has to be allowed to read: each file under its own name and under the one it really has. */
export function readablePaths(files: readonly DiscoveredFile[]): string[] {
  const readable = files.filter(({ problem }) => problem === null);
  return [...new Set(readable.flatMap(({ path, realPath }) => [path, realPath]))];
}

interface Expanded {
  /** Absolute. */
  readonly paths: readonly string[];
  /** Of files, as they are named in reports. */
  readonly markers: readonly string[];
  /** By its own name, without a wildcard. */
  readonly isNamed: boolean;
  /** Why there is no path, or which folders may hide some. */
  readonly missing: readonly GatebookError[];
}

async function expand(pattern: string, source: Source, config: Config): Promise<Expanded> {
  const whole = resolve(config.root, pattern);
  // "clicks[1].csv" may be a plain name, and a plain name wins
  if ((await statOrNull(whole)) !== null) return { paths: [whole], markers: [], isNamed: true, missing: [] };
  const missing = (message: string, hint: string): GatebookError =>
    new GatebookError("input", message, { where: { file: config.file }, hint });
  if (/^(s3|gs|gcs|r2|az|abfss|https?|hf):\/\//i.test(pattern)) {
    throw missing(
      `source ${source.name}: ${pattern} is not on this machine`,
      "gatebook reads local files only; copy the export here first, e.g. with aws s3 sync or curl",
    );
  }
  const separator = pattern.includes("\\") ? "; folders are separated by /, also on Windows" : "";
  if (!isDynamicPattern(pattern)) {
    const hint = `looked for ${whole}; check that the export has run, and the path under sources${separator}`;
    const none = missing(`source ${source.name}: no file ${pattern}`, hint);
    return { paths: [], markers: [], isNamed: true, missing: [none] };
  }
  const paths: string[] = [];
  const markers: string[] = [];
  const closed: GatebookError[] = [];
  const close = (folder: string, error: Error): void => {
    const name = nameOf(folder, config.root);
    const reason = `source ${source.name}: folder ${name} cannot be read: ${fileReason(error)}`;
    closed.push(missing(reason, "check the owner and permissions of that folder"));
  };
  for (const path of await matching(pattern, config.root, close)) {
    const isFolder = (await statOrNull(path))?.isDirectory() === true;
    const name = nameOf(path, config.root);
    if (isMarker(name, pattern)) markers.push(...(isFolder ? [] : [name]));
    // `**` matches every folder; one is reported only when it is named like a file
    else if (!isFolder || dataName.test(basename(path))) paths.push(path);
  }
  if (paths.length + closed.length > 0) return { paths, markers, isNamed: false, missing: closed };
  const hint = `looked under ${config.root}; check that the export has run, and the pattern under sources${separator}`;
  const none = missing(`source ${source.name}: no file matches ${pattern}`, hint);
  return { paths, markers, isNamed: false, missing: [none] };
}

/** Hidden files are among them where the pattern does not ask for any, so that they can be counted; hidden folders are not entered. */
async function matching(
  pattern: string,
  root: string,
  close: (folder: string, error: Error) => void,
): Promise<readonly string[]> {
  const asksForHidden = pattern.split("/").some((part) => /^\.[^./]/.test(part));
  const names = await glob(pattern, {
    cwd: root,
    absolute: true,
    onlyFiles: false,
    followSymbolicLinks: true,
    expandDirectories: false,
    dot: !asksForHidden,
    ignore: asksForHidden ? [] : ["**/.*/**"],
    fs: { readdir: readEverything(close) },
  });
  return names.map((name) => resolve(name));
}

/** As reports and `loads` name it, `/` separated on every system. */
export function nameOf(path: string, root: string, style: PlatformPath = nodePath): string {
  return style.relative(root, path).split(style.sep).join("/");
}

/** The folder before the first wildcard: "C:/exports/feed/*.csv" → "C:\\exports\\feed". */
export function folderOf(pattern: string, root: string, style: PlatformPath = nodePath): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => isDynamicPattern(part));
  if (wild < 0) return style.resolve(root, style.dirname(pattern));
  // the separator at its end makes a root of "" and of "C:"
  return wild === 0 ? style.resolve(root) : style.resolve(root, `${parts.slice(0, wild).join("/")}/`);
}

/** The folders that the patterns of a source name, before their first wildcard, where they really are. */
async function foldersOf({ files }: Source, root: string): Promise<readonly string[]> {
  const folders = files.map(async (pattern) => {
    const folder = folderOf(pattern, root);
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
  const file = nameOf(path, root);
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
