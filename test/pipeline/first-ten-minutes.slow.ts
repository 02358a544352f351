/** Replays the terminal session of first-ten-minutes.md, line by line, in a shell of its own; and a watch, ended with Ctrl-C. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtCli } from "../helpers/built-cli.ts";
import { changeFile, temporaryFolder } from "../helpers/temp-workspace.ts";

const path = join(import.meta.dirname, "first-ten-minutes.md");
const document = readFileSync(path, "utf8");

let cli: string;
let home: string;
let replayed: string;

/** A line that is typed, and those that a here-document goes on with. */
interface Typed {
  readonly lines: readonly string[];
  readonly output: string;
}

beforeAll(async () => {
  cli = await builtCli();
  home = temporaryFolder(afterAll);
  mkdirSync(join(home, "bin"));
  const program = join(home, "bin/gatebook");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(program, 0o755);
  replayed = replay();
  if (process.env["GATEBOOK_GOLDEN"] === "rebuild") writeFileSync(path, replayed);
}, 900_000);

/** The document with what came back in the place of what is written there. */
function replay(): string {
  let cwd = home;
  return document.replace(/```console\n([\s\S]*?)```/g, (_, block: string) => {
    const typed = commandsOf(block).map((lines): Typed => {
      const { output, folder } = type(lines, cwd);
      cwd = folder;
      return { lines, output };
    });
    return `\`\`\`console\n${typed.map(({ lines, output }) => `${lines.join("\n")}\n${output}`).join("")}\`\`\``;
  });
}

function commandsOf(block: string): readonly (readonly string[])[] {
  const commands: string[][] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("$ ")) commands.push([line]);
    else if (/^> /.test(line) && isOpen(commands.at(-1))) commands.at(-1)?.push(line);
  }
  return commands;
}

/** A here-document that has not come to its end. */
function isOpen(lines: readonly string[] | undefined): boolean {
  const end = /<<'(\w+)'/.exec(lines?.[0] ?? "")?.[1];
  return end !== undefined && lines?.at(-1) !== `> ${end}`;
}

/** What is printed, with an exit code other than 0 as a line; and where the shell stands then. */
function type(lines: readonly string[], cwd: string): { readonly output: string; readonly folder: string } {
  const script = lines.map((line) => line.slice(2)).join("\n");
  const env = { PATH: `${join(home, "bin")}:${process.env["PATH"]}`, HOME: home, LC_ALL: "C" };
  const { stdout, output, status } = spawnSync(
    "sh",
    ["-c", `exec 2>&1\n${script}\ncode=$?\npwd >&3\nexit $code`],
    {
      cwd,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  );
  const folder = String(output[3]).trim();
  return { output: timeless(stdout) + (status === 0 ? "" : `[exit ${status}]\n`), folder };
}

function timeless(text: string): string {
  return text.replaceAll(home, "~").replace(/\b\d+ ms\b/g, "N ms");
}

it("goes as first-ten-minutes.md tells", () => {
  expect(replayed).toBe(readFileSync(path, "utf8"));
});

it("watches until Ctrl-C, and ends with exit code 0 and nothing left behind", async () => {
  const root = join(home, "my-rollout");
  const temporary = temporaryFolder(afterAll);
  const watch = spawn(process.execPath, [cli, "watch", "--no-browser"], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
  });
  const said: string[] = [];
  watch.stdout.on("data", (text: Buffer) => said.push(String(text)));
  const text = (): string =>
    said
      .join("")
      .replace(/\d\d:\d\d:\d\d/g, "HH:MM:SS")
      .replace(/\d+ (ms|queries)/g, "N $1");
  await expect.poll(text, { timeout: 60_000 }).toBe("HH:MM:SS · opened · ran N queries · N ms\n");
  changeFile(root, "queries/cells/top_authors.sql", { "place <= 10": "place <= 9" });
  await expect.poll(text, { timeout: 20_000 }).toContain(
    `HH:MM:SS · queries/cells/top_authors.sql · ran cell top_authors · N ms
  cell top_authors  rows 20 → 18
`,
  );
  changeFile(root, "queries/cells/top_authors.sql", {
    "ORDER BY algo_version, place": "ORDER BY algo_version, plase",
  });
  await expect.poll(text, { timeout: 20_000 }).toContain("- ORDER BY algo_version, place\n");
  expect(text().split("ran cell top_authors").at(-1)).toBe(` · N ms
  verdict  promote (promote) → hold (data)
  cell top_authors fails; the last good result is of HH:MM:SS
    error: Referenced column "plase" not found in FROM clause!
      at queries/cells/top_authors.sql:34:24
        ORDER BY algo_version, plase
                               ^
      hint: did you mean "place"?
        - ORDER BY algo_version, place
        + ORDER BY algo_version, plase
`);
  expect(readdirSync(temporary).length).toBe(1);
  const ended = new Promise((resolve) => watch.on("exit", (...how) => resolve(how)));
  watch.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(readdirSync(temporary)).toEqual([]);
});
