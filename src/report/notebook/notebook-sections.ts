/** Sections of the notebook: prose, SQL as Python, and the outputs of the night. */

import type { MetricResult, Result, WindowResult } from "../../model/result.ts";
import { amountText, notAvailable, percentText } from "../../text/numbers.ts";
import { slotNoun } from "../../text/times.ts";
import type { ChartSet } from "../charts/render.ts";
import { code, md } from "../markdown/markdown-escape.ts";
import type { CellView } from "../view/cell.ts";
import { judgedOnFact } from "../view/coverage.ts";
import type { CheckView } from "../view/health.ts";
import type { MetricView } from "../view/metric.ts";
import type { Output } from "./notebook-cells.ts";
import {
  cellTable,
  chartOutput,
  errorOutput,
  type TableText,
  tableDisplay,
  tableOutput,
} from "./notebook-outputs.ts";
import { metricCode, queryCode } from "./notebook-setup.ts";

export interface Section {
  readonly id: string;
  readonly text: string | null;
  /** Python, or null where the SQL is not known (a built-in check). */
  readonly code: string | null;
  /** Given the number in `In [1]`; null: not run by the night. */
  readonly outputs: ((count: number) => readonly Output[]) | null;
  /** Pictures, each in a cell of its own in front of the code. */
  readonly charts?: readonly NotebookChart[];
}

export interface NotebookChart {
  readonly id: string;
  readonly output: Output;
}

export function metricSection(view: MetricView, result: Result, charts: ChartSet): Section {
  const metric = result.metrics.find((one) => one.name === view.name);
  const sql = result.provenance.queries[view.path]?.sql;
  const lines = view.lines.map((line) => `${line.level} ${line.at}`).join(", ");
  const judgedOn = metric === undefined ? null : judgedOnFact(metric);
  const facts = [
    `**${md(view.delta)}**${view.comparison === null ? "" : ` (${md(view.comparison)})`}: ${md(view.classification.word)}`,
    `95% interval ${md(view.interval)}`,
    ...(view.adjusted === null
      ? []
      : [
          `adjusted for the days before the rollout **${md(view.adjusted.delta)}**, 95% interval ${md(view.adjusted.interval)}`,
        ]),
    `baseline ${md(view.baseline.value)}`,
    `candidate ${md(view.candidate.value)}`,
    ...(lines === "" ? [] : [`lines: ${md(lines)}`]),
    ...(judgedOn === null ? [] : [`judged on ${md(judgedOn)}`]),
  ];
  const failed = view.error;
  return {
    id: `metric-${view.name}`,
    text: [
      `### ${md(view.title)}`,
      md(view.description),
      facts.join(" · "),
      md(view.because),
      code(view.path),
    ]
      .filter((part) => part !== "")
      .join("\n\n"),
    // A record of an older version may lack the SQL; its charts still belong here.
    code:
      sql === undefined || metric === undefined
        ? `# ${view.path} is not part of this record`
        : metricCode(metric, sql, result.phase),
    charts: [
      ...metricCharts(view, charts, slotNoun(result.phase)),
      ...view.dimensions.flatMap((dimension) => cutCharts(view, dimension, charts)),
    ],
    outputs: (number) => [
      ...(failed === null ? [] : [errorOutput(failed)]),
      ...(metric === undefined || metric.shape !== "ratio" || metric.days.length === 0
        ? []
        : [tableOutput(countTable(metric, result), number)]),
    ],
  };
}

function metricCharts({ name, title }: MetricView, charts: ChartSet, slot: string): readonly NotebookChart[] {
  const kinds = [
    ["delta", charts.deltas, `change by ${slot}`],
    ["values", charts.values, `values by ${slot}`],
    ["clock", charts.clocks, "when it can be judged"],
    ["movers", charts.concentration, "what moved most"],
  ] as const;
  return kinds.flatMap(([kind, drawn, words]) => {
    const svg = drawn.get(name);
    return svg === undefined
      ? []
      : [
          {
            id: `chart-${kind}-${name}`,
            output: chartOutput({
              svg,
              spec: charts.specs.get(`${kind}-${name}`),
              text: `${title}: ${words}`,
            }),
          },
        ];
  });
}

/** A picture and a table per dimension; those that failed are in the report. */
function cutCharts(
  { name, title }: MetricView,
  dimension: MetricView["dimensions"][number],
  charts: ChartSet,
): readonly NotebookChart[] {
  if (dimension.error !== null) return [];
  const svg = charts.cuts.get(name)?.get(dimension.name);
  const text = `${title} by ${dimension.title}: ${dimension.sentence}`;
  const columns = ["value", "baseline", "candidate", "change", "95% interval", "contribution", "stands out"];
  const rows = dimension.rows.map((row) =>
    [
      row.name,
      row.baseline,
      row.candidate,
      row.delta,
      row.interval,
      row.contribution,
      row.standsOut ? "yes" : "",
    ].map((cell) => ({ text: cell, isNull: cell === notAvailable })),
  );
  const table = {
    columns: columns.map((column, index) => ({ name: column, isNumeric: index > 0 })),
    rows,
    cut: text,
  };
  const id = `${dimension.name}-${name}`;
  return [
    ...(svg === undefined
      ? []
      : [{ id: `chart-cut-${id}`, output: chartOutput({ svg, spec: undefined, text }) }]),
    { id: `table-cut-${id}`, output: tableDisplay(table) },
  ];
}

/** What the cell's Python returns, as the night counted it: day by day, in the first 24 hours all hours together. */
function countTable(metric: MetricResult, { rollout, phase }: Result): TableText {
  const { baseline, candidate } = rollout;
  const cell = (text: string) => ({ text, isNull: text === notAvailable });
  const counts = (window: WindowResult, first: readonly string[]) =>
    (
      [
        [baseline, window.baseline],
        [candidate, window.candidate],
      ] as const
    ).map(([algorithm, value]) =>
      [
        ...first,
        algorithm,
        amountText(value.numerator),
        amountText(value.denominator),
        percentText(value.value),
      ].map(cell),
    );
  const isDaily = phase === "daily";
  const rows = isDaily
    ? metric.days.flatMap((day) => counts(day, [day.date]))
    : counts(metric.observation, []);
  return {
    columns: [
      ...(isDaily ? [{ name: "event_date", isNumeric: false }] : []),
      { name: "algo_version", isNumeric: false },
      { name: "numerator", isNumeric: true },
      { name: "denominator", isNumeric: true },
      { name: "share", isNumeric: true },
    ],
    rows,
    cut: null,
  };
}

export function checkSection(check: CheckView, result: Result): Section {
  const sql = result.provenance.queries[check.origin]?.sql;
  const rows = check.rows.length > 0 ? check.rows : [check];
  const cell = (text: string) => ({ text, isNull: false });
  const table: TableText = {
    columns: ["status", "observed", "expected", "detail"].map((name) => ({ name, isNumeric: false })),
    rows: rows.map((row) => [row.badge.word, row.observed, row.expected, row.detail].map(cell)),
    cut: null,
  };
  return {
    id: `check-${check.name}`,
    text: `### Check: ${md(check.title)}\n\n**${md(check.badge.word)}** · ${md(check.effect)} · ${md(check.detail)} · ${code(check.origin)}`,
    code: sql === undefined ? null : queryCode(sql),
    outputs: (number) => [check.error === null ? tableOutput(table, number) : errorOutput(check.error)],
  };
}

export function cellSection(cell: CellView, result: Result, charts: ChartSet): Section {
  const drawing = charts.cells.get(cell.name);
  const chartError =
    drawing !== undefined && "error" in drawing
      ? `\n\n**The chart could not be drawn:** ${md(drawing.error)}`
      : "";
  return {
    id: `cell-${cell.name}`,
    text: `### ${md(cell.title)}\n\n${md(cell.description)}\n\n${code(cell.path)} · ${md(cell.size)}${chartError}`,
    // The view spells invisible characters out; Python must get the file as it is.
    code: queryCode(result.cells.find((one) => one.name === cell.name)?.sql ?? cell.sql),
    charts:
      drawing === undefined || "error" in drawing
        ? []
        : [
            {
              id: `chart-cell-${cell.name}`,
              output: chartOutput({
                svg: drawing.svg,
                spec: charts.specs.get(`cell-${cell.name}`),
                text: cell.title,
              }),
            },
          ],
    outputs: (number) => [
      cell.error === null ? tableOutput(cellTable(cell), number) : errorOutput(cell.error),
    ],
  };
}
