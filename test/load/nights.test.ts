import { renameSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pruneEvents } from "../../src/load/days/prune.ts";
import type { Source } from "../../src/model/config.ts";
import { allTables } from "./tables.ts";
import { csv, row, source, type Workspace, workspace } from "./workspace.ts";

const feed = [source("feed", "exports/**/*.csv")];
const on = (day: number, n: number): string => row(n, { at: `2026-02-0${day}T10:00:00Z` });

/** The tables as they are must be those that one load of today's files would give. */
async function expectAsFromScratch(space: Workspace, sources: readonly Source[] = feed): Promise<void> {
  const grown = await space.night(sources, async ({ engine, summary }) => ({
    tables: await allTables(engine),
    summary,
  }));
  const fresh = await space.night(
    sources,
    async ({ engine, summary }) => ({ tables: await allTables(engine), summary }),
    { afresh: true },
  );
  expect(grown.tables).toEqual(fresh.tables);
  expect(grown.summary.records).toEqual(fresh.summary.records);
  expect(grown.summary.presentColumns).toEqual(fresh.summary.presentColumns);
  expect(grown.summary.checks).toEqual(fresh.summary.checks);
  expect(grown.summary.changed).toBe(false);
  expect(grown.summary.dirtyDates).toEqual([]);
}

describe("night after night the warehouse is what one load of the files would give", () => {
  test("a file grown since touches its days only", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1)));
    space.write("exports/b.csv", csv(on(2, 2)));
    await space.night(feed, async ({ summary }) =>
      expect(summary.dirtyDates).toEqual(["2026-02-01", "2026-02-02"]),
    );
    space.write("exports/b.csv", csv(on(2, 2), on(3, 3)));
    await space.night(feed, async ({ summary }) =>
      expect(summary.dirtyDates).toEqual(["2026-02-02", "2026-02-03"]),
    );
    await expectAsFromScratch(space);
  });

  test("a file replaced brings back the rows that it had kept out as duplicates", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), on(2, 2)));
    space.write("exports/b.csv", csv(on(1, 1), on(3, 3)));
    await space.night(feed, async ({ summary }) =>
      expect(summary.records).toMatchObject([
        { loaded: 2, duplicates: 0 },
        { loaded: 1, duplicates: 1 },
      ]),
    );
    space.write("exports/a.csv", csv(on(2, 2)));
    await space.night(feed, async ({ summary, engine }) => {
      expect(summary.records).toMatchObject([
        { loaded: 1, duplicates: 0 },
        { loaded: 2, duplicates: 0 },
      ]);
      expect(summary.dirtyDates).toEqual(["2026-02-01", "2026-02-02"]);
      expect(await engine.rows("SELECT count(*) AS n FROM duplicate_events")).toEqual([{ n: 0 }]);
    });
    await expectAsFromScratch(space);
  });

  test("an overlapping export that comes later, but whose name comes first", async () => {
    const space = workspace();
    space.write("exports/m.csv", csv(on(1, 1), on(1, 2), row(3, { at: "2026-02-01T10:00:00Z", dwell: "2" })));
    await space.night(feed, async () => {});
    space.write("exports/a.csv", csv(on(1, 1), on(1, 2), row(3, { at: "2026-02-01T10:00:00Z", dwell: "3" })));
    await space.night(feed, async ({ summary }) => {
      expect(summary.records.map(({ loaded }) => loaded).reduce((sum, each) => sum + each)).toBe(3);
    });
    await expectAsFromScratch(space);
  });

  test("a file that becomes unreadable takes its rows with it, and blocks", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), on(2, 2)));
    space.write("exports/b.csv", csv(on(1, 1)));
    await space.night(feed, async () => {});
    space.write("exports/a.csv", "PK\x03\x04");
    await space.night(feed, async ({ summary, engine }) => {
      expect(summary.records).toMatchObject([
        { status: "refused", loaded: 0 },
        { loaded: 1, duplicates: 0 },
      ]);
      expect(summary.checks.find(({ name }) => name === "refused_files")).toMatchObject({
        status: "fail",
        effect: "block",
        detail: "exports/a.csv is zip-compressed",
      });
      expect(summary.dirtyDates).toEqual(["2026-02-01", "2026-02-02"]);
      expect(await engine.rows("SELECT event_id FROM events")).toEqual([{ event_id: "e1" }]);
    });
    await expectAsFromScratch(space);
  });

  test("other column names in rollout.yaml make every file of the source be read again", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1)).replace("user_id", "uid"));
    await space.night(feed, async ({ engine }) => {
      expect(await engine.rows("SELECT user_id, unit_id FROM events")).toEqual([
        { user_id: null, unit_id: "s1" },
      ]);
    });
    const renamed = [source("feed", "exports/**/*.csv", { columns: new Map([["user_id", ["uid"]]]) })];
    await space.night(renamed, async ({ engine, summary }) => {
      expect(await engine.rows("SELECT user_id, unit_id FROM events")).toEqual([
        { user_id: "u1", unit_id: "u1" },
      ]);
      expect(summary.records[0]?.notes).toEqual(["column uid taken as user_id"]);
    });
    await expectAsFromScratch(space, renamed);
  });

  test("a row of the future is taken when its day has come", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), on(5, 5), on(6, 6)));
    await space.night(
      feed,
      async ({ summary }) => expect(summary.records[0]?.rejectedByReason).toEqual({ future_date: 1 }),
      { asOf: "2026-02-04T00:00:00Z" },
    );
    await space.night(feed, async ({ summary }) => expect(summary.changed).toBe(false), {
      asOf: "2026-02-04T23:00:00Z",
    });
    await space.night(
      feed,
      async ({ summary }) => expect(summary.records[0]).toMatchObject({ loaded: 3, rejected: 0 }),
      { asOf: "2026-02-05T00:00:00Z" },
    );
  });

  test("a backfill of an old day rejects nothing that lies in the past", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), on(7, 7)));
    const change = { asOf: "2026-02-02T00:00:00Z", now: new Date("2026-02-08T06:00:00Z") };
    await space.night(
      feed,
      async ({ summary }) => expect(summary.records[0]).toMatchObject({ loaded: 2, rejected: 0 }),
      change,
    );
  });
});

describe("a run killed between loading and building", () => {
  test("leaves the days it touched for the next one", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1)));
    await space.night(feed, async ({ summary }) => expect(summary.dirtyDates).toEqual(["2026-02-01"]), {
      killed: true,
    });
    space.write("exports/b.csv", csv(on(2, 2)));
    await space.night(feed, async ({ summary }) =>
      expect(summary.dirtyDates).toEqual(["2026-02-01", "2026-02-02"]),
    );
    await space.night(feed, async ({ summary }) => expect(summary.dirtyDates).toEqual([]));
  });

  test("or between a lookup and the events that follow it, lets them follow next time", async () => {
    const space = workspace();
    const sources = [...feed, source("items", "items.csv", { kind: "lookup" })];
    space.write("exports/a.csv", csv(on(1, 1)));
    space.write("items.csv", "item_id,author_id\ni1,a1\n");
    await space.night(sources, ({ engine }) =>
      engine.execute(
        "UPDATE event_rows SET author_id = 'old'; DELETE FROM item_attributes; INSERT INTO load_state VALUES ('items_stale', '')",
      ),
    );
    await space.night(sources, async ({ engine, summary }) => {
      expect(await engine.rows("SELECT author_id FROM events")).toEqual([{ author_id: "a1" }]);
      expect(summary.dirtyDates).toEqual(["2026-02-01"]);
    });
  });
});

describe("files that move", () => {
  test("a vanished file keeps its rows with a warning, and is welcome back", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1)));
    space.write("exports/b.csv", csv(on(2, 2)));
    await space.night(feed, async () => {});
    space.remove("exports/a.csv");
    await space.night(feed, async ({ summary, engine }) => {
      expect(summary.records).toMatchObject([
        { file: "exports/a.csv", status: "vanished", loaded: 1 },
        { status: "loaded" },
      ]);
      expect(summary.checks.find(({ name }) => name === "vanished_files")).toMatchObject({
        status: "warn",
        effect: "warn",
        detail: "exports/a.csv",
      });
      expect(summary.dirtyDates).toEqual([]);
      expect(await engine.rows("SELECT count(*) AS n FROM events")).toEqual([{ n: 2 }]);
    });
    space.write("exports/a.csv", csv(on(1, 1)));
    await space.night(feed, async ({ summary }) => {
      expect(summary.records).toMatchObject([{ status: "loaded" }, { status: "loaded" }]);
      expect(summary.dirtyDates).toEqual([]);
    });
    await expectAsFromScratch(space);
  });

  test("a renamed file is recognised by its content", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), "broken"));
    space.write("exports/keep.csv", csv(on(2, 2)));
    await space.night(feed, async () => {});
    renameSync(join(space.root, "exports/a.csv"), join(space.root, "exports/z.csv"));
    await space.night(feed, async ({ summary }) => {
      expect(summary.records.map(({ file, status }) => [file, status])).toEqual([
        ["exports/keep.csv", "loaded"],
        ["exports/z.csv", "loaded"],
      ]);
      expect(summary.dirtyDates).toEqual([]);
    });
    await expectAsFromScratch(space);
  });

  test("a file that was away for the moment it was to be read is read the next night, though it has not changed", async () => {
    const space = workspace();
    const path = space.write("exports/a.csv", csv(on(1, 1)));
    space.write("exports/b.csv", csv(on(2, 2)));
    await space.night(
      feed,
      async ({ summary }) =>
        expect(summary.records[0]).toMatchObject({
          status: "refused",
          notes: ["vanished before it was read", "run again"],
        }),
      { between: () => renameSync(path, `${path}.away`) },
    );
    renameSync(`${path}.away`, path);
    await space.night(feed, async ({ summary }) =>
      expect(summary.records[0]).toMatchObject({ status: "loaded", loaded: 1 }),
    );
    await expectAsFromScratch(space);
  });

  test("a file that was only touched is not read again", async () => {
    const space = workspace();
    const path = space.write("exports/a.csv", csv(on(1, 1)));
    await space.night(feed, async () => {});
    utimesSync(path, new Date("2026-03-01T00:00:00Z"), new Date("2026-03-01T00:00:00Z"));
    await space.night(feed, async ({ summary }) => {
      expect(summary.dirtyDates).toEqual([]);
      expect(summary.records[0]).toMatchObject({ modifiedAt: "2026-03-01T00:00:00Z" });
    });
    await expectAsFromScratch(space);
  });
});

describe("pruned days are closed", () => {
  test("a file that only grows keeps its counts; late rows for a closed day are rejected", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), on(1, 2), on(5, 5)));
    await space.night(feed, async ({ engine }) => {
      expect(await pruneEvents(engine, 3, "2026-02-06")).toMatchObject({
        events: 2,
        firstKept: "2026-02-03",
      });
      expect(await engine.rows("SELECT event_id FROM events")).toEqual([{ event_id: "e5" }]);
    });
    space.write("exports/a.csv", csv(on(1, 1), on(1, 2), on(5, 5), on(6, 6)));
    await space.night(feed, async ({ summary, engine }) => {
      expect(summary.records[0]).toMatchObject({ read: 4, loaded: 4, rejected: 0, firstDay: "2026-02-01" });
      expect(summary.records[0]?.notes).toContain("2 rows of closed days, counted before");
      expect(summary.dirtyDates).toEqual(["2026-02-05", "2026-02-06"]);
      expect(await engine.rows("SELECT event_id FROM events ORDER BY 1")).toEqual([
        { event_id: "e5" },
        { event_id: "e6" },
      ]);
    });
    space.write("exports/a.csv", csv(on(1, 1), on(1, 2), on(5, 5), on(6, 6), on(2, 9)));
    space.write("exports/b.csv", csv(on(1, 8), on(6, 7)));
    await space.night(feed, async ({ summary, engine }) => {
      expect(summary.records).toMatchObject([
        { read: 5, loaded: 4, rejected: 1, rejectedByReason: { date_closed: 1 } },
        { read: 2, loaded: 1, rejected: 1, rejectedByReason: { date_closed: 1 } },
      ]);
      expect(await engine.rows("SELECT file, line, reason FROM rejected_rows ORDER BY file")).toEqual([
        { file: "exports/a.csv", line: 6, reason: "date_closed" },
        { file: "exports/b.csv", line: 2, reason: "date_closed" },
      ]);
      expect(summary.checks.find(({ name }) => name === "late_rows")).toMatchObject({
        status: "warn",
        observed: 2,
      });
      expect(summary.checks.find(({ name }) => name === "rejected_rows")).toMatchObject({ status: "pass" });
    });
  });

  test("a file refused for a night and mended again brings nothing of a closed day twice", async () => {
    const space = workspace();
    const whole = csv(on(1, 1), on(5, 5));
    space.write("exports/a.csv", whole);
    space.write("exports/b.csv", csv(on(5, 6)));
    await space.night(feed, ({ engine }) => pruneEvents(engine, 3, "2026-02-06"));
    space.write("exports/a.csv", "PK\x03\x04");
    await space.night(feed, async ({ summary }) => expect(summary.dirtyDates).toEqual(["2026-02-05"]));
    space.write("exports/a.csv", whole);
    await space.night(feed, async ({ summary }) => {
      expect(summary.records[0]).toMatchObject({ loaded: 2, rejected: 0 });
      expect(summary.dirtyDates).toEqual(["2026-02-05"]);
    });
  });

  test("keep_events: 0 keeps none of the report date, and the horizon never moves back", async () => {
    const space = workspace();
    space.write("exports/a.csv", csv(on(1, 1), on(2, 2), on(3, 3)));
    await space.night(feed, async ({ engine }) => {
      expect((await pruneEvents(engine, 0, "2026-02-02")).events).toBe(2);
      expect((await pruneEvents(engine, 14, "2026-02-02")).events).toBe(0);
      expect(await engine.rows("SELECT event_id FROM events")).toEqual([{ event_id: "e3" }]);
      expect(await engine.rows("SELECT value FROM load_state WHERE key = 'first_open_day'")).toEqual([
        { value: "2026-02-03" },
      ]);
    });
  });
});
