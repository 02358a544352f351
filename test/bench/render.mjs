/**
 * What a report weighs and costs: the sizes of every format, the CPU time of rendering them all, that no chart is no Vega,
 * and what a cell of a million rows adds to a night. It exits 1 beyond 3 s of CPU for all formats together, report.html of 500 KB (30 days)
 * or email.html of 100 KB.
 *
 *   npm run build && node test/bench/render.mjs [--days 30] [--runs 5] [--rows 1000000]
 *
 * A workspace is made with the healthy sample over so many days; its last night's result.json is rendered again by
 * `gatebook render`, round after round; medians are printed. CPU time is user and system, Node's start and the process that draws
 * charts included; the largest resident memory is that of the command alone.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { reportFormats as formats } from "../../dist/model/config.js";
import { processorMs } from "./crash-model.mjs";

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
  const bare = median(rounds(() => node("0")));
  const cpu = render(
    "all formats",
    formats.flatMap((format) => ["--format", format]),
    bare,
  );
  for (const format of ["html", "md", "ipynb", "txt"]) render(`${format} alone`, ["--format", format], bare);
  const again = join(workspace, "again");
  const sizes = readdirSync(again).filter((name) => statSync(join(again, name)).isFile());
  for (const name of sizes)
    console.log(`  ${name.padEnd(14)} ${thousands(statSync(join(again, name)).size).padStart(9)} bytes`);
  limit("all formats, ms of CPU", cpu, 3000);
  if (days <= 30) limit("report.html", statSync(join(again, "report.html")).size, 500_000);
  limit("email.html", statSync(join(again, "email.html")).size, 100_000);
  console.log(
    `  report.md      ${thousands([...readFileSync(join(night, "report.md"), "utf8")].length).padStart(9)} characters`,
  );
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
  return cpu;
}

function limit(what, found, most) {
  if (found <= most) return;
  console.error(`${what}: ${thousands(Math.round(found))} is more than ${thousands(most)}`);
  process.exitCode = 1;
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
  const used = processorMs();
  const { status, output } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", report + script, "--", ...words],
    { cwd: workspace, encoding: "utf8", stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${output[2]}`);
  const wall = performance.now() - started;
  const own = JSON.parse(output[3]);
  const cpu = used === null ? own.cpu : processorMs() - used;
  return { ...own, cpu, wall, hasVega: readFileSync(loaded, "utf8") !== "" };
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
