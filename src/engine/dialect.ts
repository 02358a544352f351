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
