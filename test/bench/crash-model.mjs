/** What the crash and disk benches compare: every table, the results, the reports, and what is left beside them. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openDuckDb } from "../../dist/engine/duckdb/open.js";

export const cli = resolve(import.meta.dirname, "../../dist/cli.js");
export const nights = ["2026-02-02", "2026-02-03"];
const [lastNight, tonight] = nights;

/** Throws where the exit code is another than 0, or none of `codes` where the last of the words is an object with them. */
export function gatebook(cwd, ...given) {
  const { codes } = given.find((word) => typeof word === "object") ?? { codes: [0] };
  const words = given.filter((word) => typeof word === "string");
  const done = spawnSync(process.execPath, [cli, ...words], { cwd, encoding: "utf8" });
  if (!codes.includes(done.status))
    throw new Error(`gatebook ${words.join(" ")} ended with ${done.status}: ${done.stderr}`);
}

/**
 * What a process and its children have used of the processors, in ms; with no number, this process and those that it waited for. A busy
 * machine takes longer for the same work, so that this tells how far a command is, where a clock does not. Null where the system does
 * not say.
 */
export function processorMs(pid = "self") {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
    return 10 * fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  } catch {
    return null;
  }
}

export const runWords = (date = tonight) => ["run", "--date", date, "--wait", "0"];

/** Of each kind of file so many that nothing is left out that a night does: a round then takes half the time. */
function keepFew(workspace) {
  const kept = /^(ctr|top_author_share|user_days|author_days|traffic_by_day)\./;
  for (const kind of ["metrics", "relations", "cells"])
    for (const name of readdirSync(join(workspace, "queries", kind)))
      if (!kept.test(name)) rmSync(join(workspace, "queries", kind, name));
  const config = join(workspace, "rollout.yaml");
  const isOther = /^ {2}(long_dwell_share|top_category_share|near_duplicate_share|save_rate): .*\n/gm;
  writeFileSync(config, readFileSync(config, "utf8").replace(isOther, ""));
}

/**
 * Two workspaces in which tonight has not run. `first`: no night has. `second`: last night has, on fewer exports: since then
 * a day's file came, another grew by a third, one was renamed, and one that was broken has been mended.
 */
export function makeWorkspaces(folder, users, keepEvents = "14") {
  const first = join(folder, "first");
  gatebook(folder, "init", first);
  const config = readFileSync(join(first, "rollout.yaml"), "utf8");
  writeFileSync(
    join(first, "rollout.yaml"),
    config.replace(/^keep_events: .*$/m, `keep_events: ${keepEvents}`),
  );
  keepFew(first);
  gatebook(
    first,
    "sample",
    "--quiet",
    "--scenario",
    "broken-ingestion",
    "--users",
    users,
    "--days",
    "3",
    "--last-day",
    tonight,
  );
  const second = join(folder, "second");
  copy(first, second);
  const feed = (name) => join(second, "exports/feed_events", name);
  const whole = readFileSync(feed(`${lastNight}.csv`), "utf8").split("\n");
  rmSync(feed(`${tonight}.csv`));
  writeFileSync(feed(`${lastNight}.csv`), `${whole.slice(0, (whole.length * 2) / 3).join("\n")}\n`);
  const saves = join(second, "exports/user_discovery_events", `date=${nights[0]}`, "part-0.jsonl.gz");
  writeFileSync(saves, readFileSync(saves).subarray(0, -9));
  writeFileSync(feed("early.csv"), readFileSync(feed("2026-02-01.csv")));
  rmSync(feed("2026-02-01.csv"));
  gatebook(second, ...runWords(lastNight), "--quiet");
  rmSync(feed("early.csv"));
  copy(join(first, "exports"), join(second, "exports"));
  return { first, second };
}

export function copy(from, to) {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

/** Every table and view of a database, its rows in order, as one hash each; recorded times left out. */
export async function tablesOf(file) {
  const engine = await openDuckDb({ file, readOnly: true });
  const names = await engine.rows(`SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1`);
  const hashes = {};
  for (const { name } of names) {
    const { columns, rows } = await engine.table(`SELECT * FROM "${name}" ORDER BY ALL`);
    const timed = new Set(
      columns.flatMap(({ name: column }, index) =>
        /recorded_at|restated_at|built_at|loaded_at|_ms$|^result$/.test(column) ? [index] : [],
      ),
    );
    const text = JSON.stringify(rows.map((row) => row.filter((_, index) => !timed.has(index))));
    hashes[name] = createHash("sha256").update(text).digest("hex");
  }
  engine.close();
  return hashes;
}

export const warehouseOf = (workspace) => join(workspace, ".gatebook/warehouse.duckdb");
export const reportOf = (workspace, night = tonight) => join(workspace, "reports/clip-cosine-v2", night);

/** The same of the published warehouse, whose accounts have to add up; a word where it cannot be read. */
export async function warehouseTables(workspace) {
  if (!existsSync(warehouseOf(workspace))) return "missing";
  try {
    await checkAccounts(warehouseOf(workspace));
    return await tablesOf(warehouseOf(workspace));
  } catch (error) {
    if (error.code === "damaged") return "damaged";
    throw error;
  }
}

/** read = loaded + duplicates + rejected, of each file, and each is what its table holds, but for events of pruned days. */
async function checkAccounts(file) {
  const engine = await openDuckDb({ file, readOnly: true });
  try {
    const wrong =
      await engine.rows(`SELECT file FROM load_files f WHERE read <> loaded + duplicates + rejected
      OR duplicates <> (SELECT count(*) FROM duplicate_rows d WHERE d.file_id = f.file_id)
      OR rejected <> (SELECT count(*) FROM reject_rows r WHERE r.file_id = f.file_id)
      OR kind = 'events' AND first_day >= (SELECT min(event_date) FROM event_rows)
        AND loaded <> (SELECT count(*) FROM event_rows e WHERE e.file_id = f.file_id)`);
    if (wrong.length > 0)
      throw new Error(`the accounts of ${wrong.map((row) => row.file).join(", ")} do not add up`);
  } finally {
    engine.close();
  }
}

/** The result without its clock. */
export function resultOf(workspace, night) {
  const result = JSON.parse(readFileSync(join(reportOf(workspace, night), "result.json"), "utf8"));
  delete result.provenance;
  for (const cell of result.cells) delete cell.durationMs;
  for (const line of result.preflight) delete line.ageHours;
  return JSON.stringify(result);
}

export function namesBelow(folder) {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
}

/** Files that no finished run leaves. */
export function leftovers(workspace) {
  const names = ["reports", ".gatebook"].flatMap((name) => namesBelow(join(workspace, name)));
  return names.filter((name) => /\.tmp$|\.wal|\.compact|^tmp\/./.test(name));
}

/** Every file below a folder as one hash; "" where there is none. */
export function hashOf(folder) {
  const hash = createHash("sha256");
  for (const name of namesBelow(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) hash.update(`${name}\0`).update(readFileSync(path));
  }
  return existsSync(folder) ? hash.digest("hex") : "";
}

/** What is cut of the files that stand in the reports' places, whatever night they are of. */
export function cutReports(workspace) {
  const folder = join(workspace, "reports");
  return namesBelow(folder).flatMap((name) => {
    const text = /\.(json|ipynb|html|svg|md|txt)$/.test(name)
      ? readFileSync(join(folder, name), "utf8")
      : null;
    return text === null || isWhole(name, text) ? [] : [name];
  });
}

function isWhole(name, text) {
  if (/\.(json|ipynb)$/.test(name)) return isJson(text);
  const end = name.endsWith(".html") ? "</html>" : name.endsWith(".svg") ? "</svg>" : "";
  return text !== "" && text.trimEnd().endsWith(end);
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What differs between an undisturbed night and this workspace, each thing by name. */
export async function differences(workspace, undisturbed) {
  const tables = await tablesOf(warehouseOf(workspace));
  const changed = Object.keys({ ...undisturbed.tables, ...tables }).filter(
    (name) => undisturbed.tables[name] !== tables[name],
  );
  return [
    ...changed.map((name) => `table ${name} differs`),
    ...(resultOf(workspace) === undisturbed.result ? [] : ["result.json differs"]),
    ...leftovers(workspace).map((name) => `left behind: ${name}`),
    ...cutReports(workspace).map((name) => `cut: ${name}`),
  ];
}

/** Runs tonight in a copy; `before` are last night's tables, null where there was none. */
export async function undisturbedRun(clean, folder) {
  const workspace = join(folder, "undisturbed");
  rmSync(workspace, { recursive: true, force: true });
  copy(clean, workspace);
  const before = existsSync(warehouseOf(clean)) ? await tablesOf(warehouseOf(clean)) : null;
  const started = performance.now();
  gatebook(workspace, ...runWords(), "--quiet");
  const wholeMs = performance.now() - started;
  return { before, wholeMs, tables: await tablesOf(warehouseOf(workspace)), result: resultOf(workspace) };
}
