import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { daysOfTwoZones } from "../../../src/load/events/zone-rules.ts";
import { startOfDay } from "../../../src/model/calendar.ts";

describe("the zone rules of the engine and of Node", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openDuckDb({ file: ":memory:" });
  });
  afterAll(() => engine.close());
  const year = { from: "2026-01-01", to: "2026-12-31" };

  it.each([
    ...["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"],
    ...["America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Atlantic/Azores"],
  ])("agree on every day of a year in %s, over changes of the clock", async (timeZone) =>
    expect(await daysOfTwoZones(engine, { ...year, timeZone })).toEqual([]),
  );

  it("differ on the days that begin or end at another instant, and on no others", async () => {
    // as if Node did not know that Berlin has summer time
    const winter = (day: string): string =>
      new Date(Date.parse(`${day}T00:00:00Z`) - 3_600_000).toISOString();
    const range = { timeZone: "Europe/Berlin", from: "2026-03-25", to: "2026-03-31" };
    expect(startOfDay("2026-03-25", "Europe/Berlin")).toBe("2026-03-24T23:00:00Z");
    expect(await daysOfTwoZones(engine, range, winter)).toEqual(["2026-03-29", "2026-03-30", "2026-03-31"]);
  });
});
