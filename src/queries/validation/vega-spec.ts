/** NAME.vl.json: a Vega-Lite spec over the cell's own rows, read with the places of its mistakes. What it may contain is the report's to decide. */
import type { ChartFault } from "../../model/chart-fault.ts";
import { GatebookError, messageOf } from "../../model/error.ts";
import type { ChartFile } from "../catalog/catalog.ts";

export type Spec = Readonly<Record<string, unknown>>;

/** Throws GatebookError `config` with the place where the JSON breaks. */
export function parseSpec(chart: ChartFile): Spec {
  try {
    const parsed: unknown = JSON.parse(chart.text);
    if (isSpec(parsed)) return parsed;
  } catch (error) {
    throw jsonError(chart, error);
  }
  throw specError(chart, "the chart is not a JSON object", "a Vega-Lite spec is one object", 0);
}

/** Faults in the order of the text: one that is made twice is shown in both places. */
export function faultErrors(chart: ChartFile, faults: readonly ChartFault[]): readonly GatebookError[] {
  const seen = new Map<string, number>();
  return faults.map((fault) => {
    const key = JSON.stringify([fault.message, fault.word]);
    const place = chart.text.indexOf(`"${fault.word}"`, (seen.get(key) ?? -1) + 1);
    const offset = place < 0 ? (seen.get(key) ?? 0) : place;
    seen.set(key, offset);
    return specError(chart, fault.message, fault.hint, offset);
  });
}

/** color, fill, stroke, background; labelColor and its like; and a scheme, which names colours. */
const COLOUR_KEY = /^(fill|stroke|background|scheme)$|color$/i;
const NO_COLOUR = /^(var\(--|transparent$|none$|currentColor$)/;

/** Colours other than the theme's tokens, e.g. "#f00" but not "var(--candidate, #1f5fae)": a warning of `check`. */
export function literalColours(chart: ChartFile, spec: Spec): readonly GatebookError[] {
  const literals = colours(spec, false, false).filter((text) => !NO_COLOUR.test(text));
  const hint = "use one of the theme's tokens, e.g. var(--candidate, #1f5fae)";
  const faults = [...new Set(literals)].map((word) => ({
    message: `"${word}" is a literal colour`,
    hint,
    word,
  }));
  return faultErrors(chart, faults);
}

/** Texts under a key of colours, and below it under `value` and `range`; inline data is data, not spec. */
function colours(node: unknown, isBelow: boolean, isColour: boolean): readonly string[] {
  if (typeof node === "string") return isColour ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((one) => colours(one, isBelow, isColour));
  if (!isSpec(node)) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "values" || key === "datasets") return [];
    const isKey = COLOUR_KEY.test(key);
    return colours(value, isBelow || isKey, isKey || (isBelow && (key === "value" || key === "range")));
  });
}

function jsonError(chart: ChartFile, error: unknown): GatebookError {
  const reason = messageOf(error);
  const message = reason
    .replace(/ in JSON at position.*$|, [".][\s\S]*$/, "")
    .replace(/^Unexpected/, "unexpected");
  const hint = "check commas, quotes and brackets before this place";
  return specError(chart, `the chart is not JSON: ${message}`, hint, breakOf(chart.text));
}

/** Where JSON breaks, which V8 does not always report: the longest head that only lacks its end is found by halving. */
function breakOf(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (onlyLacksItsEnd(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return Math.min(good, text.length);
}

function onlyLacksItsEnd(head: string): boolean {
  try {
    JSON.parse(head);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    return /end of JSON input|Unterminated/.test(reason) || reason.endsWith(`position ${head.length}`);
  }
}

function specError(chart: ChartFile, message: string, hint: string, offset: number): GatebookError {
  const head = chart.text.slice(0, offset);
  const place = { file: chart.path, line: head.split("\n").length, column: offset - head.lastIndexOf("\n") };
  return new GatebookError("config", message, { where: place, hint });
}

function isSpec(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
