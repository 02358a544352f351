/**
 * Which verdicts the whole tool reaches on samples of many seeds: does a stricter rule hold candidates that harm nobody?
 *
 *   npm run build && node test/bench/verdicts.mjs [--seeds 50] [--first 1] [--scenarios healthy,severe] [--users 4800] [--dist DIR]
 *
 * For every scenario and seed it writes the sample's seven days into a workspace of its own and runs the last night as
 * `gatebook run` does, without reports. One line a scenario: how often each action and rule was reached. `--dist` measures another
 * build (its `package.json`, `queries`, `rollout.yaml` and `node_modules` beside it), so that two can be held side by side.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    first: { type: "string", default: "1" },
    scenarios: { type: "string", default: "" },
    users: { type: "string" },
    dist: { type: "string", default: resolve(import.meta.dirname, "../../dist") },
  },
});
const load = (path) => import(pathToFileURL(join(resolve(values.dist), path)).href);
const [{ scenarios }, { writeSample }, { openDuckDb }, { initWorkspace }, { runNight }] = await Promise.all([
  load("sample/scenario.js"),
  load("sample/sample.js"),
  load("engine/duckdb/open.js"),
  load("workspace/init.js"),
  // where builds before 2026-11-29 have it
  load("runs/night/night.js").catch(() => load("pipeline.js")),
]);

const context = {
  version: "0.0.0",
  nodeVersion: process.version,
  now: () => new Date("2026-02-08T03:00:00Z"),
  env: {},
  progress: () => {},
};
const limits = {
  memoryLimit: undefined,
  threads: 1,
  temporaryDirectory: undefined,
  timeoutMs: 60_000,
  waitMs: 0,
};
const chosen = values.scenarios === "" ? scenarios : values.scenarios.split(",");
for (const scenario of chosen) {
  const counts = new Map();
  for (let at = 0; at < Number(values.seeds); at += 1) {
    const verdict = await verdictOf(scenario, Number(values.first) + at);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const told = [...counts].sort(([, a], [, b]) => b - a).map(([verdict, times]) => `${verdict} ${times}`);
  console.log(`${scenario.padEnd(20)} ${told.join(", ")}`);
}

async function verdictOf(scenario, seed) {
  const root = mkdtempSync(join(tmpdir(), "gatebook-verdicts-"));
  try {
    await initWorkspace({ directory: root });
    const users = values.users === undefined ? {} : { usersPerDay: Number(values.users) };
    await writeSample({ scenario, days: 7, seed, root, ...users }, () => openDuckDb({ file: ":memory:" }));
    const { result } = await runNight(
      {
        config: join(root, "rollout.yaml"),
        date: "2026-02-07",
        range: null,
        phase: "daily",
        asOf: null,
        limits,
        report: { out: join(root, "reports"), formats: [], templateRoots: [] },
      },
      context,
    );
    const { action, rule } = result.decision;
    const blocking = result.checks
      .filter(({ status, effect }) => status === "error" || (status === "fail" && effect === "block"))
      .map(({ name }) => name);
    return rule === "data" ? `${action} (data: ${blocking.join(" ")})` : `${action} (${rule})`;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
