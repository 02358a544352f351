#!/usr/bin/env node
/** The command line. The only place with the console, the process's environment and exit codes. */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { commands } from "./commands/registry.ts";
import type { Command, CommandContext } from "./commands/terminal/command.ts";
import { exitCodeOf, formatError, formatUsageError, printable } from "./commands/terminal/errors.ts";
import { progressPrinter } from "./commands/terminal/progress.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

function contextOf(quiet: boolean, colour: boolean): CommandContext {
  return {
    version,
    nodeVersion: process.version,
    cwd: process.cwd(),
    env: process.env,
    now: () => new Date(),
    progress: quiet
      ? () => {}
      : progressPrinter({
          isTerminal: process.stderr.isTTY === true,
          columns: process.stderr.columns ?? 80,
          write: (line) => process.stderr.write(line),
        }),
    terminal: {
      print: (line) => console.log(printable(line)),
      printRaw: (line) => console.log(line),
      remark: (line) => {
        if (!quiet) console.error(printable(line));
      },
      columns: process.stdout.columns ?? 100,
      colour: colour && process.stdout.isTTY === true && !process.env["NO_COLOR"],
      readInput: () => text(process.stdin),
      stopped: () =>
        new Promise((resolve) => {
          for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
            process.once(signal, () => resolve());
        }),
    },
  };
}

async function main(): Promise<void> {
  const parser = yargs(hideBin(process.argv))
    .scriptName("gatebook")
    .usage(
      "$0 <command>\n\nA notebook of rollout gates: hold, promote or roll back, with the evidence, in one static report.",
    )
    .version(version)
    .strict()
    .demandCommand(1, "a command is missing")
    .option("quiet", {
      type: "boolean",
      default: false,
      global: true,
      describe: "Print only the answer, no progress",
    })
    .option("color", {
      type: "boolean",
      default: true,
      global: true,
      describe: "Colours on a terminal (also NO_COLOR)",
    })
    .epilogue(EPILOGUE)
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .fail((message, error) => {
      if (error !== undefined && error !== null) throw error;
      console.error(formatUsageError(message, hideBin(process.argv), commands));
      process.exit(2);
    });
  for (const command of commands) addCommand(parser, command);
  await parser.parseAsync();
}

const EPILOGUE = `First report: gatebook init my-rollout && cd my-rollout && gatebook sample && gatebook run --date 2026-02-07
Exit codes: 0 done · 1 crash · 2 wrong usage or configuration · 3 a query, check or chart could not be evaluated ·
4 exports missing or unreadable · 5 store in use · with --fail-on: 10 hold, 20 rollback`;

function addCommand(parser: ReturnType<typeof yargs>, command: Command): void {
  parser.command(
    command.usage,
    command.describe,
    (builder) => {
      for (const [name, positional] of Object.entries(command.positionals))
        builder.positional(name, positional);
      builder.options(command.options);
      for (const [line, what] of command.examples) builder.example(line, what);
      return builder;
    },
    async (options) => {
      process.exitCode = await command.run(
        options,
        contextOf(options["quiet"] === true, options["color"] !== false),
      );
    },
  );
}

main().catch((error: unknown) => {
  console.error(formatError(error));
  process.exitCode = exitCodeOf(error);
});
