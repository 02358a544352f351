/**
 * From the values of an export to canonical ones, as SQL expressions: with CAST an invalid value stops the statement (the strict
 * load), with TRY_CAST it becomes null beside its raw text (the tolerant load).
 */
import { sqlText } from "../../engine/sql-text.ts";
import type { Source, SourceOptions } from "../../model/config.ts";
import type { CanonicalName } from "../../model/event-columns.ts";

export type CastMode = "CAST" | "TRY_CAST";

/** A value of the export: an SQL expression and its type. */
export interface RawValue {
  readonly sql: string;
  readonly type: string;
}

/** The value as it is, null when it is empty. */
export function rawPresent(value: RawValue): string {
  return value.type === "VARCHAR" ? `nullif(${value.sql}, '')` : value.sql;
}

export function canonicalExpression(
  name: CanonicalName,
  value: RawValue,
  source: Source,
  mode: CastMode,
): string {
  switch (name) {
    case "event_type":
      return `${mode}(${mappedType(textOf(value), source)} AS event_kind)`;
    case "occurred_at":
      return timestampOf(value, source.options, mode);
    case "event_date":
      return `${mode}(${rawPresent(value)} AS DATE)`;
    case "dwell_seconds":
      return `${mode}(${rawPresent(value)} AS DECIMAL(9,3))`;
    case "position":
      return `${mode}(${rawPresent(value)} AS INTEGER)`;
    case "metadata":
      return /^(STRUCT|MAP|.*\[\d*\]$)/.test(value.type)
        ? `CAST(to_json(${value.sql}) AS VARCHAR)`
        : textOf(value);
    default:
      return textOf(value);
  }
}

/** UTC timestamp → day in the rollout's time zone. */
export function dayInZone(timestamp: string, timeZone: string): string {
  if (isUtc(timeZone)) return `CAST(${timestamp} AS DATE)`;
  return `CAST(timezone(${sqlText(timeZone)}, timezone('UTC', ${timestamp})) AS DATE)`;
}

function textOf(value: RawValue): string {
  return value.type === "VARCHAR" ? `nullif(${value.sql}, '')` : `nullif(CAST(${value.sql} AS VARCHAR), '')`;
}

function mappedType(text: string, source: Source): string {
  if (source.eventTypes.size === 0) return text;
  const cases = [...source.eventTypes].map(([from, to]) => `WHEN ${sqlText(from)} THEN ${sqlText(to)}`);
  return `CASE ${text} ${cases.join(" ")} ELSE ${text} END`;
}

function timestampOf(value: RawValue, options: SourceOptions, mode: CastMode): string {
  const { type } = value;
  if (type === "TIMESTAMP WITH TIME ZONE") return `make_timestamp(epoch_us(${value.sql}))`;
  if (type.startsWith("TIMESTAMP") || type === "DATE") {
    return inZone(`CAST(${value.sql} AS TIMESTAMP)`, options.timeZone);
  }
  if (options.timeFormat !== "iso") return epochTimestamp(rawPresent(value), options.timeFormat, mode);
  // an ISO time that is no text is an integer: never silently seconds or milliseconds
  return isoTimestamp(textOf(value), options.timeZone, mode);
}

// 1769904000123.5 → microseconds; DECIMAL keeps every digit, a double would not
function epochTimestamp(sql: string, format: "epoch_seconds" | "epoch_millis", mode: CastMode): string {
  const [digits, factor] = format === "epoch_seconds" ? [6, 1_000_000] : [3, 1000];
  return `make_timestamp(${mode}(${mode}(${sql} AS DECIMAL(22,${digits})) * ${factor} AS BIGINT))`;
}

/**
 * "2026-02-01", "2026/2/1 10:00", " 2026-02-01T10:00:00.5 ": every way to write a time without an offset that the engine takes.
 */
const plainLocal = "^\\s*\\d+[-/ \\\\]\\d+[-/ \\\\]\\d+([T ]\\s*\\d+:\\d+(:\\d+(\\.\\d*)?)?)?\\s*$";

/**
 * TIMESTAMPTZ, because a plain TIMESTAMP drops an offset silently; then microseconds, because `AT TIME ZONE` costs three times as
 * much. Only what is plainly a local time is read as one; whatever else is written beside a time ("Z ", "UTC", "Europe/Berlin") is
 * the engine's to read or to reject. In a UTC source only a blank after a colon needs that distinction: a zone's name may follow, and
 * the engine reads the plain times after "10:00:00 EST" as EST, too.
 */
function isoTimestamp(text: string, timeZone: string, mode: CastMode): string {
  const withOffset = `make_timestamp(epoch_us(${mode}(${text} AS TIMESTAMPTZ)))`;
  const local = inZone(`${mode}(${text} AS TIMESTAMP)`, timeZone);
  const either = `CASE WHEN regexp_matches(${text}, ${sqlText(plainLocal)}) THEN ${local} ELSE ${withOffset} END`;
  return isUtc(timeZone) ? `CASE WHEN ${text} LIKE '%:% %' THEN ${either} ELSE ${withOffset} END` : either;
}

function inZone(timestamp: string, timeZone: string): string {
  if (isUtc(timeZone)) return timestamp;
  return `make_timestamp(epoch_us(timezone(${sqlText(timeZone)}, ${timestamp})))`;
}

export function isUtc(timeZone: string): boolean {
  return timeZone === "UTC" || timeZone === "Etc/UTC";
}
