/** A workspace as an earlier version of gatebook left it (test/old-workspaces/README.md). */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { type Finally, packageRoot, temporaryFolder } from "./temp-workspace.ts";

/** Unpacked into a folder of its own, its published warehouse in place. */
export function oldWorkspace(finish: Finally, version = "0.1.0"): string {
  const root = temporaryFolder(finish);
  const archive = join(packageRoot, `test/old-workspaces/v${version}.tar.gz`);
  execFileSync("tar", ["-xzf", archive, "-C", root]);
  copyFileSync(join(root, ".gatebook/store.duckdb"), join(root, ".gatebook/warehouse.duckdb"));
  return root;
}

/** Puts the exports of the day after its last night beside the others. */
export function addNextDay(root: string): void {
  cpSync(join(root, "later/2026-02-21.csv"), join(root, "exports/feed_events/2026-02-21.csv"));
  const day = "date=2026-02-21";
  cpSync(join(root, "later", day), join(root, "exports/user_discovery_events", day), { recursive: true });
}
