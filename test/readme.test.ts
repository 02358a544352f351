/** README.md is tested like code: what exists is told, and what is told exists. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../src/commands/registry.ts";
import { configJsonSchema } from "../src/config/config.ts";
import { canonicalNames } from "../src/model/event-columns.ts";

const root = resolve(import.meta.dirname, "..");
const readme = readFileSync(resolve(root, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const GLOBAL_OPTIONS = new Set(["config"]);

describe.each(commands.map((command) => [command.usage.split(" ")[0] ?? "", command] as const))(
  "the command %s",
  (name, command) => {
    const row = readme.split("\n").find((line) => new RegExp(`^\\| \`${name}[ \`]`).test(line));

    it("has a row in the README", () => {
      expect(row).toBeDefined();
    });

    it("has every option of its own in the README", () => {
      const missing = Object.keys(command.options).filter(
        (option) =>
          !GLOBAL_OPTIONS.has(option) &&
          !readme.includes(`--${option}`) &&
          !readme.includes(`--no-${option}`),
      );
      expect(missing).toEqual([]);
    });

    it("explains every option and positional", () => {
      const silent = Object.entries({ ...command.options, ...command.positionals }).filter(
        ([, { describe }]) => describe === undefined,
      );
      expect(silent).toEqual([]);
    });
  },
);

it("names no command that does not exist", () => {
  const told = [...readme.matchAll(/(?:npx |`|^)gatebook ([a-z][a-z0-9-]+)/gm)].map((match) => match[1]);
  const known = new Set(commands.map(({ usage }) => usage.split(" ")[0]));
  expect(told.filter((name) => name !== undefined && !known.has(name))).toEqual([]);
  expect(told.length).toBeGreaterThan(3);
});

it("names every key of rollout.yaml", () => {
  const missing = configKeys(configJsonSchema()).filter(
    (key) => !readme.includes(`\`${key}\``) && !readme.includes(`\`${key}:`),
  );
  expect(missing).toEqual([]);
});

it("names every exit code", () => {
  for (const code of [0, 1, 2, 3, 4, 5, 10, 20]) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
});

it("begins with two commands that package.json knows", () => {
  const block = /```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(block).toContain("npm ci && npm start");
  expect(block).toContain("npm cit");
  for (const [, script] of readme.matchAll(/npm run ([a-z:]+)/g))
    expect(Object.keys(scripts)).toContain(script);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["start", "test"]));
});

/** Property names at every depth of a JSON Schema, without names that the user chooses. */
function configKeys(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(configKeys);
  if (typeof schema !== "object" || schema === null) return [];
  const properties =
    "properties" in schema && typeof schema.properties === "object"
      ? Object.keys(schema.properties ?? {})
      : [];
  return [...new Set([...properties, ...Object.values(schema).flatMap(configKeys)])];
}

it("has the columns of an event, as a new workspace does", () => {
  const staging = readFileSync(resolve(root, "queries/sources/README.md"), "utf8");
  const tables = [readme, staging].map((text) => {
    const [, rest = ""] = text.split("# The columns of an event");
    return [...rest.matchAll(/^\| `(\w+)` \|.*$/gm)].slice(0, canonicalNames.length);
  });
  for (const table of tables) expect(table.map(([, name]) => name)).toEqual(canonicalNames);
  expect(tables[0]?.map(([line]) => line)).toEqual(tables[1]?.map(([line]) => line));
});
