import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import { readCoverage } from "../../src/verify/coverage.ts";
import { readServed, type ServedEvents } from "../../src/verify/events.ts";

let engine: Engine;
beforeEach(async () => {
  engine = await openDuckDb({ file: ":memory:" });
  onTestFinished(() => engine.close());
  await createLoadTables(engine);
});

type Event = readonly [type: string, time: string | null, unit: string, algorithm: string | null];

/** Times on 2026-02-08, e.g. "09:31"; null for an event with a day alone. */
async function add(...events: readonly Event[]): Promise<void> {
  const text = (value: string | null): string => (value === null ? "NULL" : `'${value}'`);
  const rows = events.map(
    ([type, time, unit, algorithm]) =>
      `('${type}', ${text(time === null ? null : `2026-02-08 ${time}`)}, DATE '2026-02-08', '${unit}', ${text(algorithm)})`,
  );
  await engine.execute(
    `INSERT INTO event_rows (event_type, occurred_at, event_date, user_id, algo_version) VALUES ${rows.join(", ")}`,
  );
}

async function served(): Promise<ServedEvents | null> {
  const since = "2026-02-08T09:30:00Z";
  return await readServed(engine, { baseline: "v1", candidate: "v2", since, until: "2026-02-08T12:00:00Z" });
}

it("impressions count from the instant on, by hour and by unit", async () => {
  await add(
    ["impression", "09:29:59", "a", "v2"],
    ["impression", "09:30", "b", "v1"],
    ["impression", "09:40", "c", "v1"],
    ["impression", "10:10:05", "c", "v2"],
    ["impression", "10:20", "b", "v1"],
    ["impression", "10:30", "d", "v3"],
  );
  expect(await served()).toEqual({
    hours: [
      { hour: "2026-02-08T09:00:00Z", baseline: 2, candidate: 0, other: 0, late: 0 },
      { hour: "2026-02-08T10:00:00Z", baseline: 1, candidate: 1, other: 1, late: 0 },
    ],
    units: 2,
    candidateUnits: 1,
    first: "2026-02-08T09:30:00Z",
    last: "2026-02-08T10:30:00Z",
    lastCandidate: "2026-02-08T10:10:05Z",
    others: ["v3"],
    untimed: 0,
    future: 0,
  });
});

it("a click on a page that stayed open is late; one without an impression betrays that the candidate was served", async () => {
  await add(
    ["impression", "09:10", "open", "v2"],
    ["click", "09:35", "open", "v2"],
    ["favorite", "09:36", "open", "v2"],
    ["click", "09:37", "stranger", "v2"],
  );
  expect(await served()).toMatchObject({
    hours: [{ candidate: 1, late: 2 }],
    units: 1,
    candidateUnits: 1,
    lastCandidate: "2026-02-08T09:37:00Z",
  });
});

it("a click of a unit that was shown the candidate since adds nothing to that impression", async () => {
  await add(
    ["impression", "09:10", "a", "v2"],
    ["impression", "09:40", "a", "v2"],
    ["click", "09:41", "a", "v2"],
  );
  expect(await served()).toMatchObject({ hours: [{ candidate: 1, late: 0 }], candidateUnits: 1 });
});

it("a click on the baseline is no sign of what is served now, and neither is a save without an algorithm", async () => {
  await add(["click", "09:35", "a", "v1"], ["favorite", "09:36", "b", null], ["click", "09:37", "c", "v3"]);
  expect(await served()).toMatchObject({ hours: [], units: 0, first: null, others: [] });
});

it("events without a time and events of the future are counted apart", async () => {
  await add(["impression", null, "a", "v1"], ["impression", "12:00", "b", "v1"]);
  expect(await served()).toMatchObject({ units: 0, untimed: 1, future: 1 });
});

it("a warehouse that never loaded anything has no events to read", async () => {
  const empty = await openDuckDb({ file: ":memory:" });
  onTestFinished(() => empty.close());
  const request = {
    baseline: "v1",
    candidate: "v2",
    since: "2026-02-08T09:30:00Z",
    until: "2026-02-08T12:00:00Z",
  };
  expect(await readServed(empty, request)).toBeNull();
});

it("refused files and pruned days are known", async () => {
  await engine.execute(`INSERT INTO load_files (file, status) VALUES ('exports/b.csv', 'refused'), ('exports/a.csv', 'loaded');
    INSERT INTO load_state VALUES ('first_open_day', '2026-02-08')`);
  expect(await readCoverage(engine, "2026-02-07")).toEqual({
    refused: ["exports/b.csv"],
    keptFrom: "2026-02-08",
    misdated: [],
  });
  expect((await readCoverage(engine, "2026-02-08")).keptFrom).toBeNull();
});
