/** Columns and types of events beyond our own, as rollout.yaml names them, in every format. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import type { Source } from "../../../src/model/config.ts";
import { header, row, source, type Workspace, workspace } from "../workspace.ts";

const platform = new Map([["platform", ["platform", "device"]]]);
const feed = (files: string, change: Partial<Source> = {}) =>
  source("feed", files, { columns: platform, ...change });
const line = (n: number, more: object) =>
  JSON.stringify({
    ...{ event_id: `e${n}`, event_type: "impression", occurred_at: "2026-02-01T10:00:00Z" },
    ...{ user_id: `u${n}`, algo_version: "v1", ...more },
  });

async function values(space: Workspace, sources: readonly Source[], column = "platform") {
  return await space.night(sources, async ({ engine, summary }) => {
    const { rows } = await engine.table(`SELECT event_id, ${column} FROM events ORDER BY event_id`);
    return { rows, present: summary.presentColumns.has(column), rejected: summary.records[0]?.rejected };
  });
}

describe("a column that rollout.yaml adds", () => {
  const odd = 'a, "b" <script>é😀\'';

  it("has the text of the first of its names with a value, in CSV, JSONL and Parquet", async () => {
    const space = workspace();
    const quoted = `"${odd.replaceAll('"', '""')}"`;
    space.write(
      "a.csv",
      `${header},device,platform\n${row(1)},ios,\n${row(2)},ios,web\n${row(3)},,${quoted}\n`,
    );
    const inCsv = await values(space, [feed("a.csv")]);
    expect(inCsv).toEqual({
      rows: [
        ["e1", "ios"],
        ["e2", "web"],
        ["e3", odd],
      ],
      present: true,
      rejected: 0,
    });
    const lines = [{ device: "ios" }, { platform: "5.0" }, { platform: { os: "x" } }, { platform: odd }, {}];
    const other = workspace();
    other.write("b.jsonl", lines.map((more, n) => line(n, more)).join("\n"));
    const texts = ["ios", "5.0", '{"os":"x"}', odd, null];
    expect((await values(other, [feed("b.jsonl")])).rows.map(([, value]) => value)).toEqual(texts);
    const third = workspace();
    const engine = await openDuckDb({ file: ":memory:" });
    const rows =
      "('e1', 'impression', DATE '2026-02-01', 'v1', {'os': 'x'}), ('e2', 'impression', DATE '2026-02-01', 'v1', NULL)";
    const select = `SELECT * FROM (VALUES ${rows}) t(event_id, event_type, event_date, algo_version, device)`;
    await engine.execute(`COPY (${select}) TO '${join(third.root, "c.parquet")}' (FORMAT parquet)`);
    engine.close();
    expect((await values(third, [feed("c.parquet")])).rows).toEqual([
      ["e1", '{"os":"x"}'],
      ["e2", null],
    ]);
  });

  it("may be filled from a column that another is filled from, too", async () => {
    const space = workspace();
    space.write("a.csv", `${header},device\n${row(1)},ios\n`);
    const columns = new Map([
      ...platform,
      ["order_of", ["Device"]],
      ["shown", ["item_id"]],
      ["author_id", ["item_id"]],
    ]);
    const { rows } = await values(
      space,
      [feed("a.csv", { columns })],
      "platform, order_of, shown, author_id, item_id",
    );
    const [[, first, second, ...items] = []] = rows;
    expect([first, second]).toEqual(["ios", "ios"]);
    expect(new Set(items).size).toBe(1);
    expect(items[0]).toMatch(/\w/);
  });

  it("is null in a file that lacks it, comes from a folder's name, a constant, and a staging query", async () => {
    const space = workspace();
    space.write("x/a.csv", `${header}\n${row(1)}\n`);
    space.write("x/platform=tv/b.csv", `${header}\n${row(2)}\n`);
    expect((await values(space, [feed("x/**/*.csv")])).rows).toEqual([
      ["e1", null],
      ["e2", "tv"],
    ]);
    const constant = feed("x/**/*.csv", {
      columns: new Map(),
      constants: new Map([["platform", "web"]]),
    });
    expect((await values(space, [constant])).rows).toEqual([
      ["e1", "web"],
      ["e2", "tv"],
    ]);
    const staging = space.write(
      "queries/sources/feed.sql",
      "SELECT *, 'os ' || position AS device FROM feed",
    );
    expect((await values(space, [feed("x/**/*.csv", { staging })])).rows).toEqual([
      ["e1", "os 1"],
      ["e2", "os 2"],
    ]);
  });

  it("is read again when it is added to a store, and gone from events when it is taken out", async () => {
    const space = workspace();
    space.write("a.csv", `${header},device\n${row(1)},ios\n`);
    const plain = source("feed", "a.csv");
    const columns = ({
      engine,
    }: {
      readonly engine: { readonly rows: (sql: string) => Promise<readonly object[]> };
    }) =>
      engine.rows(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'events' AND column_name = 'platform'",
      );
    expect(await space.night([plain], columns)).toEqual([]);
    expect((await values(space, [feed("a.csv")])).rows).toEqual([["e1", "ios"]]);
    expect(await space.night([plain], columns)).toEqual([]);
  });

  it("makes two events of one id another content, and a retry with another time of sending none", async () => {
    const space = workspace();
    space.write(
      "a.csv",
      `${header},device\n${row(1)},ios\n${row(1)},web\n${row(2)},tv\n${row(2, { metadata: "{}" })},tv\n`,
    );
    await space.night([feed("a.csv")], async ({ engine }) => {
      expect(
        await engine.rows("SELECT kind, count(*)::INT AS n FROM duplicate_events GROUP BY 1 ORDER BY 1"),
      ).toEqual([
        { kind: "conflict", n: 1 },
        { kind: "exact", n: 1 },
      ]);
    });
  });

  it("rejects bytes that are no text, with the column's name", async () => {
    const space = workspace();
    const rows = Buffer.from(`${header},device\n${row(1)},`);
    space.write("a.csv", Buffer.concat([rows, Buffer.from([0xff, 0xfe, 0x0a])]));
    const found = await space.night([feed("a.csv")], async ({ engine }) =>
      engine.rows("SELECT reason FROM rejected_rows"),
    );
    expect(found).toEqual([{ reason: "bad_encoding" }]);
  });
});

describe("a type of events that rollout.yaml adds", () => {
  it("is an event, also in a store that did not know it; others are rejected as before", async () => {
    const space = workspace();
    const conversions = (...rows: readonly string[]) => `${header}\n${rows.join("\n")}\n`;
    space.write(
      "a.csv",
      conversions(row(1), row(2, { type: "order_paid", algo: "" }), row(3, { type: "share" })),
    );
    const types = ({
      engine,
    }: {
      readonly engine: { readonly rows: (sql: string) => Promise<readonly object[]> };
    }) => engine.rows("SELECT event_id, CAST(event_type AS VARCHAR) AS type FROM events ORDER BY 1");
    expect(await space.night([source("feed", "a.csv")], types)).toEqual([
      { event_id: "e1", type: "impression" },
    ]);
    const own = source("feed", "a.csv", { eventTypes: new Map([["order_paid", "conversion"]]) });
    expect(await space.night([own], types)).toEqual([
      { event_id: "e1", type: "impression" },
      { event_id: "e2", type: "conversion" },
    ]);
    space.write("a.csv", conversions(row(1), row(2, { type: "conversion" }), row(4, { type: "impression" })));
    expect(await space.night([source("feed", "a.csv")], types)).toEqual([
      { event_id: "e1", type: "impression" },
      { event_id: "e4", type: "impression" },
    ]);
  });
});
