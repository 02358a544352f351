/**
 * Thirty shown days: g10 from 9 January, g50 from 25 January, whose first day is a ramp day. One day is missing, the last
 * is incomplete, one delta is unbounded, one is far out: what charts must draw without hiding anything.
 */
import type {
  CellResult,
  DayResult,
  MetricResult,
  Result,
  TrafficDayResult,
} from "../../src/model/result.ts";
import { sampleResult } from "./sample-result.ts";

const dayMs = 86_400_000;
const first = Date.parse("2026-01-09T00:00:00Z");
const dates = Array.from({ length: 30 }, (_, index) =>
  new Date(first + index * dayMs).toISOString().slice(0, 10),
);
const missing = 20;

export const monthDays: readonly string[] = dates.filter((_, index) => index !== missing);

function monthMetric(metric: MetricResult): MetricResult {
  const days = dates.flatMap((date, index): readonly DayResult[] => {
    const day = metric.days[index % metric.days.length];
    if (day === undefined || index === missing) return [];
    const observed = index > 16;
    const shown = { ...day, date, observed, complete: index !== 29 };
    const isUnbounded = metric.name === "near_duplicate_share" && index === 3;
    return [
      isUnbounded ? { ...shown, delta: null, interval: null, unbounded: true } : farOut(shown, metric, index),
    ];
  });
  const movers = metric.movers.flatMap((mover) =>
    ["", "-of-a-very-long-name-that-nobody-would-choose", "\u202e<script>"].map((tail) => ({
      ...mover,
      key: `${mover.key}${tail}`,
    })),
  );
  return { ...metric, days, movers };
}

function farOut(day: DayResult, metric: MetricResult, index: number): DayResult {
  return metric.name === "ctr" && index === 5 ? { ...day, delta: -0.92, interval: [-0.99, -0.4] } : day;
}

function monthTraffic(): readonly TrafficDayResult[] {
  const [day] = sampleResult().traffic.days;
  if (day === undefined) return [];
  return monthDays.map((date, index) => {
    const share = index < 16 ? 0.1 : 0.5;
    const newUnits = 9_000 - index * 250;
    const candidateNewUnits = Math.round(newUnits * (share + 0.004 * Math.sin(index * 2)));
    return {
      ...day,
      date,
      observed: index > 16,
      complete: index !== 28,
      candidateNewUnits,
      baselineNewUnits: newUnits - candidateNewUnits,
      candidateShare: candidateNewUnits / newUnits,
      baselineImpressions: Math.round(200_000 * (1 - share)),
      candidateImpressions: Math.round(200_000 * share * (1 + 0.02 * Math.cos(index))),
    };
  });
}

/** The cell's rows of the sample's last days, again and again, one set a day. */
function monthCell(cell: CellResult): CellResult {
  if (cell.columns[0]?.type !== "DATE") return cell;
  const perDay = cell.rows.filter((row) => row[0] === cell.rows[0]?.[0]);
  const rows = monthDays.flatMap((date) => perDay.map((row) => [date, ...row.slice(1)]));
  return { ...cell, rows, rowCount: rows.length };
}

export function sampleMonth(overrides: Partial<Result> = {}): Result {
  const result = sampleResult();
  const [g10, g50, ...rest] = result.rollout.gates;
  if (g10 === undefined || g50 === undefined) throw new Error("the sample has lost its gates");
  return {
    ...result,
    rollout: {
      ...result.rollout,
      gate: "g50",
      exposure: 0.5,
      gates: [
        { ...g10, started: "2026-01-09", active: false },
        { ...g50, started: "2026-01-25", active: true },
        ...rest,
      ],
    },
    window: {
      ...result.window,
      from: "2026-01-26",
      to: "2026-02-07",
      shownFrom: "2026-01-09",
      rampDays: ["2026-01-25"],
      completeDays: 11,
      sufficientDays: 11,
      quietDays: 11,
    },
    metrics: result.metrics.map(monthMetric),
    traffic: { ...result.traffic, days: monthTraffic() },
    cells: result.cells.map(monthCell),
    ...overrides,
  };
}
