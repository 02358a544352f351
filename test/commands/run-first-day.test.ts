import { describe, expect, it } from "vitest";
import { runCommand } from "../../src/commands/run.ts";
import { ROLLOUT, run, workspace } from "./workspace.ts";

const at = { now: "2026-02-01T12:20:30Z" };
const first = { phase: "first-24h" };
const zoned = {
  "rollout.yaml": ROLLOUT.replace("time_zone: UTC", "time_zone: Europe/Berlin").replace(
    "started: 2026-02-01",
    "started: 2026-02-01T09:30",
  ),
};

/** What a run is refused with before any export is looked at. */
const refused = async (options: object, files?: Readonly<Record<string, string>>, now = at.now) =>
  (await run(runCommand, workspace(files), { ...options }, { now })).refused;

describe("gatebook run --phase first-24h", () => {
  it.each([
    ["date", { date: "2026-02-01" }],
    ["from", { from: "2026-02-01", to: "2026-02-02" }],
    ["to", { to: "2026-02-02" }],
  ])("does not take --%s", async (name, days) => {
    expect(await refused({ ...first, ...days })).toBe(
      `usage: --${name} does not work with --phase first-24h | its window runs from the opening of the active gate to now, or to --as-of 2026-02-01T12:00`,
    );
  });

  it("is what --as-of belongs to", async () => {
    expect(await refused({ asOf: "2026-02-01T12:00" })).toBe(
      "usage: --as-of only works with --phase first-24h | a nightly run is judged as of the end of its --date",
    );
  });

  it.each(["noon", "2026-02-30T12:00", "12:00", "2026-02-01T25:00"])(
    "cannot read --as-of %s",
    async (asOf) => {
      expect(await refused({ ...first, asOf }, zoned)).toBe(
        `usage: --as-of must be a time, not "${asOf}" | write 2026-02-08T09:30 for a time in Europe/Berlin, or 2026-02-08T09:30Z`,
      );
    },
  );

  it.each([
    ["2026-02-01T09:30", "opened at 2026-02-01 09:30, not before 2026-02-01 09:30"],
    ["2026-02-01T08:00Z", "opened at 2026-02-01 09:30, not before 2026-02-01 09:00"],
    ["2026-02-01T08:29+00:00", "opened at 2026-02-01 09:30, not before 2026-02-01 09:29"],
  ])("reads --as-of %s in the rollout's zone or its own", async (asOf, told) => {
    expect(await refused({ ...first, asOf }, zoned)).toContain(`usage: gate g10 ${told}`);
  });

  it("names the last moment that can be judged when the first 24 hours are over", async () => {
    expect(await refused(first, zoned, "2026-02-07T08:00:00Z")).toContain(
      "usage: the first 24 hours of gate g10 ended at 2026-02-02 09:30",
    );
    expect(await refused(first, zoned, "2026-02-07T08:00:00Z")).toContain(
      "--as-of 2026-02-02T08:30:00Z judges",
    );
  });

  it("does not look into the future", async () => {
    expect(await refused({ ...first, asOf: "2026-02-01T15:00" }, zoned)).toContain(
      "usage: --as-of 2026-02-01 15:00 is in the future | it is 2026-02-01 13:20:30 now",
    );
  });

  it("goes on to the exports when its time is right", async () => {
    expect(await refused(first)).toMatch(/^input: /);
    expect(await refused({ ...first, asOf: "2026-02-01T09:31" }, zoned)).toMatch(/^input: /);
  });
});
