/** The shipped notebook cells that have a chart, with rows as their queries return them and the charts as they are shipped. */
import { readFileSync } from "node:fs";
import type { CellColumn, CellResult } from "../../src/model/result.ts";
import type { Scalar, Unit } from "../../src/model/words.ts";
import { expandChart } from "../../src/queries/validation/chart-spec.ts";
import { trafficCell } from "./sample-cells.ts";

export interface ShippedCells {
  readonly baseline: string;
  readonly candidate: string;
  readonly days: readonly string[];
}

interface Shape {
  readonly name: string;
  /** "event_date DATE", "share DOUBLE percent" */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Scalar[])[];
}

export function shippedCells({ baseline, candidate, days }: ShippedCells): readonly CellResult[] {
  const both = [baseline, candidate];
  const types = ["click", "download", "favorite", "impression"];
  const buckets = ["0–5 s", "5–30 s", "30–120 s", "120+ s"];
  const curve = Array.from({ length: 50 }, (_, index) => (index + 1) / 50);
  return [
    shipped({
      name: "concentration_curve",
      columns: [
        "algo_version VARCHAR",
        "authors BIGINT count",
        "author_share DOUBLE percent",
        "impression_share DOUBLE percent",
      ],
      rows: curve.flatMap((share) => both.map((algo) => [algo, share * 318, share, share ** 0.4])),
    }),
    shipped({
      name: "dwell_distribution",
      columns: ["algo_version VARCHAR", "bucket VARCHAR", "clicks BIGINT count", "share DOUBLE percent"],
      rows: buckets.flatMap((bucket, index) => both.map((algo) => [algo, bucket, 400 * index, 0.1 * index])),
    }),
    shipped({
      name: "ingestion_by_day",
      columns: ["event_date DATE", "event_type VARCHAR", "events BIGINT count"],
      rows: days.flatMap((day, at) =>
        types.map((type, index) => [day, type, 300 * 40 ** (index % 2) + 7 * at]),
      ),
    }),
    shipped({
      name: "save_events_by_day",
      columns: ["event_date DATE", "event_type VARCHAR", "events BIGINT count"],
      rows: days.flatMap((day) => ["download", "favorite"].map((type) => [day, type, 1_234_567])),
    }),
    shipped({
      name: "traffic_by_day",
      columns: ["event_date DATE", "algo_version VARCHAR", "share DOUBLE percent"],
      rows: days.flatMap((day) => both.map((algo, index) => [day, algo, 0.9 - 0.8 * index])),
    }),
  ];
}

function shipped({ name, columns, rows }: Shape): CellResult {
  const sql = readShipped(`${name}.sql`) ?? "";
  const own = readShipped(`${name}.vl.json`);
  const named = columns.map(columnOf);
  const words = /^-- @chart (.*)$/m.exec(sql)?.[1]?.split(" ") ?? [];
  const spec = own === null ? null : (JSON.parse(own) as Readonly<Record<string, unknown>>);
  const chart = spec === null ? expandChart(words, named, rows) : { spec, description: "As shipped." };
  return { ...trafficCell, name, title: name, sql, columns: named, rows, rowCount: rows.length, chart };
}

function readShipped(file: string): string | null {
  try {
    return readFileSync(new URL(`../../queries/cells/${file}`, import.meta.url), "utf8");
  } catch {
    return null;
  }
}

function columnOf(text: string): CellColumn {
  const [name = "", type = "", unit] = text.split(" ");
  return { name, type, unit: (unit as Unit | undefined) ?? null };
}
