/**
 * One folder for all that a run of the tests writes, removed at its end even where a test was killed. It is in memory where
 * memory serves: otherwise most of what a test waits for is a disk that confirms its writes.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** What the tests of one run share: the compiled CLI, sample exports. */
    readonly runFolder: string;
  }
}

const MEMORY = "/dev/shm";
const NEEDED_BYTES = 4 * 1024 ** 3;
const PREFIX = "gatebook-tests-";

export function setup(project: TestProject): () => void {
  const folder = inMemory() ?? mkdtempSync(join(realpathSync(tmpdir()), PREFIX));
  // inherited by the workers and by the processes they start
  for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
  project.provide("runFolder", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Null where the folder would be too small or, as often in containers, may not hold programs. */
function inMemory(): string | null {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < NEEDED_BYTES) return null;
    sweepMemory();
    const folder = mkdtempSync(join(MEMORY, `${PREFIX}${process.pid}-`));
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    if (spawnSync(program).status === 0) return folder;
    rmSync(folder, { recursive: true });
    return null;
  } catch {
    return null;
  }
}

/** A run that was killed itself cannot clean up; on Linux, where the folder is, a process that lives is in /proc. */
function sweepMemory(): void {
  for (const name of readdirSync(MEMORY)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(MEMORY, name), { recursive: true });
  }
}
