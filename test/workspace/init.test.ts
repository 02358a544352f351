import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { checkWorkspace } from "../../src/runs/check/check-workspace.ts";
import { initWorkspace } from "../../src/workspace/init.ts";

const repository = join(import.meta.dirname, "../..");
let parent = "";
let directory = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "gatebook-init-"));
  directory = join(parent, "my rollout");
});
afterEach(() => rmSync(parent, { recursive: true }));

const read = (path: string): string => readFileSync(join(directory, path), "utf8");

test("a workspace holds the package's rollout.yaml and every shipped query, word for word", async () => {
  const written = await initWorkspace({ directory });
  const shipped = readdirSync(join(repository, "queries"), { recursive: true, withFileTypes: true })
    .filter((entry) => /\.(sql|json|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1));
  expect(shipped).toContain("queries/metrics/ctr.sql");
  expect(written).toEqual(expect.arrayContaining(["rollout.yaml", ...shipped]));
  for (const path of ["rollout.yaml", ...shipped]) {
    expect(read(path)).toBe(readFileSync(join(repository, path), "utf8"));
  }
  expect([...written].sort()).toEqual(written);
  expect(written.every((path) => existsSync(join(directory, path)))).toBe(true);
});

test("its rollout.yaml is valid in its new place", async () => {
  await initWorkspace({ directory });
  const config = loadConfig(join(directory, "rollout.yaml"));
  expect(config.rollout.candidate).toBe("clip-cosine-v2");
  expect(config.root).toBe(directory);
});

test("what gatebook makes is ignored by git, what people write is not", async () => {
  await initWorkspace({ directory });
  const ignored = read(".gitignore")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(ignored).toEqual([".gatebook/", "reports/", "exports/", "node_modules/"]);
});

test("its README begins with the two commands that make a first report", async () => {
  await initWorkspace({ directory });
  const commands = read("README.md").split("```")[1] ?? "";
  expect(commands).toMatch(/^sh\ngatebook sample +#.*\ngatebook run --date 2026-02-07 +#/);
});

test("a folder that already has one of the files is left as it is", async () => {
  await initWorkspace({ directory });
  writeFileSync(join(directory, "rollout.yaml"), "mine\n");
  rmSync(join(directory, "README.md"));
  await expect(initWorkspace({ directory })).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(
      /^the folder already has \.gitattributes and \d+ more; nothing was written$/,
    ),
    where: { file: join(directory, ".gitattributes") },
    hint: "name another folder, or overwrite these files with --force",
  });
  expect(read("rollout.yaml")).toBe("mine\n");
  expect(existsSync(join(directory, "README.md"))).toBe(false);
});

test("--force overwrites its own files and no others", async () => {
  await initWorkspace({ directory });
  writeFileSync(join(directory, "rollout.yaml"), "mine\n");
  writeFileSync(join(directory, "queries/metrics/mine.sql"), "SELECT 1\n");
  await initWorkspace({ directory, force: true });
  expect(read("rollout.yaml")).toBe(readFileSync(join(repository, "rollout.yaml"), "utf8"));
  expect(read("queries/metrics/mine.sql")).toBe("SELECT 1\n");
});

test("a file in the place of the folder is named", async () => {
  writeFileSync(directory, "");
  await expect(initWorkspace({ directory })).rejects.toMatchObject({
    code: "usage",
    message: "a workspace is a folder, and this is a file",
    where: { file: directory },
  });
});

test("makes a minimal workspace of impressions and clicks alone, which has no problem", async () => {
  const directory = join(parent, "minimal");
  const written = await initWorkspace({ directory, minimal: true });
  expect(written.filter((path) => path.startsWith("queries/metrics/"))).toEqual(["queries/metrics/ctr.sql"]);
  const sql = written
    .filter((path) => path.endsWith(".sql"))
    .map((path) => readFileSync(join(directory, path), "utf8"));
  expect(sql.filter((text) => /items|author_id|save_/.test(text.replaceAll(/^--.*/gm, "")))).toEqual([]);
  const findings = await checkWorkspace(join(directory, "rollout.yaml"));
  expect(findings.filter(({ level }) => level !== "note")).toEqual([]);
});
