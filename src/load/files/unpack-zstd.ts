/**
 * zstd to text. Node 20 cannot unpack it, DuckDB can and verifies checksums, but does not notice a missing end: that is
 * found first by walking the frames. DuckDB hands the text over line by line, without empty lines and carriage returns: where
 * that loses something, the strict reading goes to the file itself, and line numbers count the lines that hold something.
 */
import { stat } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import { EngineError, isEngineError } from "../../engine/engine-error.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { DiscoveredFile } from "./discover.ts";
import { fingerprint, type LineCount, sha256OfFile } from "./fingerprint.ts";
import { refusal } from "./refusal.ts";
import { walkZstd } from "./zstd-frames.ts";

// four control characters that no text has in a row: the whole line is one value
const noDelimiter = "\u0001\u0002\u0003\u0004";
const noNull = "\u0005\u0006\u0007";
const longestLine = 100_000_000;

interface UnpackedZstd extends LineCount {
  readonly sha256: string;
  /** The target holds the text byte for byte. */
  readonly isExact: boolean;
}

/** `readable`: the file's path without glob characters; `target`: where the text goes. */
export async function unpackZstd(
  engine: Engine,
  file: DiscoveredFile,
  readable: string,
  target: string,
): Promise<UnpackedZstd> {
  const { problem, textBytes } = await walkZstd(file.path);
  if (problem !== null) throw refusal(file.file, problem, "copy or export it again");
  const lines = `read_csv(${sqlText(readable)}, auto_detect = false, header = false, strict_mode = false,
    delim = '${noDelimiter}', quote = '', escape = '', nullstr = '${noNull}', columns = {'line': 'VARCHAR'},
    compression = 'zstd', hive_partitioning = false, max_line_size = ${longestLine})`;
  try {
    // numbering the lines keeps them in order, whatever the engine's setting for insertion order is
    const inOrder = `SELECT line FROM (SELECT line, row_number() OVER () AS place FROM ${lines}) WHERE place > 0`;
    await engine.execute(`COPY (${inOrder}) TO ${sqlText(target)}
      (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '${noDelimiter}')`);
  } catch (error) {
    if (isEngineError(error, "disk_full", "memory", "permission")) throw error;
    throw refusal(file.file, `is damaged: ${reasonOf(error)}`, "copy or export it again", error);
  }
  const [sha256, text] = await Promise.all([sha256OfFile(file.path), fingerprint(target)]);
  const { size } = await stat(target);
  // every line is written with a line feed, also a last one that had none
  const isExact = textBytes !== null && (size === textBytes || size === textBytes + 1);
  return { lines: text.lines, hasNul: text.hasNul, sha256, isExact };
}

function reasonOf(error: unknown): string {
  return error instanceof EngineError ? error.reason : String(error);
}
