/** What is said of a file without the cluster: the embedded engine binds it over likenesses of the cluster's tables. */
import { expect, it, onTestFinished } from "vitest";
import type { ColumnKind } from "../../src/engine/engine.ts";
import { openLocalParser } from "../../src/engine/trino/local.ts";
import { catalogOf } from "../../src/queries/catalog/catalog.ts";
import { withEventDimensions } from "../../src/queries/catalog/event-dimensions.ts";

const kinds: Readonly<Record<string, ColumnKind>> = {
  event_date: "date",
  algo_version: "text",
  unit_id: "text",
  occurred_at: "timestamp",
  platform: "text",
  metadata: "text",
};
const events = Object.entries(kinds).map(([name, kind]) => ({ name, kind, type: kind }));

it("a dimension of rollout.yaml is made again day by day there, too", async () => {
  const parser = await openLocalParser();
  onTestFinished(parser.close);
  const { dimensions } = withEventDimensions(catalogOf([], []), {
    dimensions: [
      { name: "platform", written: "platform", column: "platform", path: [] },
      { name: "os", written: "metadata.device.os", column: "metadata", path: ["device", "os"] },
    ],
  });
  const tables = new Map([["events", events]]);
  for (const { name, path, sql } of dimensions) {
    await parser.refuseClosed({ file: path, sql });
    const reaches = await parser.filterReachesScans(sql, "event_date", { day: "2026-02-01", tables });
    expect(reaches, name).toBe(true);
  }
  expect(dimensions).toHaveLength(2);
});
