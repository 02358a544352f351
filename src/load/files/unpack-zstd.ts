/**
 * zstd to text. Node 20 cannot unpack it; DuckDB verifies checksums, but takes UTF-8 only, and does not notice a missing end, which
 * walking the frames finds. It returns the text line by line, without empty lines and carriage returns: where that loses something, the strict reading
 * goes to the file itself, and line numbers count the lines that are not empty.
 */
import { rm, stat } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import { EngineError, isEngineError } from "../../engine/engine-error.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { DiscoveredFile } from "./discover.ts";
import { fingerprint, sha256OfFile } from "./fingerprint.ts";
import { passingRefusal, refusal } from "./refusal.ts";
import { refuseUnpacked, writingWithin } from "./unpacked-size.ts";
import { walkZstd } from "./zstd-frames.ts";

// four control characters that no text has in a row: the whole line is one value
const noDelimiter = "\u0001\u0002\u0003\u0004";
const noNull = "\u0005\u0006\u0007";
/** The engine's own limit; it reserves 16 times the limit for a buffer, of which it holds two. */
const usualLine = 2_000_000;

/** `readable`: the path without glob characters; `target`: where the text goes. `isExact`: it is there byte for byte. */
export async function unpackZstd(engine: Engine, file: DiscoveredFile, readable: string, target: string) {
  const { encoding } = file.source.options;
  if (encoding !== "utf-8")
    throw refusal(
      file.file,
      `is packed with zstd, which is unpacked as UTF-8 only, and this source has encoding ${encoding}`,
      "export it as UTF-8, or pack it with gzip, which works in any encoding",
    );
  const textBytes = await walkZstd(file.path);
  if (typeof textBytes === "string") throw refusal(file.file, textBytes, "copy or export it again");
  refuseUnpacked(file, textBytes ?? 0);
  await writingWithin(engine, file, target, () => writeText(engine, file, readable, target));
  const [sha256, text] = await Promise.all([sha256OfFile(file.path), fingerprint(target)]);
  const { size } = await stat(target);
  // every line is written with a line feed, also a last one without
  const isExact = textBytes !== null && (size === textBytes || size === textBytes + 1);
  return { ...text, sha256, isExact };
}

/** Most rows are short, and a small buffer fits into any memory limit: only what fails with it is tried with the longest line allowed. */
async function writeText(
  engine: Engine,
  file: DiscoveredFile,
  readable: string,
  target: string,
): Promise<void> {
  const { maxLine } = file.source;
  const write = (longest: number): Promise<void> => engine.execute(copyLines(readable, target, longest));
  try {
    await write(Math.min(usualLine, maxLine)).catch(async (error: unknown) => {
      if (maxLine <= usualLine || !isEngineError(error, "data")) throw error;
      await rm(target, { force: true });
      await write(maxLine);
    });
  } catch (error) {
    if (isEngineError(error, "memory"))
      throw passingRefusal(
        file.file,
        "needs more memory than there is to be unpacked",
        `give the run a higher --memory-limit, or a lower max_line to source ${file.source.name}`,
        error,
      );
    if (isEngineError(error, "disk_full", "permission", "crashed", "interrupted")) throw error;
    throw unreadable(file, error);
  }
}

function unreadable(file: DiscoveredFile, error: unknown): Error {
  const reason = error instanceof EngineError ? error.reason : String(error);
  if (!isEngineError(error, "data"))
    return refusal(file.file, `is damaged: ${reason}`, "copy or export it again", error);
  const longest = `${file.source.maxLine / 1e6} MB (max_line)`;
  const message = `is damaged: it has bytes that are no UTF-8, or a row longer than ${longest}`;
  const hint = "copy it again, raise max_line, or pack it with gzip where its encoding is not UTF-8";
  return refusal(file.file, message, hint, error);
}

function copyLines(readable: string, target: string, longest: number): string {
  const lines = `read_csv(${sqlText(readable)}, auto_detect = false, header = false, strict_mode = false,
    delim = '${noDelimiter}', quote = '', escape = '', nullstr = '${noNull}', columns = {'line': 'VARCHAR'},
    compression = 'zstd', hive_partitioning = false, max_line_size = ${longest})`;
  // numbering the lines keeps them in order, whatever the engine's setting for insertion order is
  const inOrder = `SELECT line FROM (SELECT line, row_number() OVER () AS place FROM ${lines}) WHERE place > 0`;
  return `COPY (${inOrder}) TO ${sqlText(target)}
    (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '${noDelimiter}')`;
}
