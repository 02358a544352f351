/** The names of the examples, which stand in several places; that they run is test/slow/examples.slow.ts and example.trino.ts. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { initCommand } from "../../src/commands/init.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { exampleNames, readExample } from "../../src/sample/example.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { packageRoot, temporaryFolder } from "../helpers/temp-workspace.ts";

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

it("trino is made without exports, and its check gets as far as the cluster", async () => {
  const root = temporaryFolder(onTestFinished);
  const made = await gatebook(root, "init", ".", "--example", "trino");
  expect([made.code, made.stdout + made.stderr]).toEqual([
    0,
    expect.stringContaining("README.md has the steps"),
  ]);
  expect(existsSync(join(root, "exports"))).toBe(false);
  const path = join(root, "rollout.yaml");
  const { cluster, sources } = loadConfig(path);
  const load = readFileSync(join(root, "load.sql"), "utf8");
  for (const { table } of sources)
    expect(load).toContain(`CREATE TABLE iceberg.gatebook_example.${table} AS`);
  expect(load).toContain(`CREATE SCHEMA IF NOT EXISTS iceberg.${cluster?.scratch.schema};`);
  // nothing listens on the port of "discard"
  writeFileSync(path, readFileSync(path, "utf8").replace("127.0.0.1:8080", "127.0.0.1:9"));
  const checked = await gatebook(root, "check");
  expect(checked.code).toBe(1);
  expect(checked.stderr).toMatch(/^error: Trino at http:\/\/127\.0\.0\.1:9 is unavailable: /);
});
