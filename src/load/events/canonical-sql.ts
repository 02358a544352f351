/**
 * From the values of an export to canonical ones, as SQL expressions. A value that is none stops the statement or, in mode "try",
 * becomes null beside its raw text.
 */
import { sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { type CanonicalName, eventTypeNames } from "../../model/event-columns.ts";
import {
  type CastMode,
  castOf,
  decoded,
  isFloating,
  isNan,
  isNested,
  type RawValue,
  rawPresent,
  textOf,
} from "./raw-value.ts";
import { dayOf, timestampOf } from "./times-sql.ts";

/** Stands for NaN in dwell_seconds until it is counted and cleared with the negative ones (records/file-facts.ts). */
export const NAN_DWELL = "-999999.999";

/** How the values of a source are read. */
export interface Reading extends Pick<Source, "options" | "eventTypes"> {
  readonly mode: CastMode;
  /** "either": a point, or a comma. */
  readonly decimal: "." | "," | "either";
  /** Event types there are. */
  readonly types: readonly string[];
}

export function canonicalExpression(name: CanonicalName, raw: RawValue, reading: Reading): string {
  const { mode, options } = reading;
  const value = decoded(raw, mode);
  switch (name) {
    case "event_type":
      return `${castOf(mode)}(${mappedType(textOf(value), reading)} AS ${typesSql(reading.types)})`;
    case "occurred_at":
      return timestampOf(
        { ...value, text: textOf(value), number: decimalText(value, reading) },
        options,
        mode,
      );
    case "event_date":
      return dayOf({ ...value, text: textOf(value) }, options, mode);
    case "dwell_seconds":
      return numberOf(value, reading, { type: "DECIMAL(9,3)", nan: NAN_DWELL });
    case "position":
      return numberOf(value, reading, { type: "INTEGER", nan: "NULL" });
    case "metadata":
      return isNested(value.type) ? `CAST(to_json(${value.sql}) AS VARCHAR)` : textOf(value);
    case "algo_version":
      return textOf(value);
    default:
      return idOf(value);
  }
}

/** The SQL type of event_type. */
export function typesSql(types: readonly string[]): string {
  return types.length === eventTypeNames.length ? "event_kind" : `ENUM(${types.map(sqlText).join(", ")})`;
}

/** The columns that rollout.yaml adds, as one JSON object; null where the export has none of them. Their text is as it is written. */
export function addedSql(
  names: readonly string[],
  values: ReadonlyMap<string, RawValue>,
  mode: CastMode,
): string {
  const pairs = names.flatMap((name) => {
    const raw = values.get(name);
    if (raw === undefined) return [];
    const value = decoded(raw, mode);
    const text = isNested(value.type) ? `CAST(to_json(${value.sql}) AS VARCHAR)` : textOf(value);
    return [`${sqlText(name)}, ${text}`];
  });
  return pairs.length === 0 ? "CAST(NULL AS VARCHAR)" : `CAST(json_object(${pairs.join(", ")}) AS VARCHAR)`;
}

/**
 * 12345.0 → 12345: a column of whole numbers that lacks one anywhere leaves pandas as doubles, and Spark as decimals, so that the
 * same id is written in two ways.
 */
export function idOf(value: RawValue): string {
  const text = textOf(value);
  if (value.type.startsWith("DECIMAL")) return `regexp_replace(${text}, '[.]0+$', '')`;
  if (value.type !== "VARCHAR" && !isFloating(value.type)) return text;
  return `CASE WHEN ends_with(${text}, '.0') AND regexp_full_match(${text}, '-?[0-9]+[.]0')
    THEN left(${text}, length(${text}) - 2) ELSE ${text} END`;
}

/** The export's words for event types → the canonical ones; a word that has no entry stays as it is. */
export function mappedType(text: string, { eventTypes }: Pick<Source, "eventTypes">): string {
  if (eventTypes.size === 0) return text;
  const cases = [...eventTypes].map(([from, to]) => `WHEN ${sqlText(from)} THEN ${sqlText(to)}`);
  return `CASE ${text} ${cases.join(" ")} ELSE ${text} END`;
}

/** 12,5 → 12.5. Where a comma is said to be the sign, a point is no part of a number: 1.234 would be 1234. */
function decimalText(value: RawValue, { decimal, mode }: Reading): string {
  const present = rawPresent(value);
  if (value.type !== "VARCHAR" || decimal === ".") return present;
  if (decimal === ",") return `translate(${present}, ',.', '.?')`;
  return mode === "strict"
    ? present
    : `regexp_replace(${present}, '^(\\s*[-+]?[0-9]+),([0-9]+\\s*)$', '\\1.\\2')`;
}

function numberOf(
  value: RawValue,
  reading: Reading,
  { type, nan }: { readonly type: string; readonly nan: string },
): string {
  // a double that is NaN stops the strict cast, so that it is counted
  const written = isFloating(value.type) ? value.sql : decimalText(value, reading);
  const number = `${castOf(reading.mode)}(${written} AS ${type})`;
  return reading.mode === "strict" ? number : `CASE WHEN ${isNan(value)} THEN ${nan} ELSE ${number} END`;
}
