/** The few fragments of gatebook's own SQL that differ between engines. Arguments and answers are SQL expressions. */
export interface Dialect {
  /** 0 to 9999, from the lower half of the md5 of a text. */
  readonly bucket: (text: string) => string;
  /** 0 to 2³² − 1, from the first four bytes of the md5 of a text. */
  readonly hash32: (text: string) => string;
  /** Of integers, rounded towards zero. */
  readonly divide: (dividend: string, divisor: string | number) => string;
  /** An md5 as 32 small hexadecimal digits. */
  readonly md5Text: (text: string) => string;
  /** As a table of one column that has no name yet: the integers from `first`, without `end`. */
  readonly integers: (first: number, end: number) => string;
  /** For people, of a value of any type; `type` is the engine's own name of it. */
  readonly asText: (value: string, type: string) => string;
  /** A date some days later, or earlier. */
  readonly shiftDay: (date: string, days: number) => string;
  /** Whole hours since 1970 of a UTC timestamp. */
  readonly hourNumber: (timestamp: string) => string;
  /** And the timestamp of that hour. */
  readonly hourStart: (hours: string) => string;
}

/** How a column of a stored table becomes a value of a canonical event. All of them are null for a value that is none. */
export interface ValueDialect {
  /** The value as text: null when it is empty. */
  readonly text: (value: TypedValue) => string;
  /** An id as text: 12345.0 is 12345. */
  readonly id: (value: TypedValue) => string;
  /** UTC, microseconds. `unit`: what a number or its text counts since 1970; null: ISO 8601. Without an offset it is of `timeZone`. */
  readonly instant: (
    value: TypedValue,
    how: { readonly unit: number | null; readonly timeZone: string },
  ) => string;
  readonly day: (value: TypedValue) => string;
  /** Of a UTC timestamp. */
  readonly dayInZone: (timestamp: string, timeZone: string) => string;
  /** "DECIMAL(9,3)", "INTEGER". NaN, as number or text, is null. */
  readonly number: (value: TypedValue, type: string) => string;
  /** True for NaN, as number or text. */
  readonly isNan: (value: TypedValue) => string;
  readonly json: (value: TypedValue) => string;
  /** A UTC timestamp as the embedded database writes it: "2026-02-01 10:00:00.12". */
  readonly timestampText: (timestamp: string) => string;
  /** Of a text, in lower-case hexadecimal digits. */
  readonly md5: (text: string) => string;
  /** Of a text, as a whole number of eight bytes; two texts may have the same. */
  readonly hash64: (text: string) => string;
  /** Aggregates texts: the same for the same rows in any order, as text. */
  readonly checksum: (text: string) => string;
}

/** An SQL expression, and what its column is: of what kind, as ColumnKind of engine.ts says it. */
export interface TypedValue {
  readonly sql: string;
  readonly kind: string;
  /** The engine's own name. */
  readonly type: string;
}
