import { expect, test } from "vitest";
import { csv, row, source, workspace } from "../workspace.ts";

test("a sound CSV file is loaded whole and its load says so", async () => {
  const { write, night } = workspace();
  write("exports/a.csv", csv(row(1), row(2, { type: "click", dwell: "31.5" })));
  await night([source("feed", "exports/*.csv")], async ({ engine, summary }) => {
    expect(summary.records).toMatchObject([
      {
        source: "feed",
        file: "exports/a.csv",
        status: "loaded",
        lines: 3,
        read: 2,
        loaded: 2,
        rejected: 0,
        duplicates: 0,
        notes: [],
      },
    ]);
    expect(summary.dirtyDates).toEqual(["2026-02-01"]);
    expect(await engine.rows("SELECT * EXCLUDE (unit_bucket) FROM events ORDER BY event_id")).toMatchObject([
      {
        event_id: "e1",
        event_type: "impression",
        occurred_at: "2026-02-01T00:00:01Z",
        event_date: "2026-02-01",
        unit_id: "u1",
        dwell_seconds: null,
        metadata: '{"n":1}',
      },
      { event_id: "e2", event_type: "click", dwell_seconds: 31.5 },
    ]);
  });
});
