/**
 * Runs nights on disks that are too small and checks what is said and what is left.
 *
 *   npm run build && node test/bench/disk-full.mjs [--rounds 60] [--users 60] [--seed 1]
 *
 * Each round puts a workspace (of crash.mjs: a first night, or a second one) on a small tmpfs with a random amount of free
 * room, and then, on any disk, under a random limit on the size of a file (`ulimit -f`). A run that does not fit has to exit 1
 * with an error that says what, where and what to do; last night's report and warehouse stand, or tonight's. When room is made
 * the rerun ends with the tables and the result of an undisturbed run and nothing is left behind. Mounting takes root; where
 * it is not allowed that half is skipped, and said so. Exits 1 at the first breach.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
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
    rounds: { type: "string", default: "60" },
    users: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "gatebook-disk-"));
const disk = join(folder, "disk");
const workspace = join(disk, "workspace");
mkdirSync(disk);
const random = createRandom(`disk ${values.seed}`);
const sh = (command, ...words) =>
  spawnSync("sh", ["-c", command, "sh", ...words], { cwd: disk, encoding: "utf8" });
const kilobytes = (path) => Number(sh('du -sk "$1"', path).stdout.split("\t")[0]);

/** A night on a disk of so many free kilobytes; `makeRoom` gives it all it needs. */
const tinyDisk = {
  name: "small tmpfs",
  problem: () => {
    const { status, stderr } = sh('mount -t tmpfs -o size=1m gatebook "$1" && umount -l "$1"', disk);
    return status === 0 ? null : stderr.trim();
  },
  prepare: (from, free) => {
    sh('mount -t tmpfs -o size=1g gatebook "$1"', disk);
    copy(from, workspace);
    sh(`mount -o remount,size=${kilobytes(workspace) + free}k "$1"`, disk);
  },
  run: () =>
    spawnSync(process.execPath, [cli, ...runWords(), "--quiet"], { cwd: workspace, encoding: "utf8" }),
  makeRoom: () => sh('mount -o remount,size=1g "$1"', disk),
  cleanUp: () => sh('cd /; umount -l "$1"', disk),
};

/** The same with a limit on the size of every single file, which needs no rights. */
const smallFiles = {
  name: "ulimit -f",
  problem: () => null,
  prepare: (from, free) => {
    copy(from, workspace);
    smallFiles.blocks = 2 * free; // of 512 bytes
  },
  run: () =>
    spawnSync(
      "sh",
      [
        "-c",
        `ulimit -f ${smallFiles.blocks}; exec "$@"`,
        "sh",
        process.execPath,
        cli,
        ...runWords(),
        "--quiet",
      ],
      { cwd: workspace, encoding: "utf8" },
    ),
  makeRoom: () => {},
  cleanUp: () => rmSync(workspace, { recursive: true }),
};

const counts = new Map();
const count = (key) => counts.set(key, (counts.get(key) ?? 0) + 1);

/** What is wrong with the way a run ended that had too little room. */
async function problemsOf({ undisturbed, lastReport }, { status, stderr }) {
  const problems = cutReports(workspace).map((file) => `cut: ${file}`);
  if (status !== 1) problems.push(`exit code ${status}`);
  if (!/^error: .+\n {2}at .+\n {2}hint: .+/.test(stderr)) problems.push(`not what, where, hint: ${stderr}`);
  if (/bug in gatebook|\n\s+at .+:\d+:\d+\)/.test(stderr)) problems.push("a stack");
  if (hashOf(reportOf(workspace, nights[0])) !== lastReport) problems.push("last night's report has changed");
  const tables = existsSync(warehouseOf(workspace)) ? await tablesOf(warehouseOf(workspace)) : null;
  const known = [undisturbed.before, undisturbed.tables].map((each) => JSON.stringify(each));
  if (!known.includes(JSON.stringify(tables)))
    problems.push("the warehouse is neither last night's nor tonight's");
  return problems;
}

function stopAt(problems, what) {
  if (problems.length === 0) return;
  console.error(`${what}: ${problems.join("; ")}; kept in ${workspace}`);
  process.exit(1);
}

async function round(scene, kind) {
  const free = Math.ceil(random.uniform() ** 2 * scene.undisturbed.kilobytes);
  kind.prepare(scene.workspace, free);
  const ran = kind.run();
  const what = `${kind.name}, ${scene.name} night, ${free} KB free`;
  if (ran.status === 0) count(`${kind.name}: fitted`);
  else {
    stopAt(await problemsOf(scene, ran), what);
    count(
      `${kind.name}: ${ran.stderr
        .split("\n")[0]
        .replace(/["'][^"']*["']|\d+/g, "…")
        .slice(0, 100)}`,
    );
    kind.makeRoom();
    gatebook(workspace, ...runWords(), "--quiet");
  }
  stopAt(await differences(workspace, scene.undisturbed), `${what}, run again`);
  kind.cleanUp();
}

const clean = makeWorkspaces(folder, values.users);
const scenes = [];
for (const [name, from] of Object.entries(clean)) {
  const undisturbed = await undisturbedRun(from, folder);
  // what the night adds, and its temporary files beside it
  const used = kilobytes(join(folder, "undisturbed")) - kilobytes(from);
  scenes.push({
    name,
    workspace: from,
    undisturbed: { ...undisturbed, kilobytes: Math.max(used, 8000) * 1.2 },
    lastReport: hashOf(reportOf(from, nights[0])),
  });
}
for (const kind of [tinyDisk, smallFiles]) {
  const problem = kind.problem();
  if (problem !== null) console.log(`${kind.name}: skipped, ${problem}`);
  else for (let at = 0; at < Number(values.rounds) / 2; at++) await round(scenes[at % 2], kind);
}
for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(5)}  ${what}`);
rmSync(folder, { recursive: true, force: true });
