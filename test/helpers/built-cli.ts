/** The command line as it is shipped: compiled once for all tests, run in a process of its own. */
import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "./made-once.ts";
import { packageRoot } from "./temp-workspace.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder, or a folder and what stands on standard input, or what the process is not allowed. */
export type Where = string | ProcessPlace;

export interface ProcessPlace {
  readonly cwd: string;
  readonly input?: string;
  /** No file may grow beyond so many kilobytes, as on a disk that is full. */
  readonly largestFile?: number;
  /** Another home and temporary folder than the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Root, too, may then read what its rights say and no more. */
  readonly isPlainUser?: boolean;
}

/** Runs `gatebook WORDS` there: gatebook(root, "run", "--date", "2026-02-07"). */
export type Gatebook = (where: Where, ...words: readonly string[]) => Promise<Ran>;

/** Compiled at the first call. What a run says of its own folder reads WORKSPACE. */
export function buildCli(): Gatebook {
  return async (where, ...words) =>
    await runNode([await builtCli(), ...words], typeof where === "string" ? { cwd: where } : where);
}

/** The path of cli.js, compiled; types are checked elsewhere. */
export async function builtCli(): Promise<string> {
  return join(await madeOnce("cli", compile), "dist/cli.js");
}

async function compile(folder: string): Promise<void> {
  const tsc = join(packageRoot, "node_modules/.bin/tsc");
  const words = ["-p", "src", "--noCheck", "--declaration", "false", "--outDir", join(folder, "dist")];
  const built = spawnSync(tsc, words, {
    cwd: packageRoot,
    encoding: "utf8",
  });
  if (!existsSync(join(folder, "dist/cli.js")))
    throw new Error(`src/ does not compile:\n${built.stdout}${built.stderr}`);
  const beside = ["src/workspace/OPERATIONS.md", "src/sample/examples"];
  for (const name of ["package.json", "rollout.yaml", "queries", "templates", ...beside])
    cpSync(join(packageRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"), "junction");
}

function runNode(words: readonly string[], place: ProcessPlace): Promise<Ran> {
  const { cwd, input = "", largestFile } = place;
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    TMPDIR: process.env["TMPDIR"],
    ...place.env,
  };
  const named = (text: string): string => text.replaceAll(cwd, "WORKSPACE");
  const isRoot = process.getuid?.() === 0;
  const [program = "", ...rest] = [
    ...(place.isPlainUser === true && isRoot ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []),
    ...(largestFile === undefined ? [] : ["sh", "-c", `ulimit -f ${2 * largestFile}; exec "$@"`, "sh"]),
    process.execPath,
    ...words,
  ];
  return new Promise((resolve) => {
    const child = execFile(program, rest, { cwd, env, encoding: "utf8" }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout: named(stdout), stderr: named(stderr) });
    });
    child.stdin?.end(input);
  });
}
