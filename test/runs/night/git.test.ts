import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readGit } from "../../../src/runs/night/git.ts";
import { temporaryFolder, writeFilesIn } from "../../helpers/temp-workspace.ts";

it("the commit of a workspace and whether its own files differ from it, null where there is none", async () => {
  const root = temporaryFolder(onTestFinished);
  const git = (...words: readonly string[]): string =>
    execFileSync("git", ["-C", root, "-c", "user.name=ada", "-c", "user.email=a@example.org", ...words], {
      encoding: "utf8",
    }).trim();
  expect(await readGit(root)).toBeNull();
  git("init", "--quiet");
  expect(await readGit(root)).toBeNull();
  writeFilesIn(root, { "gates/rollout.yaml": "a", "other.txt": "a" });
  git("add", ".");
  git("commit", "--quiet", "--message", "a gate");
  const commit = git("rev-parse", "HEAD");
  writeFilesIn(root, { "other.txt": "b", "gates/untracked.txt": "b" });
  expect(await readGit(join(root, "gates"))).toEqual({ commit, dirty: false });
  expect(await readGit(root)).toEqual({ commit, dirty: true });
});
