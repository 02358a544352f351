/** Options that several commands take: each has one description, one default and one parser. */
import { reportFormats } from "../../model/config.ts";
import type { Option } from "./command.ts";
import { parseDay, parseDuration, parsePath, wholeFrom } from "./values.ts";

/** A day; which one it is, each command says. */
export function dayOption(describe: string) {
  return { type: "string", describe, parse: parseDay } as const;
}

const options = {
  config: {
    alias: "c",
    type: "string",
    default: "rollout.yaml",
    // without it yargs takes the default for an option whose value was left out
    requiresArg: true,
    describe: "The workspace's rollout.yaml",
    parse: parsePath,
  },
  date: dayOption("Report date (default: yesterday in the rollout's time zone)"),
  from: dayOption("First day of the window (default: the gate so far, as the last run saw it)"),
  to: dayOption("Last day of the window"),
  json: { type: "boolean", default: false, describe: "Print JSON" },
  format: {
    type: "string",
    array: true,
    choices: reportFormats,
    describe:
      "What to write besides html, md, txt and ipynb; naming some of these four leaves the others out (default: formats in rollout.yaml)",
  },
  out: {
    type: "string",
    describe: "Folder of the reports (default: reports/ beside rollout.yaml)",
    parse: parsePath,
  },
  "dry-run": { type: "boolean", default: false, describe: "Print what would be done, and change nothing" },
  "memory-limit": {
    type: "string",
    describe: "Memory the run may use, e.g. 1GB: DuckDB gets 85% of it (default: 80% of the machine)",
  },
  threads: {
    type: "string",
    describe: "Threads DuckDB may use (default: one for each core)",
    parse: wholeFrom(1),
  },
  "temp-dir": {
    type: "string",
    describe: "Folder for temporary files (default: .gatebook/tmp)",
    parse: parsePath,
  },
  "query-timeout": {
    type: "string",
    default: "5m",
    describe: "Longest time one query may take",
    parse: parseDuration,
  },
  wait: {
    type: "string",
    default: "10m",
    describe: "How long to wait for another run to release the store",
    parse: parseDuration,
  },
} as const satisfies Readonly<Record<string, Option>>;

/** shared("config", "json"): these two. */
export function shared<const K extends keyof typeof options>(...names: readonly K[]) {
  return Object.fromEntries(names.map((name) => [name, options[name]])) as Pick<typeof options, K>;
}

/** Limits of the engine and of waiting, of the commands that load or rewrite the store. */
export const limitOptions = shared("memory-limit", "threads", "temp-dir", "query-timeout", "wait");
