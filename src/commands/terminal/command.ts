/** What every command file gives `program.ts`: options in, one call, exit code out. Heavy rooms are imported inside `run`. */
import type {
  ArgumentsCamelCase,
  InferredOptionType,
  InferredOptionTypes,
  Options,
  PositionalOptions,
} from "yargs";
import type { Context } from "../../model/context.ts";

/** Where a command prints. Only `program.ts` makes one. */
export interface Terminal {
  /** The answer: standard output, control characters as text. */
  readonly print: (text: string) => void;
  /** The same for files: CSV has exactly what the data have. */
  readonly printRaw: (text: string) => void;
  /** What a job has done: standard output, silent under --quiet, so that cron mails nothing. */
  readonly note: (text: string) => void;
  /** Progress and remarks: standard error, silent under --quiet. */
  readonly remark: (text: string) => void;
  /** Width of the terminal; of a pipe infinite, so that a row is a line. */
  readonly columns: number;
  readonly colour: boolean;
  readonly readInput: () => Promise<string>;
  /** Writes the question to standard error and reads one line of standard input; "" at its end. */
  readonly ask: (question: string) => Promise<string>;
  /** Resolves when the person ends a command that runs until then: Ctrl-C, or the terminal is closed. */
  readonly stopped: () => Promise<void>;
}

export interface CommandContext extends Context {
  readonly terminal: Terminal;
  readonly cwd: string;
}

/** Prints the answer of a command: JSON under --json, else text for a terminal of that width. */
export function answer(
  { terminal }: CommandContext,
  json: boolean,
  value: unknown,
  text: (columns: number) => string,
): void {
  terminal.print(json ? JSON.stringify(value, null, 2) : text(terminal.columns));
}

/** The same of a job, whose work is on the disk: under --quiet it is printed only when it failed, or as the JSON that was asked for. */
export function answerJob(
  context: CommandContext,
  { json = false, code }: { readonly json?: boolean; readonly code: ExitCode },
  value: unknown,
  text: (columns: number) => string,
): ExitCode {
  const { terminal } = context;
  if (json || code !== 0) answer(context, json, value, text);
  else terminal.note(text(terminal.columns));
  return code;
}

/** What each means is in `README.md` of this room. */
export type ExitCode = 0 | 2 | 3 | 4 | 10 | 20;

/** `parse` makes a value of the option's text, or throws GatebookError `usage` that names the option. */
export interface Option extends Options {
  readonly parse?: (text: string, option: string) => unknown;
}

type OptionMap = Readonly<Record<string, Option>>;
type PositionalMap = Readonly<Record<string, PositionalOptions>>;

export interface Command {
  readonly options: OptionMap;
  readonly positionals: PositionalMap;
  readonly examples: readonly (readonly [string, string])[];
  readonly run: (options: Readonly<Record<string, unknown>>, context: CommandContext) => Promise<ExitCode>;
}

type Value<O extends Option> = O extends { readonly parse: (...args: never) => infer T }
  ? T | (O extends { readonly demandOption: true } | { readonly default: unknown } ? never : undefined)
  : InferredOptionType<O>;

type Values<O extends OptionMap> = { readonly [K in keyof O]: Value<O[K]> };

interface CommandDefinition<O extends OptionMap, P extends PositionalMap>
  extends Partial<Pick<Command, "examples">> {
  readonly options: O;
  readonly positionals?: P;
  readonly run: (
    options: ArgumentsCamelCase<Values<O> & InferredOptionTypes<P>>,
    context: CommandContext,
  ) => Promise<ExitCode>;
}

/** Ties a command's options to the type its `run` receives: yargs has checked them by then, and they are parsed here. */
export function defineCommand<
  const O extends OptionMap,
  const P extends PositionalMap = Record<never, never>,
>({ run, ...definition }: CommandDefinition<O, P>): Command {
  return {
    positionals: {},
    examples: [],
    ...definition,
    run: (given, context) =>
      run({ ...given, ...parsed(given, definition.options) } as Parameters<typeof run>[0], context),
  };
}

/** `--set a --set b` are two; of an option that takes one value the last counts. By the names that `run` reads: queryTimeout. */
function parsed(given: Readonly<Record<string, unknown>>, options: OptionMap): Record<string, unknown> {
  const entries = Object.entries(options).map(([name, { array, parse }]) => {
    const key = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const all = given[key];
    const value: unknown = array !== true && Array.isArray(all) ? all.at(-1) : all;
    return [key, value === undefined || parse === undefined ? value : parse(String(value), name)] as const;
  });
  return Object.fromEntries(entries);
}
