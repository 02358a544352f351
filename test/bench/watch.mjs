/**
 * From a save to the page that shows it: under 300 ms on the sample is what it is held to.
 *
 *   npm run build && node test/bench/watch.mjs [--rounds 15] [--cli dist/cli.js] [--workspace DIR]
 *
 * Without a workspace the shipped sample is loaded into a new one. `gatebook watch` runs in a process of its own, Chromium has its
 * page open; a file is saved, and the clock stops when the page has been changed. The median and the slowest of the rounds are
 * printed, how much of it the watch itself says it took, and (on Linux) the CPU time of its process per save: on a busy machine
 * the clock says what the neighbours do. Beside them the first night, which is what an edit cost before.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    cli: { type: "string", default: "dist/cli.js" },
    workspace: { type: "string" },
  },
});
const cli = resolve(values.cli);
const made = values.workspace === undefined ? mkdtempSync(join(tmpdir(), "gatebook-bench-")) : null;
const root = resolve(values.workspace ?? made);
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** What is edited, to and fro. */
const edits = {
  "cell (table)": ["queries/cells/top_authors.sql", "place <= 10", "place <= 9"],
  "cell (chart)": ["queries/cells/dwell_distribution.sql", "-- @chart bar", "-- @chart line"],
  "metric (ratio)": ["queries/metrics/ctr.sql", "impressions > 0", "impressions > 1"],
  "metric (concentration)": ["queries/metrics/top_author_share.sql", "-- @top 10", "-- @top 9"],
  relation: ["queries/relations/category_days.sql", "FROM events", "FROM events AS e"],
  threshold: ["rollout.yaml", "drop: { warning: 3%", "drop: { warning: 2%"],
  error: ["queries/cells/top_authors.sql", "ORDER BY algo_version, place", "ORDER BY algo_version, plase"],
};

if (made !== null) for (const words of [["init", "."], ["sample"]]) gatebook(...words);
const night = made === null ? null : timed(() => gatebook("run", "--date", "2026-02-07"));
if (night !== null) console.log(`first night                ${night.toFixed(0).padStart(6)} ms`);
const watch = spawn(process.execPath, [cli, "watch", "--port", "0"], { cwd: root });
const said = [];
watch.stdout.on("data", (text) => said.push(String(text)));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const url = await until(() => /Page: (\S+)/.exec(said.join(""))?.[1]);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  for (const [name, [path, before, after]] of Object.entries(edits))
    await measure(page, name, { path, before, after });
  console.log(`${cpus().length} processors, load ${loadavg()[0].toFixed(1)}`);
} finally {
  await browser.close();
  watch.kill("SIGINT");
  await new Promise((done) => watch.on("exit", done));
  if (made !== null) rmSync(made, { recursive: true, force: true });
}

async function measure(page, name, { path, before, after }) {
  const original = readFileSync(join(root, path), "utf8");
  const edited = original.replace(before, after);
  if (edited === original) throw new Error(`"${before}" does not stand in ${path}`);
  const took = [];
  const own = [];
  let cpu = cpuTime(watch.pid);
  for (let round = -2; round < Number(values.rounds); round++) {
    if (round === 0) cpu = cpuTime(watch.pid);
    for (const text of [edited, original]) {
      await page.evaluate(() => performance.clearMarks("gatebook-shown"));
      const heard = said.join("").length;
      const began = Date.now();
      save(path, text);
      const shown = await page
        .waitForFunction(() => {
          const [mark] = performance.getEntriesByName("gatebook-shown");
          return mark === undefined ? false : performance.timeOrigin + mark.startTime;
        })
        .then((handle) => handle.jsonValue());
      if (round < 0) continue; // the first ones warm up
      took.push(shown - began);
      const status = await until(() => / (\d+) ms\n/.exec(said.join("").slice(heard)));
      own.push(Number(status[1]));
    }
  }
  const show = (numbers) => `${median(numbers).toFixed(0).padStart(6)} ms`;
  const slowest = Math.max(...took)
    .toFixed(0)
    .padStart(6);
  const each = ((cpuTime(watch.pid) - cpu) / took.length).toFixed(0).padStart(5);
  console.log(
    `${name.padEnd(26)} ${show(took)}  slowest ${slowest} ms  of it watch ${show(own)}  CPU ${each} ms`,
  );
}

/** User and system time of a process so far, milliseconds; not a number where the system does not say. */
function cpuTime(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Number.NaN;
  }
}

/** As editors do: beside it, then in its place. */
function save(path, text) {
  writeFileSync(join(root, `${path}~`), text);
  renameSync(join(root, `${path}~`), join(root, path));
}

function gatebook(...words) {
  const { status, stderr } = spawnSync(process.execPath, [cli, ...words], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${stderr}`);
}

function timed(work) {
  const began = performance.now();
  work();
  return performance.now() - began;
}

async function until(found) {
  for (;;) {
    const value = found();
    if (value !== undefined && value !== null) return value;
    await new Promise((done) => setTimeout(done, 5));
  }
}

function median(numbers) {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1];
}
