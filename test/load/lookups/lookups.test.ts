import { describe, expect, test } from "vitest";
import { allTables } from "../tables.ts";
import { csv, row, source, workspace } from "../workspace.ts";

const feed = source("feed", "exports/*.csv");
const items = source("items", "items*.csv", { kind: "lookup" });
const at = (day: number, n: number): string => row(n, { at: `2026-02-0${day}T10:00:00Z` });

describe("a lookup", () => {
  test("becomes a table of its name, numbers and days typed, identifiers text", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("items.csv", "item_id,author_id,price,released,code\n007,1,9.50,2026-01-01,01\n8,2,10,,02\n");
    await night([feed, items], async ({ engine, summary }) => {
      expect(await engine.rows("SELECT column_name, column_type FROM (DESCRIBE items)")).toEqual([
        { column_name: "item_id", column_type: "VARCHAR" },
        { column_name: "author_id", column_type: "VARCHAR" },
        { column_name: "price", column_type: "DOUBLE" },
        { column_name: "released", column_type: "DATE" },
        { column_name: "code", column_type: "VARCHAR" },
      ]);
      expect(summary.records.find(({ source: name }) => name === "items")).toMatchObject({
        file: "items.csv",
        lines: 3,
        read: 2,
        loaded: 2,
      });
    });
  });

  test("has one row per item: of the last file, the others are duplicates", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("items-1.csv", "item_id,author_id\ni1,old\ni2,same\n");
    write("items-2.csv", "item_id,category_id,author_id\ni1,c,new\n");
    await night([feed, items], async ({ engine, summary }) => {
      expect(await engine.rows("SELECT item_id, author_id, category_id FROM items ORDER BY item_id")).toEqual(
        [
          { item_id: "i1", author_id: "new", category_id: "c" },
          { item_id: "i2", author_id: "same", category_id: null },
        ],
      );
      expect(summary.records.filter(({ source: name }) => name === "items")).toMatchObject([
        { read: 2, loaded: 1, duplicates: 1 },
        { read: 1, loaded: 1, duplicates: 0 },
      ]);
    });
  });

  test("may call its columns otherwise, and a broken row of it is rejected", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("items.csv", "item,by\ni1,au1\nbroken\n");
    const renamed = {
      ...items,
      columns: new Map([
        ["item_id", ["item"]],
        ["author_id", ["by"]],
      ]) as (typeof items)["columns"],
    };
    await night([feed, renamed], async ({ engine, summary }) => {
      expect(await engine.rows("SELECT * FROM items")).toEqual([{ item_id: "i1", author_id: "au1" }]);
      expect(await engine.rows("SELECT source, line, reason FROM rejected_rows")).toEqual([
        { source: "items", line: 3, reason: "too_few_columns" },
      ]);
      expect(summary.records.find(({ source: name }) => name === "items")).toMatchObject({
        read: 2,
        loaded: 1,
        rejected: 1,
        notes: ["column item taken as item_id", "column by taken as author_id"],
      });
    });
  });

  test("that cannot be read leaves an empty table, and blocks", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("items.csv", "PK\x03\x04");
    await night([feed, items], async ({ engine, summary }) => {
      expect(await engine.rows("SELECT * FROM items")).toEqual([]);
      expect(summary.checks.find(({ name }) => name === "refused_files")).toMatchObject({ status: "fail" });
      expect(summary.records[0]).toMatchObject({ source: "feed", loaded: 1 });
    });
  });

  test("may not take the name of a table of gatebook's own", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("items.csv", "item_id\ni1\n");
    await expect(night([feed, { ...items, name: "event_rows" }], async () => {})).rejects.toMatchObject({
      code: "config",
    });
  });
});

describe("events take author, category and duplicate group from lookups", () => {
  test("where they do not say it themselves", async () => {
    const { write, night } = workspace();
    write(
      "exports/a.csv",
      "event_id,event_type,event_date,item_id,author_id,algo_version\ne1,click,2026-02-01,i1,own,v1\ne2,click,2026-02-01,i1,,v1\ne3,click,2026-02-01,i9,,v1\n",
    );
    write("items.csv", "item_id,author_id,category_id,duplicate_group\ni1,looked-up,c1,g1\n");
    await night([feed, items], async ({ engine, summary }) => {
      expect(
        await engine.rows("SELECT event_id, author_id, category_id, duplicate_group FROM events ORDER BY 1"),
      ).toEqual([
        { event_id: "e1", author_id: "own", category_id: "c1", duplicate_group: "g1" },
        { event_id: "e2", author_id: "looked-up", category_id: "c1", duplicate_group: "g1" },
        { event_id: "e3", author_id: null, category_id: null, duplicate_group: null },
      ]);
      expect([...summary.presentColumns]).toEqual(
        expect.arrayContaining(["author_id", "category_id", "duplicate_group"]),
      );
    });
  });

  test("columns that no lookup and no export has are not present", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("items.csv", "item_id,author_id\ni1,a\n");
    await night([feed, items], async ({ summary }) => {
      expect(summary.presentColumns.has("author_id")).toBe(true);
      expect(summary.presentColumns.has("category_id")).toBe(false);
      expect(summary.presentColumns.has("dwell_seconds")).toBe(false);
    });
  });

  test("and follow when a lookup changes, their days dirty and no others", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(at(1, 1), at(2, 2), at(3, 3), at(3, 3)));
    space.write("items.csv", "item_id,author_id\ni1,a1\ni2,a2\n");
    const sources = [feed, items];
    await space.night(sources, async () => {});
    space.write("items.csv", "item_id,author_id\ni1,a1\ni2,other\ni3,a3\n");
    await space.night(sources, async ({ engine, summary }) => {
      expect(summary.dirtyDates).toEqual(["2026-02-02", "2026-02-03"]);
      expect(summary.changed).toBe(true);
      expect(await engine.rows("SELECT item_id, author_id FROM events ORDER BY 1")).toEqual([
        { item_id: "i1", author_id: "a1" },
        { item_id: "i2", author_id: "other" },
        { item_id: "i3", author_id: "a3" },
      ]);
      expect(await engine.rows("SELECT author_id FROM duplicate_events")).toEqual([{ author_id: "a3" }]);
    });
    const grown = await space.night(sources, ({ engine }) => allTables(engine));
    expect(await space.night(sources, ({ engine }) => allTables(engine), { afresh: true })).toEqual(grown);
  });

  test("a lookup that is no longer configured is forgotten", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(at(1, 1)));
    space.write("items.csv", "item_id,author_id\ni1,a1\n");
    await space.night([feed, items], async () => {});
    await space.night([feed], async ({ engine, summary }) => {
      expect(summary.dirtyDates).toEqual(["2026-02-01"]);
      expect(await engine.rows("SELECT author_id FROM events")).toEqual([{ author_id: null }]);
      expect(await engine.rows("SELECT 1 AS n FROM duckdb_tables() WHERE table_name = 'items'")).toEqual([]);
      expect(summary.records.map(({ source: name }) => name)).toEqual(["feed"]);
    });
  });
});
