/** Results at the edges of what charts must draw without a label cut, dropped or written over another. */
import type { DayResult, MetricResult, Result } from "../../src/model/result.ts";
import { sampleMonth } from "./sample-month.ts";
import { sampleResult } from "./sample-result.ts";
import { shippedCells } from "./shipped-cells.ts";

const longName = "ranking-service/experiments/2026-q1/clip-cosine-with-a-very-long-suffix-v2-rc17-hotfix3";

function withDays(result: Result, days: (metric: MetricResult) => readonly DayResult[]): Result {
  return { ...result, metrics: result.metrics.map((metric) => ({ ...metric, days: days(metric) })) };
}

function withCells(result: Result, many: number): Result {
  const first = Date.parse("2026-01-01T00:00:00Z");
  const days = Array.from({ length: many }, (_, index) =>
    new Date(first + index * 86_400_000).toISOString().slice(0, 10),
  );
  const { baseline, candidate } = result.rollout;
  return { ...result, cells: shippedCells({ baseline, candidate, days }) };
}

function longNames(): Result {
  const base = sampleResult();
  const rollout = { ...base.rollout, baseline: `${longName}-baseline`, candidate: longName };
  const metrics = base.metrics.map((metric) => ({ ...metric, title: longName.replaceAll("-", " ") }));
  const gates = rollout.gates.map((gate) => ({ ...gate, name: `gate of ${longName}`.slice(0, 40) }));
  return withCells({ ...base, rollout: { ...rollout, gates }, metrics }, 7);
}

function oneDay(): Result {
  const base = sampleResult();
  const traffic = { ...base.traffic, days: base.traffic.days.slice(0, 1) };
  return withCells(
    withDays({ ...base, traffic }, ({ days }) => days.slice(0, 1)),
    1,
  );
}

/** Measured, and every day of it without a number. */
function allNull(): Result {
  const none = { value: null, numerator: null, denominator: null };
  return withDays(sampleResult(), ({ days }) =>
    days.map((day) => ({
      ...day,
      delta: null,
      interval: null,
      baseline: { ...day.baseline, ...none },
      candidate: { ...day.candidate, ...none },
    })),
  );
}

/** From zero, to zero, thirty-fold, next to nothing. */
function wildDeltas(): Result {
  const deltas = [null, -1, 35.2, -0.000004, 0, 0.05, -0.03];
  return withDays(sampleResult(), ({ days }) =>
    days.map((day, index) => {
      const delta = deltas[index % deltas.length] ?? null;
      const interval = delta === null ? null : ([delta - 2, delta + 4] as const);
      return { ...day, delta, interval, unbounded: delta === null };
    }),
  );
}

/** A hundred days of traffic and cells, forty authors that moved. */
function many(): Result {
  const base = sampleMonth();
  const movers = Array.from({ length: 40 }, (_, index) => ({
    key: `author-${index} ${"of a long name ".repeat(index % 4)}`,
    baselineShare: 0.2 / (index + 1),
    candidateShare: 0.2 / (index + 1.5),
  }));
  return withCells(
    {
      ...base,
      metrics: base.metrics.map((metric) => (metric.shape === "ratio" ? metric : { ...metric, movers })),
    },
    100,
  );
}

export const extremeResults: Readonly<Record<string, () => Result>> = {
  "shipped cells over a week": () => withCells(sampleResult(), 7),
  "shipped cells over a month": () => withCells(sampleResult(), 30),
  "very long names": longNames,
  "a single day": oneDay,
  "days without a number": allNull,
  "wild changes": wildDeltas,
  "a hundred days and forty authors": many,
};
