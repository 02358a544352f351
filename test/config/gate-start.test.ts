import { describe, expect, it } from "vitest";
import { gateStart, readStart } from "../../src/config/gate-start.ts";

const start = (written: string, zone: string) => {
  const read = readStart(written);
  return read === null ? null : gateStart(read, zone);
};

describe("started", () => {
  it("as a date opens the gate for that whole day", () => {
    expect(start("2026-02-01", "Asia/Tokyo")).toEqual({
      day: "2026-02-01",
      at: null,
      firstDay: "2026-02-01",
    });
  });

  it("as a time makes that day a ramp day", () => {
    expect(start("2026-02-01T09:30", "UTC")).toEqual({
      day: "2026-02-01",
      at: "2026-02-01T09:30:00Z",
      firstDay: "2026-02-02",
    });
  });

  it("without an offset is in the rollout's zone", () => {
    expect(start("2026-07-01 09:30:15", "Europe/Berlin")?.at).toBe("2026-07-01T07:30:15Z");
  });

  it("with an offset falls on the rollout's own day", () => {
    expect(start("2026-02-01T23:30Z", "Europe/Berlin")).toEqual({
      day: "2026-02-02",
      at: "2026-02-01T23:30:00Z",
      firstDay: "2026-02-03",
    });
  });

  it("at midnight of the zone is a whole day", () => {
    expect(start("2026-02-01T00:00", "Europe/Berlin")).toEqual({
      day: "2026-02-01",
      at: null,
      firstDay: "2026-02-01",
    });
    expect(start("2026-01-31T23:00:00Z", "Europe/Berlin")?.firstDay).toBe("2026-02-01");
  });

  it("follows a clock change within the day", () => {
    expect(start("2026-03-29T09:00", "Europe/Berlin")?.at).toBe("2026-03-29T07:00:00Z");
    expect(start("2026-03-29T01:00", "Europe/Berlin")?.at).toBe("2026-03-29T00:00:00Z");
    expect(start("2026-10-25T09:00", "Europe/Berlin")?.at).toBe("2026-10-25T08:00:00Z");
  });

  it.each(["2026-02-30", "2026-02-01T24:00", "2026-02-01T9:30", "2026-02-01T09:60", "tomorrow", "2026-2-1"])(
    "%s is none",
    (written) => {
      expect(readStart(written)).toBeNull();
    },
  );
});
