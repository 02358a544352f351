/** What `npm pack` ships is what a stranger gets: installed into an empty folder it must make a report there. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "gatebook-pack-"));
const npm = (words: readonly string[], cwd: string): string =>
  execFileSync("npm", words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const gatebook = (...words: readonly string[]): string =>
  execFileSync(join(folder, "node_modules/.bin/gatebook"), words, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

beforeAll(() => {
  const [first] = JSON.parse(
    npm(["pack", "--json", "--silent", "--pack-destination", folder], root),
  ) as Packed[];
  if (first === undefined) throw new Error("npm pack made nothing");
  packed = first;
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  npm(
    [
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      "--omit=dev",
      join(folder, packed.filename),
    ],
    folder,
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("holds what init and run need and nothing more", () => {
  const tops = [...new Set(packed.files.map(({ path }) => path.split("/")[0]))].sort();
  expect(tops).toEqual([
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
    "queries",
    "rollout.yaml",
    "templates",
  ]);
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toContain("dist/cli.js");
  expect(paths.filter((path) => path.startsWith("dist/") && !path.endsWith(".js"))).toEqual([]);
  const shipped = (name: string): readonly string[] =>
    readdirSync(join(root, name), { recursive: true, encoding: "utf8" }).filter((path) =>
      /\.(sql|json|md|hbs|css)$/.test(path),
    );
  for (const name of ["queries", "templates"]) {
    expect(paths.filter((path) => path.startsWith(`${name}/`)).sort()).toEqual(
      shipped(name)
        .map((path) => `${name}/${path}`)
        .sort(),
    );
  }
});

it("makes a workspace, a sample and a report in an empty folder", () => {
  gatebook("init", "my-rollout");
  gatebook("sample", "--config", "my-rollout/rollout.yaml", "--users", "400", "--quiet");
  const said = gatebook("run", "--config", "my-rollout/rollout.yaml", "--date", "2026-02-07", "--quiet");
  const report = join(folder, "my-rollout/reports/clip-cosine-v2/2026-02-07");
  const { decision } = JSON.parse(readFileSync(join(report, "result.json"), "utf8")) as {
    decision: { action: string };
  };
  expect(said.split("\n")[0]).toBe(`${decision.action.toUpperCase()}  clip-cosine-v2 at g10, 2026-02-07`);
  for (const file of ["report.html", "report.md", "summary.txt", "report.ipynb"])
    expect(existsSync(join(report, file)), file).toBe(true);
  expect(existsSync(join(folder, "my-rollout/reports/index.html"))).toBe(true);
}, 120_000);
