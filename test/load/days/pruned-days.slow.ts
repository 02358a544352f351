/** Days whose single events are gone: what may happen to their files, and what is another day than was counted. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { readClosedDays } from "../../../src/load/days/changed-pruned-days.ts";
import { pruneEvents } from "../../../src/load/days/prune.ts";
import type { Source } from "../../../src/model/config.ts";
import { csv, header, type NightChange, row, source, type Workspace, workspace } from "../workspace.ts";

const days = [1, 2, 3, 4, 5, 6];
const namedColumns = new Set(["unit_id", "algo_version", "event_type", "dwell_seconds"]);

/** Ten impressions of each arm; `bot` is 1 in every fifth. */
function rowsOf(day: number): readonly string[] {
  return Array.from({ length: 20 }, (_, index) => {
    const at = `2026-02-0${day}T10:00:${String(index).padStart(2, "0")}Z`;
    const id = day * 100 + index;
    return `${row(id, { at, algo: index % 2 === 0 ? "v1" : "v2" })},${index % 5 === 0 ? 1 : 0}`;
  });
}

const text = (rows: readonly string[]): string => `${[`${header},bot`, ...rows].join("\n")}\n`;
const fileOf = (day: number): string => `exports/${day}.csv`;
const feed = source("feed", "exports/*.csv");

const select = `SELECT event_id, event_type, occurred_at, user_id, algo_version, dwell_seconds, position
FROM feed`;

function staged(space: Workspace, sql: string): Source {
  const staging = join(space.root, "feed.sql");
  writeFileSync(staging, sql);
  return { ...feed, staging };
}

interface Scene {
  readonly space: Workspace;
  /** Another night, of the source as it is then: what changed of the closed days. */
  readonly later: (
    source: Source,
    change?: NightChange,
  ) => Promise<Awaited<ReturnType<typeof readClosedDays>>>;
}

/** Six days are loaded, the first three of them closed. */
async function closed(first: (space: Workspace) => Source = () => feed): Promise<Scene> {
  const space = workspace();
  for (const day of days) space.write(fileOf(day), text(rowsOf(day)));
  await space.night([first(space)], ({ engine }) => pruneEvents(engine, 3, "2026-02-06"), { namedColumns });
  return {
    space,
    later: (source, change = {}) =>
      space.night([source], ({ engine }) => readClosedDays(engine), { namedColumns, ...change }),
  };
}

const told = ({ changed }: Awaited<ReturnType<typeof readClosedDays>>): readonly string[] =>
  changed.map(({ date, kind, counted, found, parts }) =>
    [date, kind, `${counted} → ${found}`, ...parts].join(" "),
  );
const all = (rest: string): readonly string[] => [1, 2, 3].map((day) => `2026-02-0${day} ${rest}`);

describe("closed days are as they were counted", () => {
  test.each<readonly [string, (scene: Scene) => void]>([
    ["when nothing happened", () => {}],
    [
      "when a file grows by an open day",
      ({ space }) => space.write(fileOf(3), text([...rowsOf(3), ...rowsOf(7)])),
    ],
    [
      "when a file is renamed",
      ({ space }) => {
        space.remove(fileOf(2));
        space.write("exports/second.csv", text(rowsOf(2)));
      },
    ],
    ["when a file is gone", ({ space }) => space.remove(fileOf(2))],
    [
      "when a file says its rows in another order",
      ({ space }) => space.write(fileOf(2), text(rowsOf(2).toReversed())),
    ],
    ["when a file turns over to later days", ({ space }) => space.write(fileOf(2), text(rowsOf(6)))],
    ["when a file cannot be read", ({ space }) => space.write(fileOf(2), "PK\x03\x04")],
    [
      "when a column that no query reads has other values",
      ({ space }) => space.write(fileOf(2), text(rowsOf(2).map((line) => line.replace(/,\d+,"/, ',7,"')))),
    ],
  ])("%s", async (_, change) => {
    const scene = await closed();
    change(scene);
    expect(told(await scene.later(feed))).toEqual([]);
  });

  test.each<readonly [string, string]>([
    ["a comment and another layout", `-- why\n${select.replaceAll(", ", ",\n  ").toLowerCase()} -- all`],
    ["a column that no query reads", select.replace("position", "position + 0 AS position")],
    ["a column that has no meaning", select.replace("position", "position, 1 AS batch")],
  ])("when the staging query gets %s, also where the files are gone", async (_, sql) => {
    for (const isGone of [false, true]) {
      const { space, later } = await closed((at) => staged(at, select));
      if (isGone) for (const day of [1, 2, 3]) space.remove(fileOf(day));
      expect(told(await later(staged(space, sql)))).toEqual([]);
    }
  });

  test("when a mapping of a column that no query reads is added", async () => {
    for (const isGone of [false, true]) {
      const { space, later } = await closed();
      if (isGone) for (const day of [1, 2, 3]) space.remove(fileOf(day));
      expect(told(await later({ ...feed, columns: new Map([["position", ["bot"]]]) }))).toEqual([]);
    }
  });
});

describe("closed days are not what they were", () => {
  test.each<readonly [string, (lines: readonly string[]) => readonly string[], string]>([
    ["when their file shrank", (lines) => lines.slice(0, 12), "rows 20 → 12"],
    ["when it grew", (lines) => [...lines, `${row(999, { at: "2026-02-02T11:00:00Z" })},0`], "rows 20 → 21"],
    [
      "when the arms are swapped in as many rows",
      (lines) => lines.map((line) => line.replace(/,v([12]),/, (_, arm) => `,v${3 - Number(arm)},`)),
      "content 20 → 20",
    ],
    [
      "when one row is of another user",
      (lines) => [lines[0]?.replace(/,u\d,/, ",stranger,") ?? "", ...lines.slice(1)],
      "content 20 → 20",
    ],
  ])("%s, until the former file is back", async (_, change, expected) => {
    const { space, later } = await closed();
    space.write(fileOf(2), text(change(rowsOf(2))));
    const found = await later(feed);
    expect(told(found)).toEqual([`2026-02-02 ${expected}`]);
    expect(found.digest).toMatch(/^[0-9a-f]{8}$/);
    expect(await later(feed)).toEqual(found);
    // nor does it end with the file
    space.remove(fileOf(2));
    expect(await later(feed)).toEqual(found);
    space.write(fileOf(2), text(rowsOf(2)));
    expect(await later(feed)).toMatchObject({ changed: [], digest: null });
  });

  test("when the staging query leaves rows out, of files that are there and of files that are gone", async () => {
    const filtered = `${select} WHERE bot = '0'`;
    const there = await closed((at) => staged(at, select));
    const found = await there.later(staged(there.space, filtered));
    expect(told(found)).toEqual(all("rows 20 → 16 staging"));
    const gone = await closed((at) => staged(at, select));
    for (const day of [1, 2, 3]) gone.space.remove(fileOf(day));
    expect(told(await gone.later(staged(gone.space, filtered)))).toEqual(all("definition 20 → null staging"));
    // taking the change back settles it
    expect(told(await gone.later(staged(gone.space, select)))).toEqual([]);
  });

  test("when the staging query says otherwise what a column is, in as many rows", async () => {
    const { space, later } = await closed((at) => staged(at, select));
    const other = select.replace(
      "dwell_seconds",
      "coalesce(nullif(dwell_seconds, ''), '1') AS dwell_seconds",
    );
    expect(told(await later(staged(space, other)))).toEqual(all("content 20 → 20 staging.dwell_seconds"));
  });

  test("when the mapping of a column or an event type is another", async () => {
    const { later } = await closed();
    expect(told(await later({ ...feed, columns: new Map([["user_id", ["session_id"]]]) }))).toEqual(
      all("content 20 → 20 columns.user_id"),
    );
    expect(told(await later({ ...feed, eventTypes: new Map([["impression", "click"]]) }))).toEqual(
      all("content 20 → 20 event_types"),
    );
  });

  test("another change has another name, so that an acceptance does not cover it", async () => {
    const { space, later } = await closed();
    const digests = [];
    for (const rows of [rowsOf(2).slice(0, 12), rowsOf(2).slice(0, 11), rowsOf(2).slice(8)]) {
      space.write(fileOf(2), text(rows));
      digests.push((await later(feed)).digest);
    }
    space.write(fileOf(1), text(rowsOf(1).slice(1)));
    digests.push((await later(feed)).digest);
    expect(new Set(digests).size).toBe(4);
  });

  test("days of an earlier version are known by their counts alone", async () => {
    const { space, later } = await closed();
    await space.night([feed], ({ engine }) => asBefore(engine), { namedColumns });
    space.write(fileOf(1), text(rowsOf(1).map((line) => line.replace(/,u\d,/, ",stranger,"))));
    space.write(fileOf(2), text(rowsOf(2).slice(0, 12)));
    expect(told(await later(feed))).toEqual(["2026-02-02 rows 20 → 12"]);
    // what changed after the first night of this version is seen
    expect(told(await later({ ...feed, columns: new Map([["user_id", ["session_id"]]]) }))).toEqual([
      "2026-02-01 definition 20 → 20 columns.user_id",
      "2026-02-02 rows 20 → 12 columns.user_id",
      "2026-02-03 definition 20 → 20 columns.user_id",
    ]);
  });
});

/** The store as a version left it that kept counts alone. */
async function asBefore(engine: Engine): Promise<void> {
  await engine.execute("DELETE FROM closed_days; DELETE FROM source_definitions");
}

test("a file that lost rows of a closed day and has them back brings none of them twice", async () => {
  const { space, later } = await closed();
  space.write(fileOf(2), text(rowsOf(2).slice(0, 12)));
  await later(feed);
  space.write(fileOf(2), text([...rowsOf(2), ...rowsOf(6).map((line) => line.replace("e6", "x6"))]));
  await space.night([feed], async ({ summary, engine }) => {
    expect(summary.records.find(({ file }) => file === fileOf(2))).toMatchObject({ loaded: 40, rejected: 0 });
    expect(await engine.rows("SELECT count(*) AS n FROM events WHERE event_date < '2026-02-04'")).toEqual([
      { n: 0 },
    ]);
  });
});

test("without a closed day there is nothing to change", async () => {
  const space = workspace();
  space.write(fileOf(1), csv(row(1)));
  await space.night([feed], async ({ engine }) =>
    expect(await readClosedDays(engine)).toEqual({ retentionStart: null, changed: [], digest: null }),
  );
});
