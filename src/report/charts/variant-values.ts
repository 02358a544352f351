/**
 * Value of one metric by day, both variants: the baseline dashed with squares, the candidate solid with dots, each named
 * at its end. In: a MetricResult. Out: a spec.
 */

import type { DayResult, MetricResult, Result } from "../../model/result.ts";
import type { Variant } from "../../model/words.ts";
import { quantityText } from "../../text/numbers.ts";
import { slotNounOf } from "../../text/times.ts";
import { comparisonText } from "../view/subject.ts";
import { niceAxis, numberChannel, type Range, tickFormat, tickText } from "./axes.ts";
import { frame } from "./frame.ts";
import { type SideLabel, sideLabels } from "./side-labels.ts";
import { amount, asIs, type Chart, type Json, layer, time, withAxes } from "./spec.ts";
import { color, dashes, dotSize } from "./theme.ts";
import { timeAxis, withGaps } from "./time-axis.ts";

const plotHeight = 120;
const variants: readonly Variant[] = ["baseline", "candidate"];

/** Null when no day has a value of either variant. */
export function variantValues(metric: MetricResult, result: Result): Chart | null {
  const values = metric.days.flatMap((day) => variants.flatMap((variant) => day[variant].value ?? []));
  if (values.length === 0) return null;
  const y = niceAxis(valueRange(metric, values), 4);
  const unit = metric.unit === "percent" ? "percent" : "number";
  const format = tickFormat(y.step, unit);
  const ends = variants.flatMap((variant) => lastValue(metric, variant));
  const slot = slotNounOf(metric.days);
  const comparison = comparisonText(result);
  const plot = frame({
    note: [metric.unit === "seconds" ? "Seconds." : "", comparison === null ? "" : `Compared ${comparison}.`]
      .join(" ")
      .trim(),
    left: y.ticks.map((tick) => tickText(tick, format)),
    right: ends.map((end) => end.text),
    height: plotHeight,
  });
  const x = timeAxis(
    metric.days.map((day) => day.date),
    plot.width,
  );
  const rows = variants.flatMap((variant) =>
    withGaps(metric.days.map((day) => day.date)).map((date) =>
      dayRow(
        metric.days.find((day) => day.date === date),
        date,
        variant,
      ),
    ),
  );
  const encoding = { x: time("date"), y: amount("value"), stroke: asIs("stroke") };
  return {
    id: `values-${metric.name}`,
    title: `${metric.title} by ${slot}, baseline and candidate`,
    description: describe(metric),
    spec: {
      ...plot.spec,
      layer: withAxes(
        [
          layer(rows, { type: "line", strokeWidth: 1.75 }, { ...encoding, strokeDash: asIs("dash") }),
          layer(
            rows,
            { type: "point", opacity: 1, strokeWidth: 1.5, size: dotSize(metric.days.length) * 0.8 },
            { ...encoding, fill: asIs("fill"), shape: asIs("shape") },
          ),
          sideLabels(ends, y, plot),
        ],
        x.channel,
        numberChannel(y, format),
      ),
    },
  };
}

/**
 * At least from one rollback line to the other around the baseline, or 10% where there is none: else noise fills the
 * picture and looks like news.
 */
function valueRange(metric: MetricResult, values: readonly number[]): Range {
  const centre = metric.observation.baseline.value ?? values[0] ?? 0;
  const reach = Math.abs(centre) * (metric.thresholds?.rollback ?? metric.thresholds?.warning ?? 0.1);
  return { low: Math.min(...values, centre - reach), high: Math.max(...values, centre + reach) };
}

/** Hollow points are days that do not count: incomplete, or outside of the window. */
function dayRow(day: DayResult | undefined, date: string, variant: Variant): Json {
  const counted = day?.complete === true && day.observed;
  return {
    date,
    value: day?.[variant].value ?? null,
    stroke: color(variant),
    fill: color(counted ? variant : "bg"),
    dash: variant === "baseline" ? dashes.baseline : dashes.solid,
    shape: variant === "baseline" ? "square" : "circle",
  };
}

function lastValue(metric: MetricResult, variant: Variant): readonly SideLabel[] {
  const value = metric.days.findLast((day) => day[variant].value !== null)?.[variant].value ?? null;
  if (value === null) return [];
  // The light grey of the baseline's line is too light for text.
  return [
    {
      at: value,
      text: `${variant} ${quantityText(value, metric.unit)}`,
      color: color(variant === "baseline" ? "muted" : "candidate"),
    },
  ];
}

function describe(metric: MetricResult): string {
  const { baseline, candidate } = metric.observation;
  return `Over the window: baseline ${quantityText(baseline.value, metric.unit)}, candidate ${quantityText(candidate.value, metric.unit)}; ${metric.days.length} ${slotNounOf(metric.days)}s.`;
}
