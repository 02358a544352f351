import { describe, expect, test } from "vitest";
import { source, type Workspace, workspace } from "../workspace.ts";

const wide = `-- one row = an impression and whether it was clicked
SELECT 'impression' AS event_type, ts AS occurred_at, 'row' || id AS session_id, item AS item_id, 'random' AS algo_version FROM log
UNION ALL
SELECT 'click', ts, 'row' || id, item, 'random' FROM log WHERE CAST(click AS INTEGER) = 1; -- done`;

function staged(space: Workspace, sql: string, change = {}): ReturnType<typeof source> {
  const staging = space.write("queries/sources/log.sql", sql);
  return source("log", "exports/*", { staging, ...change });
}

describe("a staging file", () => {
  test("makes canonical rows of a wide log", async () => {
    const space = workspace();
    space.write(
      "exports/log.csv",
      "id,ts,item,click\n1,2026-02-01 10:00:00,i1,0\n2,2026-02-01 11:00:00,i2,1\n",
    );
    await space.night([staged(space, wide)], async ({ engine, summary }) => {
      expect(summary.records).toMatchObject([
        { lines: 3, read: 3, loaded: 3, columns: ["id", "ts", "item", "click"] },
      ]);
      expect(await engine.rows("SELECT event_type, unit_id, occurred_at FROM events ORDER BY ALL")).toEqual([
        { event_type: "impression", unit_id: "row1", occurred_at: "2026-02-01T10:00:00Z" },
        { event_type: "impression", unit_id: "row2", occurred_at: "2026-02-01T11:00:00Z" },
        { event_type: "click", unit_id: "row2", occurred_at: "2026-02-01T11:00:00Z" },
      ]);
      expect([...summary.presentColumns]).not.toContain("event_id");
    });
  });

  test("counts its own rows and the records it never saw; rows that are no event are rejected with their text", async () => {
    const space = workspace();
    space.write("exports/log.csv", "id,ts,item,click\n1,2026-02-01 10:00:00,i1,0\nbroken\n2,whenever,i2,1\n");
    await space.night([staged(space, wide)], async ({ engine, summary }) => {
      expect(summary.records).toMatchObject([
        { read: 4, loaded: 1, rejected: 3, rejectedByReason: { not_a_time: 2, too_few_columns: 1 } },
      ]);
      expect(
        await engine.rows("SELECT line, column_name, reason, raw FROM rejected_rows ORDER BY reason, raw"),
      ).toMatchObject([
        { line: 4, column_name: "occurred_at", reason: "not_a_time", raw: "2,whenever,i2,1" },
        { line: 4, reason: "not_a_time", raw: "2,whenever,i2,1" },
        { line: 3, reason: "too_few_columns", raw: "broken" },
      ]);
    });
  });

  test("its rejects carry the record they were made of, each its own; where there is no one record, the row", async () => {
    const rejects = async (sql: string) => {
      const space = workspace();
      space.write(
        "exports/log.csv",
        'n,ts\n5,2026-02-01\n6,"when\never"\n6,"when\never"\nzz,never\n4,never\n',
      );
      return space.night([staged(space, sql)], ({ engine }) =>
        engine.rows("SELECT line, raw FROM rejected_rows WHERE reason = 'not_a_time' ORDER BY line"),
      );
    };
    const event = "'click' AS event_type, ts AS occurred_at, 'v1' AS algo_version";
    expect(
      await rejects(`WITH rows AS (SELECT n AS position, * FROM log) SELECT ${event} FROM rows -- all`),
    ).toEqual([
      { line: 3, raw: '6,"when\never"' },
      { line: 5, raw: '6,"when\never"' },
      { line: 7, raw: "zz,never" },
      { line: 8, raw: "4,never" },
    ]);
    const grouped = [
      { line: null, raw: expect.stringContaining('"position":"2"') },
      { line: null, raw: expect.stringContaining('"position":"2"') },
    ];
    expect(
      await rejects(`SELECT ${event}, CAST(count(*) AS VARCHAR) AS position FROM log GROUP BY ts`),
    ).toEqual(grouped);
    // over single records the cast fails, which must not cost the file
    const lowest = await rejects(`SELECT ${event}, CAST(min(n) AS INTEGER) AS position FROM log GROUP BY ts`);
    expect(lowest.map(({ line }) => line)).toEqual([null, null]);
  });

  test.each([
    ["CAST(ts AS INTEGER) AS position", /TRY_CAST/],
    ["nowhere AS position", /^((?!TRY_CAST).)*$/],
    ["(SELECT 1 FROM no_table) AS position", /^((?!TRY_CAST).)*$/],
  ])("TRY_CAST is advised where a value cannot be read: %s", async (column, advice) => {
    const space = workspace();
    space.write("exports/log.csv", "n,ts\n5,2026-02-01\n");
    const sql = `SELECT 'click' AS event_type, ts AS occurred_at, 'v1' AS algo_version, ${column} FROM log`;
    await space.night([staged(space, sql)], async ({ summary }) => {
      expect(summary.records[0]?.status).toBe("refused");
      expect(summary.records[0]?.notes.join(" ")).toMatch(advice);
    });
  });

  test("may join a lookup, and is run again when that changes", async () => {
    const space = workspace();
    const sql =
      "SELECT 'impression' AS event_type, l.ts AS occurred_at, 'v1' AS algo_version, a.long AS user_id FROM log l JOIN aliases a ON a.short = l.who";
    const sources = [staged(space, sql), source("aliases", "aliases.csv", { kind: "lookup" })];
    space.write("exports/log.csv", "who,ts\nx,2026-02-01\n");
    space.write("aliases.csv", "short,long\nx,Xavier\n");
    await space.night(sources, async ({ engine }) =>
      expect(await engine.rows("SELECT user_id FROM events")).toEqual([{ user_id: "Xavier" }]),
    );
    await space.night(sources, async ({ summary }) => expect(summary.changed).toBe(false));
    space.write("aliases.csv", "short,long\nx,Xenia\n");
    await space.night(sources, async ({ engine, summary }) => {
      expect(await engine.rows("SELECT user_id FROM events")).toEqual([{ user_id: "Xenia" }]);
      expect(summary.dirtyDates).toEqual(["2026-02-01"]);
    });
  });

  test("that reads a lookup which was refused says so, after the lookup itself", async () => {
    const space = workspace();
    const sql =
      "SELECT 'click' AS event_type, l.ts AS occurred_at, 'v1' AS algo_version, z.long AS user_id FROM log l JOIN zaliases z ON z.short = l.who";
    space.write("exports/log.csv", "who,ts\nx,2026-02-01\n");
    space.write("zaliases.parquet", "no Parquet");
    const sources = [staged(space, sql), source("zaliases", "zaliases.parquet", { kind: "lookup" })];
    await space.night(sources, async ({ summary }) => {
      const detail = summary.checks.find(({ name }) => name === "refused_files")?.detail ?? "";
      expect(detail).toMatch(/^zaliases\.parquet is not Parquet/);
      expect(detail).toContain(
        "exports/log.csv cannot be staged: the lookup zaliases, which its query reads, was refused (zaliases.parquet)",
      );
    });
  });

  test("that was edited makes its files be staged anew", async () => {
    const space = workspace();
    space.write("exports/log.csv", "id,ts,item,click\n1,2026-02-01,i1,0\n");
    await space.night([staged(space, wide)], async () => {});
    await space.night([staged(space, wide.replaceAll("'random'", "'bts'"))], async ({ engine }) =>
      expect(await engine.rows("SELECT algo_version FROM events")).toEqual([{ algo_version: "bts" }]),
    );
  });

  test.each([
    [
      "does not bind",
      "SELECT nothing FROM log",
      /^cannot be staged: queries\/sources\/log\.sql:1:8: .*nothing/,
    ],
    ["does not parse", "SELECT 'click' AS\nFORM log", /^cannot be staged: queries\/sources\/log\.sql:2:/],
    [
      "is two statements",
      "SELECT 1 AS a FROM log; DROP TABLE event_rows",
      /^cannot be staged: queries\/sources\/log\.sql/,
    ],
    ["is no SELECT", "DELETE FROM event_rows", /^cannot be staged: queries\/sources\/log\.sql/],
    [
      "reads a file",
      "SELECT 'click' AS event_type, '2026-02-01' AS event_date FROM read_text('/etc/hostname')",
      /^cannot be staged: queries\/sources\/log\.sql:1:\d+: the table function read_text\(\) is not for queries$/,
    ],
    [
      "has a NUL byte",
      "SELECT 'a\0' AS event_type",
      /^cannot be staged: queries\/sources\/log\.sql:1:10: the file has a NUL byte$/,
    ],
    [
      "asks for the time",
      "SELECT 'click' AS event_type, now() AS occurred_at, 'v1' AS algo_version FROM log",
      /^cannot be staged: queries\/sources\/log\.sql:1:31: now\(\) differs from run to run/,
    ],
    [
      "prints a setting",
      "SELECT 'click' AS event_type, current_setting('allowed_paths') AS item_id FROM log",
      /^cannot be staged: queries\/sources\/log\.sql:1:31: the function current_setting\(\) is not for queries$/,
    ],
    [
      "casts what cannot be cast",
      "SELECT 'click' AS event_type, CAST(ts AS DATE) AS event_date, 'v' AS algo_version FROM log",
      /^cannot be staged: .*date/i,
    ],
    [
      "leaves a column out",
      "SELECT 'click' AS event_type FROM log",
      /^has no column occurred_at or event_date; found: event_type$/,
    ],
  ])("that %s refuses its files and says where", async (_, sql, message) => {
    const space = workspace();
    space.write("exports/log.csv", "ts\nnever\n");
    space.write("other.csv", "event_id,event_type,event_date,algo_version\ne1,click,2026-02-01,v1\n");
    await space.night([staged(space, sql), source("other", "other.csv")], async ({ summary, engine }) => {
      const record = summary.records.find(({ source: name }) => name === "log");
      expect(record).toMatchObject({ status: "refused", read: 0 });
      expect(record?.notes[0]).toMatch(message);
      expect(await engine.rows("SELECT count(*) AS n FROM events")).toEqual([{ n: 1 }]);
    });
  });

  test.each([
    ["is bound", /^CREATE OR REPLACE TEMP VIEW staged_rows/, "1,2026-02-01,i1,0\n"],
    ["is run", /^INSERT INTO event_rows/, "1,2026-02-01,i1,0\n"],
    ["is run over the sound records", /^CREATE OR REPLACE TEMP TABLE kept_staged/, "broken\n"],
  ])(
    "during which the engine crashes, when it %s, ends the run and refuses no file",
    async (_, crashOn, rows) => {
      const space = workspace();
      space.write("exports/log.csv", `id,ts,item,click\n${rows}`);
      const loading = space.night([staged(space, wide)], () => Promise.resolve(), { crashOn });
      await expect(loading).rejects.toMatchObject({ code: "store", cause: { kind: "crashed" } });
      await space.night([staged(space, wide)], async ({ summary }) => {
        expect(summary).toMatchObject({ changed: true, records: [{ status: "loaded" }] });
      });
    },
  );
});
