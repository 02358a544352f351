/** `gatebook init --example NAME`: each is made, and its README followed to the letter. Of a cluster: example.trino.ts. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleNames, readExample } from "../../src/sample/example.ts";
import type { Ran } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { packageRoot, temporaryFolder } from "../helpers/temp-workspace.ts";

function hashes(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [
        file.slice(folder.length),
        createHash("sha256").update(readFileSync(file)).digest("hex"),
      ]),
  );
}

describe.each(exampleNames.filter((name) => readExample(name).hasExports))("the example %s", (name) => {
  let parent: string;
  let root: string;
  let readme: string;
  const ran: Ran[] = [];

  beforeAll(async () => {
    parent = temporaryFolder(afterAll);
    root = join(parent, name);
    expect((await gatebook(parent, "init", name, "--example", name)).stderr).toBe("");
    readme = readFileSync(join(root, "README.md"), "utf8");
    const [, commands = ""] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    for (const line of commands.trim().split("\n")) {
      const words = line.replace(/^gatebook /, "").split(" ");
      // the others have no chart that this one lacks
      const isShort = words[0] === "run" && name !== "conversion";
      ran.push(await gatebook(root, ...words, ...(isShort ? ["--format", "txt"] : [])));
    }
  });

  it("does what its README says, without a fault", () => {
    expect(ran.length).toBeGreaterThan(3);
    expect(ran.map(({ code }) => code)).toEqual(ran.map(() => 0));
    const [, verdict = ""] = /```text\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(verdict).not.toBe("");
    expect(ran.map(({ stdout }) => stdout).join("\n")).toContain(verdict);
  });

  it("has no row that is rejected, and nothing that blocks for want of data", async () => {
    const count =
      "SELECT sum(rejected) AS rejected, count(*) FILTER (WHERE status = 'refused') AS refused FROM loads";
    const { stdout } = await gatebook({ cwd: root, input: count }, "query", "-", "--json");
    expect(JSON.parse(stdout)).toEqual([{ rejected: 0, refused: 0 }]);
    const [rollout = ""] = readdirSync(join(root, "reports")).filter((one) => !one.includes("."));
    const result = JSON.parse(readFileSync(join(root, "reports", rollout, "latest/result.json"), "utf8")) as {
      readonly checks: readonly { readonly name: string; readonly status: string }[];
    };
    expect(result.checks.filter(({ status }) => ["fail", "error"].includes(status))).toEqual([]);
  });

  it("is the same to the last byte when it is made again, and small", async () => {
    const again = join(parent, "again");
    await gatebook(parent, "init", "again", "--example", name);
    expect(hashes(join(again, "exports"))).toEqual(hashes(join(root, "exports")));
    const bytes = Object.keys(hashes(join(root, "exports"))).map(
      (path) => statSync(join(root, "exports", path)).size,
    );
    expect(bytes.length).toBeGreaterThan(3);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000);
  });

  it("is not made where exports are, and then nothing is written", async () => {
    const { code, stderr } = await gatebook(parent, "init", name, "--force", "--example", name);
    expect(code).toBe(2);
    expect(stderr).toContain("exports/ contains files already");
  });

  it("has queries of the package, besides a staging file or a metric of its own", () => {
    const shipped = readdirSync(join(packageRoot, "queries"), { recursive: true, encoding: "utf8" });
    const own = readdirSync(join(root, "queries"), { recursive: true, encoding: "utf8" });
    expect(own.filter((path) => !shipped.includes(path) && !path.startsWith("sources"))).toEqual(
      name === "conversion" ? ["metrics/purchase_rate.sql"] : [],
    );
    expect(existsSync(join(root, "queries/metrics/ctr.sql"))).toBe(true);
  });
});
