/**
 * What every engine does, in SQL that each of them reads (src/engine/README.md). An engine's own test opens one and runs this over it;
 * what only that engine can do, or get wrong, is tested beside it.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import type { DataEngine } from "../../src/engine/engine.ts";
import { EngineError } from "../../src/engine/engine-error.ts";
import { GatebookError } from "../../src/model/error.ts";

export async function failure(work: Promise<unknown>): Promise<GatebookError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GatebookError);
  return error as GatebookError;
}

const days = `SELECT * FROM (VALUES (DATE '2026-02-01', 'a', 1), (DATE '2026-02-01', 'b', 2), (DATE '2026-02-02', 'a', 3))
  AS t(event_date, unit_id, n)`;
/** 6⁹ rows to be compared with each other. */
const endless = `WITH six AS (SELECT n FROM (VALUES (1), (2), (3), (4), (5), (6)) AS t(n)),
  many AS (SELECT a.n FROM six a, six b, six c, six d, six e, six f, six g, six h, six i)
  SELECT count(*) AS n FROM many AS x, many AS y WHERE x.n % 7 = y.n % 5 AND x.n + y.n > 3`;

export interface Opened {
  readonly engine: DataEngine;
  /** Makes a stored table. */
  readonly store: (name: string, select: string) => Promise<void>;
  readonly close: () => Promise<void> | void;
}

export function engineContract(name: string, open: () => Promise<Opened>): void {
  const openedFully = async (): Promise<Opened> => {
    const opened = await open();
    onTestFinished(() => opened.close());
    return opened;
  };
  const opened = async (): Promise<DataEngine> => (await openedFully()).engine;
  const withDays = async (): Promise<DataEngine> => {
    const { engine, store } = await openedFully();
    await store("days", days);
    return engine;
  };
  const read = async (engine: DataEngine, sql: string) => (await engine.query({ file: "a.sql", sql })).rows;

  describe(`${name}: a file without the order that it ends in`, () => {
    const at = "FROM days";
    it.each([
      [`SELECT n ${at} ORDER BY n`, `SELECT n ${at} `],
      [`SELECT n ${at}\norder  by -n DESC, unit_id NULLS LAST; -- order by n`, `SELECT n ${at}\n`],
      [`SELECT n, 'ä' AS u ${at} ORDER BY 1 -- order by`, `SELECT n, 'ä' AS u ${at} `],
      [`SELECT n ${at} UNION ALL SELECT 4 ORDER BY n`, `SELECT n ${at} UNION ALL SELECT 4 `],
      [
        `SELECT row_number() OVER (ORDER BY n) AS r ${at} ORDER BY r`,
        `SELECT row_number() OVER (ORDER BY n) AS r ${at} `,
      ],
      [`WITH d AS (SELECT n ${at} ORDER BY n) SELECT n FROM d`, null],
      [`SELECT n ${at} ORDER BY n LIMIT 2`, null],
      [`SELECT n FROM (SELECT n ${at} ORDER BY n) AS d`, null],
      [`SELECT DISTINCT n ${at} ORDER BY n`, null],
      [`SELECT n ${at} ORDER BY /* order by */ n`, null],
      [`SELECT n ${at} ORDER BY (SELECT max(d.n) FROM days d ORDER BY 1), n`, `SELECT n ${at} `],
    ])("%s", async (sql, wanted) => {
      const engine = await withDays();
      const found = await engine.unsorted({ file: "a.sql", sql });
      expect(found.sql).toBe(wanted ?? sql);
      const rows = (text: string) =>
        read(engine, `SELECT * FROM (${text.replace(/;.*|--.*$/s, "")}) AS a ORDER BY 1`);
      expect(await rows(found.sql)).toEqual(await rows(sql));
    });
  });

  describe(`${name}: values`, () => {
    it("arrive as plain scalars: integers of any width, decimals, dates, times and nulls", async () => {
      const engine = await opened();
      const [row] = await engine.rows(`SELECT CAST(7 AS BIGINT) AS i, CAST(1.25 AS DECIMAL(9, 3)) AS d,
        CAST(0.5 AS DOUBLE) AS f, DATE '2026-02-01' AS day, TIMESTAMP '2026-02-01 10:00:00' AS t,
        TIMESTAMP '2026-02-01 10:00:00.123456' AS tf, CAST('NaN' AS DOUBLE) AS n, NULL AS z, true AS b, 'ä🙂' AS s`);
      expect(row).toEqual({
        i: 7,
        d: 1.25,
        f: 0.5,
        day: "2026-02-01",
        t: "2026-02-01T10:00:00Z",
        tf: "2026-02-01T10:00:00.123456Z",
        n: null,
        z: null,
        b: true,
        s: "ä🙂",
      });
    });

    it("past 2^53 become the nearest double, and keep their digits as text", async () => {
      const engine = await opened();
      const [row] = await engine.rows(`SELECT CAST(6975844698222339372 AS BIGINT) AS n,
        CAST(CAST(6975844698222339372 AS BIGINT) AS VARCHAR) AS s`);
      expect(row).toEqual({ n: Number("6975844698222339372"), s: "6975844698222339372" });
    });

    it("past 2^53 are text where rows are read by people", async () => {
      const engine = await opened();
      const sql = `SELECT CAST(9007199254740991 AS BIGINT) AS a, CAST(-9007199254740993 AS BIGINT) AS b,
        CAST('12345678901234567890.5' AS DECIMAL(38, 1)) AS c, CAST('12345678.123456' AS DECIMAL(18, 6)) AS d, CAST(1e300 AS DOUBLE) AS e`;
      const exact = [9007199254740991, "-9007199254740993", "12345678901234567890.5", 12345678.123456, 1e300];
      expect((await engine.query({ file: "a.sql", sql }, { exact: true })).rows).toEqual([exact]);
      const streamed: unknown[] = [];
      await engine.stream({ file: "a.sql", sql }, async ({ rows }) => {
        streamed.push(...rows);
      });
      expect(streamed).toEqual([exact]);
      expect((await read(engine, sql))[0]?.slice(1, 3)).toEqual([-9007199254740992, 12345678901234567000]);
    });

    it("have columns of a neutral kind", async () => {
      const engine = await opened();
      const columns = await engine.describe({
        file: "a.sql",
        sql: `SELECT CAST(1 AS BIGINT) AS i, CAST(1 AS DECIMAL(9, 3)) AS d, CAST(1 AS DOUBLE) AS f, 'x' AS s, true AS b,
          DATE '2026-02-01' AS day, TIMESTAMP '2026-02-01 10:00:00' AS t`,
      });
      expect(columns.map((column) => [column.name, column.kind])).toEqual([
        ["i", "integer"],
        ["d", "decimal"],
        ["f", "double"],
        ["s", "text"],
        ["b", "boolean"],
        ["day", "date"],
        ["t", "timestamp"],
      ]);
    });

    it("past the row limit are counted, not brought; a stream brings all, and counts them", async () => {
      const engine = await withDays();
      const file = { file: "a.sql", sql: "SELECT n FROM days ORDER BY n" };
      expect(await engine.query(file, { rowLimit: 2 })).toMatchObject({ rows: [[1], [2]], rowCount: 3 });
      const streamed: unknown[] = [];
      const count = await engine.stream(file, async ({ rows }) => {
        streamed.push(...rows);
      });
      expect([count, streamed]).toEqual([3, [[1], [2], [3]]]);
    });
  });

  describe(`${name}: an analyst's file`, () => {
    it.each([
      ["a parse error", "SELECT 1,\n  FRM x y", 2],
      ["an unknown table", "SELECT 'ü'\nFROM nope", 2],
      ["an unknown column behind a multi-byte character", "SELECT 'üü' AS a, nope FROM days", 1],
    ])("with %s is reported at its line", async (_, sql, line) => {
      const error = await failure((await withDays()).query({ file: "queries/cells/a.sql", sql }));
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({
        code: "query",
        kind: "query",
        where: { file: "queries/cells/a.sql", line, column: expect.any(Number) },
      });
    });

    it("wrapped as a subquery keeps its own positions, its final semicolon and its trailing comment", async () => {
      const engine = await opened();
      const wrap = { file: "m.sql", before: "SELECT count(*) AS n FROM (", after: ") AS t" };
      expect((await engine.query({ ...wrap, sql: "SELECT 1 AS a; -- done" })).rows).toEqual([[1]]);
      const error = await failure(engine.query({ ...wrap, sql: "SELECT 1,\n  nope" }));
      expect(error.where).toEqual({ file: "m.sql", line: 2, column: 3 });
    });

    it("with a value that cannot be converted is a fault of the data", async () => {
      const sql = "SELECT CAST(unit_id AS INTEGER) AS n FROM days";
      expect(await failure((await withDays()).query({ file: "a.sql", sql }))).toMatchObject({ kind: "data" });
    });

    it.each([
      ["a second statement", "SELECT 1; DROP TABLE days", "the file has 2 statements"],
      ["no statement", "-- only a comment\n", "the file has no statement"],
      ["nothing before a semicolon", "-- @title A\n;\n", "the file has no statement"],
      ["another statement than SELECT", "DROP TABLE days", "the statement is not a SELECT"],
      ["two columns of one name", "SELECT 1 AS a, 2 AS A", 'two columns are called "A"'],
    ])("with %s is rejected", async (_, sql, message) => {
      expect((await failure((await withDays()).query({ file: "a.sql", sql }))).message).toBe(message);
    });

    it("that runs too long is stopped and says so, and the engine goes on", async () => {
      const engine = await opened();
      const error = await failure(engine.query({ file: "slow.sql", sql: endless }, { timeoutMs: 50 }));
      expect(error).toMatchObject({
        kind: "timeout",
        message: "the query ran longer than 0.05 s and was stopped",
      });
      expect(await engine.rows("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    });

    it.each([0, 1, 2, 4])(
      "is stopped after %s ms, too, when it may not have begun",
      async (timeoutMs) => {
        const engine = await opened();
        const error = await failure(engine.query({ file: "slow.sql", sql: endless }, { timeoutMs }));
        expect(error).toMatchObject({ kind: "timeout" });
      },
      20_000,
    );

    it("that is interrupted fails as such, and the engine goes on", async () => {
      const engine = await opened();
      const running = failure(engine.query({ file: "slow.sql", sql: endless }));
      await new Promise((resolve) => setTimeout(resolve, 100));
      engine.interrupt();
      expect(await running).toMatchObject({ kind: "interrupted" });
      expect(await engine.rows("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    });

    it("names the tables it reads, without its CTEs, each at its first mention", async () => {
      const sql = "WITH a AS (SELECT * FROM t1)\nSELECT (SELECT max(x) FROM t2) FROM a JOIN t3 USING (z)";
      const names = (await (await opened()).references({ file: "a.sql", sql })).map((one) => [
        one.kind,
        one.name,
        one.line,
      ]);
      expect(names.sort()).toEqual([
        ["table", "t1", 1],
        ["table", "t2", 2],
        ["table", "t3", 2],
      ]);
    });

    it.each([
      ["SELECT event_date, count(*) AS n FROM days GROUP BY event_date", true],
      ["SELECT event_date, row_number() OVER (ORDER BY unit_id) AS r FROM days", false],
    ])("is made day by day where a filter on the date reaches its scans: %s, %s", async (sql, reaches) => {
      expect(await (await withDays()).filterReachesScans(sql, "event_date")).toBe(reaches);
    });
  });

  describe(`${name}: an overlay`, () => {
    const units = "SELECT unit_id, n FROM days ORDER BY n";
    const without = (unit: string, kind: "view" | "table") =>
      ({
        name: "days",
        kind,
        select: (below: string) => `SELECT * FROM ${below} WHERE unit_id <> '${unit}'`,
      }) as const;

    it("is what a query finds under the name, and leaves the stored table as it is", async () => {
      const engine = await withDays();
      await engine.overlay(without("a", "view"));
      expect(await read(engine, units)).toEqual([["b", 2]]);
      expect(await engine.rows(`SELECT count(*) AS n FROM ${engine.stored("days")}`)).toEqual([{ n: 3 }]);
      await engine.uncover("days");
      expect(await read(engine, units)).toHaveLength(3);
    });

    it("over another one reads that one, and leaves it behind", async () => {
      const engine = await withDays();
      await engine.overlay(without("b", "table"));
      await engine.overlay({
        name: "days",
        kind: "view",
        select: (below) => `SELECT event_date, unit_id, n + 10 AS n FROM ${below}`,
      });
      const overBoth = [
        ["a", 11],
        ["a", 13],
      ];
      expect(await read(engine, units)).toEqual(overBoth);
      await engine.uncover("days");
      expect(await read(engine, units)).toEqual([
        ["a", 1],
        ["a", 3],
      ]);
    });

    it("of an analyst's file that fails changes nothing, and says where", async () => {
      const engine = await withDays();
      await engine.overlay(without("b", "table"));
      const file = { file: "r.sql", sql: "SELECT\n  nope FROM days" };
      const error = await failure(engine.overlay({ name: "days", kind: "file", file }));
      expect(error.where).toEqual({ file: "r.sql", line: 2, column: 3 });
      expect(await read(engine, units)).toEqual([
        ["a", 1],
        ["a", 3],
      ]);
    });

    it("needs no stored table", async () => {
      const engine = await opened();
      await engine.overlay({ name: "fresh", kind: "table", select: () => days });
      expect(await read(engine, "SELECT count(*) AS n FROM fresh")).toEqual([[3]]);
      await engine.uncover("fresh");
      await failure(read(engine, "SELECT count(*) AS n FROM fresh"));
    });
  });

  it(`${name}: a scratch table is made anew under its name`, async () => {
    const engine = await withDays();
    await engine.scratch("kept", "SELECT 1 AS n");
    await engine.scratch("kept", {
      file: "a.sql",
      sql: "SELECT n FROM days",
      before: "SELECT sum(n) AS n FROM (",
      after: ") AS t",
    });
    expect(await read(engine, "SELECT n FROM kept")).toEqual([[6]]);
  });

  it(`${name}: the dialect's fragments: bytes 9 to 16 of an md5, little-endian; bytes 1 to 4, big-endian; whole hours since 1970`, async () => {
    const engine = await opened();
    const { bucket, divide, hash32, hourNumber, hourStart, shiftDay } = engine.dialect;
    const [row] = await engine.rows(`SELECT ${bucket("'gatebook:u1'")} AS b, ${hash32("'jk1:u1'")} AS h,
      ${divide("7", 2)} AS q, ${shiftDay("DATE '2026-02-27'", 2)} AS later,
      ${hourNumber("TIMESTAMP '2026-02-01 10:59:59.999999'")} AS hours, ${hourStart("491650")} AS hour`);
    expect(row).toEqual({
      b: 2395,
      h: 2146921538,
      q: 3,
      later: "2026-03-01",
      hours: 491650,
      hour: "2026-02-01T10:00:00Z",
    });
  });

  it(`${name}: a value in JSON text is text; broken JSON, an object and a list are none`, async () => {
    const documents: readonly (readonly [string | null, string | null])[] = [
      ['{"a":{"b-c":"x"}}', "x"],
      [String.raw`{"a":{"b-c":"é\u00e9 \"q\"\nl2"}}`, 'éé "q"\nl2'],
      ['{"a":{"b-c":""}}', ""],
      ['{"a":{"b-c":"null"}}', "null"],
      ['{"a":{"b-c":-7}}', "-7"],
      ['{"a":{"b-c":1.50}}', "1.5"],
      ['{"a":{"b-c":1e3}}', "1000.0"],
      ['{"a":{"b-c":12345678901234567890123}}', "12345678901234567890123"],
      ['{"a":{"b-c":true}}', "true"],
      ['{"a":{"b-c":null}}', null],
      ['{"a":{"b-c":{"d":1}}}', null],
      ['{"a":{"b-c":[1, 2]}}', null],
      ['{"a":{"x":1},"b-c":2,"a.b-c":3}', null],
      ['{"a":"b-c"}', null],
      ['[{"a":{"b-c":1}}]', null],
      [' {"a":{"b-c":5}} ', "5"],
      ['{"a":{"b-c":1', null],
      ['{"a":{"b-c":1}} more', null],
      ['{"a":{"b-c":1},"d":[}', null],
      ["no json", null],
      ["null", null],
      ["", null],
      [null, null],
    ];
    const engine = await opened();
    const rows = documents.map(
      ([text], n) => `(${n}, ${text === null ? "NULL" : `'${text.replaceAll("'", "''")}'`})`,
    );
    const sql = `SELECT TRY(json_extract_scalar(json_parse(metadata), '$["a"]["b-c"]')) AS v,
      TRY(json_extract_scalar(json_parse(metadata), '$["a.b-c"]')) AS dotted
      FROM (VALUES ${rows.join(", ")}) AS t(n, metadata) ORDER BY n`;
    const found = await read(engine, sql);
    expect(found.map(([value]) => value)).toEqual(documents.map(([, value]) => value));
    expect(found.flatMap(([, dotted]) => dotted ?? [])).toEqual(["3"]);
  });
}
