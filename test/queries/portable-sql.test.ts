/** The SQL that gatebook itself writes around the analysts' files: read as it runs, it has no construct that DuckDB alone reads. */
import { expect, it } from "vitest";
import type { DataEngine } from "../../src/engine/engine.ts";
import { inspectLines } from "../../src/judge/checks/inspect.ts";
import { tagUnits } from "../../src/queries/aa/aa-units.ts";
import { readCatalog } from "../../src/queries/catalog/catalog.ts";
import { isEventDimension, withEventDimensions } from "../../src/queries/catalog/event-dimensions.ts";
import { runChecks } from "../../src/queries/measures/checks.ts";
import { evaluateMetrics } from "../../src/queries/measures/evaluate.ts";
import { measureMetrics } from "../../src/queries/measures/metrics.ts";
import { measureTraffic } from "../../src/queries/measures/traffic.ts";
import { measureUnitsByValue } from "../../src/queries/measures/units-by-value.ts";
import { withBucketedEvents } from "../../src/queries/relations/bucketed-events.ts";
import { buildRelations } from "../../src/queries/relations/relations.ts";
import { withShiftedBaseline } from "../../src/queries/relations/shifted-baseline.ts";
import { insertEvents, openWarehouse, plan, shippedRoot } from "./warehouse.ts";

/** What it is, how it is found, and a statement that has it. */
const duckDbOnly: readonly (readonly [string, RegExp, string])[] = [
  [
    "ANTI JOIN",
    /\b(ANTI|SEMI|ASOF|POSITIONAL) JOIN\b/i,
    "SELECT 1 AS n FROM events AS e ANTI JOIN rollout AS r ON true",
  ],
  ["FILTER without WHERE", /\bFILTER\s*\((?!\s*WHERE)/i, "SELECT count(*) FILTER (true) AS n FROM events"],
  ["FROM first", /(^|\(|\bUNION ALL|\bAS)\s*FROM\b/i, "FROM events"],
  [
    "GROUP BY ALL, ORDER BY ALL",
    /\b(GROUP|ORDER) BY ALL\b/i,
    "SELECT event_date, count(*) AS n FROM events GROUP BY ALL",
  ],
  ["* REPLACE, * EXCLUDE", /\*\s*(REPLACE|EXCLUDE)\b/i, "SELECT * EXCLUDE (unit_id) FROM events"],
  ["QUALIFY", /\bQUALIFY\b/i, "SELECT unit_id FROM events QUALIFY row_number() OVER () = 1"],
  ["::", /::/, "SELECT unit_id::VARCHAR AS u FROM events"],
  ["//", /\/\//, "SELECT 7 // 2 AS n"],
  [
    "md5_number, UBIGINT, UTINYINT",
    /\bmd5_number|\bU(BIG|TINY|SMALL)?INT\b/i,
    "SELECT CAST(1 AS UTINYINT) AS n",
  ],
  ["tables of DuckDB's own", /\bduckdb_\w+\(|\bpragma_/i, "SELECT table_name FROM duckdb_tables()"],
  [
    "json_valid(), json_extract_string(), ->>",
    /\bjson_(valid|extract_string|value)\(|->/i,
    "SELECT json_extract_string(metadata, '$.a') AS n FROM events",
  ],
  ["range(), left()", /\b(range|left)\(/i, "SELECT left(unit_id, 1) AS u FROM events"],
  ["a row of columns", /SELECT \(\w+, \w+\) FROM/i, "SELECT (unit_id, item_id) FROM events"],
  ["a schema of DuckDB's own", /\b(main|temp)\./i, "SELECT unit_id FROM main.events"],
];

function breachesIn(seen: readonly string[]): readonly string[] {
  return seen.flatMap((sql) =>
    duckDbOnly
      .filter(([, pattern]) => pattern.test(sql))
      .map(([what]) => `${what}: ${sql.trim().slice(0, 400)}`),
  );
}

/** The engine's own fragments are its own. */
const neutral = {
  bucket: (text: string) => `length(${text})`,
  hash32: (text: string) => `length(${text})`,
  md5Text: (text: string) => `md5(${text})`,
  integers: (first: number, end: number) => `generate_series(${first}, ${end - 1})`,
  asText: (value: string) => `CAST(${value} AS VARCHAR)`,
  divide: (dividend: string, divisor: string | number) =>
    `CAST(floor((${dividend}) / ${divisor}) AS INTEGER)`,
  hourNumber: (timestamp: string) => `date_diff('hour', TIMESTAMP '1970-01-01', ${timestamp})`,
  hourStart: (hours: string) => `date_add(TIMESTAMP '1970-01-01', INTERVAL (${hours}) HOUR)`,
  shiftDay: (date: string, days: number) => `CAST(${date} + INTERVAL '${days}' DAY AS DATE)`,
};

/** The same engine; every statement that measuring sends goes into `seen`. */
function watched(engine: DataEngine, seen: string[]): DataEngine {
  const note = (sql: string): string => {
    seen.push(sql);
    return sql;
  };
  return {
    ...engine,
    dialect: neutral,
    rows: (sql) => engine.rows(note(sql)),
    table: (sql) => engine.table(note(sql)),
    query: (file, options) => {
      note(`${file.before ?? ""} ${file.after ?? ""}`);
      return engine.query(file, options);
    },
    scratch: (name, rows) => {
      note(typeof rows === "string" ? rows : `${rows.before ?? ""} ${rows.after ?? ""}`);
      return engine.scratch(name, rows);
    },
    overlay: (overlay) => {
      if (overlay.kind === "file") return engine.overlay(overlay);
      const select = async (below: string) => {
        const sql = await overlay.select(below);
        note(sql.replaceAll(below, "below"));
        return sql;
      };
      return engine.overlay({ ...overlay, select });
    },
  };
}

it("is read by other engines, too", async () => {
  const engine = await openWarehouse();
  await insertEvents(engine, [
    "('impression', DATE '2026-02-01', 'v1', 'a', 'x', NULL)",
    "('impression', DATE '2026-02-01', 'v2', 'b', 'x', NULL)",
    "('click', DATE '2026-02-02', 'v2', 'b', 'y', 3)",
    "('impression', DATE '2026-02-02', 'v1', 'b', 'y', NULL)",
  ]);
  const catalog = withEventDimensions(readCatalog(shippedRoot), {
    dimensions: [
      { name: "author_id", written: "author_id", column: "author_id", path: [] },
      { name: "os", written: "metadata.device.os", column: "metadata", path: ["device", "os"] },
    ],
  });
  await buildRelations(engine, catalog, { dirtyDates: ["2026-02-01", "2026-02-02"], rebuildAll: true });
  const seen = catalog.dimensions.filter(isEventDimension).map(({ sql }) => sql);
  const data = watched(engine, seen);
  await measureTraffic(data, plan);
  const cutMetrics = new Set(["ctr", "long_dwell_share"]);
  const metrics = await measureMetrics(data, catalog, { ...plan, cutMetrics });
  const byValue = await measureUnitsByValue(data, catalog, plan);
  await evaluateMetrics(data, catalog, { from: plan.from, to: plan.to, timeoutMs: 10_000 });
  await runChecks(data, catalog);
  const slots = [{ date: "2026-02-01", from: "2026-02-01T00:00:00Z", to: "2026-02-01T12:00:00Z" }];
  await withBucketedEvents(data, catalog, { slots }, () => measureTraffic(data, { ...plan, slots }));
  const shift = { baseline: plan.baseline, days: 7, opened: plan.from };
  await withShiftedBaseline(data, catalog, shift, () => measureMetrics(data, catalog, plan));
  await tagUnits(data, catalog, plan);
  expect(metrics.filter(({ observation }) => observation.baseline !== null).length).toBeGreaterThan(3);
  const cuts = metrics.flatMap(({ dimensions }) => dimensions);
  expect(cuts).toHaveLength(4);
  expect([...cuts, ...byValue].map(({ error }) => error)).toEqual([...cuts, ...byValue].map(() => null));
  expect(seen.length).toBeGreaterThan(30);
  expect(breachesIn(seen)).toEqual([]);
});

it("is read by other engines, too, where a report prints it to look at what a check found", async () => {
  const lines = [...new Set(Object.values(inspectLines))];
  const shown = lines.flatMap((line) => /^echo "(.*)" \| gatebook query -$/.exec(line)?.[1] ?? []);
  expect(shown.length).toBeGreaterThan(8);
  expect(breachesIn(shown)).toEqual([]);
  const engine = await openWarehouse();
  for (const sql of shown) expect((await engine.query({ file: "shown.sql", sql })).rows).toEqual([]);
});

it.each(duckDbOnly)("would find %s", async (what, _, sql) => {
  const seen: string[] = [];
  await watched(await openWarehouse(), seen).rows(sql);
  expect(breachesIn(seen).map((breach) => breach.split(": ")[0])).toEqual([what]);
});
