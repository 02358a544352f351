/**
 * Loads generated exports: random columns, types, values and bytes, in CSV, JSON lines and Parquet, plain, gzip and zstd.
 *
 *   npm run build && node test/bench/fuzz.mjs [--minutes 10 | --cases 5000] [--seed 1] [--from 0]
 *
 * A case is one to three files of one source and comes from the seed and its number alone. Of each it checks: nothing but a
 * GatebookError of code `input` is thrown; read = loaded + duplicates + rejected, and each is what stands in its table; of a
 * file that was not damaged every row was read, every good one is there, every bad one rejected; a second load changes
 * nothing; and when one file is replaced the tables are those of one load from scratch. The first breach stops it and says
 * how to run that case alone.
 */
import { isUtf8 } from "node:buffer";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDuckDb } from "../../dist/engine/duckdb/open.js";
import { discoverSources } from "../../dist/load/files/discover.js";
import { loadSources } from "../../dist/load/load.js";
import { createLoadTables } from "../../dist/load/records/tables.js";
import { GatebookError } from "../../dist/model/error.js";
import { createRandom } from "../../dist/statistics/random.js";
import { exportsFrom } from "./fuzz-exports.mjs";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    cases: { type: "string" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});
const root = mkdtempSync(join(tmpdir(), "gatebook-fuzz-"));
const folder = join(root, "exports");
const counts = { cases: 0, files: 0, damaged: 0, refused: 0, read: 0, loaded: 0, duplicates: 0, rejected: 0 };
const reasons = new Map();
const count = (map, key, by = 1) => map.set(key, (map.get(key) ?? 0) + by);

const noOptions = {
  delimiter: null,
  quote: null,
  escape: null,
  header: true,
  nullText: [""],
  timeFormat: "iso",
  timeZone: "UTC",
  encoding: "utf-8",
};
function configOf({ ending: _, ...options }) {
  const source = {
    name: "feed",
    kind: "events",
    files: ["exports/*"],
    format: null,
    options: { ...noOptions, ...options },
    columns: new Map(),
    eventTypes: new Map(),
    staging: null,
    followLinks: false,
    maxUnpacked: null,
    maxLine: 10_000_000,
  };
  return {
    file: join(root, "rollout.yaml"),
    root,
    rollout: { name: "fuzz", timeZone: "UTC" },
    gates: [],
    activeGate: { started: null },
    sources: [source],
    maxRejected: 0.001,
    coverage: { warn: 0.01, block: 0.05, difference: 0.01 },
    unitPlaceholders: [],
  };
}

async function openStore() {
  const engine = await openDuckDb({ file: ":memory:", threads: 2 });
  await createLoadTables(engine);
  return engine;
}

/** Null when every file is refused. */
async function load(engine, config) {
  const context = { asOf: "2026-02-08T00:00:00Z", temporaryFolder: join(root, "tmp"), progress: () => {} };
  try {
    return await loadSources(engine, config, await discoverSources(config), context);
  } catch (error) {
    if (error instanceof GatebookError && error.code === "input") return null;
    throw error;
  }
}

async function tablesOf(engine) {
  const tables = [];
  // why a damaged file cannot be read may be found in one place or in another
  const loads =
    "(SELECT * REPLACE (CASE WHEN status = 'refused' THEN '' ELSE notes END AS notes) FROM loads)";
  for (const name of ["events", "duplicate_events", "rejected_rows", loads])
    tables.push(await engine.rows(`SELECT * FROM ${name} ORDER BY ALL`));
  return JSON.stringify(tables);
}

/** One file, written; what is known of it. */
async function makeFile(made, format, number) {
  if (format === "parquet") {
    const path = join(folder, `${number}.parquet`);
    const file = await made.parquet(writer, path);
    if (made.chance(0.8)) return { ...file, path, isDamaged: false };
    writeFileSync(path, made.damaged(readFileSync(path)));
    return { ...file, path, isDamaged: true };
  }
  const file = format === "csv" ? made.csv() : made.jsonLines();
  // a .zst file of another encoding is refused, and says so
  const packing = made.pick(["", "", ".gz", isUtf8(file.bytes) ? ".zst" : ".gz"]);
  const isDamaged = made.chance(0.2);
  const bytes = made.packed(isDamaged && made.chance(0.5) ? made.damaged(file.bytes) : file.bytes, packing);
  const path = join(folder, `${number}.${file.ending}${packing}`);
  writeFileSync(path, isDamaged ? made.damaged(bytes) : bytes);
  return { ...file, path, rows: file.verdicts.length, isDamaged };
}

function demand(holds, what) {
  if (!holds) throw new Error(what);
}

async function checkAccounts(engine) {
  const rows = await engine.rows(`SELECT file, read, loaded, duplicates, rejected, status,
      (SELECT count(*) FROM event_rows e WHERE e.file_id = f.file_id) AS events,
      (SELECT count(*) FROM duplicate_rows d WHERE d.file_id = f.file_id) AS copies,
      (SELECT count(*) FROM reject_rows r WHERE r.file_id = f.file_id) AS rejects
    FROM load_files f`);
  for (const row of rows) {
    demand(row.read === row.loaded + row.duplicates + row.rejected, `accounts of ${JSON.stringify(row)}`);
    const tables = [row.events, row.copies, row.rejects];
    demand(
      `${tables}` === `${[row.loaded, row.duplicates, row.rejected]}`,
      `tables of ${JSON.stringify(row)}`,
    );
  }
  const [odd] =
    await engine.rows(`SELECT count(*) AS rows FROM events WHERE unit_id IS NULL OR event_date IS NULL OR event_type IS NULL
    OR dwell_seconds < 0 OR (algo_version IS NULL AND event_type IN ('impression', 'click'))`);
  demand(odd.rows === 0, `${odd.rows} events that are none`);
}

/** Held against what the generator knows of a file it did not damage. */
function checkKnown(file, record) {
  const sayings = `${file.path}: ${JSON.stringify(record)}`;
  const has = (name) => file.columns.includes(name);
  const isEvents = has("event_type") && (has("occurred_at") || has("event_date"));
  if (file.rows === 0 && record.status === "refused") return; // no keys, or nothing at all
  if (!isEvents && file.verdicts !== null && record.status === "refused") return;
  if (/quote .* swallows whole rows/.test(record.notes[0] ?? "")) return; // a value of several lines that look like rows
  if (file.verdicts === null && record.status === "refused") {
    demand(/^has no column/.test(record.notes[0]) && !isEvents, `refused without a reason: ${sayings}`);
    return;
  }
  demand(record.status === "loaded", `refused: ${sayings}`);
  demand(record.read === file.rows, `${file.rows} rows written, not all read: ${sayings}`);
  if (file.verdicts === null) return;
  const rows = (wanted) => file.verdicts.filter((verdict) => verdict === wanted).length;
  demand(record.loaded + record.duplicates >= rows("good"), `${rows("good")} good rows: ${sayings}`);
  demand(record.rejected >= rows("bad"), `${rows("bad")} bad rows: ${sayings}`);
}

function tally(files, summary) {
  counts.cases++;
  counts.files += files.length;
  counts.damaged += files.filter(({ isDamaged }) => isDamaged).length;
  for (const record of summary?.records ?? []) {
    for (const name of ["read", "loaded", "duplicates", "rejected"]) counts[name] += record[name];
    for (const [reason, rows] of Object.entries(record.rejectedByReason)) count(reasons, reason, rows);
    if (record.status === "refused")
      count(reasons, `refused: ${record.notes[0].replace(/["“].*|\d+|:.*/g, "…").slice(0, 60)}`);
  }
  counts.refused +=
    summary === null ? files.length : summary.records.filter(({ status }) => status === "refused").length;
}

async function runCase(number) {
  const made = exportsFrom(createRandom(`fuzz ${values.seed} ${number}`));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const format = made.pick(["csv", "csv", "json", "json", "parquet"]);
  const first = await makeFile(made, format, 0);
  const config = configOf(first.options);
  const files = [first];
  // files of one source share its options: others are of the same dialect, or damaged by not being so
  while (files.length < 3 && format !== "csv" && made.chance(0.3))
    files.push(await makeFile(made, format, files.length));
  const engine = await openStore();
  try {
    const summary = await load(engine, config);
    await checkAccounts(engine);
    for (const file of files) {
      const record = summary?.records.find((each) => file.path.endsWith(each.file));
      if (!file.isDamaged && record !== undefined) checkKnown(file, record);
    }
    tally(files, summary);
    const tables = await tablesOf(engine);
    const again = await load(engine, config);
    // what was refused for a limit of today is tried again
    const isRefused = again?.records.some(({ status }) => status === "refused");
    demand(again === null || !again.changed || isRefused, "a second load found something changed");
    demand(tables === (await tablesOf(engine)), "a second load changed the tables");
    if (made.chance(0.3)) await replaceOne(engine, config, files, made);
  } finally {
    engine.close();
  }
}

async function replaceOne(engine, config, files, made) {
  const { path } = made.pick(files);
  writeFileSync(path, made.damaged(readFileSync(path)));
  // the engine keeps what it read of a file for a while, and looks at whole seconds of its time
  utimesSync(path, new Date("2026-02-09T00:00:00Z"), new Date("2026-02-09T00:00:00Z"));
  await load(engine, config);
  await checkAccounts(engine);
  const scratch = await openStore();
  try {
    await load(scratch, config);
    demand((await tablesOf(engine)) === (await tablesOf(scratch)), "not what one load from scratch gives");
  } finally {
    scratch.close();
  }
}

const writer = await openDuckDb({ file: ":memory:", threads: 1 });
const started = performance.now();
const last =
  values.cases === undefined ? Number.POSITIVE_INFINITY : Number(values.from) + Number(values.cases);
const until =
  values.cases === undefined ? started + 60_000 * Number(values.minutes) : Number.POSITIVE_INFINITY;
for (let number = Number(values.from); number < last && performance.now() < until; number++) {
  try {
    await runCase(number);
  } catch (error) {
    if (/^DuckDB internal error while reading exports\//.test(error.message)) {
      count(
        reasons,
        `a run would go on with a new engine: ${error.message.replace(/exports\/\S+|\d+/g, "…")}`,
      );
      continue;
    }
    console.error(`case ${number}: ${error.stack ?? error}\n${error.cause ?? ""}`);
    console.error(
      `alone: node test/bench/fuzz.mjs --seed ${values.seed} --from ${number} --cases 1; its files are in ${folder}`,
    );
    process.exit(1);
  }
  if (counts.cases % 500 === 0) console.log(`${counts.cases} cases, every row accounted for`);
}
console.log(`${((performance.now() - started) / 60_000).toFixed(1)} minutes: ${JSON.stringify(counts)}`);
for (const [reason, times] of [...reasons].sort(([, a], [, b]) => b - a))
  console.log(`${String(times).padStart(8)}  ${reason}`);
writer.close();
rmSync(root, { recursive: true, force: true });
