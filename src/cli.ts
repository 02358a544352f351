#!/usr/bin/env node
/** The command line. The only place with the process: its streams, environment, signals and exit code. */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { runProgram, type Stream } from "./commands/terminal/program.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

function streamOf(stream: NodeJS.WriteStream): Stream {
  return {
    write: (line) => stream.write(line),
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
  };
}

process.exitCode = await runProgram(process.argv.slice(2), {
  version,
  nodeVersion: process.version,
  cwd: process.cwd(),
  env: process.env,
  now: () => new Date(),
  stdout: streamOf(process.stdout),
  stderr: streamOf(process.stderr),
  readInput: () => text(process.stdin),
  stopped: () =>
    new Promise((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    }),
});
