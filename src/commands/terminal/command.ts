/** What every command file gives `cli.ts`: options in, one call, exit code out. Heavy rooms are imported inside `run`. */
import type { ArgumentsCamelCase, InferredOptionTypes, Options, PositionalOptions } from "yargs";
import type { Context } from "../../model/context.ts";

/** Where a command prints. Only `cli.ts` makes one from the real console. */
export interface Terminal {
  /** The answer: standard output, control characters as text. */
  readonly print: (text: string) => void;
  /** The same for files: CSV holds what the data hold. */
  readonly printRaw: (text: string) => void;
  /** Progress and remarks: standard error, silent under --quiet. */
  readonly remark: (text: string) => void;
  readonly columns: number;
  readonly colour: boolean;
  readonly readInput: () => Promise<string>;
  /** Resolves when the person ends a command that runs until then: Ctrl-C, or the terminal is closed. */
  readonly stopped: () => Promise<void>;
}

export interface CommandContext extends Context {
  readonly terminal: Terminal;
  readonly cwd: string;
}

/** 0 ran · 3 ran, but a query or check could not be evaluated · 4 the exports are missing or unreadable · 10 hold and 20 rollback with --fail-on (DESIGN §9). */
export type ExitCode = 0 | 2 | 3 | 4 | 10 | 20;

type OptionMap = Readonly<Record<string, Options>>;
type PositionalMap = Readonly<Record<string, PositionalOptions>>;

export interface Command {
  /** As yargs wants it, e.g. "compare <baseline> <candidate>". */
  readonly usage: string;
  readonly describe: string;
  readonly options: OptionMap;
  readonly positionals: PositionalMap;
  readonly examples: readonly (readonly [string, string])[];
  readonly run: (options: Readonly<Record<string, unknown>>, context: CommandContext) => Promise<ExitCode>;
}

interface CommandDefinition<O extends OptionMap, P extends PositionalMap> {
  readonly usage: string;
  readonly describe: string;
  readonly options: O;
  readonly positionals?: P;
  readonly examples?: readonly (readonly [string, string])[];
  readonly run: (
    options: ArgumentsCamelCase<InferredOptionTypes<O> & InferredOptionTypes<P>>,
    context: CommandContext,
  ) => Promise<ExitCode>;
}

/** Ties a command's options to the type its `run` receives; yargs has checked them by then. */
export function defineCommand<
  const O extends OptionMap,
  const P extends PositionalMap = Record<never, never>,
>(definition: CommandDefinition<O, P>): Command {
  const { run, positionals, examples, ...rest } = definition;
  return {
    ...rest,
    positionals: positionals ?? {},
    examples: examples ?? [],
    run: (options, context) => run(options as Parameters<typeof run>[0], context),
  };
}

/** Shared by every command that works in a workspace. */
export const workspaceOptions = {
  config: { alias: "c", type: "string", default: "rollout.yaml", describe: "The workspace's rollout.yaml" },
} as const satisfies OptionMap;

/** Limits of the engine, shared by the commands that load or measure. */
export const engineOptions = {
  "memory-limit": {
    type: "string",
    describe: "Memory the run may use, e.g. 1GB: DuckDB gets 85% of it (default: 80% of the machine)",
  },
  threads: { type: "number", describe: "Threads DuckDB may use (default: all cores)" },
  "temp-dir": { type: "string", describe: "Folder for spilling and decompression (default: .gatebook/tmp)" },
  "query-timeout": { type: "string", default: "5m", describe: "Longest time one query may take" },
  wait: { type: "string", default: "10m", describe: "How long to wait while another run holds the store" },
} as const satisfies OptionMap;
