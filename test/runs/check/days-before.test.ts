import { join } from "node:path";
import { expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load-config.ts";
import { createLoadTables } from "../../../src/load/records/tables.ts";
import { daysBeforeNote, daysInPath } from "../../../src/runs/check/days-before.ts";
import { ROLLOUT, withStore, workspace, writeAt } from "../../commands/workspace.ts";

it.each([
  ["exports/feed/2026-02-01.csv", ["2026-02-01"]],
  ["exports/date=2026-02-01/part-0.jsonl.gz", ["2026-02-01"]],
  ["exports/2026/02/01/events.csv", ["2026-02-01"]],
  ["exports/feed_20260201.csv", ["2026-02-01"]],
  ["exports/2026020113.csv", ["2026-02-01"]],
  ["exports/2026-02-01T13.csv", ["2026-02-01"]],
  ["exports/20260118_20260131.csv", ["2026-01-18", "2026-01-31"]],
  ["exports/2026-02-30.csv", []],
  ["exports/1769904000000.csv", []],
  ["exports/feed-00020260201.csv", []],
  ["exports/feed.csv", []],
])("%s is of %j", (path, days) => {
  expect(daysInPath(path)).toEqual(days);
});

const said = async (root: string): Promise<readonly string[]> =>
  (await daysBeforeNote(loadConfig(join(root, "rollout.yaml")))).map(({ level }) => level);
const withExports = (...names: readonly string[]): string =>
  workspace({ "rollout.yaml": ROLLOUT, ...Object.fromEntries(names.map((name) => [`exports/${name}`, ""])) });

it.each([
  ["no exports at all", [], []],
  ["exports whose names tell no day", ["feed.csv"], []],
  ["days of the rollout alone", ["2026-02-01.csv", "2026-02-02.csv"], ["note"]],
  ["one day before", ["2026-01-31.csv", "2026-02-01.csv"], []],
])("with %s", async (_, names, expected) => {
  expect(await said(withExports(...names))).toEqual(expected);
});

it("counts from the first gate that has a start, a ramp day too", async () => {
  const root = withExports("2026-02-03.csv");
  expect(await said(root)).toEqual(["note"]);
  const later = ROLLOUT.replace("started: 2026-02-01,", "started: 2026-02-04T09:00,");
  writeAt(root, "rollout.yaml", later);
  expect(await said(root)).toEqual([]);
  writeAt(root, "exports/2026-02-03.csv", "");
  writeAt(root, "rollout.yaml", later.replace("2026-02-04T", "2026-02-03T"));
  expect(await said(root)).toEqual(["note"]);
});

it("knows from the warehouse what names do not tell, and lives with one that is damaged", async () => {
  const root = withExports("2026-02-07.csv");
  const loaded = (day: string) =>
    withStore(root, async (engine) => {
      await createLoadTables(engine);
      await engine.execute(
        `INSERT INTO load_files (file_id, kind, first_day) VALUES (1, 'events', DATE '${day}')`,
      );
    });
  await loaded("2026-02-01");
  expect(await said(root)).toEqual(["note"]);
  await loaded("2026-01-20");
  expect(await said(root)).toEqual([]);
  writeAt(root, ".gatebook/warehouse.duckdb", "no database");
  expect(await said(root)).toEqual(["note"]);
});
