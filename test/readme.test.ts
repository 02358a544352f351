/** README.md is tested like code: what exists is told, and what is told exists. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commands, nameOf } from "../src/commands/registry.ts";
import { configJsonSchema } from "../src/config/config.ts";
import { canonicalNames } from "../src/model/event-columns.ts";

const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(resolve(root, path), "utf8");
const readme = read("README.md");
const usage = read("src/commands/README.md");
const operations = read("src/workspace/OPERATIONS.md");
const { scripts } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const GLOBAL_OPTIONS = new Set(["config"]);

const loaded = await Promise.all(commands.map(async (entry) => [nameOf(entry), await entry.load()] as const));

describe.each(loaded)("the command %s", (name, command) => {
  const row = usage.split("\n").find((line) => new RegExp(`^\\| \`${name}[ \`]`).test(line));

  it("has a row in the reference", () => {
    expect(row).toBeDefined();
  });

  it("has every option of its own in that row, or among the limits", () => {
    const limits = /^Limits: .*$/m.exec(usage)?.[0] ?? "";
    const told = `${row} ${row?.includes("limits") === true ? limits : ""}`;
    const missing = Object.keys(command.options).filter(
      (option) =>
        !GLOBAL_OPTIONS.has(option) && !told.includes(`--${option}`) && !told.includes(`--no-${option}`),
    );
    expect(missing).toEqual([]);
  });

  it("explains every option and positional", () => {
    const silent = Object.entries({ ...command.options, ...command.positionals }).filter(
      ([, { describe }]) => describe === undefined,
    );
    expect(silent).toEqual([]);
  });
});

it("names no command that does not exist", () => {
  const told = [
    ...`${readme}\n${usage}\n${operations}`.matchAll(/(?:npx |`|^)gatebook ([a-z][a-z0-9-]+)/gm),
  ].map((match) => match[1]);
  const known = new Set(commands.map(nameOf));
  expect(told.filter((name) => name !== undefined && !known.has(name))).toEqual([]);
  expect(told.length).toBeGreaterThan(3);
});

it("names every key of rollout.yaml", () => {
  const reference = read("src/config/README.md");
  const missing = configKeys(configJsonSchema()).filter(
    (key) => !reference.includes(`\`${key}\``) && !reference.includes(`\`${key}:`),
  );
  expect(missing).toEqual([]);
});

it("names every exit code", () => {
  for (const text of [usage, operations])
    for (const code of [0, 1, 2, 3, 4, 5, 10, 20]) expect(text).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
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
  const tables = [readme, read("queries/sources/README.md")].map((text) => {
    const [, rest = ""] = text.split("| column | type |");
    return [...rest.matchAll(/^\| `(\w+)` \|.*$/gm)].slice(0, canonicalNames.length);
  });
  for (const table of tables) expect(table.map(([, name]) => name)).toEqual(canonicalNames);
  expect(tables[0]?.map(([line]) => line)).toEqual(tables[1]?.map(([line]) => line));
});

it("is read in one sitting", () => {
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(250);
});

describe("what the README claims", () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
  const inside = links.filter((link) => !/^https?:/.test(link)).map((link) => link.split("#"));

  it("leads to files and sections that are there", () => {
    expect(inside.length).toBeGreaterThan(30);
    const broken = inside.filter(([path = "", section]) => {
      const file = path === "" ? "README.md" : path;
      if (!existsSync(resolve(root, file))) return true;
      return section !== undefined && !anchors(read(file)).includes(section);
    });
    expect(broken).toEqual([]);
  });

  it("names a test or a bench for each promise", () => {
    const [, promises = ""] = /## What it promises\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const items = promises.trim().split(/^- /m).slice(1);
    expect(items.length).toBeGreaterThan(4);
    expect(items.filter((item) => !item.includes("](test/"))).toEqual([]);
  });

  it("has no figure that the benches did not measure", () => {
    const figures = [...readme.matchAll(/\*\*(\d[^*]*)\*\*/g)].map(([, figure = ""]) => figure);
    expect(figures.length).toBeGreaterThan(3);
    const measured = read("test/bench/README.md");
    expect(figures.filter((figure) => !measured.includes(`${figure} `))).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );
}
