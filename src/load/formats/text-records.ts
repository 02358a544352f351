import type { PreparedFile } from "../files/prepare.ts";
import { refusal } from "../files/refusal.ts";
import { type CsvRecord, csvRecords } from "./csv-records.ts";
import { dialectOf } from "./csv-scanner.ts";
import { forEachLine } from "./text-lines.ts";

/**
 * Calls `take` with each record behind the header, in order: CSV records, or the lines of JSON that hold something.
 * Throws a refusal when a quote is left open.
 */
export async function eachRecord(
  prepared: PreparedFile,
  take: (record: CsvRecord) => void,
  flush?: () => Promise<void>,
): Promise<void> {
  if (prepared.file.format === "jsonl") {
    await forEachLine(
      prepared.path,
      (line, number) => {
        const raw = line.endsWith("\r") ? line.slice(0, -1) : line;
        if (raw.trim() !== "") take({ line: number, raw, shape: null });
      },
      flush,
    );
    return;
  }
  const dialect = dialectOf(prepared.file);
  let headerSeen = !dialect.header;
  const records = csvRecords(dialect, (record) => {
    if (headerSeen) take(record);
    headerSeen = true;
  });
  await forEachLine(prepared.path, records.take, flush);
  records.end();
  const open = records.openQuote();
  if (open === null) return;
  throw refusal(
    prepared.file.file,
    `line ${open.line}: a quote ${open.problem}, so the rows after it cannot be told apart`,
    `mend line ${open.line}, or set options.quote when this export does not quote its values`,
  );
}
