/**
 * Physical lines of a file, as text in which one character is one byte (Latin-1): delimiters and quotes are found, and
 * whatever the bytes mean is left untouched until somebody asks (`utf8Of`).
 */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";

/**
 * Calls `take` with each line, without its line feed but with a carriage return if it has one; numbers start at 1.
 * `flush` is waited for now and then, so that what `take` collects does not outgrow memory. Returns the lines seen.
 */
export async function forEachLine(
  path: string,
  take: (line: string, number: number) => void,
  flush: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  let rest = "";
  let number = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const lines = (rest + (chunk as Buffer).toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line, ++number);
    await flush();
  }
  if (rest !== "") take(rest, ++number);
  await flush();
  return number;
}

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** True when the bytes are valid UTF-8; plain ASCII is not looked at twice. */
export function isValidUtf8(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII
  return !/[^\x00-\x7f]/.test(text) || isUtf8(bytesOf(text));
}
