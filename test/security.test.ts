/** .github/SECURITY.md: each promise names a test, and the test is there. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const rows = readFileSync(resolve(root, ".github/SECURITY.md"), "utf8")
  .split("## What is promised")[1]
  ?.split("## Limits")[0]
  ?.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| promise") && !line.startsWith("| ---"));

it("every promise names the test that holds it, and that file has tests", () => {
  expect(rows?.length).toBeGreaterThan(10);
  for (const row of rows ?? []) {
    const named = [...row.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, path = ""]) => path);
    expect(named, row).not.toEqual([]);
    for (const path of named) {
      expect(existsSync(resolve(root, path)), path).toBe(true);
      expect(readFileSync(resolve(root, path), "utf8")).toMatch(/^\s*(it|test)(\.\w+)*\(/m);
    }
  }
});
