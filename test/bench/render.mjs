/**
 * What a report weighs and costs: the sizes of every format, the CPU time of rendering them all, that no chart is no Vega,
 * and what a cell of a million rows adds to a night (all formats should take under 2 s of CPU, report.html under 600 KB).
 *
 *   npm run build && node test/bench/render.mjs [--days 30] [--runs 5] [--rows 1000000]
 *
 * A workspace is made with the healthy sample over so many days; its last night's result.json is rendered again by
 * `gatebook render`, round after round; medians are printed. CPU time and the largest resident memory are the child's own
 * (`process.resourceUsage`), user and system together, Node's start included.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "30" },
    runs: { type: "string", default: "5" },
    rows: { type: "string", default: "1000000" },
  },
});
const cli = pathToFileURL(resolve("dist/cli.js")).href;
const workspace = mkdtempSync(join(tmpdir(), "gatebook-render-"));
const loaded = join(workspace, ".loaded");
const days = Number(values.days);
const lastDay = new Date(Date.UTC(2026, 0, 31 + days)).toISOString().slice(0, 10);
const night = join(workspace, "reports", "clip-cosine-v2", lastDay);

try {
  gatebook("init", ".");
  gatebook("sample", "--days", values.days);
  gatebook("run", "--date", lastDay);
  const plain = gatebook("run", "--date", lastDay); // nothing to load any more, as in the nights that follow
  console.log(`${values.days} days, ${readdirSync(join(night, "charts")).length} chart files`);
  for (const name of ["report.html", "report.md", "summary.txt", "report.ipynb", "result.json"])
    console.log(`  ${name.padEnd(14)} ${thousands(statSync(join(night, name)).size).padStart(9)} bytes`);
  console.log(
    `  report.md      ${thousands([...readFileSync(join(night, "report.md"), "utf8")].length).padStart(9)} characters`,
  );
  const bare = median(rounds(() => node("0")));
  render("all formats", [], bare);
  for (const format of ["html", "md", "ipynb", "txt"]) render(`${format} alone`, ["--format", format], bare);
  millionRows(plain);
} finally {
  rmSync(workspace, { recursive: true, force: true });
}

function render(name, words, bare) {
  const runs = rounds(() =>
    gatebook("render", join(night, "result.json"), "--out", join(workspace, "again"), ...words),
  );
  const cpu = median(runs);
  const vega = runs[0].hasVega ? "Vega loaded" : "no Vega";
  console.log(
    `  ${name.padEnd(14)} ${seconds(cpu)} of CPU (${seconds(cpu - bare)} beyond Node's start), ${vega}`,
  );
}

/** The same night with a cell of a million rows in it, without and with --export. */
function millionRows(plain) {
  const sql = `-- @title Many rows
SELECT range AS n, 'row ' || range AS said, range / 7.0 AS share, rollout.report_date AS day
FROM range(${values.rows}), rollout ORDER BY n
`;
  writeFileSync(join(workspace, "queries/cells/many.sql"), sql);
  const cut = gatebook("run", "--date", lastDay);
  const html = readFileSync(join(night, "report.html"), "utf8");
  console.log(`a cell of ${thousands(Number(values.rows))} rows, the whole night each:`);
  told("without the cell", plain);
  told("with it, cut", cut);
  console.log(
    `  "${/The first [^<;]*rows/.exec(html)?.[0]}", report.html ${thousands(html.length)} characters`,
  );
  told("with --export", gatebook("run", "--date", lastDay, "--export"));
  console.log(`  many.csv ${thousands(statSync(join(night, "cells/many.csv")).size)} bytes`);
}

function told(name, { cpu, wall, rss }) {
  console.log(
    `  ${name.padEnd(17)} ${seconds(cpu)} of CPU, ${seconds(wall)} wall, ${(rss / 1024).toFixed(0)} MB at most`,
  );
}

function gatebook(...words) {
  return node(`process.argv.splice(1, 0, "gatebook"); await import(${JSON.stringify(cli)});`, words);
}

/** Runs JavaScript in a child that reports its own use of the machine, and the modules of Vega it loaded, when it ends. */
function node(script, words = []) {
  const hook = `import { appendFileSync } from "node:fs";
export async function resolve(name, context, next) {
  const found = await next(name, context);
  if (/node_modules.vega/.test(found.url)) appendFileSync(${JSON.stringify(loaded)}, found.url);
  return found;
}`;
  const report = `import { writeFileSync } from "node:fs"; import { register } from "node:module";
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});
process.on("exit", () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, rss: maxRSS })); });
`;
  writeFileSync(loaded, "");
  const started = performance.now();
  const { status, output } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", report + script, "--", ...words],
    { cwd: workspace, encoding: "utf8", stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${output[2]}`);
  const wall = performance.now() - started;
  return { ...JSON.parse(output[3]), wall, hasVega: readFileSync(loaded, "utf8") !== "" };
}

function rounds(run) {
  return Array.from({ length: Number(values.runs) }, run);
}

function median(runs) {
  return runs.map(({ cpu }) => cpu).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}

function thousands(value) {
  return value.toLocaleString("en");
}
