import { readFile } from "node:fs/promises";
import { textOfBytes } from "../../engine/sql-file.ts";
import { fileReason, GatebookError } from "../../model/error.ts";

/** The SQL of a staging file. Throws GatebookError `query` when it cannot be read or is no text; `name` is for its place. */
export async function readStaging(path: string, name: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const message = `the file cannot be read: ${fileReason(cause)}`;
    throw new GatebookError("query", message, { where: { file: name }, cause });
  });
  return textOfBytes(bytes, name);
}

/** The same to compare with what it was; nothing for one that is refused where it is run. */
export async function stagingText(path: string): Promise<string> {
  return await readStaging(path, path).catch(() => "");
}
