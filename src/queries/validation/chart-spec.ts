/** `@chart line x y [color]` → a Vega-Lite spec; the columns were checked before. Colours, fonts and sizes are the report's theme. */
import type { CellChart, CellColumn } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";

export const CHART_MARKS = ["line", "bar", "area"] as const;

type Encoding = Readonly<Record<string, unknown>>;

/** More dots on one line of a chart's width hide the line, and the other variant's with it. */
const MOST_DOTS = 40;

export function expandChart(
  words: readonly string[],
  columns: readonly CellColumn[],
  rows: readonly (readonly Scalar[])[],
): CellChart {
  const [mark = "line", x = "", y = "", color] = words;
  const typeOf = (name: string) => columns.find((column) => column.name === name);
  const indexOf = (name: string | undefined) => columns.findIndex((column) => column.name === name);
  const isLine = mark === "line";
  const encoding = {
    x: axis(typeOf(x), x, mark === "bar"),
    y: axis(typeOf(y), y, false),
    ...(color === undefined
      ? {}
      : { color: { field: path(color), type: "nominal", title: label(color), sort: null } }),
    // Bars of several series are drawn side by side: shares do not add up.
    ...(color === undefined || mark !== "bar" ? {} : { xOffset: { field: path(color), sort: null } }),
  };
  const spec = {
    data: { name: "rows" },
    mark: isLine ? { type: mark, point: longestSeries(rows, indexOf(color)) <= MOST_DOTS } : { type: mark },
    encoding,
  };
  const kind = { line: "Line", bar: "Bar", area: "Area" }[mark] ?? "Line";
  const by = color === undefined ? "" : `, one ${isLine ? "line" : "colour"} per ${label(color)}`;
  return { spec, description: `${kind} chart of ${label(y)} by ${label(x)}${by}.` };
}

/** Rows of the fullest series; all of them where no column separates series. */
function longestSeries(rows: readonly (readonly Scalar[])[], color: number): number {
  const counts = new Map<Scalar, number>();
  for (const row of rows) counts.set(row[color] ?? null, (counts.get(row[color] ?? null) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** Days and times get a UTC scale and an explicit format: Vega's own is "October" and "12 PM". Bars have categories. */
function axis(column: CellColumn | undefined, name: string, banded: boolean): Encoding {
  const base = { field: path(name), title: label(name) };
  const type = column?.type ?? "VARCHAR";
  if (type === "DATE" || type.startsWith("TIMESTAMP")) {
    const format = type === "DATE" ? "%-d %b" : "%-d %b %H:%M";
    return banded
      ? {
          ...base,
          type: "ordinal",
          timeUnit: type === "DATE" ? "utcyearmonthdate" : "utcyearmonthdatehours",
          axis: { format, labelAngle: 0, labelOverlap: true },
        }
      : { ...base, type: "temporal", scale: { type: "utc" }, axis: { format } };
  }
  if (!banded && isNumber(type))
    return { ...base, type: "quantitative", axis: { format: numberFormat(column) } };
  return { ...base, type: "nominal", sort: null };
}

function numberFormat(column: CellColumn | undefined): string {
  switch (column?.unit ?? null) {
    case "percent":
      return "~%";
    case "count":
      return ",d";
    default:
      return ",~r";
  }
}

function isNumber(type: string): boolean {
  return /INT|DECIMAL|DOUBLE|FLOAT/.test(type);
}

/** Vega reads `a.b` and `a[0]` as paths into nested data. */
function path(name: string): string {
  return name.replace(/[\\.[\]'"]/g, "\\$&");
}

function label(name: string): string {
  return name.replaceAll("_", " ");
}
