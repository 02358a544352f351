/** What git knows of a workspace: its commit, for provenance, and its user; null without git. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Provenance } from "../../model/result.ts";

const run = promisify(execFile);
const TIMEOUT_MS = 3000;

async function git(root: string, ...words: readonly string[]): Promise<string> {
  return (await run("git", ["-C", root, ...words], { timeout: TIMEOUT_MS })).stdout.trim();
}

/** git's user.name as the workspace sees it. */
export async function readGitUser(root: string): Promise<string | null> {
  try {
    return await git(root, "config", "user.name");
  } catch {
    return null; // no git, or no name set
  }
}

/** One call tells both. */
export async function readGit(root: string): Promise<Provenance["git"]> {
  if (!isCheckout(resolve(root))) return null;
  try {
    const words = ["status", "--porcelain=v2", "--branch", "--untracked-files=no", "--", "."];
    const lines = (await git(root, ...words)).split("\n");
    const commit = lines[0]?.replace("# branch.oid ", "") ?? "";
    return /^[0-9a-f]+$/.test(commit) ? { commit, dirty: lines.some((line) => !line.startsWith("#")) } : null; // no commit yet
  } catch {
    return null; // no git or no checkout: nothing to record
  }
}

/** Looked for without git: starting a process is dearer than all else that a small night asks of the system. */
function isCheckout(folder: string): boolean {
  const above = dirname(folder);
  return existsSync(join(folder, ".git")) || (above !== folder && isCheckout(above));
}
