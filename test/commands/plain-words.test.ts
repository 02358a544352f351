/** Words that are read without yargs mean what they mean to it; all others are left to it. */
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import yargs from "yargs";
import { commands, nameOf } from "../../src/commands/registry.ts";
import type { Command } from "../../src/commands/terminal/command.ts";
import { globalOptions } from "../../src/commands/terminal/overview.ts";
import { plainWords } from "../../src/commands/terminal/plain-words.ts";

const loaded = new Map<string, Command>();
beforeAll(async () => {
  for (const entry of commands) loaded.set(nameOf(entry), await entry.load());
});

function asked(name: string) {
  const [entry, command] = [commands.find((one) => nameOf(one) === name), loaded.get(name)];
  if (entry === undefined || command === undefined) throw new Error(`there is no command ${name}`);
  return { ...entry, ...command };
}

/** What `run` is given by yargs, by camel-case names; null: it refuses the words. */
async function byYargs(name: string, words: readonly string[]) {
  const { usage, positionals, options } = asked(name);
  let given: Readonly<Record<string, unknown>> | null = null;
  const parser = yargs()
    .help(false)
    .version(false)
    .strict()
    .options(globalOptions)
    .fail(() => {})
    .command(
      usage,
      "",
      (builder) => {
        for (const [key, positional] of Object.entries(positionals)) builder.positional(key, positional);
        return builder.options(options);
      },
      (found) => {
        given = found;
      },
    );
  await parser.parseAsync([name, ...words]);
  return given === null ? null : readable(given);
}

function readable(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const read = Object.entries(given).filter(
    ([key, value]) => value !== undefined && !/^(_|\$0)$|-|^.$/.test(key),
  );
  return Object.fromEntries(read);
}

const value = fc.oneof(
  fc.constantFrom(
    "2026-02-07",
    "5m",
    "007",
    "1e3",
    "0x10",
    "a b",
    "a=b",
    "",
    "-1",
    "--",
    "true",
    "false",
    "'a'",
  ),
  fc.string({ maxLength: 4 }),
);

it("of every command", async () => {
  const lines = fc.constantFrom(...commands.map(nameOf)).chain((name) => {
    const { options, positionals } = asked(name);
    const all: Command["options"] = { ...globalOptions, ...options };
    const choices = [...Object.values(all), ...Object.values(positionals)].flatMap(
      (option) => option.choices ?? [],
    );
    const words = fc.oneof(value, ...(choices.length > 0 ? [fc.constantFrom(...choices.map(String))] : []));
    const option = fc.constantFrom(...Object.keys(all), "no-color", "nothing", "help");
    const piece = fc.oneof(
      option.map((one) => [`--${one}`]),
      fc.tuple(option, words).map(([one, word]) => [`--${one}`, word]),
      fc.tuple(option, words).map(([one, word]) => [`--${one}=${word}`]),
      words.map((word) => [word]),
      fc.constantFrom(["-c", "x.yaml"], ["-x"]),
    );
    return fc.tuple(fc.constant(name), fc.array(piece, { maxLength: 3 }));
  });
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(lines, async ([name, pieces]) => {
      const words = pieces.flat();
      const given = plainWords(words, asked(name));
      if (given === null) return;
      plain += 1;
      expect(readable(given), `${name} ${JSON.stringify(words)}`).toEqual(await byYargs(name, words));
    }),
    { numRuns: 400 },
  );
  expect(plain).toBeGreaterThan(50);
});

it.each([
  ["check", []],
  ["check", ["--format", "github", "--quiet"]],
  ["run", ["--date", "2026-02-07", "--query-timeout=10m", "--profile"]],
  ["render", ["result.json", "--out", "again"]],
  ["new", ["metric", "saves"]],
])("%s %j needs no yargs", async (name, words) => {
  const given = plainWords(words, asked(name));
  expect(given).not.toBeNull();
  expect(readable(given ?? {})).toEqual(await byYargs(name, words));
});

it.each([
  ["check", ["--help"]],
  ["check", ["--formt", "text"]],
  ["check", ["--format", "githb"]],
  ["check", ["there"]],
  ["render", []],
  ["run", ["--date", "2026-02-07", "--date", "2026-02-08"]],
  ["run", ["--format", "csv"]],
  ["run", ["--date"]],
  ["run", ["-c", "rollout.yaml"]],
])("%s %j is left to it", (name, words) => {
  expect(plainWords(words, asked(name))).toBeNull();
});
