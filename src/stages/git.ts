/** The commit that the workspace stands at, for provenance; null outside a checkout or without git. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 3000;

export async function readGit(
  root: string,
): Promise<{ readonly commit: string; readonly dirty: boolean } | null> {
  const git = async (...words: readonly string[]): Promise<string> =>
    (await run("git", ["-C", root, ...words], { timeout: TIMEOUT_MS })).stdout.trim();
  try {
    const [commit, status] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("status", "--porcelain", "--untracked-files=no", "--", "."),
    ]);
    return { commit, dirty: status !== "" };
  } catch {
    return null; // no git, no checkout, or no commit yet: nothing to record
  }
}
