/** Trino's words for reading the columns of a stored table as values of events. */
import type { TypedValue, ValueDialect } from "../dialect.ts";
import { sqlText } from "../sql-text.ts";

const NAN = "('nan', '-nan', '+nan')";

function isFloating({ type }: TypedValue): boolean {
  return /^(double|real)/i.test(type);
}

function isZoned({ type }: TypedValue): boolean {
  return /with time zone/i.test(type);
}

function text(value: TypedValue): string {
  if (value.kind === "text") return `nullif(CAST(${value.sql} AS varchar), '')`;
  if (/^varbinary/i.test(value.type)) return `nullif(from_utf8(${value.sql}), '')`;
  if (isFloating(value)) return `CASE WHEN NOT is_nan(${value.sql}) THEN CAST(${value.sql} AS varchar) END`;
  return `CAST(${value.sql} AS varchar)`;
}

function id(value: TypedValue): string {
  const { sql } = value;
  if (isFloating(value))
    return `CASE WHEN is_nan(${sql}) THEN NULL WHEN ${sql} = floor(${sql}) AND abs(${sql}) < 1e18
      THEN CAST(CAST(${sql} AS bigint) AS varchar) ELSE CAST(${sql} AS varchar) END`;
  if (value.kind === "decimal") return `regexp_replace(${text(value)}, '[.]0+$', '')`;
  if (value.kind !== "text") return text(value);
  // most ids have no point, and the pattern costs more than looking for one
  return `CASE WHEN ${sql} LIKE '%.0' THEN regexp_replace(${text(value)}, '^(-?[0-9]+)[.]0$', '$1') ELSE ${text(value)} END`;
}

function utc(instant: string): string {
  return `CAST(${instant} AT TIME ZONE 'UTC' AS timestamp(6))`;
}

function isUtc(timeZone: string): boolean {
  return timeZone === "UTC" || timeZone === "Etc/UTC";
}

function inZone(timestamp: string, timeZone: string): string {
  if (isUtc(timeZone)) return timestamp;
  return utc(`with_timezone(${timestamp}, ${sqlText(timeZone)})`);
}

/** A blank between day and time is read as T. */
function isoInstant(written: string, timeZone: string): string {
  const iso = `regexp_replace(trim(${written}), '^(\\d{4}-\\d\\d-\\d\\d) +', '$1T')`;
  // without an offset it is taken for UTC, the zone of every session
  const read = `TRY(${utc(`from_iso8601_timestamp_nanos(${iso})`)})`;
  if (isUtc(timeZone)) return read;
  const hasOffset = `regexp_like(trim(${written}), '(Z|z|[+-]\\d\\d(:?\\d\\d)?)$') AND regexp_like(trim(${written}), ':')`;
  return `CASE WHEN ${hasOffset} THEN ${read} ELSE ${inZone(read, timeZone)} END`;
}

function instant(
  value: TypedValue,
  { unit, timeZone }: { readonly unit: number | null; readonly timeZone: string },
): string {
  const { sql, kind } = value;
  if (kind === "timestamp" || kind === "date")
    return isZoned(value) ? utc(sql) : inZone(`CAST(${sql} AS timestamp(6))`, timeZone);
  if (unit !== null) {
    const nanos = `CAST(TRY_CAST(${text(value)} AS decimal(29, 6)) * ${1_000_000_000 / unit} AS decimal(38, 0))`;
    return `TRY(${utc(`from_unixtime_nanos(${nanos})`)})`;
  }
  return kind === "text" ? isoInstant(text(value), timeZone) : "CAST(NULL AS timestamp(6))";
}

function day(value: TypedValue): string {
  if (value.kind === "date") return value.sql;
  if (value.kind === "timestamp")
    return `CAST(${isZoned(value) ? `${value.sql} AT TIME ZONE 'UTC'` : value.sql} AS date)`;
  const written = `trim(${text(value)})`;
  const compact = `regexp_replace(${written}, '^(\\d{4})(\\d\\d)(\\d\\d)$', '$1-$2-$3')`;
  return `TRY_CAST(${compact} AS date)`;
}

function isNan(value: TypedValue): string {
  if (isFloating(value)) return `coalesce(is_nan(${value.sql}), false)`;
  return value.kind === "text" ? `coalesce(lower(trim(${text(value)})) IN ${NAN}, false)` : "false";
}

function number(value: TypedValue, type: string): string {
  const written = value.kind === "text" ? `trim(${text(value)})` : value.sql;
  return `CASE WHEN NOT ${isNan(value)} THEN TRY_CAST(${written} AS ${type}) END`;
}

function json(value: TypedValue): string {
  return /^(row|map|array|json)/i.test(value.type) ? `json_format(CAST(${value.sql} AS json))` : text(value);
}

export const trinoValues: ValueDialect = {
  text,
  id,
  instant,
  day,
  dayInZone: (timestamp, timeZone) =>
    isUtc(timeZone)
      ? `CAST(${timestamp} AS date)`
      : `CAST(with_timezone(${timestamp}, 'UTC') AT TIME ZONE ${sqlText(timeZone)} AS date)`,
  number,
  isNan,
  json,
  timestampText: (timestamp) => `regexp_replace(CAST(${timestamp} AS varchar), '[.]?0*$', '')`,
  md5: (written) => `lower(to_hex(md5(to_utf8(${written}))))`,
  hash64: (written) => `from_big_endian_64(xxhash64(to_utf8(${written})))`,
  checksum: (written) => `to_hex(checksum(${written}))`,
};
