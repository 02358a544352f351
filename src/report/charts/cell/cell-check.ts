/**
 * What an analyst's spec may not do: read anything but its rows, draw images or links, name a column that is not there, or use
 * what Vega-Lite does not know. `gatebook check`, a run and the report ask the same function.
 */
import type { ChartFault } from "../../../model/chart-fault.ts";
import type { CellColumn } from "../../../model/result.ts";
import { suggestion } from "../../../model/suggest.ts";
import type { Json } from "../spec.ts";
import { isObject, schemaFaults } from "./schema-faults.ts";

/** All that is wrong with it, before it is compiled. */
export function specFaults(
  spec: Readonly<Record<string, unknown>>,
  columns: readonly Pick<CellColumn, "name">[],
): readonly ChartFault[] {
  const nodes = objectsOf(spec);
  const names = columns.map(({ name }) => name);
  const found = [...nodes.flatMap(dataFaults), ...nodes.flatMap(reachFaults), ...fieldFaults(nodes, names)];
  return found.length > 0 ? found : schemaFaults({ data: { name: "rows" }, ...spec });
}

type Node = Readonly<Record<string, unknown>>;

export function isNode(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return isObject(value);
}

/** The spec and every object inside of it, whatever it is called; inline data is data, not spec. */
function objectsOf(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (!isObject(value)) return [];
  const inside = Object.entries(value).filter(([key]) => key !== "values" && key !== "datasets");
  return [value, ...inside.flatMap(([, child]) => objectsOf(child))];
}

function dataFaults({ data }: Node): readonly ChartFault[] {
  if (data === undefined || data === null) return [];
  const isInside = isObject(data) && (data["name"] === "rows" || Array.isArray(data["values"]));
  if (isInside && Object.keys(data).every((key) => key !== "url")) return [];
  return [
    {
      message: 'the chart\'s data is not {"name": "rows"}',
      hint: 'write "data": {"name": "rows"}',
      word: "data",
    },
  ];
}

/** Wherever they are, in a mark, a channel, a style or the config, these make Vega fetch or link. */
function reachFaults(node: Node): readonly ChartFault[] {
  const hint = "a chart shows the rows of its query and loads nothing";
  const keys = ["url", "href"].filter((key) => node[key] !== undefined);
  const mark = isObject(node["mark"]) ? node["mark"]["type"] : node["mark"];
  const outside = textsIn(node).find((written) => /(^|[^a-z])url\(/i.test(written));
  return [
    ...(outside === undefined ? [] : [{ message: "url( is not allowed in a chart", hint, word: outside }]),
    ...keys.map((key) => ({ message: `"${key}" is not allowed in a chart`, hint, word: key })),
    ...(mark === "image" ? [{ message: "a chart cannot draw images", hint, word: "image" }] : []),
  ];
}

function textsIn(node: Node): readonly string[] {
  return Object.entries(node).flatMap(([key, value]) =>
    key === "values" || key === "description"
      ? []
      : [value].flat().filter((text) => typeof text === "string"),
  );
}

/** Columns that these transforms make, unless `as` names them. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  fold: ["key", "value"],
  density: ["value", "density"],
  quantile: ["prob", "value"],
};

/** For a misspelt field Vega would draw an empty chart. */
function fieldFaults(nodes: readonly Node[], columns: readonly string[]): readonly ChartFault[] {
  // The columns of a pivot are values of its rows.
  if (nodes.some((node) => "pivot" in node)) return [];
  const made = nodes.flatMap((node) => [
    ...[node["as"], node["groupby"]].flat().filter((name) => typeof name === "string"),
    ...Object.entries(MADE).flatMap(([transform, names]) => (transform in node ? names : [])),
  ]);
  const known = new Set([...columns, ...made]);
  const fields = nodes.flatMap(({ field }) => (typeof field === "string" ? [field] : []));
  return [...new Set(fields)]
    .filter((field) => !known.has(plainName(field)))
    .map((field) => ({
      message: `the query returns no column "${field}"${suggestion(field, columns)}`,
      hint: `it returns ${columns.join(", ")}`,
      word: field,
    }));
}

/** `a\\.b`, `['a.b']` and `datum.a` → the column's name. */
function plainName(field: string): string {
  return field
    .replace(/\\(.)/g, "$1")
    .replace(/^\[['"]?(.*?)['"]?\]$/, "$1")
    .replace(/^datum\./, "");
}
