/** DuckDB's words for what differs between engines. */
import type { Dialect } from "../dialect.ts";

export const duckDbDialect: Dialect = {
  bucket: (text) => `md5_number_lower(${text}) % 10000`,
  // signed: UBIGINT and a signed number are divided as HUGEINT, 84 ms instead of 28 for 100,000 units
  hash32: (text) => `CAST('0x' || substr(md5(${text}), 1, 8) AS BIGINT)`,
  md5Text: (text) => `md5(${text})`,
  integers: (first, end) => `range(${first}, ${end})`,
  asText: (value) => `CAST(${value} AS VARCHAR)`,
  divide: (dividend, divisor) => `${dividend} // ${divisor}`,
  // half the time of date_trunc
  hourNumber: (timestamp) => `epoch_us(${timestamp}) // 3600000000`,
  hourStart: (hours) => `make_timestamp(${hours} * 3600000000)`,
  shiftDay: (date, days) => `${date} + ${days}`,
};
