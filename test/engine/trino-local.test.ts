/** What is said of a file without the cluster: the embedded engine binds it over likenesses of the cluster's tables. */
import { expect, it, onTestFinished } from "vitest";
import type { ColumnKind } from "../../src/engine/engine.ts";
import { openLocalParser } from "../../src/engine/trino/local.ts";
import { canonicalNames } from "../../src/model/event-columns.ts";
import { readCatalog } from "../../src/queries/catalog/catalog.ts";
import { withEventDimensions } from "../../src/queries/catalog/event-dimensions.ts";
import { shippedRoot } from "../queries/warehouse.ts";

const kinds: Readonly<Record<string, ColumnKind>> = {
  event_date: "date",
  algo_version: "text",
  unit_id: "text",
  occurred_at: "timestamp",
  dwell_seconds: "decimal",
  position: "integer",
  platform: "text",
  metadata: "text",
};
const events = Object.entries(kinds).map(([name, kind]) => ({ name, kind, type: kind }));

it("the shipped relations and the dimensions of rollout.yaml are made again day by day there, too", async () => {
  const parser = await openLocalParser();
  onTestFinished(parser.close);
  const { relations } = withEventDimensions(readCatalog(shippedRoot), {
    dimensions: [
      { name: "platform", written: "platform", column: "platform", path: [] },
      { name: "os", written: "metadata.device.os", column: "metadata", path: ["device", "os"] },
    ],
  });
  const text = canonicalNames.map((name) => ({ name, kind: kinds[name] ?? "text", type: "VARCHAR" }));
  const own = events.filter(({ name }) => !canonicalNames.some((known) => known === name));
  const tables = new Map([["events", [...text, ...own]]]);
  for (const { name, path, sql } of relations) {
    await parser.refuseClosed({ file: path, sql });
    const reaches = await parser.filterReachesScans(sql, "event_date", { day: "2026-02-01", tables });
    expect(reaches, name).toBe(true);
  }
  expect(relations.length).toBeGreaterThan(5);
});

it("a filter of a file's own is no answer before the scan, whatever the kind of its column; a second scan without the day is", async () => {
  const parser = await openLocalParser();
  onTestFinished(parser.close);
  const each: readonly ColumnKind[] = [
    "integer",
    "decimal",
    "double",
    "text",
    "boolean",
    "date",
    "timestamp",
  ];
  const columns = [...events, ...each.map((kind) => ({ name: `a_${kind}`, kind, type: kind }))];
  const tables = new Map([["events", columns]]);
  const filters = [
    "algo_version IS NOT NULL",
    "algo_version IS NULL",
    "platform = 'ios'",
    "a_integer = 7 AND a_decimal > 0.5 AND a_double < -2.5",
    "a_text LIKE 'x%' AND NOT a_boolean",
    "a_date = DATE '2026-02-01' AND a_timestamp < TIMESTAMP '2026-02-01 10:00:00'",
  ];
  const reaches = (sql: string) =>
    parser.filterReachesScans(sql, "event_date", { day: "2026-02-01", tables });
  for (const filter of filters)
    expect(await reaches(`SELECT event_date, unit_id FROM events WHERE ${filter}`), filter).toBe(true);
  const ever = "(SELECT unit_id FROM events WHERE algo_version IS NOT NULL)";
  expect(await reaches(`SELECT event_date FROM events WHERE unit_id IN ${ever}`)).toBe(false);
});
