/** The operator's page, followed line by line in a shell of its own: each command does what the page says of it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtCli } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { sampleInto, temporaryFolder } from "../helpers/temp-workspace.ts";

let home: string;
let root: string;
let page: string;

beforeAll(async () => {
  const cli = await builtCli();
  home = temporaryFolder(afterAll);
  root = join(home, "rollouts/one");
  mkdirSync(join(home, "bin"));
  const program = join(home, "bin/gatebook");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(program, 0o755);
  mkdirSync(root, { recursive: true });
  expect((await gatebook(root, "init")).code).toBe(0);
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "healthy", usersPerDay: 150 });
  expect((await gatebook(root, "run", "--date", "2026-02-07", "--quiet", "--format", "txt")).code).toBe(0);
  page = readFileSync(join(root, "nightly/README.md"), "utf8");
});

/** The lines of the shell blocks below a heading; npm's own are left out, for they fetch. */
function linesOf(heading: string): readonly string[] {
  const [, section = ""] = new RegExp(`## ${heading}\\n([\\s\\S]*?)(?=\\n## |$)`).exec(page) ?? [];
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = ""]) => block.trim().split("\n"))
    .filter((line) => !line.startsWith("npm "));
}

function type(line: string): string {
  const env = { ...process.env, PATH: `${join(home, "bin")}:${process.env["PATH"]}` };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], { cwd: root, env, encoding: "utf8" });
  expect([line, status, stderr]).toEqual([line, 0, expect.not.stringContaining("error")]);
  return stdout;
}

it("upgrade, disk, alerts, several rollouts: every line ends with exit code 0", () => {
  for (const heading of ["Upgrade", "Disk", "Exit codes and alerts", "Several rollouts"]) {
    const lines = linesOf(heading);
    expect(lines.length, heading).toBeGreaterThan(0);
    for (const line of lines) type(line);
  }
});

/** Without the room that columns leave. */
function nights(history: string): readonly string[] {
  return history
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +/g, " "));
}

it("a workspace that lost all but its backup has its nights again", () => {
  const [backUp = "", tried = "", restore = "", fromResult = ""] = linesOf("Back up and restore");
  type(backUp);
  const [before = ""] = nights(type("gatebook history"));
  expect(before).toContain("2026-02-07");
  for (const name of [".gatebook", "reports"]) rmSync(join(root, name), { recursive: true });
  expect(type(tried)).toContain("2026-02-07");
  type(restore);
  expect(nights(type("gatebook history"))).toEqual([
    before,
    expect.stringContaining("the store was made again from backup/warehouse.duckdb: 1 night,"),
  ]);
  type(fromResult);
});
