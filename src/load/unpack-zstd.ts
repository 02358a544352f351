/**
 * zstd to text. Node 20 cannot unpack it, DuckDB can and verifies checksums, but does not notice a missing end: that is
 * found first by walking the frames. DuckDB hands the text over line by line and leaves out empty lines, so line
 * numbers in such a file count the lines that hold something.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlText } from "../engine/sql-text.ts";
import type { DiscoveredFile } from "./discover.ts";
import { fingerprint, type LineCount, sha256OfFile } from "./fingerprint.ts";
import { refusal } from "./refusal.ts";
import { zstdProblem } from "./zstd-frames.ts";

// four control characters that no text has in a row: the whole line is one value
const noDelimiter = "\u0001\u0002\u0003\u0004";
const longestLine = 100_000_000;

export async function unpackZstd(
  engine: Engine,
  file: DiscoveredFile,
  target: string,
): Promise<LineCount & { readonly sha256: string }> {
  const problem = await zstdProblem(file.path);
  if (problem !== null) throw refusal(file.file, problem, "copy or export it again");
  const lines = `read_csv(${sqlText(file.path)}, auto_detect = false, header = false, strict_mode = false,
    delim = '${noDelimiter}', quote = '', escape = '', nullstr = '${noDelimiter}', columns = {'line': 'VARCHAR'},
    compression = 'zstd', hive_partitioning = false, max_line_size = ${longestLine})`;
  try {
    await engine.execute(`COPY (SELECT line FROM ${lines}) TO ${sqlText(target)}
      (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '${noDelimiter}')`);
  } catch (error) {
    throw refusal(file.file, `is damaged: ${messageOf(error)}`, "copy or export it again", error);
  }
  const [sha256, text] = await Promise.all([sha256OfFile(file.path), fingerprint(target)]);
  return { lines: text.lines, hasNul: text.hasNul, sha256 };
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message.replace(/^the warehouse refused a statement: /, "")
    : String(error);
}
