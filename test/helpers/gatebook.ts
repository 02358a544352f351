/** `gatebook WORDS` in this process: what cli.ts does, without a process of its own, which costs a second. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, type Stream } from "../../src/commands/terminal/program.ts";
import type { ProcessPlace, Ran } from "./built-cli.ts";
import { packageRoot } from "./temp-workspace.ts";

const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  readonly version: string;
};

/** As in run-case.ts: the second thread of a night of a few rows is a seventh of its cost. Of a cluster's it is statements side by side. */
const withThreads: readonly (string | undefined)[] =
  process.env["GATEBOOK_TESTS"] === "trino" ? [] : ["run", "aggregate", "prune", "verify-rollback"];

/** As the compiled command line answers, see `Gatebook`: gatebook(root, "run", "--date", "2026-02-07"). */
export async function gatebook(
  where: string | (Pick<ProcessPlace, "cwd" | "input" | "env"> & { readonly columns?: number }),
  ...words: readonly string[]
): Promise<Ran> {
  const { cwd, input = "", env = {}, columns } = typeof where === "string" ? { cwd: where } : where;
  const [out, err]: [string[], string[]] = [[], []];
  const isNight = withThreads.includes(words[0]) && !words.includes("--threads");
  const code = await runProgram(isNight ? [...words, "--threads", "1"] : words, {
    version,
    nodeVersion: process.version,
    cwd,
    env,
    now: () => new Date(),
    stdout: stream(out, columns),
    stderr: stream(err),
    readInput: async () => input,
    readLine: async () => input.split("\n")[0] ?? "",
    stopped: async () => {},
  });
  const written = (texts: readonly string[]): string => texts.join("").replaceAll(cwd, "WORKSPACE");
  return { code, stdout: written(out), stderr: written(err) };
}

/** A pipe, or a terminal of that width. */
function stream(into: string[], columns?: number): Stream {
  return { write: (text) => into.push(text), isTerminal: columns !== undefined, columns };
}
