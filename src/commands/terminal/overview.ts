/** What `gatebook --help` prints: every command in a line or two. Its own, since yargs takes five times as long to load and lay it out. */
import { type CommandEntry, commands } from "../registry.ts";
import { besideHead } from "./table.ts";

/** Of every command, whatever it does. */
export const globalOptions = {
  quiet: {
    type: "boolean",
    default: false,
    global: true,
    describe:
      "Print only what was asked for: no progress, and of a job nothing unless its exit code is not 0",
  },
  color: {
    type: "boolean",
    default: true,
    global: true,
    describe: "Colours on a terminal (--no-color or NO_COLOR: none)",
  },
} as const;

/** Lines of at most `columns` characters. */
export function overview(columns: number): string {
  const options = Object.entries({
    help: { describe: "Of a command: its options and examples" },
    version: { describe: "Which gatebook this is" },
    ...globalOptions,
  });
  return `gatebook <command>

A notebook of rollout gates: hold, promote or roll back, with the evidence, in one static report.

Commands:
${listOf(
  commands.map(({ usage, describe }: CommandEntry) => [`gatebook ${usage}`, describe] as const),
  columns,
)}

Options:
${listOf(
  options.map(([name, { describe }]) => [`--${name}`, describe] as const),
  columns,
)}

First report:
  gatebook init my-rollout && cd my-rollout && gatebook sample && gatebook run --date 2026-02-07
Exit codes:
  0 done · 1 crash · 2 wrong usage or configuration · 3 a query, check or chart could not be
  evaluated · 4 exports missing or unreadable · 5 store in use · with --fail-on: 10 hold,
  20 rollback`;
}

/** The second of each pair beside the first, broken between words. */
function listOf(pairs: readonly (readonly [string, string])[], columns: number): string {
  const widest = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, text]) => besideHead(`  ${name.padEnd(widest)}  `, text, columns)).join("\n");
}
