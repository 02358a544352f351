/**
 * How long short commands take beyond Node's own start (`check` should take under 0.5 s beyond it).
 *
 *   npm run build && node test/bench/start.mjs [--runs 9] [--cli dist/cli.js]
 *
 * Each command is run in turn, round after round, in a new workspace; the median of wall and CPU time is printed. On a busy
 * machine the wall says what the neighbours do, CPU time what the command does.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "9" }, cli: { type: "string", default: "dist/cli.js" } },
});
const cli = resolve(values.cli);
const workspace = mkdtempSync(join(tmpdir(), "gatebook-bench-"));
const commands = { node: ["-e", "0"], "--help": [cli, "--help"], check: [cli, "check"] };
const found = Object.fromEntries(Object.keys(commands).map((name) => [name, { wall: [], cpu: [] }]));

try {
  run([cli, "init", "."]);
  for (let round = 0; round < Number(values.runs); round++) {
    for (const [name, words] of Object.entries(commands)) {
      const { wall, cpu } = run(words);
      found[name].wall.push(wall);
      found[name].cpu.push(cpu);
    }
  }
  const bare = { wall: median(found.node.wall), cpu: median(found.node.cpu) };
  for (const [name, { wall, cpu }] of Object.entries(found)) {
    const line = (took, beyond) =>
      `${took.toFixed(0).padStart(5)} ms (${beyond >= 0 ? "+" : ""}${beyond.toFixed(0)})`;
    console.log(
      `${name.padEnd(8)} wall ${line(median(wall), median(wall) - bare.wall)}  CPU ${line(median(cpu), median(cpu) - bare.cpu)}`,
    );
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}

/** The shell's `times` tells the CPU time of its children: "0m0.090s 0m0.020s" in its last line. */
function run(words) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    "sh",
    ["-c", '"$@" > /dev/null || exit 1; times', "sh", process.execPath, ...words],
    { cwd: workspace, encoding: "utf8" },
  );
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${stderr}`);
  const parts = stdout
    .trim()
    .split("\n")
    .at(-1)
    .matchAll(/(\d+)m([\d.]+)s/g);
  const cpu = [...parts].reduce((sum, [, minutes, seconds]) => sum + 60_000 * minutes + 1000 * seconds, 0);
  return { wall, cpu };
}

function median(numbers) {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1];
}
