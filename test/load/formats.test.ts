import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Row } from "../../src/engine/engine.ts";
import { csv, options, row, source, workspace } from "./workspace.ts";

/** Rows that hold what differs between formats: nulls, quotes, line breaks, unicode, decimals, big ids. */
const text = csv(
  ...Array.from({ length: 8 }, (_, n) =>
    row(n, { type: n % 3 === 0 ? "click" : "impression", dwell: n % 3 === 0 ? `${n}.125` : "" }),
  ),
  '"9007199254740993",favorite,2026-02-02T23:59:59.999999Z,Zoë,,"i""1",,,,"{""a"":""x,y""}"',
  "e91,impression,2026-02-03T00:00:00+02:00,,,i1,v2,,-1,",
  'e92,click,2026-02-03 10:00:00,,s,i1,v2,0.0005,3,"{""t"":""line 1\\nline 2""}"',
  'e93,download,2026-02-03,u,,"two\nlines",,,,',
  'e94,download,2026-02-03,u,,"an empty\n\nline, and a return\r\n",,,,',
);

async function write(root: string, path: string): Promise<void> {
  const engine = await openDuckDb({ file: ":memory:" });
  const types = "types = {'dwell_seconds': 'DECIMAL(9,4)', 'position': 'INTEGER'}";
  const typed = `SELECT * REPLACE (CAST(occurred_at AS TIMESTAMPTZ) AS occurred_at)
    FROM read_csv('${join(root, "a.csv")}', header = true, all_varchar = false, auto_detect = true, sample_size = -1,
      types = {'event_id': 'VARCHAR', 'occurred_at': 'VARCHAR', ${types.slice(9)})`;
  const raw = `SELECT * FROM read_csv('${join(root, "a.csv")}', header = true, all_varchar = true)`;
  const json = `SELECT * REPLACE (CAST(metadata AS JSON) AS metadata) FROM (${typed.replace("CAST(occurred_at AS TIMESTAMPTZ)", "occurred_at")})`;
  const compression = path.endsWith(".zst")
    ? ", COMPRESSION zstd"
    : path.endsWith(".gz")
      ? ", COMPRESSION gzip"
      : "";
  const copy = path.includes(".parquet")
    ? `COPY (${typed}) TO '${path}' (FORMAT parquet, CODEC ${path.includes("zstd") ? "zstd" : "snappy"})`
    : path.includes(".jsonl")
      ? `COPY (${json}) TO '${path}' (FORMAT json${compression})`
      : `COPY (${raw}) TO '${path}' (FORMAT csv, HEADER, DELIMITER '${path.includes(".tsv") ? "\t" : ","}'${compression})`;
  await engine.execute(copy);
  engine.close();
}

const columns = "* EXCLUDE (unit_bucket)";

async function eventsOf(
  root: { night: ReturnType<typeof workspace>["night"] },
  file: string,
): Promise<readonly Row[]> {
  return root.night(
    [source("feed", file)],
    async ({ engine, summary }) => {
      expect(summary.records).toMatchObject([
        { file, status: "loaded", read: 13, loaded: 13, rejected: 0, duplicates: 0 },
      ]);
      return engine.rows(`SELECT ${columns} FROM events ORDER BY event_id`);
    },
    { afresh: true },
  );
}

describe("every format and compression gives the same events", () => {
  const formats = ["b.csv", "b.tsv", "b.jsonl", "b.snappy.parquet", "b.zstd.parquet"];
  const names = formats.flatMap((name) =>
    name.includes("parquet") ? [name] : [name, `${name}.gz`, `${name}.zst`],
  );
  let expected: readonly Row[] = [];
  test("CSV as it is", async () => {
    const space = workspace();
    space.write("a.csv", text);
    expected = await eventsOf(space, "a.csv");
    expect(expected).toHaveLength(13);
    expect(expected[0]).toMatchObject({
      event_id: "9007199254740993",
      user_id: "Zoë",
      item_id: 'i"1',
      occurred_at: "2026-02-02T23:59:59.999999Z",
      metadata: '{"a":"x,y"}',
    });
    expect(expected.find((each) => each["event_id"] === "e91")).toMatchObject({
      occurred_at: "2026-02-02T22:00:00Z",
      event_date: "2026-02-02",
      unit_id: "e91",
      position: -1,
    });
  });

  test.each(names)("%s", async (name) => {
    const space = workspace();
    space.write("a.csv", text);
    await write(space.root, join(space.root, name));
    expect(await eventsOf(space, name)).toEqual(expected);
  });

  test("gzip by Node, as any exporter would write it", async () => {
    const space = workspace();
    space.write("b.csv.gz", gzipSync(text));
    expect(await eventsOf(space, "b.csv.gz")).toEqual(expected);
  });

  test.each(["b.csv.zst", "b.jsonl.zst"])(
    "%s cut at any byte is refused or whole, never shorter",
    async (name) => {
      const space = workspace();
      space.write("a.csv", text);
      const path = join(space.root, name);
      await write(space.root, path);
      const whole = readFileSync(path);
      const ends = [5, 12, 40, whole.length - 1, whole.length - 3];
      for (const end of ends) space.write(`cut${end}${name.slice(1)}`, whole.subarray(0, end));
      space.write("sound.csv", csv(row(1)));
      await space.night([source("cut", `cut*`), source("sound", "sound.csv")], async ({ summary }) => {
        const cut = summary.records.filter((each) => each.source === "cut");
        expect(cut).toHaveLength(ends.length);
        for (const record of cut)
          expect(record).toMatchObject({
            status: "refused",
            notes: [expect.stringMatching(/^is cut off/), expect.anything()],
          });
      });
    },
  );
});

describe("Parquet columns of other types", () => {
  async function loadParquet(
    select: string,
    change = {},
  ): Promise<{ rows: readonly Row[]; rejects: readonly Row[] }> {
    const space = workspace();
    const engine = await openDuckDb({ file: ":memory:" });
    await engine.execute(`COPY (${select}) TO '${join(space.root, "p.parquet")}' (FORMAT parquet)`);
    engine.close();
    return space.night([source("feed", "p.parquet", change)], async ({ engine: store }) => ({
      rows: await store.rows("SELECT * FROM events ORDER BY event_id"),
      rejects: await store.rows("SELECT line, column_name, reason, raw FROM rejected_rows ORDER BY line"),
    }));
  }

  test("text that is not marked as UTF-8 is text; bytes that are none are rejects with their row", async () => {
    const text = (value: string): string => `encode('${value}')`;
    const rows = [
      ["e1", "click", "u\u00e9", "12.5"],
      ["e2", "click", "u2", "NaN"],
      ["e3", "hide", "u3", ""],
    ].map((values) => `(${values.map(text).join(", ")})`);
    const named = "t(event_id, event_type, user_id, dwell_seconds)";
    const more = "TIMESTAMP '2026-02-01 10:00:00' AS occurred_at, encode('v1') AS algo_version";
    const all = await loadParquet(`SELECT *, ${more} FROM (VALUES ${rows.slice(0, 2).join(", ")}) ${named}`);
    const wanted = [
      { event_id: "e1", user_id: "u\u00e9", dwell_seconds: 12.5, algo_version: "v1" },
      { event_id: "e2", user_id: "u2", dwell_seconds: null },
    ];
    expect(all).toMatchObject({ rows: wanted, rejects: [] });
    const bad = `(${text("e4")}, ${text("click")}, '\\xFF\\xFE'::BLOB, ${text("1")})`;
    const some = await loadParquet(`SELECT *, ${more} FROM (VALUES ${[...rows, bad].join(", ")}) ${named}`);
    expect(some.rows).toMatchObject(wanted);
    expect(some.rejects).toMatchObject([
      { line: 3, column_name: "event_type", reason: "unknown_event_type" },
      { line: 4, column_name: "user_id", reason: "bad_encoding" },
    ]);
  });

  test("NaN in doubles is no value: a dwell not known, a place not known, no id, no day", async () => {
    const nan = "CAST('NaN' AS DOUBLE)";
    const { rows, rejects } = await loadParquet(`SELECT * FROM (VALUES
      (1.0::DOUBLE, ${nan}, ${nan}, ${nan}, 20260201.0::DOUBLE), (2.0, 7.0, 3.0, 12.5, 20260202.0), (3.0, 7.0, 3.0, 1.0, ${nan})
      ) t(event_id, user_id, position, dwell_seconds, event_date), (SELECT 'click' AS event_type, 'v1' AS algo_version)`);
    expect(rows).toMatchObject([
      { event_id: "1", user_id: null, position: null, dwell_seconds: null, event_date: "2026-02-01" },
      { event_id: "2", user_id: "7", position: 3, dwell_seconds: 12.5, event_date: "2026-02-02" },
    ]);
    expect(rejects).toMatchObject([{ line: 3, reason: "missing_time" }]);
  });

  test("null_text counts in every column, text or number", async () => {
    const change = { options: { ...options, nullText: ["N/A", "-1"] } };
    const { rows, rejects } = await loadParquet(
      `SELECT 'e1' AS event_id, 'click' AS event_type, encode('N/A') AS user_id, -1::BIGINT AS session_id, 'i1' AS item_id,
        DATE '2026-02-01' AS event_date, 'v1' AS algo_version, -1.0::DOUBLE AS dwell_seconds, -1 AS position`,
      change,
    );
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      { user_id: null, session_id: null, item_id: "i1", dwell_seconds: null, position: null },
    ]);
  });

  test("ids of any numeric type are the same id", async () => {
    const { rows } =
      await loadParquet(`SELECT 12345::DECIMAL(38,18) AS event_id, 7.0::FLOAT AS user_id, 8::HUGEINT AS session_id,
      9.5::DOUBLE AS item_id, 'click' AS event_type, 'v1' AS algo_version, 20260201 AS event_date`);
    expect(rows).toMatchObject([
      { event_id: "12345", user_id: "7", session_id: "8", item_id: "9.5", event_date: "2026-02-01" },
    ]);
  });

  test("of several columns of unlike types the first with a value counts", async () => {
    const columns = new Map([["user_id", ["account", "device", "anonymous"]]]);
    const { rows } = await loadParquet(
      `SELECT event_id, account, encode(device) AS device, anonymous, 'click' AS event_type, 'v1' AS algo_version, DATE '2026-02-01' AS event_date
        FROM (VALUES ('e1', 5::BIGINT, 'd1', 'a1'), ('e2', NULL, 'd2', 'a2'), ('e3', NULL, NULL, 'a3')) t(event_id, account, device, anonymous)`,
      { columns },
    );
    expect(rows.map((row) => row["user_id"])).toEqual(["5", "d2", "a3"]);
  });

  test("integers, UUIDs, doubles, structs and naive times become the canonical types", async () => {
    const { rows } =
      await loadParquet(`SELECT 1::BIGINT AS event_id, 'click' AS event_type, TIMESTAMP '2026-02-01 10:00:00' AS occurred_at,
      UUID '00000000-0000-0000-0000-000000000001' AS user_id, 'v1' AS algo_version, 1.5::DOUBLE AS dwell_seconds, 3::TINYINT AS position, {'a': 1} AS metadata`);
    expect(rows).toMatchObject([
      {
        event_id: "1",
        occurred_at: "2026-02-01T10:00:00Z",
        user_id: "00000000-0000-0000-0000-000000000001",
        dwell_seconds: 1.5,
        position: 3,
        metadata: '{"a":1}',
      },
    ]);
  });

  test("a faulty row is rejected with its row number", async () => {
    const { rows, rejects } =
      await loadParquet(`SELECT * FROM (VALUES ('e1', 'click', DATE '2026-02-01', 'v1', 1.0), ('e2', 'hop', DATE '2026-02-01', 'v1', 1.0),
      ('e3', 'click', DATE '2026-02-01', 'v1', 'inf'::DOUBLE)) t(event_id, event_type, event_date, algo_version, dwell_seconds)`);
    expect(rows).toHaveLength(1);
    expect(rejects).toMatchObject([
      {
        line: 2,
        column_name: "event_type",
        reason: "unknown_event_type",
        raw: expect.stringContaining('"event_type":"hop"'),
      },
      { line: 3, column_name: "dwell_seconds", reason: "not_a_number" },
    ]);
  });

  test("a file whose footer is sound and whose pages are not is refused, and the others are loaded", async () => {
    const space = workspace();
    const engine = await openDuckDb({ file: ":memory:" });
    await engine.execute(`COPY (SELECT 'e' || range AS event_id, 'click' AS event_type, DATE '2026-02-01' AS event_date, 'v1' AS algo_version
      FROM range(5000)) TO '${join(space.root, "p.parquet")}' (FORMAT parquet, CODEC zstd)`);
    engine.close();
    const bytes = readFileSync(join(space.root, "p.parquet"));
    space.write("p.parquet", Buffer.from(bytes).fill(0xff, 4, 400));
    space.write("sound.csv", csv(row(1)));
    await space.night([source("p", "p.parquet"), source("sound", "sound.csv")], async ({ summary }) =>
      expect(summary.records).toMatchObject([
        {
          status: "refused",
          notes: [expect.stringMatching(/^cannot be read as Parquet: /), "copy or export it again"],
        },
        { status: "loaded" },
      ]),
    );
  });

  test("types that drift between files of one source end as the same type", async () => {
    const space = workspace();
    const engine = await openDuckDb({ file: ":memory:" });
    const rest = "'click' AS event_type, DATE '2026-02-01' AS event_date, 'v1' AS algo_version";
    await engine.execute(`COPY (SELECT 7::INTEGER AS user_id, 'a' AS event_id, ${rest}) TO '${join(space.root, "p1.parquet")}' (FORMAT parquet);
      COPY (SELECT '7' AS user_id, 'b' AS event_id, 1 AS extra, ${rest}) TO '${join(space.root, "p2.parquet")}' (FORMAT parquet)`);
    engine.close();
    await space.night([source("feed", "*.parquet")], async ({ engine: store, summary }) => {
      expect(await store.rows("SELECT DISTINCT unit_id FROM events")).toEqual([{ unit_id: "7" }]);
      expect(summary.records.map(({ notes }) => notes)).toEqual([[], ["columns not used: extra"]]);
    });
  });
});
