/**
 * Whether the fair concentration is fair, and its interval honest.
 *
 *   npm run build && node test/bench/concentration.mjs [--quick | --runs 800,130] [--seed TEXT]
 *
 * An A/A at 10% exposure, again and again with new users: both variants serve alike, so every change is noise or bias.
 * Top-1 and top-10 author shares are measured by the product's own SQL in DuckDB and called by the judge's own code, with
 * the thresholds of rollout.yaml and five guardrails: the naive share and the fair value against the bare lines, then the
 * fair value under evidence. One look each, after two days. Same seed and same DuckDB, same table.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../dist/engine/duckdb/open.js";
import { interval } from "../../dist/judge/metric/bounds.js";
import { classifyObservation } from "../../dist/judge/metric/classify.js";
import { evidenceOf } from "../../dist/judge/metric/evidence.js";
import { readCatalog } from "../../dist/queries/catalog/catalog.js";
import { measureMetrics } from "../../dist/queries/measures/metrics.js";
import { BASELINE, CANDIDATE, DAYS, drawCatalogue, drawUsers } from "./concentration-model.mjs";

const CATALOGUES = [
  { name: "flat", exponent: 0 },
  { name: "Zipf 0.5", exponent: 0.5 },
  { name: "Zipf 0.9", exponent: 0.9 },
];
const TOPS = [1, 10];
const CRITERIA = {
  lines: { harm: "rise", warning: 0.1, rollback: 0.15, severe: null },
  guardrails: 5,
  minSample: { impressions: 1000, clicks: 100 },
  definition: { denominator: "impressions" },
  comparison: "concurrent",
};
const SINGLE_DAYS = { reads: false, fires: false };
const PLAN = {
  baseline: BASELINE,
  candidate: CANDIDATE,
  from: DAYS[0],
  to: DAYS[1],
  shownFrom: DAYS[0],
  timeZone: "UTC",
  presentColumns: new Set(["author_id"]),
};

const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : null);
const seed = option("--seed") ?? "gatebook";
/** Of 200 and of 2,000 users: about four minutes on two idle cores. */
const [few, many] = (option("--runs") ?? (process.argv.includes("--quick") ? "36,6" : "450,90"))
  .split(",")
  .map(Number);
const sizes = [
  { candidate: 200, baseline: 1800, runs: few },
  { candidate: 2000, baseline: 18_000, runs: many },
];

const started = performance.now();
/** Small queries gain nothing from a second thread, two databases side by side do. */
const engines = await Promise.all([1, 2].map(() => openDuckDb({ file: ":memory:", threads: 1 })));
const catalog = shippedMetricAt(TOPS);
console.log(`seed ${seed}; ${engines[0].version}; ± is one standard error; w/r: called warning / rollback\n`);
console.log(
  row([
    "catalogue",
    "users",
    "runs",
    "top",
    "naive change",
    "fair change",
    "its spread",
    "error/spread",
    "coverage 95%",
    "one day's",
    "naive w/r",
    "fair w/r",
    "evidence w/r",
  ]),
);
for (const size of sizes) {
  for (const catalogue of CATALOGUES) {
    const runs = (await Promise.all(engines.map((engine, lane) => play(engine, lane, { size, catalogue }))))
      .flat()
      .toSorted((a, b) => a.run - b.run);
    for (const [i, top] of TOPS.entries()) {
      report(catalogue, size, { top, outcomes: runs.map(({ outcomes }) => outcomes[i]) });
    }
  }
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
for (const engine of engines) engine.close();

/** Every second run. */
async function play(engine, lane, { size, catalogue }) {
  await drawCatalogue(engine, catalogue.exponent);
  const runs = [];
  for (let run = lane; run < size.runs; run += engines.length) {
    await drawUsers(engine, { ...size, seed: `${seed} ${catalogue.name} ${size.candidate} ${run}` });
    const measured = await measureMetrics(engine, catalog, PLAN);
    runs.push({ run, outcomes: measured.map(outcome) });
  }
  return runs;
}

/** queries/metrics/top_author_share.sql as it is shipped, but for its K. */
function shippedMetricAt(tops) {
  const root = mkdtempSync(join(tmpdir(), "gatebook-bench-"));
  const folder = join(root, "queries/metrics");
  mkdirSync(folder, { recursive: true });
  const shipped = readFileSync(
    new URL("../../queries/metrics/top_author_share.sql", import.meta.url),
    "utf8",
  );
  for (const [i, top] of tops.entries()) {
    writeFileSync(join(folder, `share_${i}.sql`), shipped.replace(/^-- @top .*$/m, `-- @top ${top}`));
  }
  const read = readCatalog(root);
  rmSync(root, { recursive: true });
  return read;
}

function outcome({ observation, days, error }) {
  if (error !== null) throw new Error(error.message);
  const fair = evidenceOf(observation);
  const naive = evidenceOf({
    baseline: { ...observation.baseline, value: observation.baseline.rawValue },
    candidate: { ...observation.candidate, value: observation.candidate.rawValue },
  });
  const call = (evidence, mode) => classifyObservation(evidence, { ...CRITERIA, mode }, SINGLE_DAYS).fires;
  return {
    naive: naive.delta,
    fair: fair.delta,
    log: Math.log(1 + fair.delta),
    error: fair.comparison?.standardError ?? null,
    covered: covers(fair),
    dayCovered: covers(evidenceOf(days[0])),
    calls: [call(naive, "literal"), call(fair, "literal"), call(fair, "evidence")],
  };
}

/** No change lies inside the interval; null without an interval. */
function covers(evidence) {
  const bounds = interval(evidence);
  return bounds === null ? null : bounds[0] <= 0 && bounds[1] >= 0;
}

function report(catalogue, size, { top, outcomes }) {
  const runs = outcomes.length;
  const column = (pick) => outcomes.map(pick);
  const change = (values) =>
    `${signed(mean(values))} ± ${((100 * spread(values)) / Math.sqrt(runs)).toFixed(1)}`;
  const part = (hits) => {
    const known = hits.filter((hit) => hit !== null);
    if (known.length === 0) return "no interval";
    const share = known.filter(Boolean).length / known.length;
    const error = Math.sqrt((share * (1 - share)) / known.length);
    return `${(100 * share).toFixed(1)}% ± ${(100 * error).toFixed(1)}`;
  };
  const calls = (i) =>
    ["warning", "rollback"]
      .map((level) => `${(100 * mean(column((one) => (one.calls[i] === level ? 1 : 0)))).toFixed(1)}%`)
      .join(" / ");
  console.log(
    row([
      catalogue.name,
      `${size.candidate}/${size.baseline}`,
      String(runs),
      String(top),
      change(column((one) => one.naive)),
      change(column((one) => one.fair)),
      `${(100 * spread(column((one) => one.fair))).toFixed(1)}%`,
      quality(outcomes),
      part(column((one) => one.covered)),
      part(column((one) => one.dayCovered)),
      calls(0),
      calls(1),
      calls(2),
    ]),
  );
}

/** The jackknife's error over what it estimates: 1 when the interval is as wide as it should be. */
function quality(outcomes) {
  const errors = outcomes.flatMap(({ error }) => (error === null ? [] : [error ** 2]));
  return (Math.sqrt(mean(errors)) / spread(outcomes.map(({ log }) => log))).toFixed(2);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values) {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

function signed(fraction) {
  return `${fraction < 0 ? "−" : "+"}${(100 * Math.abs(fraction)).toFixed(1)}%`;
}

function row(cells) {
  return cells.map((cell, i) => (i < 4 ? cell.padStart(i === 1 ? 12 : 10) : cell.padStart(15))).join("");
}
