/** Values as Trino's pages have them → plain scalars, by the type of their column. */
import type { Scalar } from "../../model/words.ts";
import type { ColumnKind, TypedColumn } from "../engine.ts";

const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(tinyint|smallint|integer|bigint)$/, "integer"],
  [/^decimal\(/, "decimal"],
  [/^(double|real)$/, "double"],
  [/^(varchar|char)(\(|$)/, "text"],
  [/^boolean$/, "boolean"],
  [/^date$/, "date"],
  [/^timestamp/, "timestamp"],
];

/** "bigint" → "integer" */
function columnKind(type: string): ColumnKind {
  return kinds.find(([pattern]) => pattern.test(type))?.[1] ?? "other";
}

/** For people, in the words of standard SQL: "decimal(9,3)" → "DECIMAL(9,3)", "timestamp(6)" → "TIMESTAMP", "varchar(5)" → "VARCHAR" */
function typeName(type: string): string {
  const kind = columnKind(type);
  return (kind === "timestamp" || kind === "text" ? type.replace(/\(\d+\)/, "") : type).toUpperCase();
}

export function typedColumn(name: string, type: string): TypedColumn {
  return { name, type: typeName(type), kind: columnKind(type) };
}

/** `exact`: integers and decimals past 2^53 stay text. */
export function toScalar(value: unknown, kind: ColumnKind, exact: boolean): Scalar {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "integer":
    case "decimal":
      return numberOf(String(value), exact);
    case "double":
      // "NaN" and "Infinity" come as text
      return typeof value === "number" ? value : null;
    case "timestamp":
      return instantOf(String(value));
    case "boolean":
      return value === true;
    case "text":
    case "date":
      return String(value);
    case "other":
      return typeof value === "object" ? JSON.stringify(value) : plain(value);
  }
}

function numberOf(text: string, exact: boolean): Scalar {
  const number = Number(text);
  return exact && Math.abs(number) > Number.MAX_SAFE_INTEGER ? text : number;
}

function plain(value: unknown): Scalar {
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}

const TIMESTAMP = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?: (UTC|[+-]\d\d:\d\d))?$/;

/** "2026-02-01 10:00:00.120000" → "2026-02-01T10:00:00.12Z"; with a zone by name it stays as it is. */
function instantOf(text: string): string {
  const [, day, time, digits = "", zone = "UTC"] = TIMESTAMP.exec(text) ?? [];
  if (day === undefined) return text;
  const whole =
    zone === "UTC"
      ? `${day}T${time}`
      : new Date(`${day}T${time}${zone}`).toISOString().slice(0, "2026-02-01T10:00:00".length);
  const fraction = digits.slice(0, 6).replace(/0+$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`}Z`;
}
