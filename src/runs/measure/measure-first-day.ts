/**
 * The first 24 hours of a gate, measured by the analysts' own files. The hours are measured as days are; the whole, the checks and the
 * cells see calendar days, cut at the opening and at the judged instant. The stored tables do not change.
 */
import type { DataEngine, Engines } from "../../engine/engine.ts";
import type { JudgeWindow } from "../../judge/input.ts";
import { comparisonFor, earlierWeeks } from "../../judge/window/comparison.ts";
import { firstDayHours } from "../../judge/window/first-day-window.ts";
import { addDays } from "../../model/calendar.ts";
import { daysIn, type Stretch, shiftByDays } from "../../model/hours.ts";
import type { MetricMeasurement, TrafficMeasurement } from "../../model/measurement.ts";
import { runChecks } from "../../queries/measures/checks.ts";
import { countOnce } from "../../queries/measures/counted-units.ts";
import { measureMetrics } from "../../queries/measures/metrics.ts";
import type { EventSlot, MeasurePlan } from "../../queries/measures/plan.ts";
import { measureTraffic } from "../../queries/measures/traffic.ts";
import { measureUnitsByValue } from "../../queries/measures/units-by-value.ts";
import { withBucketedEvents } from "../../queries/relations/bucketed-events.ts";
import { overlayRollout } from "../../warehouse/rollout-table.ts";
import {
  guardrailNames,
  inOrderOf,
  type MeasuredWindow,
  type MeasureRequest,
  planOf,
  readCells,
  type Timed,
  untimed,
} from "./measure-window.ts";

export interface FirstDayRequest extends MeasureRequest {
  readonly window: JudgeWindow;
}

export async function measureFirstDay(
  engines: Engines,
  request: FirstDayRequest,
  time: Timed = untimed,
): Promise<MeasuredWindow> {
  try {
    const hours = await time("hours", () => measureHours(engines.data, request));
    const whole = await time("measure", () => measureWhole(engines, request, hours.isBeforeAfter));
    const metrics = whole.metrics.map((metric) => withHours(metric, hours));
    return {
      measurement: {
        metrics: inOrderOf(request.config, metrics),
        traffic: { ...hours.traffic, ...whole.traffic },
        checks: whole.checks,
      },
      cells: whole.cells,
    };
  } finally {
    await engines.data.uncover("rollout");
  }
}

interface Hours {
  readonly traffic: TrafficMeasurement;
  readonly metrics: readonly MetricMeasurement[];
  readonly isBeforeAfter: boolean;
}

/** Each hour under a date of its own, from the window's first day on; named by the clock again afterwards. */
async function measureHours(engine: DataEngine, request: FirstDayRequest): Promise<Hours> {
  const { config, window } = request;
  const clock = firstDayHours(request);
  const slots = clock.map(({ from, to }, index) => ({ date: addDays(window.from, index), from, to }));
  const names = new Map(slots.map(({ date }, index) => [date, clock[index]?.date ?? date]));
  const named = <Part extends { readonly date: string }>(parts: readonly Part[]): readonly Part[] =>
    parts.map((part) => ({ ...part, date: names.get(part.date) ?? part.date }));
  const hours = hoursPlan(request, slots);
  await overlayRollout(engine, config, { ...window, from: hours.from, to: hours.to, reportDate: hours.to });
  const { catalog, timeoutMs } = request;
  const seen = await withBucketedEvents(engine, catalog, { slots, timeoutMs }, async (failedRelations) => {
    const plan = { ...hours, failedRelations };
    const units = countOnce(engine, plan);
    const measured = await measureTraffic(engine, plan, units);
    const traffic = { ...measured, days: named(measured.days) };
    const isBeforeAfter = comparisonFor(config, window, traffic) === "before-after";
    const metrics = isBeforeAfter ? null : await measureMetrics(engine, catalog, plan, units);
    return { traffic, metrics, isBeforeAfter };
  });
  const metrics = seen.metrics ?? (await metricsBeforeAfter(engine, request, slots));
  return { ...seen, metrics: metrics.map((metric) => ({ ...metric, days: named(metric.days) })) };
}

/** The window as a whole, under its own dates: the first 24 hours even where they cross midnight. */
async function measureWhole(engines: Engines, request: FirstDayRequest, isBeforeAfter: boolean) {
  const engine = engines.data;
  const { config, catalog, window, timeoutMs, presentColumns } = request;
  const slots = daysIn(stretchOf(request), config.rollout.timeZone);
  await overlayRollout(engine, config, window);
  const seen = await withBucketedEvents(engine, catalog, { slots, timeoutMs }, async (failedRelations) => {
    const plan = { ...hoursPlan(request, slots), cutMetrics: guardrailNames(config), failedRelations };
    const units = countOnce(engine, plan);
    const metrics = isBeforeAfter ? null : await measureMetrics(engine, catalog, plan, units);
    const { coverage } = await measureTraffic(engine, plan, units);
    return {
      metrics,
      traffic: { coverage, unitsByValue: await measureUnitsByValue(engine, catalog, plan) },
      checks: await runChecks(engine, catalog, { timeoutMs, presentColumns, failedRelations }),
      cells: await readCells(engines, { ...request, failedRelations }),
    };
  });
  return { ...seen, metrics: seen.metrics ?? (await metricsBeforeAfter(engine, request, slots)) };
}

/** At 100% the baseline is its own same hours some weeks earlier. */
async function metricsBeforeAfter(
  engine: DataEngine,
  request: FirstDayRequest,
  slots: readonly EventSlot[],
): Promise<readonly MetricMeasurement[]> {
  const { baseline, timeZone } = request.config.rollout;
  const days = -daysEarlier(request);
  const earlier = slots.map(({ date, from, to }) => ({
    date,
    from: shiftByDays(from, days, timeZone),
    to: shiftByDays(to, days, timeZone),
  }));
  const events = { slots, timeoutMs: request.timeoutMs, earlier: { baseline, slots: earlier } };
  const cutMetrics = guardrailNames(request.config);
  const plan = { ...hoursPlan(request, slots), keepsCrossover: true, cutMetrics };
  return await withBucketedEvents(engine, request.catalog, events, (failedRelations) =>
    measureMetrics(engine, request.catalog, { ...plan, failedRelations }),
  );
}

/** By how many days the baseline's own hours lie before: whole weeks, and before the gate opened. */
export function daysEarlier({ config, window }: Pick<FirstDayRequest, "config" | "window">): number {
  return earlierWeeks(window, config.activeGate.started?.day ?? window.from).shiftDays;
}

function withHours(metric: MetricMeasurement, { metrics }: Hours): MetricMeasurement {
  const hourly = metrics.find(({ definition }) => definition.name === metric.definition.name);
  return { ...metric, days: hourly?.days ?? [], error: metric.error ?? hourly?.error ?? null };
}

function stretchOf(request: FirstDayRequest): Stretch {
  const { asOf } = request.window;
  return { from: firstDayHours(request)[0]?.from ?? asOf, to: asOf };
}

function hoursPlan(request: FirstDayRequest, slots: readonly EventSlot[]): MeasurePlan {
  const { from: firstDay, to: lastDay } = request.window;
  const from = slots[0]?.date ?? firstDay;
  return { ...planOf(request), from, to: slots.at(-1)?.date ?? lastDay, shownFrom: from, slots };
}
