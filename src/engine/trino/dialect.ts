/** Trino's words for what differs between engines. */
import type { Dialect } from "../dialect.ts";

export const trinoDialect: Dialect = {
  // signed, where the lower half of an md5 is not: 2^64 leaves 1616
  bucket: (text) => {
    const half = `from_big_endian_64(reverse(substr(md5(to_utf8(${text})), 9, 8)))`;
    return `((${half} % 10000 + 10000 + CASE WHEN ${half} < 0 THEN 1616 ELSE 0 END) % 10000)`;
  },
  hash32: (text) => `from_base(substr(to_hex(md5(to_utf8(${text}))), 1, 8), 16)`,
  md5Text: (text) => `lower(to_hex(md5(to_utf8(${text}))))`,
  integers: (first, end) => `UNNEST(sequence(${first}, ${end - 1}))`,
  asText: (value, type) => {
    if (/^(array|map|row)\(/i.test(type)) return `json_format(CAST(${value} AS JSON))`;
    if (type === "JSON") return `json_format(${value})`;
    return type === "VARBINARY" ? `to_hex(${value})` : `CAST(${value} AS VARCHAR)`;
  },
  divide: (dividend, divisor) => `${dividend} / ${divisor}`,
  hourNumber: (timestamp) => `date_diff('hour', TIMESTAMP '1970-01-01 00:00:00', ${timestamp})`,
  hourStart: (hours) => `date_add('hour', ${hours}, TIMESTAMP '1970-01-01 00:00:00.000000')`,
  shiftDay: (date, days) => `date_add('day', ${days}, ${date})`,
};
