/** A workspace as an earlier version of gatebook left it (test/old-workspaces/README.md). */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, readFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../../src/model/result.ts";
import { parseResult } from "../../src/result/serialize.ts";
import { madeOnce } from "./made-once.ts";
import { runCase } from "./run-case.ts";
import { changeFile, type Finally, packageRoot, temporaryFolder } from "./temp-workspace.ts";

/** The night after its last. */
export const nextNight = { date: "2026-02-21", now: "2026-02-22T03:00:00Z" } as const;

/** Unpacked into a folder of its own, its published warehouse in place. */
export function oldWorkspace(finish: Finally, version = "0.1.0"): string {
  const root = temporaryFolder(finish);
  unpack(root, version);
  return root;
}

function unpack(root: string, version: string): void {
  const archive = join(packageRoot, `test/old-workspaces/v${version}.tar.gz`);
  execFileSync("tar", ["-xzf", archive, "-C", root]);
  copyFileSync(join(root, ".gatebook/store.duckdb"), join(root, ".gatebook/warehouse.duckdb"));
}

/** The same with the exports of the next day, and the night that was run on them. */
export async function oldWorkspaceAndNight(
  finish: Finally,
): Promise<{ readonly root: string; readonly result: Result }> {
  return await copyAfterNight(finish, "old-workspace", () => {});
}

/**
 * The same night where store, warehouse and reports are lost, and the gate begins on the first day on which the candidate is well
 * again: nothing but the ledger calls for a rollback. What was in reports/ is in artifact/.
 */
export async function forgetfulWorkspaceAndNight(
  finish: Finally,
): Promise<{ readonly root: string; readonly result: Result }> {
  return await copyAfterNight(finish, "forgetful-workspace", (root) => {
    forgetTheBreach(root);
    rmSync(join(root, ".gatebook/store.duckdb"));
    truncateSync(join(root, ".gatebook/warehouse.duckdb"), 20_000);
    renameSync(join(root, "reports"), join(root, "artifact"));
  });
}

export function forgetTheBreach(root: string): void {
  changeFile(root, "rollout.yaml", {
    "exposure: 10%, started: 2026-02-01": "exposure: 10%, started: 2026-02-17",
  });
}

async function copyAfterNight(finish: Finally, name: string, change: (root: string) => void) {
  const made = await madeOnce(name, async (folder) => {
    unpack(folder, "0.1.0");
    addNextDay(folder);
    change(folder);
    await runCase(folder, nextNight);
  });
  const root = temporaryFolder(finish);
  cpSync(made, root, { recursive: true, preserveTimestamps: true });
  const result = join(root, "reports/clip-cosine-v2", nextNight.date, "result.json");
  return { root, result: parseResult(readFileSync(result, "utf8")) };
}

/** Puts the exports of the day after its last night beside the others. */
export function addNextDay(root: string): void {
  cpSync(join(root, "later/2026-02-21.csv"), join(root, "exports/feed_events/2026-02-21.csv"));
  const day = "date=2026-02-21";
  cpSync(join(root, "later", day), join(root, "exports/user_discovery_events", day), { recursive: true });
}
