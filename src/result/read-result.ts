/** `result.json` from the disk. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GatebookError, messageOf } from "../model/error.ts";
import type { Result } from "../model/result.ts";
import { HINT, parseResult } from "./serialize.ts";

/** The file that a person means: itself, or the result.json of a night's folder. */
export function resultFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(path, "result.json") : path;
}

/** Reads a result; `file` appears in messages as given. Throws a GatebookError of code "input". */
export function readResult(file: string): Result {
  return parseResult(readText(file), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    const message = code === "ENOENT" ? "there is no such file" : `cannot be read: ${messageOf(cause)}`;
    throw new GatebookError("input", message, { where: { file }, hint: HINT, cause });
  }
}
