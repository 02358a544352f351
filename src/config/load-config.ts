/** `rollout.yaml` from the disk: the file's text, and which sources have a staging file beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../model/config.ts";
import { GatebookError, messageOf } from "../model/error.ts";
import { parseConfig } from "./config.ts";
import { INIT } from "./read-yaml.ts";

/** Reads and checks a `rollout.yaml`; `file` appears in messages as given, its folder is the workspace. Throws a GatebookError of code "config". */
export function loadConfig(file: string): Config {
  const root = dirname(resolve(file));
  return parseConfig(readText(file), { file, root, stagingFiles: stagingFilesIn(root) });
}

function readText(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    const { message, hint } = whyUnreadable(file, cause);
    throw new GatebookError("config", message, { where: { file }, hint, cause });
  }
}

function whyUnreadable(file: string, cause: unknown): { readonly message: string; readonly hint: string } {
  switch (codeOf(cause)) {
    case "ENOENT":
    case "ENOTDIR":
      return { message: "there is no such file", hint: `${INIT}; --config FILE names another file` };
    case "EISDIR":
      return {
        message: "this is a folder, not a file",
        hint: `name the file: ${join(file, "rollout.yaml")}`,
      };
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return { message: "the file is not UTF-8 text", hint: "save it with the encoding UTF-8" };
    default:
      return { message: `cannot be read: ${messageOf(cause)}`, hint: "check its permissions" };
  }
}

function stagingFilesIn(root: string): readonly string[] {
  try {
    return readdirSync(join(root, "queries", "sources"))
      .filter((name) => name.endsWith(".sql"))
      .map((name) => name.slice(0, -".sql".length));
  } catch (cause) {
    // A workspace without staging has no such folder.
    if (codeOf(cause) === "ENOENT") return [];
    throw cause;
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
