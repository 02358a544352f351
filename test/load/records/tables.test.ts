import { expect, test } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import { createLoadTables } from "../../../src/load/records/tables.ts";

test("every public view and each of its columns says what it is", async () => {
  const engine = await openDuckDb({ file: ":memory:" });
  await createLoadTables(engine);
  await createLoadTables(engine); // a second night finds all in place
  const views = await engine.rows(
    "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
  );
  expect(views.map((view) => view["view_name"])).toEqual([
    "duplicate_events",
    "events",
    "loads",
    "misdated_days",
    "rejected_rows",
    "user_discovery_events",
  ]);
  const silent =
    await engine.rows(`SELECT c.table_name, c.column_name FROM duckdb_columns() c JOIN duckdb_views() v ON v.view_name = c.table_name
    WHERE NOT v.internal AND (c.comment IS NULL OR v.comment IS NULL)`);
  expect(silent).toEqual([]);
  engine.close();
});

test("canonical columns have narrow types, and an empty warehouse answers", async () => {
  const engine = await openDuckDb({ file: ":memory:" });
  await createLoadTables(engine);
  const columns = await engine.rows("SELECT column_name, column_type FROM (DESCRIBE events)");
  expect(Object.fromEntries(columns.map((column) => [column["column_name"], column["column_type"]]))).toEqual(
    {
      event_id: "VARCHAR",
      event_type: "ENUM('impression', 'click', 'favorite', 'download')",
      occurred_at: "TIMESTAMP",
      event_date: "DATE",
      user_id: "VARCHAR",
      session_id: "VARCHAR",
      unit_id: "VARCHAR",
      item_id: "VARCHAR",
      author_id: "VARCHAR",
      category_id: "VARCHAR",
      duplicate_group: "VARCHAR",
      algo_version: "VARCHAR",
      dwell_seconds: "DECIMAL(9,3)",
      position: "INTEGER",
      metadata: "VARCHAR",
      unit_bucket: "INTEGER",
    },
  );
  expect(
    await engine.rows(
      "SELECT count(*) AS n FROM user_discovery_events WHERE event_id IS NULL OR event_id = ''",
    ),
  ).toEqual([{ n: 0 }]);
  engine.close();
});
