import { createHash } from "node:crypto";
import { type Config, defaultMaxLine, type Source } from "../../model/config.ts";
import { builtInPlaceholders } from "../../model/unit-placeholders.ts";
import { stagingText } from "../events/staging-file.ts";
import { isUtc } from "../events/times-sql.ts";
import { formatOf } from "../files/discover.ts";

/** Raised when this room reads every file differently than before: all files are then loaded again. */
export const readingVersion = 1;

/** What this room reads otherwise than the version before did, by name, of a source that is concerned: its files alone are loaded again. */
export function newReadings(source: Source): readonly string[] {
  const { options } = source;
  const isZoned = options.timeFormat === "iso" && !isUtc(options.timeZone);
  const isMarked = options.nullText.some((text) => text !== "") && !isCsvOnly(source);
  // metadata has two names by default, and is in no number
  const hasSeveral = [...source.columns].some(([column, names]) => column !== "metadata" && names.length > 1);
  return [
    ...(isZoned ? ["times with anything beside a plain local time"] : []),
    ...(isMarked ? ["null_text in other formats than CSV"] : []),
    ...(hasSeveral ? ["several names of a column, row by row"] : []),
  ];
}

function isCsvOnly(source: Source): boolean {
  return source.files.every((pattern) => formatOf(pattern, source).format === "csv");
}

/**
 * Hash of everything but the file itself that its rows depend on. `lookups`: what the lookups a staging query joins
 * contain, empty for others.
 */
export async function loadFingerprint(source: Source, config: Config, lookups: string): Promise<string> {
  const staging = source.staging === null ? null : await stagingText(source.staging);
  const readings = newReadings(source);
  const parts = [
    readingVersion,
    source.kind,
    source.format,
    source.options,
    [...source.columns],
    [...source.eventTypes],
    staging,
    config.rollout.timeZone,
    lookups,
    // the built-in ones are no part of it: rows of an earlier version follow them in place
    ...(isBuiltIn(config.unitPlaceholders) ? [] : [config.unitPlaceholders]),
    ...(readings.length === 0 ? [] : [readings]),
    ...(source.maxLine === defaultMaxLine ? [] : [source.maxLine]),
    ...(source.constants === undefined ? [] : [{ constants: [...source.constants] }]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function isBuiltIn(placeholders: readonly string[]): boolean {
  return JSON.stringify(placeholders) === JSON.stringify(builtInPlaceholders);
}
