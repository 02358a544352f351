/**
 * Kills `gatebook run` at random moments and checks what is left: after every kill a rerun must end with the tables and the
 * result of an undisturbed run, whatever stood in the report's place must be whole, and no temporary file may stay.
 *
 *   npm run build && node test/bench/crash.mjs [--kills 200] [--users 300] [--seed 1]
 *
 * It prints where the kills fell (by the files that stood there) and exits 1 at the first breach.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openDuckDb } from "../../dist/engine/duckdb/open.js";
import { createRandom } from "../../dist/statistics/random.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    users: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
  },
});
const kills = Number(values.kills);
const cli = resolve(import.meta.dirname, "../../dist/cli.js");
const folder = mkdtempSync(join(tmpdir(), "gatebook-crash-"));
const run = ["run", "--date", "2026-02-07", "--quiet"];
const gatebook = (words, cwd) => {
  const done = spawnSync(process.execPath, [cli, ...words], { cwd, encoding: "utf8" });
  if (done.status !== 0)
    throw new Error(`gatebook ${words.join(" ")} ended with ${done.status}: ${done.stderr}`);
};

/** Every table of the published warehouse, its rows in order, as one hash a table; recorded times left out. */
async function tablesOf(workspace) {
  const engine = await openDuckDb({ file: join(workspace, ".gatebook/warehouse.duckdb"), readOnly: true });
  const names = await engine.rows(
    "SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal ORDER BY 1",
  );
  const hashes = {};
  for (const { name } of names) {
    const { columns, rows } = await engine.table(`SELECT * FROM "${name}" ORDER BY ALL`);
    const timed = new Set(
      columns.flatMap((column, index) =>
        /recorded_at|built_at|loaded_at|_ms$|^result$/.test(column.name) ? [index] : [],
      ),
    );
    const text = JSON.stringify(rows.map((row) => row.filter((_, index) => !timed.has(index))));
    hashes[name] = createHash("sha256").update(text).digest("hex");
  }
  engine.close();
  return hashes;
}

/** The result without its clock. */
function resultOf(workspace) {
  const path = join(workspace, "reports/clip-cosine-v2/2026-02-07/result.json");
  const result = JSON.parse(readFileSync(path, "utf8"));
  delete result.provenance;
  for (const cell of result.cells) delete cell.durationMs;
  for (const line of result.preflight) delete line.ageHours;
  return JSON.stringify(result);
}

function leftovers(workspace) {
  const names = ["reports", ".gatebook"].flatMap((name) => {
    const path = join(workspace, name);
    return existsSync(path) ? readdirSync(path, { recursive: true, encoding: "utf8" }) : [];
  });
  return names.filter((name) => /\.tmp$|\.wal$|^tmp\/./.test(name));
}

function wholeReport(workspace) {
  const path = join(workspace, "reports/clip-cosine-v2/2026-02-07");
  if (!existsSync(path)) return "no report yet";
  for (const name of readdirSync(path)) {
    if (name.endsWith(".json") || name.endsWith(".ipynb")) JSON.parse(readFileSync(join(path, name), "utf8"));
    if (name.endsWith(".html") && !readFileSync(join(path, name), "utf8").trimEnd().endsWith("</html>"))
      throw new Error(`${name} is cut`);
  }
  return "report";
}

const clean = join(folder, "clean");
gatebook(["init", clean], folder);
gatebook(["sample", "--users", values.users, "--quiet", "--scenario", "broken-ingestion"], clean);
const reference = join(folder, "reference");
cpSync(clean, reference, { recursive: true, preserveTimestamps: true });
const started = performance.now();
gatebook(run, reference);
const wholeMs = performance.now() - started;
const [tables, result] = [await tablesOf(reference), resultOf(reference)];
console.log(
  `an undisturbed run takes ${(wholeMs / 1000).toFixed(1)} s; ${Object.keys(tables).length} tables`,
);

const random = createRandom(`crash ${values.seed}`);
const stages = new Map();
for (let kill = 1; kill <= kills; kill++) {
  const workspace = join(folder, "killed");
  rmSync(workspace, { recursive: true, force: true });
  cpSync(clean, workspace, { recursive: true, preserveTimestamps: true });
  const child = spawn(process.execPath, [cli, ...run], { cwd: workspace, stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", done));
  await new Promise((done) => setTimeout(done, random.uniform() * wholeMs * 1.05));
  child.kill("SIGKILL");
  await ended;
  const store = existsSync(join(workspace, ".gatebook/store.duckdb")) ? "store" : "no store yet";
  const published = existsSync(join(workspace, ".gatebook/warehouse.duckdb")) ? "published" : "not published";
  const where = `${store}, ${published}, ${wholeReport(workspace)}`;
  stages.set(where, (stages.get(where) ?? 0) + 1);
  gatebook(run, workspace);
  const again = await tablesOf(workspace);
  const changed = Object.keys({ ...tables, ...again }).filter((name) => tables[name] !== again[name]);
  const problems = [
    ...changed.map((name) => `table ${name} differs`),
    ...(resultOf(workspace) === result ? [] : ["result.json differs"]),
    ...leftovers(workspace).map((name) => `left behind: ${name}`),
  ];
  if (problems.length > 0) {
    console.error(`kill ${kill} (${where}): ${problems.join("; ")}; kept in ${workspace}`);
    process.exit(1);
  }
  if (kill % 20 === 0) console.log(`${kill} kills, every rerun whole`);
}
for (const [where, count] of [...stages].sort()) console.log(`${String(count).padStart(5)}  ${where}`);
rmSync(folder, { recursive: true, force: true });
