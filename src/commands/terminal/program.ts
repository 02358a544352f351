/** A line of words to its command: what the words mean, what is printed where, and the exit code. */
import type { Argv } from "yargs";
import { type CommandEntry, commands, nameOf } from "../registry.ts";
import type { Command, CommandContext } from "./command.ts";
import { exitCodeOf, formatError, printable, usageFault } from "./errors.ts";
import { globalOptions, overview } from "./overview.ts";
import { progressPrinter } from "./progress.ts";

export interface Stream {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Undefined where no terminal has a width. */
  readonly columns: number | undefined;
}

/** All that gatebook takes from the process it runs in. */
export interface Surroundings
  extends Pick<CommandContext, "version" | "nodeVersion" | "cwd" | "env" | "now" | "onStop"> {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly readInput: () => Promise<string>;
  /** One line of standard input; "" at its end. */
  readonly readLine: () => Promise<string>;
  /** Resolves when the person ends a command that runs until then. */
  readonly stopped: () => Promise<void>;
}

/** The exit code of `gatebook WORDS`; errors are printed, none is thrown. */
export async function runProgram(words: readonly string[], around: Surroundings): Promise<number> {
  try {
    return await runWords(words, around);
  } catch (error) {
    around.stderr.write(`${formatError(error)}\n`);
    return exitCodeOf(error);
  }
}

async function runWords(words: readonly string[], around: Surroundings): Promise<number> {
  if (words.length === 1 && words[0] === "--version") {
    around.stdout.write(`${around.version}\n`);
    return 0;
  }
  let code = 0;
  const named = new Map<CommandEntry, Command>();
  for (const entry of commands) if (words.includes(nameOf(entry))) named.set(entry, await entry.load());
  const columns = Math.min(110, around.stdout.columns ?? 100);
  if (named.size === 0 && asksForHelp(words)) {
    around.stdout.write(`${overview(columns)}\n`);
    return 0;
  }
  const { default: yargs } = await import("yargs");
  const parser = yargs()
    .scriptName("gatebook")
    .detectLocale(false)
    .version(around.version)
    .strict()
    .demandCommand(1, "a command is missing")
    .options(globalOptions)
    // yargs writes its help for every command that it runs, and breaking its lines is most of that work
    .wrap(asksForHelp(words) ? columns : null)
    .fail((message, error) => {
      const asked = [...named].find(([entry]) => nameOf(entry) === words[0])?.[1];
      // its own error is wrong use, too, e.g. an option whose value was left out
      if (error !== undefined && error !== null && error.name !== "YError") throw error;
      throw usageFault(message, words, commands.map(nameOf), asked?.options ?? {});
    });
  for (const entry of commands) {
    const command = named.get(entry);
    if (command === undefined) parser.command(entry.usage, false);
    else
      addCommand(parser, { ...entry, ...command }, async (options) => {
        code = await command.run(
          options,
          contextOf(around, options["quiet"] === true, options["color"] !== false),
        );
      });
  }
  // with a callback yargs hands over its help instead of printing it and ending the process
  await parser.parseAsync([...words], {}, (_, __, help) => {
    if (help !== "") around.stdout.write(`${help}\n`);
  });
  return code;
}

function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word.startsWith("--help"));
}

function addCommand(
  parser: Argv,
  command: CommandEntry & Command,
  run: (options: Readonly<Record<string, unknown>>) => Promise<void>,
): void {
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
    run,
  );
}

function contextOf(around: Surroundings, quiet: boolean, colour: boolean): CommandContext {
  const { stdout, stderr, version, nodeVersion, cwd, env, now, onStop } = around;
  const { readInput, readLine, stopped } = around;
  return {
    version,
    nodeVersion,
    cwd,
    env,
    now,
    onStop,
    progress: quiet
      ? () => {}
      : progressPrinter({
          isTerminal: stderr.isTerminal,
          columns: stderr.columns ?? 80,
          write: stderr.write,
        }),
    terminal: {
      print: (line) => stdout.write(`${printable(line)}\n`),
      note: (line) => {
        if (!quiet) stdout.write(`${printable(line)}\n`);
      },
      printRaw: (line) => stdout.write(`${stdout.isTerminal ? printable(line) : line}\n`),
      remark: (line) => {
        if (!quiet) stderr.write(`${printable(line)}\n`);
      },
      columns: stdout.columns ?? Number.POSITIVE_INFINITY,
      colour: colour && stdout.isTerminal && !env["NO_COLOR"],
      readInput,
      ask: (question) => {
        stderr.write(question);
        return readLine();
      },
      stopped,
    },
  };
}
