/** The names of the examples, which stand in several places; that they run is test/slow/examples.slow.ts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { initCommand } from "../../src/commands/init.ts";
import { exampleNames, readExample } from "../../src/sample/example.ts";
import { packageRoot } from "../helpers/temp-workspace.ts";

const folder = join(packageRoot, "src/sample/examples");

it("the command knows each folder, and the READMEs name it", () => {
  expect(readdirSync(folder).sort()).toEqual([...exampleNames].sort());
  expect([...(initCommand.options["example"]?.choices ?? [])].sort()).toEqual([...exampleNames].sort());
  for (const path of ["README.md", "src/commands/README.md"]) {
    const text = readFileSync(join(packageRoot, path), "utf8");
    expect(exampleNames.filter((name) => !text.includes(name))).toEqual([]);
  }
});

it.each(exampleNames)("%s does without files that the package has", (name) => {
  const { files, without } = readExample(name);
  expect(without.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
  expect([...files.keys()]).toEqual(expect.arrayContaining(["README.md", "rollout.yaml"]));
  expect(files.has("exports.sql")).toBe(false);
});
