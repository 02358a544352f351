/**
 * The chart of a cell: `@chart` shorthand or NAME.vl.json → a checked Vega-Lite spec on the data set "rows". Throws the first
 * GatebookError; `chartProblems` gives all. It draws nothing and picks no colour.
 */
import type { ChartCheck } from "../../model/chart-fault.ts";
import { GatebookError } from "../../model/error.ts";
import type { CellChart, CellColumn, CellResult } from "../../model/result.ts";
import { suggestion } from "../../model/suggest.ts";
import type { CatalogFile, ChartFile } from "../catalog/catalog.ts";
import { CHART_MARKS, expandChart } from "../validation/chart-spec.ts";
import { faultErrors, parseSpec } from "../validation/vega-spec.ts";

/** Null: the cell has no chart. */
export async function readChart(
  file: CatalogFile,
  { columns, rows }: Pick<CellResult, "columns" | "rows">,
  check: ChartCheck,
): Promise<CellChart | null> {
  const [problem] = await chartProblems(file, columns, check);
  if (problem !== undefined) throw problem;
  if (file.chart !== null) return ownChart(file.chart, file);
  const words = shorthand(file);
  return words === null ? null : expandChart(words, columns, rows);
}

export async function chartProblems(
  file: CatalogFile,
  columns: readonly CellColumn[],
  check: ChartCheck,
): Promise<readonly GatebookError[]> {
  const { chart, header } = file;
  if (chart === null) return shorthandProblems(file, columns);
  const message = `the cell has a chart of its own in ${chart.path}`;
  const both =
    header.chart === null ? [] : [chartProblem(file, message, "remove the @chart line, or delete the file")];
  try {
    const faults = await check(ownChart(chart, file), columns);
    return [...both, ...faultErrors(chart, faults)];
  } catch (error) {
    if (error instanceof GatebookError) return [...both, error];
    throw error;
  }
}

function ownChart(chart: ChartFile, { header }: CatalogFile): CellChart {
  const spec = parseSpec(chart);
  const description = spec["description"];
  return { spec, description: typeof description === "string" ? description : header.title };
}

function shorthand(file: CatalogFile): readonly string[] | null {
  const words = file.header.chart?.value.split(/\s+/) ?? ["none"];
  return words[0] === "none" ? null : words;
}

function shorthandProblems(file: CatalogFile, columns: readonly CellColumn[]): readonly GatebookError[] {
  const words = file.header.chart?.value.split(/\s+/) ?? ["none"];
  const [mark = "", ...fields] = words;
  const kinds = [...CHART_MARKS, "none"];
  if (!kinds.includes(mark)) {
    const message = `@chart: "${mark}" is no chart${suggestion(mark, kinds)}`;
    return [
      chartProblem(file, message, "write line, bar or area with x, y and perhaps a colour column, or none"),
    ];
  }
  const right = mark === "none" ? fields.length === 0 : fields.length === 2 || fields.length === 3;
  if (!right) {
    const hint = mark === "none" ? "none stands alone" : `e.g. @chart ${mark} event_date share algo_version`;
    return [
      chartProblem(
        file,
        `@chart: ${mark} takes ${mark === "none" ? "no column" : "two or three columns"}`,
        hint,
      ),
    ];
  }
  const names = columns.map(({ name }) => name);
  return fields
    .filter((field) => !names.includes(field))
    .map((field) =>
      chartProblem(
        file,
        `@chart: the query returns no column "${field}"${suggestion(field, names)}`,
        `it returns ${names.join(", ")}`,
        field,
      ),
    );
}

/** At the word of the @chart line that is wrong, or at its value. */
function chartProblem(file: CatalogFile, message: string, hint: string, word?: string): GatebookError {
  const line = file.header.chart;
  const offset =
    word === undefined
      ? 0
      : Math.max(0, line?.value.search(new RegExp(`(?<=\\s)${escapeRegExp(word)}(?!\\S)`)) ?? 0);
  const place = line === null ? {} : { line: line.line, column: line.valueColumn + offset };
  return new GatebookError("config", message, { where: { file: file.path, ...place }, hint });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
