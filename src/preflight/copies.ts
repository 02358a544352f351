/** The copies of the app's settings, in the order in which the app reads them: environment, dotenv file, dump of its config. */

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { PreflightConfig } from "../model/config.ts";
import { messageOf } from "../model/error.ts";
import { dumpCommand, findInDump, parseDump } from "./config-dump.ts";
import { type DotenvProblem, parseDotenv } from "./dotenv.ts";

export interface PreflightContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** Default: the disk. Throws as `readFileSync` does. */
  readonly readFile?: (path: string) => CopyFile;
}

export interface CopyFile {
  readonly text: string;
  readonly modifiedAt: Date;
}

/** Where a setting may be: variable, path in the dump. */
export interface Address {
  readonly env: string;
  readonly configPath: string;
}

export interface CopyReading {
  /** Null: the name is there without a value. */
  readonly value: string | null;
  /** "environment", ".env:3", "discovery.json" */
  readonly source: string;
  readonly ageHours: number | null;
}

export interface Copy {
  /** "environment", ".env" */
  readonly name: string;
  readonly ageHours: number | null;
  /** Null: this copy does not have it. */
  readonly read: (address: Address) => CopyReading | null;
  /** Why the whole file could not be read, or null. */
  readonly unreadable: string | null;
  /** The app's own config, which it may have cached. */
  readonly isDump: boolean;
  /** What brings this copy up to date. */
  readonly remake: string;
  /** Lines of a dotenv file that cannot be read. */
  readonly problems: readonly DotenvProblem[];
}

const HOUR_MS = 3_600_000;

export function readCopies(
  config: PreflightConfig,
  root: string,
  context: PreflightContext,
): readonly Copy[] {
  const copies: Copy[] = [];
  if (config.environment) copies.push(environmentCopy(context));
  if (config.dotenv !== null) {
    const remake = "copy it again from where the app runs";
    const open = (text: string): Opened => openDotenv(text, context);
    copies.push(fileCopy({ file: config.dotenv, root, open, isDump: false, remake }, context));
  }
  if (config.config !== null) {
    const remake = `make it where the app runs: ${dumpCommand(config.config)}`;
    copies.push(fileCopy({ file: config.config, root, open: openDump, isDump: true, remake }, context));
  }
  return copies;
}

function environmentCopy({ env }: PreflightContext): Copy {
  const name = "environment";
  const read = (address: Address): CopyReading | null => {
    const value = env[address.env];
    return value === undefined ? null : { value: settingText(value), source: name, ageHours: null };
  };
  const remake = "set it as the app has it, or leave it out";
  return { name, ageHours: null, read, unreadable: null, isDump: false, remake, problems: [] };
}

interface Opened {
  readonly read: (address: Address) => { readonly value: string | null; readonly line?: number } | null;
  readonly problems: readonly DotenvProblem[];
}

interface FileRequest {
  readonly file: string;
  readonly root: string;
  readonly open: (text: string) => Opened;
  readonly isDump: boolean;
  readonly remake: string;
}

function fileCopy({ file, root, open, isDump, remake }: FileRequest, context: PreflightContext): Copy {
  const copy = { name: file, isDump, remake };
  let ageHours: number | null = null;
  try {
    const { text, modifiedAt } = (context.readFile ?? readFromDisk)(resolve(root, file));
    const age = Math.max(0, context.now.getTime() - modifiedAt.getTime()) / HOUR_MS;
    ageHours = age;
    const opened = open(text);
    const read = (address: Address): CopyReading | null => {
      const found = opened.read(address);
      if (found === null) return null;
      const source = found.line === undefined ? file : `${file}:${found.line}`;
      return { value: found.value, source, ageHours: age };
    };
    return { ...copy, ageHours, read, unreadable: null, problems: opened.problems };
  } catch (cause) {
    const unreadable = `${whyUnreadable(cause)}${isDump ? `; ${remake}` : ""}`;
    return { ...copy, ageHours, read: () => null, unreadable, problems: [] };
  }
}

function openDotenv(text: string, { env }: PreflightContext): Opened {
  const { entries, problems } = parseDotenv(text, env);
  const read: Opened["read"] = (address) => {
    const entry = entries.get(address.env);
    if (entry === undefined) return null;
    return { value: entry.value === null ? null : settingText(entry.value), line: entry.line };
  };
  return { read, problems };
}

function openDump(text: string): Opened {
  const dump = parseDump(text);
  const read: Opened["read"] = (address) => {
    const entry = findInDump(dump, address.configPath);
    return entry === null ? null : { value: jsonText(entry.value) };
  };
  return { read, problems: [] };
}

/** The words that Laravel's env() takes for values: `(null)` is unset, `(empty)` is "". */
function settingText(value: string): string | null {
  const word = /^\(?(true|false|null|empty)\)?$/i.exec(value.trim())?.[1]?.toLowerCase();
  if (word === "null") return null;
  return word === "empty" ? "" : (word ?? value.trim());
}

function jsonText(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === "string" ? value.trim() : JSON.stringify(value);
}

function readFromDisk(path: string): CopyFile {
  return { text: readFileSync(path, "utf8"), modifiedAt: statSync(path).mtime };
}

function whyUnreadable(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "there is no such file";
  return messageOf(cause);
}
