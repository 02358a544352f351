/** Runs one script in a process of its own and says what it took: wall and CPU time, peak resident memory. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const preload = pathToFileURL(join(import.meta.dirname, "usage.mjs")).href;

/** `words`: what stands behind `node`. Throws when it ends with anything but 0. */
export function measured(words, cwd) {
  return measuredProgram(process.execPath, ["--import", preload, ...words], cwd);
}

/** Of any program that leaves what it took in the file named by BENCH_USAGE. */
export function measuredProgram(program, words, cwd) {
  const folder = mkdtempSync(join(tmpdir(), "gatebook-usage-"));
  const usage = join(folder, "usage.json");
  const started = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(program, words, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, BENCH_USAGE: usage },
  });
  const wallMs = performance.now() - started;
  if (status !== 0)
    throw new Error(`${program} ${words.join(" ")} ended with ${status ?? signal}: ${stderr}`);
  const { peakBytes, cpuMs } = JSON.parse(readFileSync(usage, "utf8"));
  rmSync(folder, { recursive: true, force: true });
  return { wallMs, cpuMs, peakBytes, stdout };
}

export function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
