/** What git knows of a workspace: the commit it stands at, for provenance, and who its user is; null without git. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

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

export async function readGit(
  root: string,
): Promise<{ readonly commit: string; readonly dirty: boolean } | null> {
  try {
    const [commit, status] = await Promise.all([
      git(root, "rev-parse", "HEAD"),
      git(root, "status", "--porcelain", "--untracked-files=no", "--", "."),
    ]);
    return { commit, dirty: status !== "" };
  } catch {
    return null; // no git, no checkout, or no commit yet: nothing to record
  }
}
