/** How an export writes instants and days → UTC timestamps and dates, as SQL expressions. */
import { sqlText } from "../../engine/sql-text.ts";
import type { EpochUnit, SourceOptions } from "../../model/config.ts";
import { type CastMode, castOf, type RawValue } from "./raw-value.ts";

interface RawTime extends RawValue {
  /** As text, null when empty. */
  readonly text: string;
}

/** `number`: the value in its own type with a decimal point, null when empty. */
export function timestampOf(
  value: RawTime & { readonly number: string },
  { timeFormat, timeZone }: SourceOptions,
  mode: CastMode,
): string {
  const { type } = value;
  if (type === "TIMESTAMP WITH TIME ZONE") return utcOf(value.sql);
  if (type.startsWith("TIMESTAMP") || type === "DATE") {
    return inZone(`CAST(${value.sql} AS TIMESTAMP)`, timeZone);
  }
  if (typeof timeFormat !== "string") return patternTimestamp(value.text, timeFormat, { timeZone, mode });
  if (timeFormat !== "iso") return epochTimestamp(value.number, timeFormat, castOf(mode));
  // an ISO time that is no text is an integer: never silently seconds or milliseconds
  return isoTimestamp(value.text, timeZone, mode);
}

/** `date_format` is for text; a column of dates or times needs none. */
export function dayOf(value: RawTime, { dateFormat }: SourceOptions, mode: CastMode): string {
  const cast = castOf(mode);
  if (value.type === "DATE" || value.type.startsWith("TIMESTAMP")) return `${cast}(${value.sql} AS DATE)`;
  if (dateFormat !== undefined) return `CAST(${parsed(value.text, dateFormat, mode)} AS DATE)`;
  if (mode === "strict") return `CAST(${value.text} AS DATE)`;
  return `coalesce(TRY_CAST(${value.text} AS DATE), ${cast}(${rewritten(value.text, compactDay)} AS DATE))`;
}

const microseconds: Readonly<Record<EpochUnit, (number: string, cast: string) => string>> = {
  // DECIMAL keeps every digit, a double would not
  epoch_seconds: (number, cast) => `${cast}(${cast}(${number} AS DECIMAL(22,6)) * 1000000 AS BIGINT)`,
  epoch_millis: (number, cast) => `${cast}(${cast}(${number} AS DECIMAL(22,3)) * 1000 AS BIGINT)`,
  epoch_micros: (number, cast) => `${cast}(${cast}(${number} AS DECIMAL(22,0)) AS BIGINT)`,
  epoch_nanos: (number, cast) => `${cast}(${cast}(${number} AS DECIMAL(22,0)) AS BIGINT) // 1000`,
};

function epochTimestamp(number: string, unit: EpochUnit, cast: string): string {
  return `make_timestamp(${microseconds[unit](number, cast)})`;
}

/** Patterns with a zone or an offset give an instant, the others a local time. The first that fits counts. */
function patternTimestamp(
  text: string,
  patterns: readonly string[],
  { timeZone, mode }: { readonly timeZone: string; readonly mode: CastMode },
): string {
  const zoned = patterns.filter((pattern) => /%[zZ]/.test(pattern));
  const local = patterns.filter((pattern) => !zoned.includes(pattern));
  if (local.length === 0) return utcOf(parsed(text, zoned, mode));
  const last = inZone(`CAST(${parsed(text, local, mode)} AS TIMESTAMP)`, timeZone);
  return zoned.length === 0 ? last : `coalesce(${utcOf(parsed(text, zoned, "try"))}, ${last})`;
}

function parsed(text: string, patterns: readonly string[], mode: CastMode): string {
  const parse = mode === "try" ? "try_strptime" : "strptime";
  return `${parse}(${text}, [${patterns.map(sqlText).join(", ")}])`;
}

/**
 * "2026-02-01", "2026/2/1 10:00", " 2026-02-01T10:00:00.5 ": every way to write a time without an offset that the engine takes.
 */
const plainLocal = "^\\s*\\d+[-/ \\\\]\\d+[-/ \\\\]\\d+([T ]\\s*\\d+:\\d+(:\\d+(\\.\\d*)?)?)?\\s*$";

/** 20260201, and 20260201.0 from a column of doubles. */
const compactDay: readonly Rewriting[] = [["^\\s*(\\d{4})(\\d\\d)(\\d\\d)([.]0)?\\s*$", "\\1-\\2-\\3"]];

/** A regular expression and what it is replaced by. */
type Rewriting = readonly [pattern: string, replacement: string];

/** Ways of ISO 8601 that the engine does not take → one that it takes. */
const otherIso: readonly Rewriting[] = [
  ...compactDay,
  // 20260201T100000Z, 20260201100000; 20260201T1000Z; 20260201T10:00:00Z
  ["^\\s*(\\d{4})(\\d\\d)(\\d\\d)[Tt ]?(\\d\\d)(\\d\\d)(\\d\\d)(\\D.*)?$", "\\1-\\2-\\3T\\4:\\5:\\6\\7"],
  ["^\\s*(\\d{4})(\\d\\d)(\\d\\d)[Tt ](\\d\\d)(\\d\\d)(\\D.*)?$", "\\1-\\2-\\3T\\4:\\5\\6"],
  ["^\\s*(\\d{4})(\\d\\d)(\\d\\d)([Tt ]\\d\\d:)", "\\1-\\2-\\3\\4"],
  // 2026-02-01T10Z; 2026-02-01T10:00Z, as Java writes a whole minute; 10:00:00,5
  ["^(\\s*\\d+-\\d+-\\d+[Tt ]\\d\\d)(\\s*(Z|z|[+-]\\d.*)?)$", "\\1:00\\2"],
  ["^(\\s*\\d+[-/]\\d+[-/]\\d+[Tt ]\\s*\\d+:\\d+)(\\s*[^\\s\\d:.,].*)$", "\\1:00\\2"],
  ["^([^,]*:\\d\\d),(\\d)", "\\1.\\2"],
];

function rewritten(text: string, rewritings: readonly Rewriting[]): string {
  return rewritings.reduce(
    (sql, [pattern, replacement]) => `regexp_replace(${sql}, ${sqlText(pattern)}, ${sqlText(replacement)})`,
    text,
  );
}

function isoTimestamp(text: string, timeZone: string, mode: CastMode): string {
  if (mode === "strict") return engineTimestamp(text, timeZone, "CAST");
  const other = engineTimestamp(rewritten(text, otherIso), timeZone, castOf(mode));
  return `coalesce(${engineTimestamp(text, timeZone, "TRY_CAST")}, ${other})`;
}

/**
 * TIMESTAMPTZ, because a plain TIMESTAMP drops an offset silently; then microseconds, because `AT TIME ZONE` costs three times as
 * much. Only what is plainly a local time is read as one; whatever else is written beside a time ("Z ", "UTC", "Europe/Berlin") is
 * the engine's to read or to reject. In a UTC source only a blank after a colon needs that distinction: a zone's name may follow, and
 * the engine reads the plain times after "10:00:00 EST" as EST, too.
 */
function engineTimestamp(text: string, timeZone: string, cast: "CAST" | "TRY_CAST"): string {
  const withOffset = utcOf(`${cast}(${text} AS TIMESTAMPTZ)`);
  const local = inZone(`${cast}(${text} AS TIMESTAMP)`, timeZone);
  const either = `CASE WHEN regexp_matches(${text}, ${sqlText(plainLocal)}) THEN ${local} ELSE ${withOffset} END`;
  // looking for a blank costs a tenth of the pattern, and most times have none
  const mayNameZone = `contains(${text}, ' ') AND ${text} LIKE '%:% %'`;
  return isUtc(timeZone) ? `CASE WHEN ${mayNameZone} THEN ${either} ELSE ${withOffset} END` : either;
}

function utcOf(instant: string): string {
  return `make_timestamp(epoch_us(${instant}))`;
}

/** UTC timestamp → day in the rollout's time zone. */
export function dayInZone(timestamp: string, timeZone: string): string {
  if (isUtc(timeZone)) return `CAST(${timestamp} AS DATE)`;
  return `CAST(timezone(${sqlText(timeZone)}, timezone('UTC', ${timestamp})) AS DATE)`;
}

export function isUtc(timeZone: string): boolean {
  return timeZone === "UTC" || timeZone === "Etc/UTC";
}

function inZone(timestamp: string, timeZone: string): string {
  if (isUtc(timeZone)) return timestamp;
  return `make_timestamp(epoch_us(timezone(${sqlText(timeZone)}, ${timestamp})))`;
}
