import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { TrafficDay } from "../../../src/model/measurement.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { measureTraffic } from "../../../src/queries/measures/traffic.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { openWarehouse, plan, shippedRoot } from "../warehouse.ts";

/** Time (UTC, null when not known), day, type, algorithm, file. */
type Event = readonly [string | null, string, string, string, number];

const build = (engine: Engine, days: readonly string[] = []) =>
  buildRelations(engine, readCatalog(shippedRoot), { dirtyDates: days, rebuildAll: false });

async function warehouse(events: readonly Event[]): Promise<Engine> {
  const engine = await openWarehouse();
  await engine.execute("INSERT INTO load_files (file_id, source) VALUES (1, 'web'), (2, 'app'), (3, 'app')");
  const rows = events.map(([at, day, type, algorithm, file], index) => {
    const time = at === null ? "NULL" : `TIMESTAMP '${at}'`;
    return `(${file}, 'e${index}', '${type}', ${time}, DATE '${day}', '${algorithm}', 'u')`;
  });
  await engine.execute(`INSERT INTO event_rows
    (file_id, event_id, event_type, occurred_at, event_date, algo_version, user_id) VALUES ${rows.join(", ")}`);
  await build(engine);
  return engine;
}

async function firstDayOf(engine: Engine, timeZone = "UTC"): Promise<TrafficDay> {
  const { days } = await measureTraffic(engine, { ...plan, timeZone });
  const [day] = days;
  if (day === undefined) throw new Error("no day");
  return day;
}

const busy = (hours: readonly number[]) =>
  hours.flatMap((events, hour) => (events > 0 ? [[hour, events]] : []));

describe("when the events of a day came", () => {
  const day = "2026-02-01";
  const events: readonly Event[] = [
    [`${day} 08:10:00`, day, "impression", "v1", 1],
    [`${day} 08:20:30`, day, "impression", "v2", 2],
    [`${day} 08:50:00`, day, "impression", "other", 1],
    [`${day} 13:00:00`, day, "impression", "v1", 3],
    [`${day} 13:01:00`, day, "click", "v1", 1],
    [null, day, "click", "v2", 1],
    [`${day} 20:00:00`, day, "favorite", "v1", 2],
  ];

  it("is counted by type and hour over both algorithms, with first, last and the holes of more than an hour", async () => {
    const { eventTimes } = await firstDayOf(await warehouse(events));
    const [impressions] = eventTimes.filter(({ source }) => source === null);
    expect(busy(impressions?.hours ?? [])).toEqual([
      [8, 2],
      [13, 1],
    ]);
    expect(impressions).toMatchObject({
      type: "impression",
      events: 3,
      firstMinute: 490,
      lastMinute: 780,
      holes: [{ from: 500.5, to: 780 }],
    });
  });

  it("counts an event without a time, and puts it in no hour", async () => {
    const { eventTimes } = await firstDayOf(await warehouse(events));
    const clicks = eventTimes.find(({ type }) => type === "click");
    expect(clicks).toMatchObject({ events: 2, firstMinute: 781, lastMinute: 781, holes: [] });
    expect(busy(clicks?.hours ?? [])).toEqual([[13, 1]]);
  });

  it("is told by source where several deliver the type, and all events by source", async () => {
    const { eventTimes, sourceEvents } = await firstDayOf(await warehouse(events));
    const told = eventTimes.map(({ type, source, events: count }) => [type, source, count]);
    expect(told).toEqual([
      ["impression", null, 3],
      ["impression", "app", 2],
      ["impression", "web", 1],
      ["click", null, 2],
    ]);
    expect(sourceEvents).toEqual([
      { source: "app", events: 3 },
      { source: "web", events: 4 },
    ]);
  });

  it("is kept when the single events are pruned, and is not known of a day pruned before there was day_hours", async () => {
    const engine = await warehouse(events);
    const before = await firstDayOf(engine);
    await engine.execute("DELETE FROM event_rows");
    await build(engine);
    expect(await firstDayOf(engine)).toEqual(before);
    await engine.execute(
      "DROP TABLE day_hours; UPDATE relation_builds SET fingerprint = 'day_edges' WHERE name = 'day_edges'",
    );
    expect(await firstDayOf(engine)).toEqual({
      ...before,
      eventTimes: [],
      variantTimes: [],
      sourceEvents: [],
    });
    await build(engine);
    expect(await firstDayOf(engine)).toEqual({
      ...before,
      eventTimes: [],
      variantTimes: [],
      sourceEvents: [],
    });
  });

  it("is filled in for days that an earlier version counted, as long as their events are kept", async () => {
    const engine = await warehouse(events);
    const before = await firstDayOf(engine);
    await engine.execute(
      "DROP TABLE day_hours; UPDATE relation_builds SET fingerprint = 'day_edges' WHERE name = 'day_edges'",
    );
    await build(engine);
    expect(await firstDayOf(engine)).toEqual(before);
  });
});

describe("hours and minutes are those of the rollout's clock", () => {
  const impression = (at: string, day: string): Event => [at, day, "impression", "v1", 1];

  it("in a zone half an hour off, an hour of UTC lies in two of the clock", async () => {
    const engine = await warehouse([
      impression("2026-01-31 18:40:00", "2026-02-01"),
      impression("2026-02-01 10:10:00", "2026-02-01"),
    ]);
    const [times] = (await firstDayOf(engine, "Asia/Kolkata")).eventTimes;
    expect(busy(times?.hours ?? [])).toEqual([
      [0, 1],
      [15, 0.5],
      [16, 0.5],
    ]);
    expect(times).toMatchObject({ firstMinute: 10, lastMinute: 940 });
  });

  it.each([
    ["the hour that clocks skip is no hole", "2026-03-29", ["00:50", "01:10"], [110, 190], 0],
    ["the hour that they show twice is one", "2026-10-25", ["00:50", "02:30"], [170, 210], 1],
  ])("%s", async (_, day, times, [firstMinute, lastMinute], holes) => {
    const engine = await warehouse(times.map((time) => impression(`${day} ${time}:00`, day)));
    const { days } = await measureTraffic(engine, {
      ...plan,
      from: day,
      shownFrom: day,
      to: day,
      timeZone: "Europe/Berlin",
    });
    const [seen] = days[0]?.eventTimes ?? [];
    expect(seen).toMatchObject({ firstMinute, lastMinute });
    expect(seen?.holes).toHaveLength(holes);
  });

  it("an event whose time is of another day is in no hour", async () => {
    const engine = await warehouse([
      impression("2026-02-01 10:00:00", "2026-02-01"),
      impression("2026-02-02 10:00:00", "2026-02-01"),
    ]);
    const [times] = (await firstDayOf(engine)).eventTimes;
    expect(times).toMatchObject({ events: 2, lastMinute: 600 });
    expect(busy(times?.hours ?? [])).toEqual([[10, 1]]);
  });
});
