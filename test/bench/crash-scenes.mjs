/**
 * What crash.mjs kills: a workspace each, the command that is killed in it, and what an undisturbed one leaves. `again`: exit codes that the
 * command may end with when it is run once more, since a record that was made or a file that was taken over is refused a second time.
 * `dropsEvents`: a night at whose end single events go. Killed between that and its report it is a night that is run again without them,
 * and says so as after an undisturbed night and its repetition.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join, resolve } from "node:path";
import {
  copy,
  gatebook,
  hashOf,
  makeWorkspaces,
  namesBelow,
  nights,
  processorMs,
  reportOf,
  resultOf,
  runWords,
  warehouseOf,
  warehouseTables,
} from "./crash-model.mjs";

const tonight = nights[1];
const storeOf = (workspace) => join(workspace, ".gatebook/store.duckdb");
const cut = (file) => truncateSync(file, 20_000);
const oldWorkspaces = resolve(import.meta.dirname, "../old-workspaces");

/** In the order in which they take turns. */
export async function makeScenes(folder, users) {
  const { first, second } = makeWorkspaces(folder, users);
  mkdirSync(join(folder, "no events"));
  const { first: forgetful } = makeWorkspaces(join(folder, "no events"), users, "0");
  const made = (name, from, change = () => {}) => {
    const workspace = join(folder, name.replaceAll(/\W+/g, "-"));
    copy(from, workspace);
    change(workspace);
    return workspace;
  };
  const night = made("night", second, (workspace) => gatebook(workspace, ...runWords(), "--quiet"));
  const old = oldWorkspace(join(folder, "old"));
  const promote = [
    "record",
    "promote",
    "--against-verdict",
    "--reason",
    "watched",
    "--by",
    "ada",
    "--date",
    tonight,
  ];
  const hold = ["record", "hold", "--reason", "watched", "--by", "ada", "--date", tonight];
  // each of the two holds a record that the other lacks, and the warehouse neither
  const promoted = made("promoted", night, (workspace) => gatebook(workspace, ...promote));
  const ahead = made("ahead", night, (workspace) => {
    gatebook(workspace, ...hold);
    copyFileSync(warehouseOf(promoted), join(workspace, "backup.duckdb"));
    copyFileSync(warehouseOf(night), warehouseOf(workspace));
  });
  const scenes = [
    { name: "first night", workspace: first, words: runWords() },
    { name: "second night", workspace: second, words: runWords() },
    { name: "first night, no events kept", workspace: forgetful, words: runWords(), dropsEvents: true },
    { name: "record", workspace: night, words: promote, again: [0, 2] },
    { name: "prune", workspace: night, words: ["prune", "--keep-events", "1", "--reports", "1"] },
    {
      name: "restore, store damaged",
      workspace: made("no store", night, (workspace) => cut(storeOf(workspace))),
      words: ["restore"],
    },
    {
      name: "restore, store and warehouse damaged",
      workspace: made("no database", night, (workspace) => {
        cut(storeOf(workspace));
        cut(warehouseOf(workspace));
      }),
      words: ["restore"],
    },
    {
      name: "restore from a backup",
      workspace: ahead,
      words: ["restore", "--from", "backup.duckdb"],
      again: [0, 2],
    },
    {
      name: "night after everything was lost",
      workspace: made("lost", night, (workspace) => {
        cut(storeOf(workspace));
        rmSync(warehouseOf(workspace));
        renameSync(join(workspace, "reports"), join(workspace, "artifact"));
      }),
      words: runWords(),
    },
    { name: "night that migrates", workspace: old, words: runWords("2026-02-21"), dropsEvents: true },
    {
      name: "record that migrates",
      workspace: old,
      words: ["record", "clear", "--reason", "found and fixed", "--by", "ada", "--date", "2026-02-21"],
      again: [0, 2],
    },
  ];
  const finished = [];
  for (const scene of scenes) finished.push(await undisturbed({ again: [0], ...scene }, folder));
  return finished;
}

function oldWorkspace(workspace) {
  mkdirSync(workspace, { recursive: true });
  execFileSync("tar", ["-xzf", join(oldWorkspaces, "v0.1.0.tar.gz"), "-C", workspace]);
  copyFileSync(storeOf(workspace), warehouseOf(workspace));
  const day = "date=2026-02-21";
  copy(join(workspace, "later/2026-02-21.csv"), join(workspace, "exports/feed_events/2026-02-21.csv"));
  copy(join(workspace, "later", day), join(workspace, "exports/user_discovery_events", day));
  return workspace;
}

/** What a workspace holds: the warehouse table by table, the results without their clocks, the names of all files. */
export async function stateOf(workspace) {
  const names = ["reports", ".gatebook"].flatMap((name) =>
    namesBelow(join(workspace, name)).map((path) => `${name}/${path}`),
  );
  const folders = names.filter((name) => /^reports\/[^/]+\/\d{4}-\d\d-\d\d\/result\.json$/.test(name));
  return {
    tables: await warehouseTables(workspace),
    results: Object.fromEntries(folders.map((name) => [name, resultOf(workspace, name.split("/").at(-2))])),
    files: names.filter((name) => statSync(join(workspace, name)).isFile()).sort(),
  };
}

/** The command in a copy; `kept`: the report of the last night before, which it must not touch. */
async function undisturbed(scene, folder) {
  const workspace = join(folder, "undisturbed");
  rmSync(workspace, { recursive: true, force: true });
  copy(scene.workspace, workspace);
  const before = await warehouseTables(workspace);
  const [started, used] = [performance.now(), processorMs()];
  gatebook(workspace, ...scene.words);
  const wholeMs = performance.now() - started;
  const wholeUsedMs = used === null ? null : processorMs() - used;
  const after = await stateOf(workspace);
  if (scene.dropsEvents) gatebook(workspace, ...scene.words);
  const afterTwice = scene.dropsEvents ? await stateOf(workspace) : after;
  if (JSON.stringify(judgedOf(after)) !== JSON.stringify(judgedOf(afterTwice)))
    throw new Error(`${scene.name}, repeated without its events: another verdict, metric or table`);
  const reports = join(scene.workspace, "reports/clip-cosine-v2");
  const newest = existsSync(reports)
    ? readdirSync(reports)
        .filter((name) => name.startsWith("20"))
        .sort()
        .at(-1)
    : undefined;
  const kept = scene.words.includes(newest) && scene.words[0] === "run" ? undefined : newest;
  return {
    ...scene,
    before,
    after,
    afterTwice,
    wholeMs,
    wholeUsedMs,
    kept,
    keptHash: hashOf(reportOf(scene.workspace, kept)),
  };
}

/** What no repetition may change, whatever events it no longer has; `load_state` says which days and columns of them are left. */
function judgedOf({ tables, results }) {
  const judged = Object.values(results).map((text) => {
    const { decision, metrics, measurement, cells } = JSON.parse(text);
    const { action, rule, latched } = decision;
    if (action === undefined || measurement === undefined) throw new Error("a result without a verdict");
    return { action, rule, latched, metrics, measurement, cells };
  });
  return { tables: { ...tables, load_state: null }, judged };
}

/** All but the ledger and tables with ids of files, which count the files that were there before: what a load from scratch has to give. */
export function loadedOf(tables) {
  const own =
    /^(decisions|duplicate_rows|event_rows|load_days|load_files|records|reject_days|reject_rows|restatements)$/;
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !own.test(name)));
}

/** What differs from the undisturbed command, each thing by name. */
export async function differencesFrom(workspace, { after, afterTwice }) {
  const found = await stateOf(workspace);
  const isTwice = JSON.stringify(found) === JSON.stringify(afterTwice);
  return isTwice ? [] : differencesBetween(found, after);
}

function differencesBetween(found, after) {
  return Object.keys(after).flatMap((part) => {
    const [left, right] = [found[part], after[part]];
    if (typeof left === "string" || typeof right === "string")
      return left === right ? [] : [`${part}: ${left} and not ${right}`];
    const keys = Array.isArray(left) ? [...left, ...right] : Object.keys({ ...left, ...right });
    const differs = (key) =>
      Array.isArray(left) ? left.includes(key) !== right.includes(key) : left[key] !== right[key];
    return [...new Set(keys)].filter(differs).map((key) => `${part} ${key} differs`);
  });
}
