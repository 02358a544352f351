/** The JSON Schemas: what editors complete and check rollout.yaml by, and what other tools read result.json by. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { configJsonSchema } from "../../src/config/config.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { packageRoot, temporaryFolder } from "../helpers/temp-workspace.ts";

const shipped = readFileSync(join(packageRoot, "rollout.yaml"), "utf8");

/** As an editor reads it: JSON Schema alone, without what gatebook itself knows beyond it. */
function editorSays(yaml: string): "fine" | "wrong" {
  const schema = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  return schema.safeParse(parse(yaml)).success ? "fine" : "wrong";
}

describe("the schema of rollout.yaml", () => {
  it("finds the shipped file fine", () => {
    expect(editorSays(shipped)).toBe("fine");
  });

  it.each([
    ["a misspelt key", "warning: 3%", "wraning: 3%"],
    ["a share that is none", "warning: 3%", "warning: 3 percent"],
    ["a word that is not in the list", "judge: evidence", "judge: evidently"],
    ["a gate without its exposure", "exposure: 10%, ", ""],
    ["half a day", "persistent_warning_days: 2", "persistent_warning_days: 2.5"],
  ])("finds %s", (_, before, after) => {
    expect(shipped).toContain(before);
    expect(editorSays(shipped.replace(before, after))).toBe("wrong");
  });

  it("says of every key what it means, for the editor to show", () => {
    expect(silentKeys(configJsonSchema(), "")).toEqual([]);
  });
});

describe("gatebook schema", () => {
  it("prints the schema of rollout.yaml, and of result.json when asked", async () => {
    const folder = temporaryFolder(onTestFinished);
    const config = JSON.parse((await gatebook(folder, "schema")).stdout) as { readonly title: string };
    const result = JSON.parse((await gatebook(folder, "schema", "--result")).stdout) as typeof config;
    expect([config.title, result.title]).toEqual(["rollout.yaml of gatebook", "result.json of gatebook"]);
    expect(config).toEqual(configJsonSchema());
  });

  it("prints the schema of an earlier result.json", async () => {
    const folder = temporaryFolder(onTestFinished);
    const { stdout } = await gatebook(folder, "schema", "--result", "--schema-version", "1");
    expect(JSON.parse(stdout)).toMatchObject({ properties: { schemaVersion: { const: 1 } } });
    expect((await gatebook(folder, "schema", "--result", "--schema-version", "3")).code).toBe(2);
  });

  it("writes it to a file, and says how editors find it", async () => {
    const folder = temporaryFolder(onTestFinished);
    expect(await gatebook(folder, "schema", "--out", "my.schema.json")).toEqual({
      code: 0,
      stdout: `Wrote my.schema.json.
Editors find it by the first line of rollout.yaml: # yaml-language-server: $schema=my.schema.json
`,
      stderr: "",
    });
    expect(JSON.parse(readFileSync(join(folder, "my.schema.json"), "utf8"))).toEqual(configJsonSchema());
  });

  it("refuses a folder that is not there", async () => {
    const folder = temporaryFolder(onTestFinished);
    expect(await gatebook(folder, "schema", "--out", "no/such/schema.json")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: cannot be written: ENOENT: no such file or directory
  at WORKSPACE/no/such/schema.json
  hint: name a file in a folder that exists and is writable
`,
    });
  });
});

describe("gatebook init", () => {
  it("puts the schema beside rollout.yaml, whose first line names it to editors", async () => {
    const folder = temporaryFolder(onTestFinished);
    expect((await gatebook(folder, "init", ".")).code).toBe(0);
    const written = readFileSync(join(folder, "rollout.yaml"), "utf8");
    expect(written).toBe(`# yaml-language-server: $schema=rollout.schema.json\n${shipped}`);
    const schema: unknown = JSON.parse(readFileSync(join(folder, "rollout.schema.json"), "utf8"));
    expect(schema).toEqual(configJsonSchema());
    expect(await gatebook(folder, "check")).toEqual({
      code: 0,
      stdout: "No problems: rollout.yaml, queries, charts and templates fit together.\n",
      stderr: "",
    });
  });
});

/** Paths of properties without a description, e.g. "gates.items.min_days". */
function silentKeys(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== "properties") return silentKeys(value, path === "" ? key : `${path}.${key}`);
    return Object.entries(value as Record<string, object>).flatMap(([name, property]) => [
      ...("description" in property ? [] : [`${path}.${name}`]),
      ...silentKeys(property, `${path}.${name}`),
    ]);
  });
}
