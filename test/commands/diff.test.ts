import { expect, it } from "vitest";
import { serializeResult } from "../../src/result/serialize.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { rollbackResult } from "../helpers/sample-variants.ts";
import { workspace } from "./workspace.ts";

const results = () =>
  workspace({
    "one/result.json": serializeResult(sampleResult()),
    "two/result.json": serializeResult(rollbackResult()),
  });

it("shows what differs between two results, named by file or folder", async () => {
  const root = results();
  const { code, stdout } = await gatebook(root, "diff", "one", "two/result.json");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^verdict: promote → rollback$/m);
  expect(stdout).toMatch(/Click-through rate +classification +healthy +rollback/);
});

it("shows the same differences as Markdown and as JSON", async () => {
  const root = results();
  const markdown = await gatebook(root, "diff", "one", "two", "--format", "md");
  expect(markdown.stdout).toContain("| Click-through rate | classification | healthy | rollback |");
  const { metrics } = JSON.parse((await gatebook(root, "diff", "one", "two", "--json")).stdout);
  expect(metrics).toContainEqual(expect.objectContaining({ what: "classification", after: "rollback" }));
});

it("names a file that is not there", async () => {
  const { code, stderr } = await gatebook(results(), "diff", "one", "three");
  expect(code).toBe(4);
  expect(stderr).toContain("three");
});
