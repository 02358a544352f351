/**
 * Golden files. What comes in: a night's result. What goes out: every text that is kept of it in `expected/`, without
 * what no two machines share. GATEBOOK_GOLDEN=rebuild writes them anew; the diff is then the review.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { LoadRecord, Result } from "../../src/model/result.ts";
import { renderCharts } from "../../src/report/charts/render.ts";
import { renderMarkdown } from "../../src/report/markdown/markdown.ts";
import { renderText } from "../../src/report/markdown/text.ts";
import { renderHtml } from "../../src/report/templates/html.ts";
import { packageTemplates } from "../../src/report/templates/templates.ts";
import { attachCharts } from "../../src/report/view/attach-charts.ts";
import { buildView } from "../../src/report/view/view.ts";
import { parseResult, serializeResult } from "../../src/result/serialize.ts";

export const goldenNames = ["result.json", "report.md", "report.html", "summary.txt", "charts.json"] as const;
export type GoldenName = (typeof goldenNames)[number];

/** Two nights have them all, unlike in what they show; of the others these two, where whatever else is kept would repeat itself. */
export const shortGoldenNames = ["result.json", "summary.txt"] as const satisfies readonly GoldenName[];

export type GoldenTexts = Readonly<Partial<Record<GoldenName, string>>>;

export function shortGoldenTexts(result: Result): GoldenTexts {
  const same = withoutMachine(result);
  return { "result.json": recordText(same), "summary.txt": renderText(buildView(same)) };
}

export async function goldenTexts(result: Result): Promise<GoldenTexts> {
  const same = withoutMachine(result);
  const charts = await renderCharts(same);
  expect([...charts.errors], "charts that could not be drawn").toEqual([]);
  const view = attachCharts(buildView(same), charts);
  const roots = [packageTemplates];
  return {
    "result.json": recordText(same),
    "report.md": withoutSql(renderMarkdown(view, { charts: true, roots })),
    "report.html": skeleton(renderHtml(view, roots)),
    "summary.txt": renderText(view),
    "charts.json": `${foldedJson(Object.fromEntries(charts.specs))}\n`,
  };
}

/** Compares with `expected/NAME` in the case's folder, or writes it. */
export function expectGolden(folder: string, name: GoldenName, text: string | undefined): void {
  if (text === undefined) throw new Error(`the night was not asked for its ${name}`);
  const file = join(folder, "expected", name);
  if (process.env["GATEBOOK_GOLDEN"] === "rebuild") {
    mkdirSync(join(folder, "expected"), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect(existsSync(file), `expected/${name} is missing: npm run golden makes it`).toBe(true);
  expect(text).toBe(readFileSync(file, "utf8"));
}

/** Times, durations and versions made the same everywhere, by name; everything else stays as it was found. */
export function withoutMachine(result: Result): Result {
  const { provenance } = result;
  return {
    ...result,
    loads: result.loads.map(withoutCompression),
    cells: result.cells.map((cell) => ({ ...cell, durationMs: 0 })),
    provenance: {
      ...provenance,
      duckdb: "v0.0.0",
      git: null,
      durationMs: 0,
      stages: provenance.stages.map((stage) => ({ ...stage, durationMs: 0 })),
    },
  };
}

/** The same rows are other bytes with another zlib or another writer of Parquet. */
function withoutCompression(load: LoadRecord): LoadRecord {
  const isText = /\.(csv|tsv|jsonl)$/.test(load.file);
  return isText ? load : { ...load, bytes: 0, sha256: "0".repeat(64) };
}

/**
 * result.json without the texts that stand in files beside it (SQL, rollout.yaml: their hashes stay) and without the sums
 * that the judge was given: each of them shows in `metrics`, `traffic` or `checks`.
 */
function recordText(result: Result): string {
  const { measurement: _, provenance, cells, ...rest } = JSON.parse(serializeResult(result)) as Result;
  const { configText: __, queries, ...facts } = provenance;
  const kept = {
    ...rest,
    cells: cells.map(({ sql: ___, ...cell }) => cell),
    provenance: {
      ...facts,
      queries: Object.fromEntries(Object.entries(queries).map(([path, { sha256 }]) => [path, sha256])),
    },
  };
  return `${foldedJson(kept)}\n`;
}

/** What `recordText` wrote, whole enough to be shown: without the sums, the SQL and rollout.yaml. */
export function goldenResult(folder: string): Result {
  const text = readFileSync(join(folder, "expected", "result.json"), "utf8");
  const { provenance, cells, ...rest } = JSON.parse(text) as Result;
  const noTraffic = { days: [], crossoverUnits: 0, baselineUnits: 0, candidateUnits: 0 };
  return parseResult(
    JSON.stringify({
      ...rest,
      measurement: { metrics: [], checks: [], traffic: noTraffic },
      cells: cells.map((cell) => ({ ...cell, sql: "" })),
      provenance: { ...provenance, configText: "", queries: {} },
    }),
  );
}

const WIDTH = 200;

/**
 * JSON with whatever fits into one line in one line. The last digits of a logarithm are the machine's: numbers are kept to
 * twelve.
 */
function foldedJson(value: unknown, indent = ""): string {
  if (typeof value === "number") return JSON.stringify(Number(value.toPrecision(12)));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent} `;
  const parts = Array.isArray(value)
    ? value.map((item) => foldedJson(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${foldedJson(item, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const line = `${open}${parts.join(", ")}${close}`;
  if (parts.length === 0 || (!line.includes("\n") && line.length + indent.length <= WIDTH)) return line;
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(",\n")}\n${indent}${close}`;
}

/** Pictures are compared as specs, styles and SQL are files of their own. */
function skeleton(html: string): string {
  return html
    .replace(/<svg[\s>][\s\S]*?<\/svg>/g, "<svg/>")
    .replace(/<style>[\s\S]*?<\/style>/g, "<style/>")
    .replace(/(<pre [^>]*aria-label="(?:SQL of [^"]*|rollout\.yaml)">)[\s\S]*?<\/pre>/g, "$1</pre>");
}

function withoutSql(markdown: string): string {
  return markdown
    .replace(/^(`{3,})sql\n[\s\S]*?^\1$/gm, "$1sql\n$1")
    .replace(/^(`{3,})yaml\n[\s\S]*?^\1$/gm, "$1yaml\n$1");
}
