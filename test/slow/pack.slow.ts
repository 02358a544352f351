/** What `npm pack` ships is what a stranger gets: installed into an empty folder it must make a report there. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schemaVersions } from "../../src/model/schema/version.ts";

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
  /** Bytes of the tarball. */
  readonly size: number;
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
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
    "queries",
    "rollout.yaml",
    "src",
    "templates",
  ]);
  const paths = packed.files.map(({ path }) => path);
  const compiled = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => [".js", ".d.ts"].map((ending) => `dist/${path.replace(/\.ts$/, ending)}`));
  const schemas = ["rollout", ...schemaVersions.map((version) => `result-v${version}`)];
  expect(paths.filter((path) => path.startsWith("dist/")).sort()).toEqual(
    [...compiled, ...schemas.map((name) => `dist/schema/${name}.json`)].sort(),
  );
  expect(packed.size).toBeLessThan(1_500_000);
  const shipped = (name: string): readonly string[] =>
    readdirSync(join(root, name), { recursive: true, encoding: "utf8" }).filter((path) =>
      /\.(sql|json|md|hbs|css)$/.test(path),
    );
  const beside = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md") || path.startsWith("src/sample/examples/"));
  expect(paths.filter((path) => path.startsWith("src/")).sort()).toEqual(beside.sort());
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const linked = [...readme.matchAll(/\]\(((?:src|queries|templates|CHANGELOG)[^)#]*)/g)].map(
    ([, path = ""]) => path,
  );
  expect(linked.length).toBeGreaterThan(10);
  expect(linked.filter((path) => !paths.includes(path))).toEqual([]);
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
  gatebook("sample", "--config", "my-rollout/rollout.yaml", "--users", "200", "--quiet");
  const said = gatebook("run", "--config", "my-rollout/rollout.yaml", "--date", "2026-02-07");
  const report = join(folder, "my-rollout/reports/clip-cosine-v2/2026-02-07");
  const { decision } = JSON.parse(readFileSync(join(report, "result.json"), "utf8")) as {
    decision: { action: string };
  };
  expect(said.split("\n")[0]).toBe(`${decision.action.toUpperCase()}  clip-cosine-v2 at g10, 2026-02-07`);
  for (const file of ["report.html", "report.md", "summary.txt", "report.ipynb"])
    expect(existsSync(join(report, file)), file).toBe(true);
  expect(existsSync(join(folder, "my-rollout/reports/index.html"))).toBe(true);
}, 120_000);

const node = (words: readonly string[]): string =>
  execFileSync(process.execPath, words, { cwd: folder, encoding: "utf8" });

/** One program in both languages: every name that the package gives, with its types. */
const program = `
import { GatebookError, judge, judgeInput, parseResult, readConfig, renderAll, runNight, version } from "gatebook";
import configSchema from "gatebook/schema/rollout.json" with { type: "json" };
import resultSchema from "gatebook/schema/result-v2.json" with { type: "json" };
import { readFile } from "node:fs/promises";

const config = readConfig("my-rollout/rollout.yaml");
const said/*: string[]*/ = [];
const night = await runNight(
  { config: "my-rollout/rollout.yaml", date: "2026-02-07", formats: ["txt"], threads: 1 },
  { progress: ({ text }) => said.push(text) },
);
const result/*: Result*/ = parseResult(await readFile(night.folder + "/result.json", "utf8"));
const judgement/*: Judgement*/ = judge(judgeInput(result));
const stricter/*: Config*/ = { ...config, minSample: { impressions: 1e12, clicks: 1e12 } };
const [summary] = await renderAll(result, { formats: ["txt"] });
let code/*: ErrorCode*/ = "busy";
await runNight({ config: "my-rollout/rollout.yaml", date: "2999-01-01" }).catch((error/*: unknown*/) => {
  if (error instanceof GatebookError) code = error.code;
});
console.log(JSON.stringify({
  version, code,
  rollout: config.rollout.name,
  said: said.includes("measuring metrics and running checks"),
  files: night.files,
  same: JSON.stringify(judgement.decision) === JSON.stringify(result.decision),
  strict: judge(judgeInput(result, stricter)).decision.action,
  summary: summary?.content === (await readFile(night.folder + "/summary.txt", "utf8")),
  titles: [configSchema.title, resultSchema.title],
}));
`;
const types = 'import type { Config, ErrorCode, Judgement, Result } from "gatebook";';
const answer = {
  code: "usage",
  rollout: "clip-cosine-v2",
  said: true,
  files: ["result.json", "summary.txt"],
  same: true,
  strict: "hold",
  summary: true,
  titles: ["rollout.yaml of gatebook", "result.json of gatebook"],
};

/** In the workspace that was made above. */
describe("as a library", () => {
  beforeAll(() => {
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          module: "nodenext",
          target: "es2023",
          resolveJsonModule: true,
          types: ["node"],
          typeRoots: [join(root, "node_modules/@types")],
          rootDir: ".",
          outDir: "out",
        },
        files: ["night.mts", "wrong.mts"],
      }),
    );
  }, 120_000);

  it("is used from plain Node", () => {
    writeFileSync(join(folder, "night.mjs"), program);
    expect(JSON.parse(node(["night.mjs"]))).toMatchObject(answer);
    const loaded = 'const { parseResult } = require("gatebook"); console.log(typeof parseResult)';
    expect(node(["--no-warnings", "-e", loaded])).toBe("function\n");
  }, 120_000);

  it("is used from TypeScript, with types that say what is wrong", () => {
    const tsc = join(root, "node_modules/.bin/tsc");
    const typed = types + program.replaceAll(/\/\*(.*?)\*\//g, "$1");
    writeFileSync(join(folder, "night.mts"), typed);
    writeFileSync(join(folder, "wrong.mts"), typed.replace("date:", "dote:"));
    const { stdout } = spawnSync(tsc, ["-p", ".", "--pretty", "false"], { cwd: folder, encoding: "utf8" });
    expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(/^wrong\.mts.* 'dote'/)]);
  }, 120_000);

  it("gives no way to its files", () => {
    const paths = ["dist/index.js", "dist/judge/judge.js", "package.json", "rollout.yaml"];
    const named = (path: string) => `import("gatebook/${path}").then(() => "found", (e) => e.code)`;
    const codes = `Promise.all([${paths.map(named).join(", ")}]).then((all) => console.log(all.join(" ")))`;
    expect(node(["-e", codes]).trim().split(" ")).toEqual(paths.map(() => "ERR_PACKAGE_PATH_NOT_EXPORTED"));
  });
});
