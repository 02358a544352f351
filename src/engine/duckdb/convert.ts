/** DuckDB's values → plain JavaScript scalars, once, at the boundary. */
import type { DuckDBValue } from "@duckdb/node-api";
import type { Scalar } from "../../model/words.ts";
import type { ColumnKind } from "../engine.ts";
import { duckDb } from "./library.ts";

const {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} = duckDb;

/**
 * Integers of any width and decimals become the nearest double, dates `2026-02-01`, timestamps `2026-02-01T10:00:00Z`
 * (microseconds kept when there are any), NaN and Infinity null, nested values their text.
 */
export function toScalar(value: DuckDBValue): Scalar {
  switch (typeof value) {
    case "bigint":
      return Number(value);
    case "number":
      return Number.isFinite(value) ? value : null;
    case "string":
    case "boolean":
      return value;
    default:
      return value === null ? null : objectToScalar(value);
  }
}

/** The same, but integers and decimals past 2^53, which no double tells apart, become text with all their digits. */
export function toExactScalar(value: DuckDBValue): Scalar {
  const scalar = toScalar(value);
  if (typeof scalar !== "number" || Math.abs(scalar) <= Number.MAX_SAFE_INTEGER) return scalar;
  return typeof value === "number" ? scalar : String(value);
}

function objectToScalar(value: object): Scalar {
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBDateValue) {
    if (value.isFinite) return value.toString();
    return value.days > 0 ? "infinity" : "-infinity";
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return isoOfMicros(value.micros) ?? value.toString();
  }
  if (value instanceof DuckDBTimestampSecondsValue) return isoOfMicros(value.seconds * 1_000_000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoOfMicros(value.millis * 1000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoOfMicros(value.nanos / 1000n);
  return String(value);
}

/** 1767323045123456n → "2026-01-02T03:04:05.123456Z"; null outside what a Date can hold ("infinity"). */
function isoOfMicros(micros: bigint): string | null {
  const remainder = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((micros - remainder) / 1000n));
  if (Number.isNaN(date.getTime())) return null;
  const fraction = remainder === 0n ? "" : `.${remainder.toString().padStart(6, "0").replace(/0+$/, "")}`;
  return `${date.toISOString().slice(0, 19)}${fraction}Z`;
}

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  // the sum of a UHUGEINT would be a double
  [/^(U?(TINY|SMALL|BIG)?INT(EGER)?|HUGEINT)$/, "integer"],
  [/^DECIMAL\(/, "decimal"],
  [/^(DOUBLE|FLOAT)$/, "double"],
  [/^(VARCHAR$|ENUM\()/, "text"],
  [/^BOOLEAN$/, "boolean"],
  [/^DATE$/, "date"],
  [/^TIMESTAMP/, "timestamp"],
];

/** "BIGINT" → "integer" */
export function columnKind(type: string): ColumnKind {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? "other";
}
