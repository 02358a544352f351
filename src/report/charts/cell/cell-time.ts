/** Time in an analyst's chart: UTC, days labelled "7 Feb", the days without rows shown as the gaps that they are. */
import type { CellColumn, CellResult } from "../../../model/result.ts";
import type { ChartSpec, Json } from "../spec.ts";
import { instant, timeAxis, withGaps } from "../time-axis.ts";
import { textsOf, withAxis } from "./cell-axes.ts";
import type { CellContext, ChannelPlace } from "./cell-channel.ts";
import { isNode } from "./cell-check.ts";

const dayUnit = "utcyearmonthdate";

/** A temporal channel. Bars of days get a day's width, whose label is under their middle. */
export function applyDefaultsTime(
  place: ChannelPlace,
  column: CellColumn | undefined,
  context: CellContext,
): ChartSpec {
  const { channel, name, markType } = place;
  const { cell, plotWidth } = context;
  const isBar = markType === "bar";
  const unit = channel["timeUnit"];
  const timeUnit =
    typeof unit === "string" ? utcUnit(unit) : unit === undefined && isBar && isDate(column) ? dayUnit : unit;
  const given = isNode(channel["scale"]) ? channel["scale"] : {};
  const scale = channel["scale"] === null || isBar ? channel["scale"] : { type: "utc", ...given };
  const dressed = {
    ...channel,
    ...(timeUnit === undefined ? {} : { timeUnit }),
    ...(scale === undefined ? {} : { scale }),
  };
  if (name !== "x" && name !== "y") return dressed;
  const days = daysOf(column, cell);
  if (days.length === 0) return withAxis(dressed, { format: "%-d %b %H:%M", labelAngle: -35 });
  const middle = isBar ? { labelOffset: plotWidth / days.length / 2, ticks: false } : {};
  return withoutTitle(withAxis(dressed, { ...dayLabels(days, plotWidth), ...middle }), column);
}

/** Days as categories, e.g. for bars side by side: every day from the first to the last, labelled as far as they fit. */
export function applyDefaultsDays(
  channel: ChartSpec,
  column: CellColumn | undefined,
  context: CellContext,
): ChartSpec {
  const { cell, plotWidth } = context;
  const days = daysOf(column, cell);
  const unit = channel["timeUnit"] ?? dayUnit;
  if (days.length === 0 || unit !== dayUnit) return channel;
  const given = isNode(channel["scale"]) ? channel["scale"] : {};
  // Vega-Lite 6.4 makes nonsense of a domain of one day; without one, the only day of the rows is it.
  const scale = { ...(days.length === 1 ? {} : { domain: days.map(instant) }), ...given };
  const dressed = { ...channel, timeUnit: unit, scale };
  return withoutTitle(
    withAxis(dressed, { ...dayLabels(days, plotWidth), labelAngle: 0, ticks: false }),
    column,
  );
}

export function isDate(column: CellColumn | undefined): boolean {
  return column?.type === "DATE";
}

function daysOf(column: CellColumn | undefined, cell: CellResult): readonly string[] {
  return isDate(column) ? withGaps([...new Set(textsOf(column, cell))]) : [];
}

function dayLabels(days: readonly string[], plotWidth: number): Readonly<Record<string, Json>> {
  const { axis } = timeAxis(days, plotWidth).channel;
  return isNode(axis)
    ? {
        format: "%-d %b",
        labelOverlap: false,
        labelFlush: false,
        values: axis["values"] ?? null,
        tickCount: axis["tickCount"] ?? null,
      }
    : {};
}

/** "yearmonthdate" → "utcyearmonthdate". */
function utcUnit(unit: string): string {
  return unit.startsWith("utc") || unit.startsWith("binned") ? unit : `utc${unit}`;
}

/** Dates need no title: the column's own name under them adds nothing. */
function withoutTitle(channel: ChartSpec, column: CellColumn | undefined): ChartSpec {
  const isName = channel["title"] === column?.name.replaceAll("_", " ");
  return isName ? { ...channel, title: null } : channel;
}
