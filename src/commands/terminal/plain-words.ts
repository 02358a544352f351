/**
 * Words that mean the same to everybody are read here: each option once, its value after it or after `=`. For help, for what is rare
 * and for every mistake there is yargs, which takes 0.06 s to load.
 */
import type { CommandEntry } from "../registry.ts";
import { type Command, camelCase } from "./command.ts";
import { globalOptions } from "./overview.ts";

type Given = Readonly<Record<string, unknown>>;

/** As yargs gives them to `run`, of the words after the command; null: yargs is to look at them. */
export function plainWords(
  words: readonly string[],
  { usage, positionals, options: own }: CommandEntry & Command,
): Given | null {
  const options: Command["options"] = { ...globalOptions, ...own };
  const given = new Map<string, unknown>();
  const places: string[] = [];
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (!word.startsWith("-")) {
      places.push(word);
      continue;
    }
    const [, name = "", written] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = options[name];
    if (option === undefined || given.has(name) || option.array === true) return null;
    if (option.type === "boolean") {
      if (written !== undefined || /^(true|false)$/.test(waiting[0] ?? "")) return null;
      given.set(name, true);
    } else {
      const value = written ?? waiting.shift();
      if (option.type !== "string" || !isPlain(value, option.choices)) return null;
      given.set(name, value);
    }
  }
  const names = [...usage.matchAll(/[<[](\w+)[>\]]/g)].map(([, name = ""]) => name);
  if (places.length > names.length || places.length < (usage.match(/</g)?.length ?? 0)) return null;
  for (const [index, value] of places.entries()) {
    const name = names[index] ?? "";
    if (!isPlain(value, positionals[name]?.choices)) return null;
    given.set(name, value);
  }
  for (const [name, { default: preset, demandOption }] of Object.entries({ ...positionals, ...options })) {
    if (given.has(name)) continue;
    if (demandOption !== undefined && demandOption !== false && preset === undefined) return null;
    given.set(name, preset);
  }
  return Object.fromEntries([...given].map(([name, value]) => [camelCase(name), value]));
}

/** A quote or a dash at the start means something to yargs, and no text at all is a mistake. */
function isPlain(value: string | undefined, choices: Command["options"][string]["choices"]): boolean {
  if (value === undefined || !/^[^-'"]/.test(value)) return false;
  return choices === undefined || (Array.isArray(choices) && choices.includes(value));
}
