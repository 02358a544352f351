/** Only events of sources that rollout.yaml names count in its run (issue 11, item 23). */
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { pruneEvents } from "../../../src/load/days/prune.ts";
import type { LoadSummary } from "../../../src/load/load.ts";
import { source, workspace } from "../workspace.ts";

const header = "event_id,event_type,occurred_at,user_id,item_id,algo_version";
/** Rows of a day, with event ids or without. */
const csv = (day: number, users: readonly string[], ids = true): string =>
  [
    header,
    ...users.map(
      (user) => `${ids ? `e-${day}-${user}` : ""},impression,2026-02-0${day}T10:00:00Z,${user},i1,v1`,
    ),
  ].join("\n");

const one = [source("one", "exports/one/*.csv")];
const two = [source("two", "exports/two/*.csv")];
const both = [...one, ...two];

const units = async (engine: Engine): Promise<string> =>
  (await engine.rows("SELECT DISTINCT user_id FROM events ORDER BY 1"))
    .map((row) => row["user_id"])
    .join(" ");
const finding = ({ checks }: LoadSummary) => checks.find(({ name }) => name === "unnamed_sources");

describe("two rollout.yaml in one folder", () => {
  test("each count the events of their own sources, night after night", async () => {
    const space = workspace();
    space.write("exports/one/1.csv", csv(1, ["a", "b"]));
    space.write("exports/two/1.csv", csv(1, ["c", "d", "e"]));
    const other = {
      config: { rollout: { name: "other", baseline: "v1", candidate: "v2", timeZone: "UTC" } },
    };
    await space.night(one, async ({ engine, summary }) => {
      expect(await units(engine)).toBe("a b");
      expect(finding(summary)).toBeUndefined();
    });
    await space.night(
      two,
      async ({ engine, summary }) => {
        expect(await units(engine)).toBe("c d e");
        expect(summary.records.map(({ file }) => file)).toEqual(["exports/two/1.csv"]);
        expect(summary.dirtyDates).toEqual(["2026-02-01"]);
        expect(finding(summary)).toMatchObject({
          status: "warn",
          detail: "one is not in rollout.yaml: 2 rows of 2026-02-01 to 2026-02-01 are left out",
        });
      },
      other,
    );
    await space.night(one, async ({ engine, summary }) => {
      expect(await units(engine)).toBe("a b");
      expect(summary.dirtyDates).toEqual(["2026-02-01"]);
      expect(finding(summary)?.detail).toContain("two is not in rollout.yaml: 3 rows");
    });
    await space.night(both, async ({ engine, summary }) => {
      expect(await units(engine)).toBe("a b c d e");
      expect(finding(summary)).toBeUndefined();
      expect(summary.checks.find(({ name }) => name === "load_accounting")).toMatchObject({ status: "pass" });
    });
  });

  test("hold once days are closed, whose sums cannot be told apart any more", async () => {
    const space = workspace();
    for (const day of [1, 2, 3, 4]) space.write(`exports/one/${day}.csv`, csv(day, ["a", "b"]));
    space.write("exports/two/4.csv", csv(4, ["c"]));
    await space.night(one, ({ engine }) => pruneEvents(engine, 2, "2026-02-04"));
    const other = {
      config: { rollout: { name: "other", baseline: "v1", candidate: "v2", timeZone: "UTC" } },
    };
    for (const _ of ["first", "second"])
      await space.night(
        two,
        async ({ summary }) =>
          expect(finding(summary)).toMatchObject({
            status: "fail",
            effect: "block",
            detail: expect.stringContaining("one (2 days); give each its own folder"),
          }),
        other,
      );
  });
});

describe("a source that is taken out of rollout.yaml", () => {
  test("is named once with its rows, does not count, and comes back with them though its export is gone", async () => {
    const space = workspace();
    space.write("exports/one/1.csv", csv(1, ["a", "b"]));
    space.write("exports/two/1.csv", csv(1, ["c"]));
    await space.night(both, async ({ engine }) => expect(await units(engine)).toBe("a b c"));
    await space.night(two, async ({ summary, engine }) => {
      expect(await units(engine)).toBe("c");
      expect(finding(summary)).toMatchObject({ status: "warn", observed: 2 });
      expect(summary.checks.find(({ name }) => name === "vanished_files")).toMatchObject({ status: "pass" });
    });
    await space.night(two, async ({ summary }) => expect(finding(summary)).toBeUndefined());
    space.remove("exports/one/1.csv");
    space.write("exports/one/2.csv", csv(2, ["z"]));
    await space.night(both, async ({ engine }) => expect(await units(engine)).toBe("a b c z"));
  });

  test("is history where its days are closed, and holds nothing", async () => {
    const space = workspace();
    for (const day of [1, 2, 3, 4]) space.write(`exports/one/${day}.csv`, csv(day, ["a"]));
    for (const day of [1, 2, 3, 4]) space.write(`exports/two/${day}.csv`, csv(day, ["c"]));
    await space.night(both, ({ engine }) => pruneEvents(engine, 2, "2026-02-04"));
    await space.night(two, async ({ summary }) =>
      expect(finding(summary)).toMatchObject({ status: "warn", observed: 2 }),
    );
  });

  test("gives back what it kept out of others as their duplicate, and takes its own place again", async () => {
    const space = workspace();
    space.write("exports/one/1.csv", csv(1, ["a", "b"]));
    space.write("exports/two/1.csv", csv(1, ["b", "c"]));
    const counted = async (engine: Engine) =>
      await engine.rows("SELECT source, loaded, duplicates, conflicts FROM loads ORDER BY source");
    const before = await space.night(both, ({ engine }) => counted(engine));
    expect(before).toMatchObject([
      { source: "one", loaded: 2, duplicates: 0 },
      { source: "two", loaded: 1, duplicates: 1 },
    ]);
    await space.night(two, async ({ engine }) => {
      expect(await units(engine)).toBe("b c");
      expect((await counted(engine))[1]).toMatchObject({ source: "two", loaded: 2, duplicates: 0 });
    });
    await space.night(one, async ({ engine }) => expect(await units(engine)).toBe("a b"));
    await space.night(both, async ({ engine }) => {
      expect(await engine.rows("SELECT count(*) AS n FROM events")).toEqual([{ n: 3 }]);
      expect(await counted(engine)).toEqual(before);
    });
  });
});

describe("a source that gets another name", () => {
  test.each([true, false])("keeps its rows and doubles nothing (event ids: %s)", async (ids) => {
    const space = workspace();
    for (const day of [1, 2, 3, 4]) space.write(`exports/one/${day}.csv`, csv(day, ["a", "b"], ids));
    await space.night(one, ({ engine }) => pruneEvents(engine, 3, "2026-02-04"));
    space.remove("exports/one/2.csv");
    space.write("exports/one/5.csv", csv(5, ["a", "b"], ids));
    const renamed = [source("new_name", "exports/one/*.csv")];
    await space.night(renamed, async ({ engine, summary }) => {
      expect(await engine.rows("SELECT event_date, count(*) AS n FROM events GROUP BY 1 ORDER BY 1")).toEqual(
        [2, 3, 4, 5].map((day) => ({ event_date: `2026-02-0${day}`, n: 2 })),
      );
      expect(summary.dirtyDates).toEqual(["2026-02-05"]);
      expect(finding(summary)).toBeUndefined();
      expect(new Set(summary.records.map((record) => record.source))).toEqual(new Set(["new_name"]));
    });
  });

  test("and other files is another source: the old one is set apart", async () => {
    const space = workspace();
    space.write("exports/one/1.csv", csv(1, ["a"], false));
    await space.night(one, async () => {});
    space.remove("exports/one/1.csv");
    space.write("exports/moved/1.csv", csv(1, ["a"], false));
    await space.night([source("moved", "exports/moved/*.csv")], async ({ engine, summary }) => {
      expect(await engine.rows("SELECT count(*) AS n FROM events")).toEqual([{ n: 1 }]);
      expect(finding(summary)).toMatchObject({ status: "warn", observed: 1 });
    });
  });
});
