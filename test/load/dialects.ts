/**
 * The same events as several exporters write them, each by code of its own, with what must come of them: the rows as they are to be
 * loaded, and how many are duplicates and rejects.
 */
import fc from "fast-check";
import type { Source, SourceOptions } from "../../src/model/config.ts";
import { options as noOptions } from "./workspace.ts";

export interface Truth {
  readonly id: number;
  readonly type: "impression" | "click";
  /** Milliseconds; whole minutes. */
  readonly at: number;
  readonly user: number;
  /** Seconds; null: not known. */
  readonly dwell: number | null;
  /** The exporter sends it once more, with another send time in its metadata. */
  readonly isRepeated: boolean;
  /** Its type is none of the four. */
  readonly isBad: boolean;
}

export interface Dialect {
  readonly name: string;
  readonly file: string;
  readonly change: Partial<Source>;
  readonly write: (rows: readonly Written[]) => string;
  /** Rows that the writer adds and that are no events. */
  readonly more?: number;
}

/** One row of the export: of a repeated event there are two. */
export interface Written extends Truth {
  readonly sent: number;
}

const minute = 60_000;
const first = Date.UTC(2026, 1, 1);

export const truths = fc.array(
  fc.record({
    type: fc.constantFrom<Truth["type"]>("impression", "click"),
    at: fc.integer({ min: 0, max: 6 * 1440 - 1 }).map((n) => first + n * minute),
    user: fc.integer({ min: 1, max: 9 }),
    dwell: fc.option(fc.integer({ min: 0, max: 90_000 }).map((ms) => ms / 1000)),
    isRepeated: fc.boolean(),
    isBad: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Put to every draw, so that a single one tries all that the dialects differ in. */
export const everyKind: readonly Omit<Truth, "id">[] = [
  { type: "click", at: first + 9 * minute, user: 1, dwell: null, isRepeated: true, isBad: false },
  { type: "impression", at: first + 1500 * minute, user: 2, dwell: 12.5, isRepeated: false, isBad: true },
  { type: "click", at: first + 2165 * minute, user: 3, dwell: 0.125, isRepeated: false, isBad: false },
];

export function writtenRows(events: readonly Omit<Truth, "id">[], from: number): readonly Written[] {
  return events.flatMap((event, index) => {
    const row = { ...event, id: from + index, sent: 1 };
    return event.isRepeated ? [row, { ...row, sent: 2 }] : [row];
  });
}

const iso = (at: number): string => new Date(at).toISOString();
const typeOf = ({ type, isBad }: Written): string => (isBad ? "hide" : type);
const part = (at: number, from: number, to: number): string => iso(at).slice(from, to);
const options = (change: Partial<SourceOptions>): Pick<Source, "options"> => ({
  options: { ...noOptions, ...change },
});

function table(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  [delimiter, end]: readonly [string, string],
): string {
  return [names, ...rows].map((row) => row.join(delimiter)).join(end) + end;
}

const names = [
  "event_id",
  "event_type",
  "occurred_at",
  "user_id",
  "algo_version",
  "dwell_seconds",
  "metadata",
];

/** JSON as an object would be written by hand: the value of each key is text already. */
function object(members: Readonly<Record<string, string | null>>): string {
  const written = Object.entries(members).flatMap(([key, value]) =>
    value === null ? [] : [`"${key}": ${value}`],
  );
  return `{${written.join(", ")}}`;
}

const members = (row: Written): Readonly<Record<string, string | null>> => ({
  event_id: String(row.id),
  event_type: `"${typeOf(row)}"`,
  occurred_at: `"${iso(row.at)}"`,
  user_id: `"${row.user}"`,
  algo_version: '"v1"',
  dwell_seconds: row.dwell === null ? null : String(row.dwell),
  metadata: `{"sent": ${row.sent}, "text": "}{"}`,
});

export const textDialects: readonly Dialect[] = [
  {
    name: "pandas, ids as doubles and NaN for what is missing",
    file: "pandas.csv",
    change: {},
    write: (rows) =>
      table(
        names,
        rows.map((row) => [
          `${row.id}.0`,
          typeOf(row),
          iso(row.at),
          `${row.user}.0`,
          "v1",
          row.dwell === null ? "NaN" : String(row.dwell),
          `${row.sent}`,
        ]),
        [",", "\n"],
      ),
  },
  {
    name: "a spreadsheet where numbers have a decimal comma",
    file: "spreadsheet.csv",
    change: options({ timeFormat: ["%d.%m.%Y %H:%M"] }),
    write: (rows) => {
      const when = (at: number): string =>
        `${part(at, 8, 10)}.${part(at, 5, 7)}.${part(at, 0, 4)} ${part(at, 11, 16)}`;
      const cells = rows.map((row) => [
        String(row.id),
        typeOf(row),
        when(row.at),
        String(row.user),
        "v1",
        row.dwell === null ? "" : String(row.dwell).replace(".", ","),
        `${row.sent}`,
      ]);
      return `\ufeffsep=;\r\n${table(names, cells, [";", "\r\n"])}`;
    },
  },
  {
    name: "an American spreadsheet without leading zeros",
    file: "american.csv",
    change: options({ timeFormat: ["%m/%d/%Y %I:%M %p"] }),
    write: (rows) => {
      const when = (at: number): string => {
        const [hour, day] = [
          Number(part(at, 11, 13)),
          `${Number(part(at, 5, 7))}/${Number(part(at, 8, 10))}/${part(at, 0, 4)}`,
        ];
        return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${part(at, 14, 16)} ${hour < 12 ? "AM" : "PM"}`;
      };
      const cells = rows.map((row) => [
        String(row.id),
        typeOf(row),
        when(row.at),
        String(row.user),
        "v1",
        row.dwell === null ? "" : String(row.dwell),
        `${row.sent}`,
      ]);
      return table(names, cells, [",", "\r\n"]);
    },
  },
  {
    name: "two CSV files with byte order marks, one behind the other",
    file: "concatenated.csv",
    more: 1,
    change: {},
    write: (rows) => {
      const cells = rows.map((row) => [
        String(row.id),
        typeOf(row),
        iso(row.at),
        String(row.user),
        "v1",
        row.dwell === null ? "" : String(row.dwell),
        `${row.sent}`,
      ]);
      const half = Math.floor(cells.length / 2);
      return [cells.slice(0, half), cells.slice(half)]
        .map((each) => `\ufeff${table(names, each, [",", "\n"])}`)
        .join("");
    },
  },
  {
    name: "a warehouse that does not quote",
    file: "bare.tsv",
    change: options({ quote: "", nullText: ["\\N"], timeFormat: "epoch_nanos" }),
    write: (rows) =>
      table(
        names,
        rows.map((row) => [
          String(row.id),
          typeOf(row),
          `${row.at}000000`,
          String(row.user),
          "v1",
          row.dwell === null ? "\\N" : String(row.dwell),
          `"${row.sent}`,
        ]),
        ["\t", "\n"],
      ),
  },
  {
    name: "product analytics, where a user has an id before and after signing in",
    file: "anonymous.csv",
    change: { columns: new Map([["user_id", ["user", "anonymous"]]]) },
    write: (rows) =>
      table(
        [
          "anonymous",
          "event_id",
          "event_type",
          "occurred_at",
          "user",
          "algo_version",
          "dwell_seconds",
          "metadata",
        ],
        rows.map((row) => [
          row.id % 2 === 0 ? String(row.user) : "other",
          ...[String(row.id), typeOf(row), iso(row.at)],
          row.id % 2 === 0 ? (["", "undefined", "null"][row.id % 3] ?? "") : String(row.user),
          ...["v1", row.dwell === null ? "" : String(row.dwell), `${row.sent}`],
        ]),
        [",", "\n"],
      ),
  },
  {
    name: "Java, without seconds where they are zero",
    file: "java.jsonl",
    change: {},
    write: (rows) =>
      rows
        .map((row) => `${object({ ...members(row), occurred_at: `"${part(row.at, 0, 16)}Z"` })}\n`)
        .join(""),
  },
  {
    name: "Python, with bare NaN",
    file: "python.jsonl",
    change: {},
    write: (rows) =>
      rows
        .map(
          (row) =>
            `${object({ ...members(row), dwell_seconds: row.dwell === null ? "NaN" : String(row.dwell) })}\n`,
        )
        .join(""),
  },
  {
    name: "Firehose, objects one behind the other",
    file: "firehose.json",
    change: {},
    write: (rows) => rows.map((row) => object(members(row))).join(""),
  },
  {
    name: "a dump of objects over several lines",
    file: "pretty.json",
    change: {},
    write: (rows) => rows.map((row) => JSON.stringify(JSON.parse(object(members(row))), null, 2)).join("\n"),
  },
  {
    name: "web analytics, microseconds and compact days",
    file: "web.jsonl",
    change: {
      columns: new Map([["occurred_at", ["event_timestamp"]]]),
      ...options({ timeFormat: "epoch_micros", nullText: ["(not set)"] }),
    },
    write: (rows) =>
      rows
        .map((row) => {
          const { occurred_at: _, ...others } = members(row);
          const dated = {
            event_timestamp: `"${row.at}000"`,
            event_date: `"${part(row.at, 0, 10).replaceAll("-", "")}"`,
          };
          return `${object({ ...others, ...dated, dwell_seconds: row.dwell === null ? '"(not set)"' : String(row.dwell) })}\n`;
        })
        .join(""),
  },
];

/** For the engine to write as Parquet: text without its mark, ids as doubles, NaN for what is missing. */
export function oldParquet(rows: readonly Written[]): string {
  const tuples = rows.map(
    (row) =>
      `(${row.id}.0, '${typeOf(row)}', make_timestamp(${row.at}000), '${row.user}', ${row.dwell === null ? "CAST('NaN' AS DOUBLE)" : row.dwell}, '${row.sent}')`,
  );
  return `SELECT CAST(id AS DOUBLE) AS event_id, encode(type) AS event_type, instant AS occurred_at, encode(unit) AS user_id,
      encode('v1') AS algo_version, CAST(dwell AS DOUBLE) AS dwell_seconds, encode(sent) AS metadata
    FROM (VALUES ${tuples.join(", ")}) t(id, type, instant, unit, dwell, sent)`;
}
