import { describe, expect, test } from "vitest";
import { csv, row, source, workspace } from "../workspace.ts";

const feed = [source("feed", "exports/*.csv")];

describe("one event_id counts once", () => {
  test("the same row twice in a file", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1), row(2), row(1), row(1)));
    await night(feed, async ({ engine, summary }) => {
      expect(summary.records).toMatchObject([
        { read: 4, loaded: 2, duplicates: 2, conflicts: 0, rejected: 0 },
      ]);
      expect(await engine.rows("SELECT event_id, kind, file FROM duplicate_events")).toEqual([
        { event_id: "e1", kind: "exact", file: "exports/a.csv" },
        { event_id: "e1", kind: "exact", file: "exports/a.csv" },
      ]);
    });
  });

  test("of the same id with other content the earliest is kept, wherever it stands", async () => {
    const { write, night } = workspace();
    const late = row(1, { at: "2026-02-01T05:00:00Z" });
    const early = row(1, { at: "2026-02-01T04:00:00Z" });
    write("exports/a.csv", csv(late, row(2)));
    write("exports/b.csv", csv(early, late));
    await night(feed, async ({ engine, summary }) => {
      expect(await engine.rows("SELECT occurred_at FROM events WHERE event_id = 'e1'")).toEqual([
        { occurred_at: "2026-02-01T04:00:00Z" },
      ]);
      expect(summary.records).toMatchObject([
        { file: "exports/a.csv", read: 2, loaded: 1, duplicates: 1, conflicts: 1 },
        { file: "exports/b.csv", read: 2, loaded: 1, duplicates: 1, conflicts: 1 },
      ]);
      const check = summary.checks.find(({ name }) => name === "conflicting_event_ids");
      expect(check).toMatchObject({ status: "fail", effect: "block", observed: 2 });
    });
  });

  test("a retry that differs in its metadata alone is an exact duplicate, which one counts is not chance", async () => {
    const kept: unknown[] = [];
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const { write, night } = workspace();
      const sent = (n: number): string => row(1, { metadata: `{"sentAt":${n}}` });
      write("exports/a.csv", csv(...order.map(sent), row(2, { dwell: "1" }), row(2, { dwell: "2" })));
      await night(feed, async ({ engine, summary }) => {
        expect(summary.records).toMatchObject([{ read: 4, loaded: 2, duplicates: 2, conflicts: 1 }]);
        kept.push(await engine.rows("SELECT metadata FROM events WHERE event_id = 'e1'"));
      });
    }
    expect(kept[0]).toEqual(kept[1]);
  });

  test("conflicts that an earlier version found in metadata alone are settled, once", async () => {
    const { write, night } = workspace();
    write(
      "exports/a.csv",
      csv(
        row(1, { metadata: "1" }),
        row(1, { metadata: "2" }),
        row(1, { dwell: "9", at: "2026-02-01T09:00:00Z" }),
      ),
    );
    await night(feed, async ({ engine }) => {
      await engine.execute(`UPDATE duplicate_rows SET kind = 'conflict'; UPDATE load_files SET conflicts = 2;
        DELETE FROM load_state WHERE key = 'conflicts'`);
    });
    for (const _ of [1, 2])
      await night(feed, async ({ engine, summary }) => {
        expect(summary.records).toMatchObject([{ read: 3, loaded: 1, duplicates: 2, conflicts: 1 }]);
        const kinds = await engine.rows("SELECT kind FROM duplicate_events ORDER BY kind");
        expect(kinds).toEqual([{ kind: "conflict" }, { kind: "exact" }]);
      });
  });

  test("at the same time the content decides, not the order of loading", async () => {
    const kept: unknown[] = [];
    for (const names of [
      ["a", "b"],
      ["b", "a"],
    ]) {
      const { write, night } = workspace();
      write(`exports/${names[0]}.csv`, csv(row(1, { dwell: "1" })));
      write(`exports/${names[1]}.csv`, csv(row(1, { dwell: "2" })));
      kept.push(await night(feed, ({ engine }) => engine.rows("SELECT dwell_seconds FROM events")));
    }
    expect(kept[0]).toEqual(kept[1]);
  });

  test("what a lookup filled in does not make two equal rows differ", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("exports/b.csv", csv(row(1)));
    write("items.csv", "item_id,author_id\ni1,au1\n");
    await night([...feed, source("items", "items.csv", { kind: "lookup" })], async ({ engine }) => {
      expect(await engine.rows("SELECT kind, author_id FROM duplicate_events")).toEqual([
        { kind: "exact", author_id: "au1" },
      ]);
    });
  });

  test("rows without an event id are all kept", async () => {
    const { write, night } = workspace();
    const nameless = row(1).replace("e1,", ",");
    write("exports/a.csv", csv(nameless, nameless, '"",impression,2026-02-01,u1,,,v1,,,'));
    await night(feed, async ({ engine, summary }) => {
      expect(summary.records).toMatchObject([{ read: 3, loaded: 3, duplicates: 0 }]);
      expect(
        await engine.rows(
          "SELECT count(*) AS n FROM user_discovery_events WHERE event_id IS NULL OR event_id = ''",
        ),
      ).toEqual([{ n: 3 }]);
    });
  });
});

describe("the same file under two names", () => {
  const status = (rows: string) => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(rows));
    write("exports/b.csv", csv(rows));
    return night(feed, async ({ summary }) => ({
      records: summary.records,
      check: summary.checks.find(({ name }) => name === "copied_files"),
    }));
  };

  test("is all duplicates when its events have ids", async () => {
    const { records, check } = await status(row(1));
    expect(records).toMatchObject([{ loaded: 1 }, { loaded: 0, duplicates: 1, conflicts: 0 }]);
    expect(check).toMatchObject({ status: "pass" });
  });

  test("blocks when nothing tells its rows from new ones", async () => {
    const { check } = await status(row(1).replace("e1,", ","));
    expect(check).toMatchObject({ status: "fail", effect: "block", detail: "exports/a.csv = exports/b.csv" });
  });
});

describe("a row that names nobody is a unit by itself", () => {
  test("equal rows are different units, the same ones at every load and under another name", async () => {
    const units: unknown[] = [];
    for (const name of ["a", "b"]) {
      const { write, night } = workspace();
      write(
        `exports/${name}.csv`,
        "event_type,event_date,algo_version\nclick,2026-02-01,v1\nclick,2026-02-01,v1\nclick,2026-02-02,v1\n",
      );
      units.push(
        await night(feed, async ({ engine, summary }) => {
          expect(summary.records[0]?.notes).toContain(
            "3 rows without user, session and event id: each its own unit",
          );
          const rows = await engine.rows("SELECT unit_id, unit_bucket FROM events ORDER BY 1");
          expect(new Set(rows.map((each) => each["unit_id"])).size).toBe(3);
          return rows;
        }),
      );
    }
    expect(units[0]).toEqual(units[1]);
  });

  test("user before session before event", async () => {
    const { write, night } = workspace();
    write(
      "exports/a.csv",
      csv("e1,click,2026-02-01,u,s,,v1,,,", "e2,click,2026-02-01,,s,,v1,,,", "e3,click,2026-02-01,,,,v1,,,"),
    );
    await night(feed, async ({ engine }) => {
      expect(await engine.rows("SELECT unit_id FROM events ORDER BY event_id")).toEqual([
        { unit_id: "u" },
        { unit_id: "s" },
        { unit_id: "e3" },
      ]);
    });
  });
});
