/**
 * Kills `gatebook run` at random moments and checks what is left.
 *
 *   npm run build && node test/bench/crash.mjs [--kills 200] [--users 60] [--seed 1] [--keep-events 0]
 *
 * Every second round begins with a first night, the others with a second one on a store that holds last night's exports: one
 * file is new, one has grown, one was renamed, one was damaged. Every fourth round kills the rerun as well. After each kill
 * the published warehouse is last night's or tonight's, table by table, last night's report has not changed by a byte and no
 * file in the reports' places is cut; after the rerun every table and the result are those of an undisturbed run and nothing
 * is left behind. It prints in which stage the kills fell and exits 1 at the first breach.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "../../dist/statistics/random.js";
import {
  cli,
  copy,
  cutReports,
  differences,
  gatebook,
  hashOf,
  makeWorkspaces,
  nights,
  reportOf,
  runWords,
  tablesOf,
  undisturbedRun,
  warehouseOf,
} from "./crash-model.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    users: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    "keep-events": { type: "string", default: "14" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "gatebook-crash-"));
const random = createRandom(`crash ${values.seed}`);
const clean = makeWorkspaces(folder, values.users, values["keep-events"]);
const scenes = [];
for (const [name, workspace] of Object.entries(clean)) {
  const undisturbed = await undisturbedRun(workspace, folder);
  const seconds = (undisturbed.wholeMs / 1000).toFixed(1);
  console.log(
    `${name} night: ${seconds} s undisturbed, ${Object.keys(undisturbed.tables).length} tables and views`,
  );
  scenes.push({ name, workspace, undisturbed, lastReport: hashOf(reportOf(workspace, nights[0])) });
}

const stages = new Map();
const warehouses = new Map();
const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
let kills = 0;
let ended = 0;
const workspace = join(folder, "killed");

/** Kills a run between its first and its last moment; false when it had ended before. */
async function killRun({ name, undisturbed }) {
  const child = spawn(process.execPath, [cli, ...runWords()], {
    cwd: workspace,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const exit = new Promise((done) => child.once("exit", (_, signal) => done(signal)));
  await new Promise((done) => setTimeout(done, random.uniform() * undisturbed.wholeMs));
  child.kill("SIGKILL");
  if ((await exit) !== "SIGKILL") return false;
  kills++;
  const stage =
    said
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^loading .*/, "loading") || "starting";
  count(stages, `${name} night, ${stage}`);
  return true;
}

async function checkKilled({ name, undisturbed, lastReport }) {
  const problems = cutReports(workspace).map((file) => `cut: ${file}`);
  if (hashOf(reportOf(workspace, nights[0])) !== lastReport) problems.push("last night's report has changed");
  const tables = existsSync(warehouseOf(workspace)) ? await tablesOf(warehouseOf(workspace)) : null;
  const same = (other) => JSON.stringify(tables) === JSON.stringify(other);
  if (same(undisturbed.before)) count(warehouses, `${name} night, as before`);
  else if (same(undisturbed.tables)) count(warehouses, `${name} night, tonight's`);
  else problems.push("the warehouse is neither last night's nor tonight's");
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
  for (let times = round % 4 < 3 ? 1 : 2; times > 0; times--) {
    if (!(await killRun(scene))) ended++;
    stopAt(await checkKilled(scene), `${scene.name} night, killed`);
  }
  gatebook(workspace, ...runWords(), "--quiet");
  stopAt(await differences(workspace, scene.undisturbed), `${scene.name} night, run again`);
  if (round % 20 === 19) console.log(`${kills} kills, every rerun whole`);
}
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(
  `${kills} kills in ${minutes} minutes, every rerun whole; ${ended} runs had ended before their moment`,
);
for (const map of [stages, warehouses]) {
  for (const [what, times] of [...map].sort()) console.log(`${String(times).padStart(5)}  ${what}`);
}
rmSync(folder, { recursive: true, force: true });
