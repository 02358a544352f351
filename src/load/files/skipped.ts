/**
 * What lies between the parts of an export and is none: names that begin with `_` or `.` (_SUCCESS, _temporary/, .part-0.csv.crc), and
 * parts without a byte, which Spark, Hive and Redshift write where a task had no rows.
 */
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import { walkZstd } from "./zstd-frames.ts";

export interface SkippedFile {
  readonly source: string;
  readonly file: string;
  readonly kind: "marker" | "empty part";
}

/** `pattern` may spell such a name itself: what it asks for is no marker. `name`: relative to the workspace. */
export function isMarker(name: string, pattern: string): boolean {
  const asked = pattern.split("/").length;
  const parts = name.split("/");
  const spells = (sign: string): boolean => pattern.split("/").some((part) => part.startsWith(sign));
  const found = pattern.includes("**") ? parts : parts.slice(-asked);
  return found.some(
    (part) =>
      (part.startsWith("_") && !part.includes("=") && !spells("_")) ||
      (part.startsWith(".") && part !== ".." && !spells(".")),
  );
}

interface FoundFile {
  readonly path: string;
  readonly file: string;
  readonly compression: "none" | "gzip" | "zstd";
  readonly bytes: number;
  readonly problem: string | null;
}

/** Files found by a pattern that have no text although another of their folder, and of the day in their name, has. */
export async function emptyParts<Found extends FoundFile>(
  files: readonly Found[],
): Promise<ReadonlySet<Found>> {
  const empty = new Set<Found>();
  for (const file of files) if (await hasNoText(file)) empty.add(file);
  const placeOf = ({ file }: Found): string =>
    `${dirname(file)} ${/\d{4}-?\d\d-?\d\d/.exec(basename(file))?.[0] ?? ""}`;
  const places = new Set(files.filter((file) => !empty.has(file)).map(placeOf));
  return new Set([...empty].filter((file) => places.has(placeOf(file))));
}

/** An empty file packed by gzip has about 20 bytes and its name. */
const mostPacked = 300;

async function hasNoText({ path, compression, bytes, problem }: FoundFile): Promise<boolean> {
  if (problem !== null || bytes > mostPacked) return false;
  if (compression === "none" || bytes === 0) return bytes === 0;
  if (compression === "zstd") return (await walkZstd(path)) === 0;
  const handle = await open(path, "r");
  try {
    return gunzipSync(await handle.readFile()).length === 0;
  } catch {
    return false; // damaged, or gone: whoever reads it says so
  } finally {
    await handle.close();
  }
}
