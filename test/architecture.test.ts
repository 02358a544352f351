/** Holds the table of src/README.md: which room may import which, and which library lives where. */
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { files, imports, text, within } from "./helpers/source-files.ts";

/** Room → rooms it may import, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  text: ["model"],
  statistics: ["model"],
  engine: ["model"],
  config: ["model", "text"],
  result: ["model"],
  preflight: ["model"],
  load: ["model", "text", "engine"],
  queries: ["model", "text", "engine", "statistics"],
  ledger: ["model", "engine"],
  warehouse: ["model", "engine"],
  judge: ["model", "text", "statistics"],
  report: ["model", "text"],
  sample: ["model", "engine", "statistics"],
  verify: ["model", "engine"],
  workspace: ["model"],
  runs: [
    "model",
    "text",
    "config",
    "engine",
    "load",
    "queries",
    "judge",
    "ledger",
    "preflight",
    "report",
    "result",
    "statistics",
    "warehouse",
  ],
  preview: [
    "model",
    "text",
    "config",
    "engine",
    "judge",
    "ledger",
    "load",
    "preflight",
    "queries",
    "report",
    "result",
    "runs",
    "warehouse",
  ],
  commands: [
    "model",
    "text",
    "config",
    "engine",
    "judge",
    "ledger",
    "load",
    "preflight",
    "preview",
    "queries",
    "report",
    "result",
    "sample",
    "runs",
    "statistics",
    "verify",
    "warehouse",
    "workspace",
  ],
  cli: ["commands", "version"],
  version: [],
  index: ["model", "config", "judge", "report", "result", "runs", "version"],
};

/** Library → where it may be imported, as the start of a path below src/. */
const homes: Readonly<Record<string, readonly string[]>> = {
  "@duckdb/node-api": ["engine/duckdb/"],
  "@resvg/resvg-js": ["report/pictures/"],
  handlebars: ["report/"],
  vega: ["report/charts/"],
  "vega-lite": ["report/charts/"],
  yargs: ["commands/terminal/"],
  yaml: ["config/"],
  zod: ["config/", "engine/trino/", "ledger/", "model/schema/", "preflight/", "queries/", "result/"],
  tinyglobby: ["load/", "verify/"],
};

/** Neither files nor clock nor process. */
const pure = ["model/", "text/", "statistics/", "judge/", "report/view"];

const roomOf = (file: string): string =>
  file.includes("/") ? (file.split("/")[0] ?? "") : file.replace(/\.ts$/, "");

it("finds the source it judges", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(100);
});

it("rooms import only the rooms below them", () => {
  const breaches = imports
    .flatMap(({ file, target: named }) => {
      const target = within(file, named);
      return target === null || roomOf(file) === roomOf(target) ? [] : [{ file, target }];
    })
    .filter(({ file, target }) => !(allowed[roomOf(file)] ?? []).includes(roomOf(target)))
    .map(({ file, target }) => `${file} imports ${target}`);
  expect(breaches).toEqual([]);
});

it("every room is in the table", () => {
  expect([...new Set(files.map(roomOf))].filter((room) => allowed[room] === undefined)).toEqual([]);
});

it("libraries stay in their homes", () => {
  const breaches = imports
    .filter(({ target }) => !target.startsWith(".") && !target.startsWith("node:"))
    .filter(({ file, target }) => !(homes[target] ?? []).some((home) => file.startsWith(home)))
    .map(({ file, target }) => `${file} imports ${target}`);
  expect(breaches).toEqual([]);
});

it("--help and --version load no library, a command that is asked for help no other than yargs", () => {
  const seen = new Set(["cli.ts", ...files.filter((file) => /^commands\/[\w-]+\.ts$/.test(file))]);
  for (const file of seen) {
    if (!file.endsWith(".ts")) continue;
    const loaded = text(file).matchAll(/^(?:import|export) (?!type )[^="]*?from "([^"\n]+)";$/gm);
    for (const [, target = ""] of loaded) seen.add(within(file, target) ?? target);
  }
  const libraries = [...seen].filter((name) => !name.endsWith(".ts") && !name.startsWith("node:"));
  expect(seen.size).toBeGreaterThan(50);
  expect(libraries).toEqual([]);
  expect(text("commands/terminal/program.ts")).toContain('await import("yargs")');
});

it("pure rooms touch neither files, clock, process nor console", () => {
  const impure = /from "node:|\bDate\.now\(|new Date\(\)|\bprocess\.|\bconsole\.\w+\(|Math\.random\(/;
  const breaches = files.filter(
    (file) => pure.some((room) => file.startsWith(room)) && impure.test(text(file)),
  );
  expect(breaches).toEqual([]);
});

it("only the command line prints", () => {
  const breaches = files.filter(
    (file) => file !== "cli.ts" && /\bconsole\.\w+\(|process\.(stdout|stderr|exit)/.test(text(file)),
  );
  expect(breaches).toEqual([]);
});

/** Past this a folder holds things of several kinds and wants folders; commands has one file per command of the program. */
const MOST_FILES: Readonly<Record<string, number>> = { commands: 24 };

it("no folder holds more files than a reader can take in", () => {
  const sizes = new Map<string, number>();
  for (const file of files) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
  const full = [...sizes].filter(([folder, size]) => size > (MOST_FILES[folder] ?? 20));
  expect(full).toEqual([]);
});
