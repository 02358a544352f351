/** An analyst's file as text: UTF-8 or nothing. What another encoding or a stray byte would turn into is never guessed. */
import { GatebookError } from "../model/error.ts";

/** Without a byte order mark. Throws GatebookError `query`; `file` is for its place. */
export function textOfBytes(bytes: Uint8Array, file: string): string {
  const text = decoded(bytes);
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (text === null) throw notText(file, marked ? "the file is UTF-16" : "the file is not valid UTF-8");
  refuseNoText(text, file);
  return text;
}

/** A text that came another way, e.g. recorded in a result: NUL ends it for the engine, half a character is none. */
export function refuseNoText(sql: string, file: string): void {
  const nul = sql.indexOf("\0");
  if (nul >= 0) throw notText(file, "the file has a NUL byte", sql.slice(0, nul));
  if (/\p{Surrogate}/u.test(sql)) throw notText(file, "the file has half of a UTF-16 character");
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function notText(file: string, message: string, before?: string): GatebookError {
  const place = before === undefined ? {} : placeAfter(before);
  return new GatebookError("query", message, {
    where: { file, ...place },
    hint: "save it as UTF-8 text",
  });
}

function placeAfter(text: string): { readonly line: number; readonly column: number } {
  return { line: text.split("\n").length, column: [...text.slice(text.lastIndexOf("\n") + 1)].length + 1 };
}
