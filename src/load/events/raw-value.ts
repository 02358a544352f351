/** A value as it is in the export, as SQL: whether it is there, and its text. */
import { sqlText } from "../../engine/sql-text.ts";

/**
 * "strict": values as the engine writes them, at the speed of its casts. "lenient": also NaN, compact dates and the like, which cost
 * a regular expression each. "try": as lenient, but an invalid value is null.
 */
export type CastMode = "strict" | "lenient" | "try";

/** A value of the export: an SQL expression and its type. */
export interface RawValue {
  readonly sql: string;
  readonly type: string;
}

export function castOf(mode: CastMode): "CAST" | "TRY_CAST" {
  return mode === "try" ? "TRY_CAST" : "CAST";
}

/** The value as it is, null when it is empty or a double that is no number. */
export function rawPresent({ sql, type }: RawValue): string {
  if (type === "VARCHAR") return `nullif(${sql}, '')`;
  if (type === "BLOB") return `nullif(${sql}, ''::BLOB)`;
  return isFloating(type) ? `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END` : sql;
}

/** The same of a column of numbers, where the text "NaN" is no value either; null for bytes that are no UTF-8. */
export function rawNumber(raw: RawValue): string {
  const value = decoded(raw, "try");
  return `CASE WHEN ${isNan(value)} THEN NULL ELSE ${rawPresent(value)} END`;
}

/** Without the texts that a source writes for no value; a number is one of them when it is written so. CSV is read without them. */
export function withoutNullText(value: RawValue, nullText: readonly string[]): RawValue {
  const texts = nullText.filter((text) => text !== "");
  if (texts.length === 0 || value.type === "DATE" || isNested(value.type)) return value;
  const { sql, type } = value;
  const list = texts.map(sqlText).join(", ");
  if (type === "VARCHAR") return { sql: `CASE WHEN ${sql} IN (${list}) THEN NULL ELSE ${sql} END`, type };
  const text = type === "BLOB" ? `TRY(decode(${sql}))` : `CAST(${sql} AS VARCHAR)`;
  const whole = `regexp_replace(${text}, '^(-?[0-9]+)[.]0+$', '\\1')`;
  return { sql: `CASE WHEN ${text} IN (${list}) OR ${whole} IN (${list}) THEN NULL ELSE ${sql} END`, type };
}

/** Of Parquet: a struct, a map, a list. */
export function isNested(type: string): boolean {
  return /^(STRUCT|MAP|.*\[\d*\]$)/.test(type);
}

/** The first of several columns that has a value. */
export function firstPresent(values: readonly RawValue[]): RawValue | null {
  const [first] = values;
  if (first === undefined || values.length === 1) return first ?? null;
  const type = commonType(values);
  const as = (value: RawValue): string => {
    if (value.type === type) return rawPresent(value);
    return type === "BLOB" ? `encode(${textOf(value)})` : textOf(value);
  };
  return { sql: `coalesce(${values.map(as).join(", ")})`, type };
}

function commonType(values: readonly RawValue[]): string {
  const [first = "VARCHAR", ...others] = new Set(values.map(({ type }) => type));
  if (others.length === 0) return first;
  return first === "BLOB" || others.includes("BLOB") ? "BLOB" : "VARCHAR";
}

/** Parquet text that its writer did not mark as UTF-8 arrives as bytes. A condition: they are no UTF-8. Null for any other column. */
export function undecodable({ sql, type }: RawValue): string | null {
  return type === "BLOB" ? `${sql} IS NOT NULL AND TRY(decode(${sql})) IS NULL` : null;
}

export function isFloating(type: string): boolean {
  return type === "DOUBLE" || type === "FLOAT";
}

export function isNan({ sql, type }: RawValue): string {
  if (isFloating(type)) return `isnan(${sql})`;
  return type === "VARCHAR" ? `lower(trim(${sql})) IN ('nan', '-nan', '+nan')` : "false";
}

export function decoded(value: RawValue, mode: CastMode): RawValue {
  if (value.type !== "BLOB") return value;
  const text = `decode(${value.sql})`;
  return { sql: mode === "try" ? `TRY(${text})` : text, type: "VARCHAR" };
}

export function textOf(value: RawValue): string {
  return value.type === "VARCHAR" ? rawPresent(value) : `nullif(CAST(${rawPresent(value)} AS VARCHAR), '')`;
}
