/** A copy of a CSV file for the strict reader, where it is written in a dialect that the engine does not read. */
import { join } from "node:path";
import type { PreparedFile } from "../files/prepare.ts";
import { createCleanCsv } from "./clean-csv.ts";
import { hasEscapedNul, recordValues } from "./csv-records.ts";
import { dialectOf, needsCopy } from "./csv-scanner.ts";
import { eachRecord } from "./text-records.ts";

/** Into the folder `temporary`, with memory for one chunk of it. Throws a refusal when a quote is left open. */
export async function copyForReader(prepared: PreparedFile, temporary: string): Promise<PreparedFile> {
  const { file } = prepared;
  const dialect = dialectOf(prepared);
  if (file.format !== "csv" || !needsCopy(dialect, file.source.options.nullText)) return prepared;
  const path = join(temporary, "copy");
  const target = await createCleanCsv(path);
  let isSound = true;
  try {
    await eachRecord(
      prepared,
      (record) => {
        isSound &&= typeof record.shape !== "string" && !hasEscapedNul(record);
        if (isSound) target.add(recordValues(record, dialect));
      },
      target.flush,
    );
  } finally {
    await target.close();
  }
  return isSound ? { ...prepared, strictPath: path, copy: path } : { ...prepared, copy: null };
}
