/** The SQL that gatebook itself writes around the analysts' files: read as it runs, it has no construct that DuckDB alone reads. */
import { expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { tagUnits } from "../../src/queries/aa/aa-units.ts";
import { readCatalog } from "../../src/queries/catalog/catalog.ts";
import { evaluateMetrics } from "../../src/queries/measures/evaluate.ts";
import { measureMetrics } from "../../src/queries/measures/metrics.ts";
import { measureTraffic } from "../../src/queries/measures/traffic.ts";
import { buildRelations } from "../../src/queries/relations/relations.ts";
import { insertEvents, openWarehouse, plan, shippedRoot } from "./warehouse.ts";

const duckDbOnly: readonly (readonly [string, RegExp])[] = [
  ["ANTI JOIN", /\b(ANTI|SEMI|ASOF|POSITIONAL) JOIN\b/i],
  ["FILTER without WHERE", /\bFILTER\s*\((?!\s*WHERE)/i],
  ["FROM first", /(^|\(|\bUNION ALL|\bAS)\s*FROM\b/i],
  ["GROUP BY ALL, ORDER BY ALL", /\b(GROUP|ORDER) BY ALL\b/i],
  ["* REPLACE, * EXCLUDE", /\*\s*(REPLACE|EXCLUDE)\b/i],
  ["QUALIFY", /\bQUALIFY\b/i],
  ["::", /::/],
  ["//", /\/\//],
  ["md5_number, UBIGINT, UTINYINT", /\bmd5_number|\bU(BIG|TINY|SMALL)?INT\b/i],
  ["tables of DuckDB's own", /\bduckdb_\w+\(|\bpragma_/i],
  ["a schema of DuckDB's own", /\b(main|temp)\./i],
];

/** The engine's own fragments are its own. */
const neutral = {
  bucket: (text: string) => `length(${text})`,
  hash32: (text: string) => `length(${text})`,
  divide: (dividend: string, divisor: string | number) =>
    `CAST(floor((${dividend}) / ${divisor}) AS INTEGER)`,
  shiftDay: (date: string, days: number) => `CAST(${date} + INTERVAL '${days}' DAY AS DATE)`,
};

/** The same engine; every statement that measuring sends goes into `seen`. */
function watched(engine: Engine, seen: string[]): Engine {
  const note = (sql: string): string => {
    seen.push(sql);
    return sql;
  };
  return {
    ...engine,
    dialect: neutral,
    rows: (sql) => engine.rows(note(sql)),
    table: (sql) => engine.table(note(sql)),
    execute: (sql) => engine.execute(note(sql)),
    query: (file, options) => {
      note(`${file.before ?? ""} ${file.after ?? ""}`);
      return engine.query(file, options);
    },
    scratch: (name, rows) => {
      note(typeof rows === "string" ? rows : `${rows.before ?? ""} ${rows.after ?? ""}`);
      return engine.scratch(name, rows);
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
  const catalog = readCatalog(shippedRoot);
  await buildRelations(engine, catalog, { dirtyDates: ["2026-02-01", "2026-02-02"], rebuildAll: true });
  const seen: string[] = [];
  const data = watched(engine, seen);
  await measureTraffic(data, plan);
  const metrics = await measureMetrics(data, catalog, plan);
  await evaluateMetrics(data, catalog, { from: plan.from, to: plan.to, timeoutMs: 10_000 });
  await tagUnits(data, catalog, plan);
  expect(metrics.filter(({ observation }) => observation.baseline !== null).length).toBeGreaterThan(3);
  expect(seen.length).toBeGreaterThan(30);
  const breaches = seen.flatMap((sql) =>
    duckDbOnly
      .filter(([, pattern]) => pattern.test(sql))
      .map(([what]) => `${what}: ${sql.trim().slice(0, 400)}`),
  );
  expect(breaches.filter((each) => !each.includes("relation_builds"))).toEqual([]);
});
