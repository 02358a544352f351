import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Row } from "../../src/engine/engine.ts";
import type { Source } from "../../src/model/config.ts";
import type { LoadRecord } from "../../src/model/result.ts";
import type { Finally } from "../helpers/temp-workspace.ts";
import { csv, header, options, row, source, workspace } from "./workspace.ts";

interface Loaded {
  readonly record: LoadRecord;
  readonly rejects: readonly Row[];
  readonly events: readonly Row[];
}

interface Exported extends Partial<Source> {
  readonly name?: string;
  readonly content: string | Buffer;
}

async function load(content: string | Buffer, change: Omit<Exported, "content"> = {}): Promise<Loaded> {
  const [loaded] = await loadEach([{ ...change, content }], onTestFinished);
  if (loaded === undefined) throw new Error("one file");
  return loaded;
}

/** In one night, each file by a source of its own; events that are to be loaded have an id of their own, too. */
async function loadEach(files: readonly Exported[], finish: Finally): Promise<readonly Loaded[]> {
  const { write, night } = workspace(finish);
  const sources = files.map(({ name = "a.csv", content, ...change }, at) => {
    write(`exports/${at}/${name}`, content);
    return { ...source("feed", `exports/${at}/${name}`), ...change, name: `feed${at}` };
  });
  // another, sound file: the night goes on beside a refused one
  write("exports/z.csv", csv("z,impression,2026-02-03T00:00:00Z,uz,,,v1,,,"));
  return night(
    [...sources, source("other", "exports/z.csv")],
    async ({ engine, summary }) => {
      const loaded: Loaded[] = [];
      for (const { name } of sources) {
        const record = summary.records.find((each) => each.source === name);
        if (record === undefined) throw new Error("no record");
        expect(record.read).toBe(record.loaded + record.duplicates + record.rejected);
        loaded.push({
          record,
          rejects: await engine.rows(
            `SELECT line, column_name, reason, raw FROM rejected_rows WHERE source = '${name}' ORDER BY line, reason`,
          ),
          events: await engine.rows(
            `SELECT e.* FROM event_rows e JOIN load_files USING (file_id) WHERE source = '${name}' ORDER BY event_id`,
          ),
        });
      }
      return loaded;
    },
    { afresh: true },
  );
}

/** Before the tests beside it, which are given what came of their own file. */
function loadedBefore(files: readonly Exported[]): (at: number) => Loaded {
  let loaded: readonly Loaded[];
  beforeAll(async () => {
    loaded = await loadEach(files, afterAll);
  });
  return (at) => {
    const found = loaded[at];
    if (found === undefined) throw new Error(`no file ${at}`);
    return found;
  };
}

/** The numbers of the sound rows of a file. */
const soundOf = (at: number): readonly [number, number] => [10 * at + 101, 10 * at + 102];
const numbered = <T extends readonly unknown[]>(cases: readonly T[]) =>
  cases.map((each, at) => [...each, at] as const);

const good = [row(1), row(2)];

describe("a broken row is rejected with its line, column, reason and text, and the others are loaded", () => {
  const cases: readonly (readonly [title: string, line: string, reason: string, column: string | null])[] = [
    ["too few columns", "e9,impression,2026-02-01T00:00:00Z", "too_few_columns", null],
    ["too many columns", `${row(9)},more`, "too_many_columns", null],
    [
      "a quote closed too early",
      'e9,impression,2026-02-01T00:00:00Z,u1,s1,i1,v1,,1,"{"n":1}"',
      "bad_quotes",
      null,
    ],
    ["the header once more", header, "repeated_header", null],
    ["a NUL byte", row(9).replace("u2", "u\0x"), "nul_byte", null],
    ["a time that is none", row(9, { at: "yesterday" }), "not_a_time", "occurred_at"],
    [
      "a leap second, which DuckDB's reader makes null",
      row(9, { at: "2026-02-01T23:59:60Z" }),
      "not_a_time",
      "occurred_at",
    ],
    ["an epoch number where ISO is expected", row(9, { at: "1769904000" }), "not_a_time", "occurred_at"],
    ["a dwell with a thousands separator", row(9, { dwell: '"1,234.5"' }), "not_a_number", "dwell_seconds"],
    ["a position with a thousands separator", row(9).replace(",9,", ',"1,234",'), "not_a_number", "position"],
    ["a dwell without end", row(9, { dwell: "Infinity" }), "not_a_number", "dwell_seconds"],
    ["an unknown event type", row(9, { type: "feed_hide" }), "unknown_event_type", "event_type"],
    ["no event type", row(9, { type: "" }), "missing_event_type", "event_type"],
    ["no algorithm on an impression", row(9, { algo: "" }), "missing_algo_version", "algo_version"],
    ["no time and no date", row(9, { at: "" }), "missing_time", "occurred_at"],
    ["a date in the future", row(9, { at: "2027-02-01T00:00:00Z" }), "future_date", "event_date"],
    [
      "a date of a clock that was never set",
      row(9, { at: "1970-01-01T00:00:00Z" }),
      "impossible_date",
      "event_date",
    ],
  ];
  const loadedOf = loadedBefore(
    cases.map(([, line], at) => {
      const [first, second] = soundOf(at);
      return { content: csv(row(first), line, row(second)) };
    }),
  );
  test.each(numbered(cases))("%s", (_, line, reason, column, at) => {
    const { record, rejects, events } = loadedOf(at);
    const raw = line.replace("\0", "\u2400");
    expect(rejects).toEqual([{ line: 3, column_name: column, reason, raw }]);
    expect(record).toMatchObject({
      status: "loaded",
      lines: 4,
      read: 3,
      loaded: 2,
      rejected: 1,
      rejectedByReason: { [reason]: 1 },
    });
    expect(events.map((event) => event["event_id"])).toEqual(soundOf(at).map((n) => `e${n}`));
  });

  test("bytes that are no UTF-8, shown with a replacement character", async () => {
    const bytes = Buffer.concat([
      Buffer.from(csv(row(1))),
      Buffer.from(row(9).replace("u2", "M\xfcller"), "latin1"),
    ]);
    const { rejects, record } = await load(bytes);
    expect(rejects).toMatchObject([
      { line: 3, reason: "bad_encoding", raw: row(9).replace("u2", "M\ufffdller") },
    ]);
    expect(record.loaded).toBe(1);
    expect(record.notes).toEqual(["is not UTF-8 throughout: options.encoding can be latin-1"]);
  });

  test("a save needs no algorithm", async () => {
    const { record, events } = await load(
      csv(row(1, { type: "favorite", algo: "" }), row(2, { type: "download", algo: "" })),
    );
    expect(record).toMatchObject({ loaded: 2, rejected: 0 });
    expect(events[0]).toMatchObject({ event_type: "favorite", algo_version: null });
  });

  test("several at once, each line told", async () => {
    const { rejects, record } = await load(
      csv("x", row(1), row(3, { type: "?" }), "", row(4, { at: "?" }), row(5)),
    );
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "too_few_columns"],
      [4, "unknown_event_type"],
      [6, "not_a_time"],
    ]);
    expect(record).toMatchObject({ lines: 7, read: 5, loaded: 2 });
  });
});

describe("JSON lines", () => {
  const json = (change: object): string =>
    JSON.stringify({
      event_id: "e1",
      event_type: "impression",
      occurred_at: "2026-02-01T00:00:00Z",
      user_id: "u",
      algo_version: "v1",
      ...change,
    });
  const cases: readonly (readonly [title: string, line: string, reason: string])[] = [
    ["cut in half", json({}).slice(0, 40), "bad_json"],
    ["an array", "[1, 2]", "bad_json"],
    ["null", "null", "bad_json"],
    ["a value of another type", json({ occurred_at: { at: 1 } }), "not_a_time"],
    ["an unknown event type", json({ event_type: "hide" }), "unknown_event_type"],
    ["text after a NUL", '{"event_id":"\0"}', "nul_byte"],
  ];
  const loadedOf = loadedBefore(
    cases.map(([, line], at) => {
      const [first, second] = soundOf(at).map((n) => json({ event_id: `e${n}` }));
      return { content: `${first}\n\n${line}\n${second}`, name: "a.jsonl" };
    }),
  );
  test.each(numbered(cases))("%s is rejected with its line", (_, _line, reason, at) => {
    const { record, rejects } = loadedOf(at);
    expect(rejects).toMatchObject([{ line: 3, reason }]);
    expect(record).toMatchObject({ read: 3, loaded: 2, rejected: 1, lines: 4 });
  });

  test("numbers past 2^53 stay exact as text ids, in both paths", async () => {
    const big = json({}).replace('"e1"', "9007199254740993");
    const ids = ["123456789012345678901234567890", "9007199254740993"];
    for (const tail of ["", "\nbroken"]) {
      const more = json({}).replace('"e1"', "123456789012345678901234567890");
      const { events } = await load(`${big}\n${more}${tail}`, { name: "a.jsonl" });
      expect(events.map((event) => event["event_id"])).toEqual(ids);
    }
  });

  test("a byte order mark and CRLF do no harm", async () => {
    const { record } = await load(`\ufeff${json({})}\r\n${json({ event_id: "e2" })}\r\n`, {
      name: "a.jsonl",
    });
    expect(record).toMatchObject({ loaded: 2, rejected: 0, lines: 2 });
  });

  test("meta that becomes metadata half-way is one column", async () => {
    const { events } = await load(
      `${json({ meta: { a: 1 } })}\n${json({ event_id: "e2", metadata: '{"a":2}' })}`,
      { name: "a.jsonl" },
    );
    expect(events.map((event) => event["metadata"])).toEqual(['{"a":1}', '{"a":2}']);
  });

  test.each(["", "\nbroken"])("keys may be written in another case, and in several%j", async (tail) => {
    const upper = json({}).replace('"event_type"', '"EVENT_TYPE"').replace('"user_id"', '"User_Id"');
    const one = await load(upper + tail, { name: "a.jsonl" });
    expect(one.events).toMatchObject([{ event_id: "e1", event_type: "impression", user_id: "u" }]);
    expect(one.record.notes).toEqual([
      "column EVENT_TYPE taken as event_type",
      "column User_Id taken as user_id",
    ]);
    const big = json({ event_id: 0, a: { b: [1, "x"] }, "q/~": null }).replace(":0,", ":9007199254740993,");
    const two = await load(`${upper}\n${big}${tail}`, { name: "a.jsonl" });
    expect(two.events).toMatchObject([
      { event_id: "9007199254740993", event_type: "impression", user_id: "u" },
      { event_id: "e1", event_type: "impression", user_id: "u" },
    ]);
    expect(two.record).toMatchObject({ rejected: tail === "" ? 0 : 1 });
  });

  test.each(["", "\nbroken"])(
    "keys that SQL or gatebook has a use for are keys as any other%j",
    async (tail) => {
      const odd = { "": 1, "nul\0": 2, line: 3, LINE: 4, "gatebook line": 5, raw: 6, c0: 7, document: 8 };
      const { events, record } = await load(json(odd) + tail, { name: "a.jsonl" });
      expect(events).toMatchObject([{ event_id: "e1", user_id: "u" }]);
      expect(record).toMatchObject({ loaded: 1, rejected: tail === "" ? 0 : 1 });
    },
  );

  test("a JSON array is refused", async () => {
    const { record } = await load(`[${json({})},\n${json({})}]`, { name: "a.json" });
    expect(record).toMatchObject({
      status: "refused",
      notes: ["is a JSON array; one object per line is expected", expect.anything()],
    });
  });
});

describe("CSV that is unusual but sound", () => {
  const cases: readonly (readonly [title: string, content: (one: string, two: string) => string | Buffer])[] =
    [
      ["a byte order mark", (one, two) => `\ufeff${csv(one, two)}`],
      ["CRLF", (one, two) => csv(one, two).replaceAll("\n", "\r\n")],
      ["mixed line ends", (one, two) => csv(one, two).replace("\n", "\r\n")],
      ["bare carriage returns", (one, two) => csv(one, two).replaceAll("\n", "\r")],
      ["blank lines", (one, two) => csv(one, "", "", two, "")],
      ["blank lines before the header", (one, two) => `\n\n${csv(one, two)}`],
      ["no line feed at the end", (one, two) => csv(one, two).slice(0, -1)],
      ["spaces around quoted values", (one, two) => csv(one.replace(/"\{.*\}"/, " $& "), two)],
      [
        "spaces around the header's quotes",
        (one, two) => csv(one, two).replace(header, header.replaceAll(/\w+/g, ' "$&" ')),
      ],
      ["blanks before the header", (one, two) => `  \n\t\n${csv(one, two)}`],
      ["empty columns at the end", (one, two) => csv(`${one},,`, two)],
      ["a UTF-16 byte order mark", (one, two) => Buffer.from(`\ufeff${csv(one, two)}`, "utf16le")],
    ];
  const loadedOf = loadedBefore(
    cases.map(([, contentOf], at) => {
      const [first, second] = soundOf(at);
      return { content: contentOf(row(first), row(second)) };
    }),
  );
  test.each(numbered(cases))("%s", (_, _content, at) => {
    const { record, events, rejects } = loadedOf(at);
    expect(rejects).toEqual([]);
    expect(record).toMatchObject({ read: 2, loaded: 2 });
    expect(events.map((event) => [event["event_id"], event["metadata"]])).toEqual(
      soundOf(at).map((n) => [`e${n}`, `{"n":${n}}`]),
    );
  });

  test("line breaks inside quoted values explain a difference in lines", async () => {
    const { record, events } = await load(csv(row(1).replace('{""n"":1}', "a\nb\n\nc"), row(2)));
    expect(record).toMatchObject({ lines: 6, read: 2, loaded: 2 });
    expect(events[0]).toMatchObject({ metadata: "a\nb\n\nc" });
  });

  test("CRLF inside the first quoted value is not taken for the end of lines, whatever else is odd", async () => {
    const odd = [row(1).replace('{""n"":1}', "a\r\nb"), row(2).replace('{""n"":2}', "c\rd"), "broken"];
    const { events, record } = await load(csv(...odd));
    expect(events).toMatchObject([{ metadata: "a\r\nb" }, { metadata: "c\rd" }]);
    expect(record).toMatchObject({ loaded: 2, rejected: 1 });
  });

  const utf16 = Buffer.from(csv(...good), "utf16le");
  const bigEndian = Buffer.from(`\ufeff${csv(...good)}`, "utf16le").swap16();
  test.each([
    ["UTF-16 without a mark, by option", utf16, "utf-16", ["read as UTF-16"]],
    ["UTF-16 with the other byte first, by its mark", bigEndian, "utf-8", ["UTF-16, by its byte order mark"]],
  ] as const)("%s", async (_, bytes, encoding, notes) => {
    const { record, events } = await load(bytes, { options: { ...options, encoding } });
    expect(record).toMatchObject({ lines: 3, read: 2, loaded: 2, notes });
    expect(events.map((event) => event["metadata"])).toEqual(['{"n":1}', '{"n":2}']);
  });

  test("UTF-16 that ends within a character is refused, and so is a source that says it wrongly", async () => {
    for (const bytes of [utf16.subarray(0, utf16.length - 1), Buffer.from("\ud800x", "utf16le")]) {
      const { record } = await load(bytes, { options: { ...options, encoding: "utf-16" } });
      expect(record).toMatchObject({ status: "refused", notes: ["is not valid UTF-16", expect.any(String)] });
    }
  });

  test("Latin-1 by option", async () => {
    const bytes = Buffer.from(csv(row(1).replace("u1", "M\xfcller")), "latin1");
    const { events } = await load(bytes, { options: { ...options, encoding: "latin-1" } });
    expect(events[0]).toMatchObject({ user_id: "Müller" });
  });

  test("no header at all", async () => {
    const names = {
      event_id: "column0",
      event_type: "column1",
      event_date: "column2",
      algo_version: "column3",
    };
    const columns = new Map(
      Object.entries(names).map(([name, found]) => [name, [found]]),
    ) as Source["columns"];
    const change = { columns, options: { ...options, header: false } };
    for (const extra of ["", "broken\n"]) {
      const { events } = await load(`e1,click,2026-02-01,v1\n${extra}`, change);
      expect(events).toMatchObject([{ event_id: "e1", event_type: "click", event_date: "2026-02-01" }]);
    }
  });

  test("no header behind a byte order mark, in a file with faults", async () => {
    const columns = new Map([
      ["event_id", ["column0"]],
      ["event_type", ["column1"]],
      ["event_date", ["column2"]],
      ["algo_version", ["column3"]],
    ]) as Source["columns"];
    const { events } = await load("\ufeffe1,click,2026-02-01,v1\nbroken\n", {
      columns,
      options: { ...options, header: false },
    });
    expect(events).toMatchObject([{ event_id: "e1" }]);
  });

  test("another order of the header", async () => {
    const { events } = await load(
      "algo_version,event_type,user_id,occurred_at,event_id\nv1,click,u1,2026-02-01,e1\n",
    );
    expect(events).toMatchObject([
      { event_id: "e1", event_type: "click", user_id: "u1", algo_version: "v1" },
    ]);
  });
});

describe("a quote left open refuses the file: what it swallows cannot be told", () => {
  const many = Array.from({ length: 300 }, (_, index) => row(index + 1));
  const open = row(900).replace('"{""n"":900}"', '"{""n"":900}');
  const stray: readonly (readonly [
    title: string,
    rows: readonly string[],
    line: string,
    later: string | null,
  ])[] = [
    [
      "and nothing closes it",
      many.map((each) => each.replace(/"\{.*$/, "")),
      'e0,impression,2026-02-01T00:00:00Z,u,s,i,v1,,1,"x',
      null,
    ],
    ["and the next quoted value seems to close it", many, open, null],
    [
      "and another stray quote closes it well",
      many.map((each, index) => (index < 200 ? each.replace(/"\{.*$/, "") : each)),
      'e0,impression,2026-02-01T00:00:00Z,u,s,i,v1,,1,"x',
      'e1,impression,2026-02-01T00:00:00Z,u,s,i,v1,,1,x"',
    ],
  ];
  const loadedOf = loadedBefore(
    stray.map(([, rows, line, later]) => {
      const rest = [...rows.slice(100, 150), ...(later === null ? [] : [later]), ...rows.slice(150)];
      return { content: csv(...rows.slice(0, 100), line, ...rest) };
    }),
  );
  test.each(stray.map(([title], at) => [title, at] as const))("%s", (_, at) => {
    const { record, rejects, events } = loadedOf(at);
    expect(record).toMatchObject({ status: "refused", read: 0, loaded: 0 });
    expect(record.notes[0]).toMatch(/^line 102: a quote /);
    expect(rejects).toEqual([]);
    expect(events).toEqual([]);
  });
});

test("one unclosed quote in 150,000 rows swallows none of them in silence: the file is refused by line", async () => {
  const rows = Array.from({ length: 150_000 }, (_, n) => `e${n},impression,2026-02-01,u${n % 1000},v1,`);
  rows[120_310] += '"lost';
  const { record, events } = await load(
    `event_id,event_type,event_date,user_id,algo_version,metadata\n${rows.join("\n")}\n`,
  );
  expect(record).toMatchObject({ status: "refused", read: 0, loaded: 0, rejected: 0 });
  expect(record.notes[0]).toBe(
    "line 120312: a quote is not closed before the end of the file, so the rows after it are unknown",
  );
  expect(events).toEqual([]);
});

/** Three clicks, packed by `zstd --check`: one frame, its last four bytes the checksum. */
const soundZstd = Buffer.from(
  "KLUv/SSCjQIAYoQPFZClOgCiLaDj9me0cHdx1RYZ1j8PdCLXpahe5DqjkwwlI1CiHpBayHnBmnrua5qwjvuLPjzpgAB0Ugay7wMGACAFXDc9swQVpEvOHMoR30eGhQ==",
  "base64",
);

/** zstd that packs nothing: one frame with a block a row (RFC 8878), cut after so many of them unless it is whole. */
function zstdOfRows(rows: number, isWhole: boolean): Buffer {
  const blocks = csv(...good)
    .split(/(?<=\n)/)
    .slice(0, rows)
    .map((text, index) => {
      const head = Buffer.alloc(3);
      head.writeUIntLE((text.length << 3) | (isWhole && index === rows - 1 ? 1 : 0), 0, 3);
      return Buffer.concat([head, Buffer.from(text)]);
    });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]), ...blocks]);
}

test("zstd with its checksum, or in blocks, is loaded whole", async () => {
  expect((await load(soundZstd, { name: "a.csv.zst" })).record).toMatchObject({
    notes: [],
    read: 3,
    loaded: 3,
  });
  expect((await load(zstdOfRows(3, true), { name: "a.csv.zst" })).record).toMatchObject({
    read: 2,
    loaded: 2,
  });
});

test("an internal error of the engine while it unpacks zstd ends the run; the file is not to blame", async () => {
  const { write, night } = workspace();
  write("exports/a.csv.zst", soundZstd);
  const loading = night([source("feed", "exports/*")], () => Promise.resolve(), { crashOn: /^COPY/ });
  await expect(loading).rejects.toMatchObject({
    code: "store",
    where: { file: "exports/a.csv.zst" },
    cause: { kind: "crashed" },
  });
});

describe("a file that is not what it says is refused by name", () => {
  const zipped = gzipSync(csv(...good));
  const damaged = Buffer.from(zipped);
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
  const cutGzip = Buffer.concat([
    zipped.subarray(0, 10),
    deflateRawSync(csv(...good), { finishFlush: constants.Z_SYNC_FLUSH }),
  ]);
  const wrongZstd = Buffer.from(soundZstd);
  wrongZstd[wrongZstd.length - 1] = (wrongZstd[wrongZstd.length - 1] ?? 0) ^ 1;
  const cases: readonly (readonly [string, string, string | Buffer, RegExp])[] = [
    ["empty", "a.csv", "", /^is empty$/],
    ["gzip named .csv", "a.csv", zipped, /^is gzip-compressed, but its name does not end in \.gz$/],
    ["text named .gz", "a.csv.gz", csv(...good), /^is named \.gz but is not gzip-compressed$/],
    ["zip", "a.csv", Buffer.from("PK\x03\x04rest"), /^is zip-compressed$/],
    ["bzip2", "a.csv", Buffer.from("BZh91AY"), /^is bzip2-compressed$/],
    ["xz", "a.csv", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1]), /^is xz-compressed$/],
    ["Parquet named .csv", "a.csv", Buffer.from("PAR1...."), /^is Parquet, but is read as csv$/],
    ["text named .parquet", "a.parquet", csv(...good), /^is not Parquet, but is read as Parquet$/],
    ["a cut Parquet file", "a.parquet", Buffer.from("PAR1....rest"), /^cannot be read as Parquet/],
    ["gzip cut off", "a.csv.gz", zipped.subarray(0, zipped.length - 4), /^is cut off/],
    ["gzip with a wrong checksum", "a.csv.gz", damaged, /^is damaged: gzip reports/],
    [
      "gzip cut at the end of a row, where DuckDB's reader stops without a word",
      "a.csv.gz",
      cutGzip,
      /^is cut off/,
    ],
    ["zstd with a wrong checksum", "a.csv.zst", wrongZstd, /^is damaged: /],
    [
      "zstd cut at the end of a row",
      "a.csv.zst",
      zstdOfRows(2, false),
      /^is cut off: its last zstd frame has no end$/,
    ],
    [
      "Parquet packed with zstd",
      "a.parquet.zst",
      zstdOfRows(2, true),
      /^is Parquet packed once more with zstd$/,
    ],
    [
      "gzip with something behind it",
      "a.csv.gz",
      Buffer.concat([zipped, Buffer.from("garbage")]),
      /^is damaged/,
    ],
    ["semicolons", "a.csv", "event_id;event_type\ne1;click\n", /^has a header of one column/],
    [
      "a header with a name twice",
      "a.csv",
      "event_id,event_id\n1,2\n",
      /^has column "event_id" twice in its header$/,
    ],
    [
      "a header with a quote left open",
      "a.csv",
      '"event_id,event_type\n1,2\n',
      /^has a quote in its header that is not closed$/,
    ],
    [
      "a header with text behind a closing quote",
      "a.csv",
      '"event_id"x,event_type,event_date\ne1,click,2026-02-01\n',
      /^has text after a closing quote in its header$/,
    ],
    [
      "no event type at all",
      "a.csv",
      "event_id,occurred_at\n1,2026-02-01\n",
      /^has no column event_type; found: event_id, occurred_at$/,
    ],
    ["no time at all", "a.csv", "event_id,event_type\n1,click\n", /^has no column occurred_at or event_date/],
  ];
  const loadedOf = loadedBefore(cases.map(([, name, content]) => ({ name, content })));
  test.each(numbered(cases))("%s", (_, name, _content, message, at) => {
    const { record } = loadedOf(at);
    expect(record).toMatchObject({ status: "refused", read: 0, file: `exports/${at}/${name}` });
    expect(record.notes[0]).toMatch(message);
    expect(record.notes[1]).toBeTypeOf("string");
  });

  test("two gzip members, each with a header, are one file with one repeated header", async () => {
    const { record, rejects } = await load(Buffer.concat([gzipSync(csv(row(1))), gzipSync(csv(row(2)))]), {
      name: "a.csv.gz",
    });
    expect(record).toMatchObject({ loaded: 2, rejected: 1 });
    expect(rejects).toMatchObject([{ line: 3, reason: "repeated_header" }]);
  });

  test("a header alone is a file of no rows", async () => {
    const { record } = await load(`${header}\n`);
    expect(record).toMatchObject({ status: "loaded", lines: 1, read: 0 });
  });

  test("changed or gone between discovery and reading", async () => {
    const { write, remove, night } = workspace();
    write("exports/a.csv", csv(...good));
    write("exports/b.csv", csv(row(3)));
    write("exports/z.csv", csv(row(4)));
    const between = (): void => {
      write("exports/a.csv", csv(...good, row(5)));
      remove("exports/b.csv");
    };
    await night(
      [source("feed", "exports/*.csv")],
      async ({ summary, engine }) => {
        expect(summary.records.map(({ status, notes }) => [status, notes[0]])).toEqual([
          ["refused", "changed while it was read"],
          ["refused", "vanished before it was read"],
          ["loaded", undefined],
        ]);
        expect(await engine.rows("SELECT event_id FROM events")).toEqual([{ event_id: "e4" }]);
      },
      { between },
    );
    await night([source("feed", "exports/*.csv")], async ({ summary }) =>
      expect(summary.records).toMatchObject([
        { status: "loaded", loaded: 3 },
        { file: "exports/z.csv", status: "loaded" },
      ]),
    );
  });
});
