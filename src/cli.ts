#!/usr/bin/env node
/** The command line. The only place with the process: its streams, environment, signals and exit code. */
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { runProgram, type Stream } from "./commands/terminal/program.ts";
import { version } from "./version.ts";

/** A disk that is full under an answer is a failure; a reader that has seen enough (`| head`) ends nothing. */
let isLost = false;
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    if (!isLost && stream === process.stdout)
      process.stderr.write(`error: the answer could not be written: ${error.message}\n`);
    isLost = true;
    process.exitCode = 1;
  });

function streamOf(stream: NodeJS.WriteStream): Stream {
  return {
    write: (line) => stream.write(line),
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
  };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The signal that ended a run which had something to tidy up first. */
let ended: NodeJS.Signals | null = null;

const code = await runProgram(process.argv.slice(2), {
  version,
  nodeVersion: process.version,
  cwd: process.cwd(),
  env: process.env,
  now: () => new Date(),
  stdout: streamOf(process.stdout),
  stderr: streamOf(process.stderr),
  readInput: () => text(process.stdin),
  readLine: async () => {
    for await (const line of createInterface({ input: process.stdin })) return line;
    return "";
  },
  stopped: () =>
    new Promise((resolve) => {
      for (const signal of signals) process.once(signal, () => resolve());
    }),
  onStop: (stop) => {
    const end = (signal: NodeJS.Signals): void => {
      forget();
      ended = signal;
      stop();
    };
    const forget = (): void => {
      for (const signal of signals) process.off(signal, end);
    };
    for (const signal of signals) process.on(signal, end);
    return forget;
  },
});
process.exitCode = isLost ? 1 : code;
// as if it had been left to the signal, for whoever waits for this process
if (ended !== null) process.kill(process.pid, ended);
