/**
 * Kills gatebook at random moments and checks what is left.
 *
 *   npm run build && node test/bench/crash.mjs [--kills 200] [--users 40] [--seed 1] [--only record,restore]
 *
 * The scenes of crash-scenes.mjs take turns: nights on a new store, on last night's, on one of an earlier version, with no events kept
 * and after everything was lost; `record`, `prune`, and `restore` from each thing that it takes. Every fourth round kills the command
 * again when it is repeated. After each kill the published warehouse is as before or as after, table by table, and its accounts add
 * up; the last report has not changed by a byte and no file in the reports' places is cut. Once the command was repeated, every
 * table, every result and the names of all files are those of an undisturbed one. It exits 1 at the first breach.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRandom } from "../../dist/statistics/random.js";
import {
  cli,
  copy,
  cutReports,
  gatebook,
  hashOf,
  processorMs,
  reportOf,
  warehouseTables,
} from "./crash-model.mjs";
import { differencesFrom, loadedOf, makeScenes } from "./crash-scenes.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    users: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "gatebook-crash-"));
const random = createRandom(`crash ${values.seed}`);
const all = await makeScenes(folder, values.users);
for (const { name, wholeMs, after } of all)
  console.log(
    `${name}: ${(wholeMs / 1000).toFixed(1)} s undisturbed, ${Object.keys(after.tables).length} tables and views`,
  );
const [scratch, grown] = all.map(({ after }) => loadedOf(after.tables));
if (JSON.stringify(scratch) !== JSON.stringify(grown))
  throw new Error("the second night does not end with the tables of a load from scratch");
const wanted = values.only.split(",");
const scenes = all.filter(({ name }) => wanted.some((each) => name.includes(each)));

const counts = new Map();
const count = (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
let kills = 0;
const workspace = join(folder, "killed");
const BEYOND_MS = 20;

/** Until the command has done so much of its work, or has ended; by the clock where the system does not say what it has used. */
async function reached(child, share, { wholeMs, wholeUsedMs }) {
  if (wholeUsedMs === null) return await setTimeout(share * wholeMs);
  while (child.exitCode === null && (processorMs(child.pid) ?? 0) < share * wholeUsedMs) await setTimeout(2);
  // what a command waits for costs it nothing: then and in between two ticks of that clock, some ms more
  await setTimeout(random.uniform() * BEYOND_MS);
}

/** False when the command had ended before its moment. Half of the moments are in its second half, since starting Node takes most of a short one. */
async function killed(scene) {
  const { name, words } = scene;
  const child = spawn(process.execPath, [cli, ...words], { cwd: workspace, stdio: "ignore" });
  const exit = new Promise((done) => child.once("exit", (_, signal) => done(signal)));
  const share = random.uniform() < 0.5 ? random.uniform() : 0.5 + random.uniform() / 2;
  await reached(child, share, scene);
  child.kill("SIGKILL");
  if ((await exit) !== "SIGKILL") {
    count(`${name}: ended before`);
    return false;
  }
  kills++;
  count(`${name}: killed`);
  return true;
}

async function breaches({ name, before, after, kept, keptHash }) {
  const problems = cutReports(workspace).map((file) => `cut: ${file}`);
  if (
    kept !== undefined &&
    existsSync(reportOf(workspace, kept)) &&
    hashOf(reportOf(workspace, kept)) !== keptHash
  )
    problems.push("the last report has changed");
  const tables = await warehouseTables(workspace);
  const isAs = (other) => JSON.stringify(tables) === JSON.stringify(other);
  if (isAs(before)) count(`${name}: the warehouse was as before`);
  else if (isAs(after.tables)) count(`${name}: the warehouse was as after`);
  else if (tables === "missing" && typeof before === "string") count(`${name}: the warehouse was set aside`);
  else problems.push("the warehouse is neither as before nor as after");
  return problems;
}

function stopAt(problems, what) {
  if (problems.length === 0) return;
  console.error(`${what} after kill ${kills}: ${problems.join("; ")}; kept in ${workspace}`);
  process.exit(1);
}

const started = performance.now();
for (let round = 0; kills < Number(values.kills); round++) {
  const scene = scenes[round % scenes.length];
  rmSync(workspace, { recursive: true, force: true });
  copy(scene.workspace, workspace);
  const times = Math.floor(round / scenes.length) % 4 < 3 ? 1 : 2;
  for (let time = 0; time < times && (await killed(scene)); time++)
    stopAt(await breaches(scene), `${scene.name}, killed`);
  gatebook(workspace, ...scene.words, { codes: scene.again });
  stopAt(await differencesFrom(workspace, scene), `${scene.name}, repeated`);
  if (round % 20 === 19) console.log(`${kills} kills, every repetition whole`);
}
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(`${kills} kills in ${minutes} minutes, every repetition whole`);
for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(5)}  ${what}`);
rmSync(folder, { recursive: true, force: true });
