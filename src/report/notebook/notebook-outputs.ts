/** Outputs of notebook cells: tables as HTML and text, charts as Vega-Lite, SVG and text, errors as Jupyter shows them. */
import type { ChartSpec, Json } from "../charts/spec.ts";
import { standaloneSvg } from "../charts/svg/standalone-svg.ts";
import { escapeXml } from "../charts/svg/svg-tree.ts";
import { config } from "../charts/theme.ts";
import type { CellView } from "../view/cell.ts";
import type { ErrorView } from "../view/text.ts";
import type { Output } from "./notebook-cells.ts";

/** JupyterLab knows Vega-Lite up to version 5. */
const vegaLite = "application/vnd.vegalite.v5+json";

export interface TableText {
  readonly columns: readonly { readonly name: string; readonly isNumeric: boolean }[];
  readonly rows: readonly (readonly { readonly text: string; readonly isNull: boolean }[])[];
  /** "the first 200 of 1 000 000 rows", or null. */
  readonly cut: string | null;
}

export function cellTable({ columns, rows, cut }: CellView): TableText {
  return { columns, rows, cut };
}

export function tableOutput(table: TableText, count: number): Output {
  return {
    output_type: "execute_result",
    execution_count: count,
    metadata: {},
    data: { "text/html": tableHtml(table), "text/plain": tablePlain(table) },
  };
}

/** Beside what the cell returns. */
export function tableDisplay(table: TableText): Output {
  return {
    output_type: "display_data",
    metadata: {},
    data: { "text/html": tableHtml(table), "text/plain": tablePlain(table) },
  };
}

function tableHtml({ columns, rows, cut }: TableText): string {
  const align = (index: number) => (columns[index]?.isNumeric === true ? ' align="right"' : ' align="left"');
  const head = columns.map((column, index) => `<th${align(index)}>${escapeXml(column.name)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = row.map(
      ({ text, isNull }, index) => `<td${align(index)}>${isNull ? "<i>null</i>" : escapeXml(text)}</td>`,
    );
    return `<tr>${cells.join("")}</tr>\n`;
  });
  const note = cut === null ? "" : `\n<p>${escapeXml(cut)}</p>`;
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("")}</tbody>\n</table>${note}`;
}

function tablePlain({ columns, rows, cut }: TableText): string {
  const texts = [
    columns.map((column) => column.name),
    ...rows.map((row) => row.map(({ text }) => text.replaceAll("\n", " "))),
  ];
  const widths = columns.map((_, index) => Math.max(...texts.map((row) => [...(row[index] ?? "")].length)));
  const lines = texts.map((row) =>
    row
      .map((text, index) => {
        const gap = " ".repeat(Math.max(0, (widths[index] ?? 0) - [...text].length));
        return columns[index]?.isNumeric === true ? gap + text : text + gap;
      })
      .join("  ")
      .trimEnd(),
  );
  return [...lines, ...(cut === null ? [] : [cut])].join("\n");
}

export interface ChartOutput {
  readonly svg: string;
  readonly spec: ChartSpec | undefined;
  readonly text: string;
}

export function chartOutput({ svg, spec, text }: ChartOutput): Output {
  const drawn: Json = spec === undefined ? {} : { [vegaLite]: literalColors({ ...spec, config }) };
  return {
    output_type: "display_data",
    metadata: {},
    data: { ...drawn, "image/svg+xml": standaloneSvg(svg), "text/plain": text },
  };
}

/** Jupyter draws on a canvas, which knows no CSS variables: `var(--fg, #1c2128)` → `#1c2128`. */
function literalColors(spec: ChartSpec): Json {
  return JSON.parse(
    JSON.stringify({ ...spec, background: "#ffffff" }).replace(/var\(--[\w-]+, (#[0-9a-f]{6})\)/g, "$1"),
  );
}

export function errorOutput({ message, place, excerpt, hint }: ErrorView): Output {
  const traceback = [`${place}: ${message}`, excerpt, hint === null ? null : `hint: ${hint}`];
  return {
    output_type: "error",
    ename: "QueryError",
    evalue: message,
    traceback: traceback.filter((line) => line !== null),
  };
}
