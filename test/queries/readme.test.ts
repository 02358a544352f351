import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLedgerTables } from "../../src/ledger/tables.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import { optionalColumns } from "../../src/model/event-columns.ts";
import { catalogFiles, readCatalog } from "../../src/queries/catalog/catalog.ts";
import { runCells } from "../../src/queries/cells/cells.ts";
import { runChecks } from "../../src/queries/measures/checks.ts";
import { measureMetrics } from "../../src/queries/measures/metrics.ts";
import { buildRelations } from "../../src/queries/relations/relations.ts";
import { checkCatalog } from "../../src/queries/validation/validate.ts";
import { chartFaults } from "../../src/report/charts/cell/chart-faults.ts";
import { catalogOf, openEngine, openWarehouse, plan, shippedRoot, sourceOf, told } from "./warehouse.ts";

const readme = readFileSync(join(shippedRoot, "queries/README.md"), "utf8");

/** "`cells/a.sql`\n```sql\n…" → { "cells/a.sql": … } */
const examples = Object.fromEntries(
  [...readme.matchAll(/`(\w+\/\w+\.sql)`\n+```sql\n([\s\S]*?)```/g)].map((match) => [
    match[1] ?? "",
    match[2] ?? "",
  ]),
);
const shippedUserDays = {
  "relations/user_days.sql": readFileSync(join(shippedRoot, "queries/relations/user_days.sql"), "utf8"),
};

it("has an example of each kind, and all of them pass the check", async () => {
  const catalog = catalogOf({ ...examples, ...shippedUserDays });
  expect(new Set(catalogFiles(catalog).map(({ kind }) => kind))).toEqual(
    new Set(["source", "relation", "dimension", "metric", "check", "cell"]),
  );
  expect(catalog.metrics.map(({ header }) => header.top)).toEqual([null, 10]);
  const engine = await openEngine();
  await createLoadTables(engine);
  await createLedgerTables(engine);
  const findings = await checkCatalog(
    engine,
    catalog,
    { sources: [sourceOf("wide_log", "events")] },
    chartFaults,
  );
  expect(findings).toEqual([]);
});

it("its examples run", async () => {
  const catalog = catalogOf({ ...examples, ...shippedUserDays });
  const engine = await openWarehouse();
  await engine.execute(`INSERT INTO event_rows (event_type, event_date, algo_version, user_id, item_id, position) VALUES
    ('impression', DATE '2026-02-01', 'v1', 'a', 'i', 1), ('click', DATE '2026-02-01', 'v1', 'a', 'i', 1),
    ('impression', DATE '2026-02-01', 'v2', 'b', 'j', 12)`);
  await buildRelations(engine, catalog, { dirtyDates: [], rebuildAll: false });
  const metrics = await measureMetrics(engine, catalog, {
    ...plan,
    presentColumns: new Set(optionalColumns),
  });
  expect(metrics.map(({ error, observation }) => [told(error), observation.baseline?.units])).toEqual([
    ["nothing", 1],
    ["nothing", 1],
  ]);
  const [check] = await runChecks(engine, catalog);
  expect(check?.rows).toEqual([
    { status: "pass", observed: 0, expected: 0, detail: "0 impressions have no position" },
  ]);
  const [cell] = await runCells(engine, catalog, { checkChart: chartFaults, rowLimit: 10 });
  expect([told(cell?.error), cell?.rows]).toEqual(["nothing", [["v1", 1, 1]]]);
});

it("names every header key and every table of the contract", () => {
  const { metrics, checks, cells } = readCatalog(shippedRoot);
  const keys = [...metrics, ...checks, ...cells].flatMap(({ header }) => header.lines.map(({ key }) => key));
  for (const key of new Set([...keys, "owner", "title"])) expect(readme).toContain(`\`@${key}\``);
  for (const table of [
    "events",
    "rollout",
    "loads",
    "rejected_rows",
    "duplicate_events",
    "decisions",
    "user_discovery_events",
  ]) {
    expect(readme).toContain(`\`${table}\``);
  }
});
