/** Holds the table of src/README.md: which room may import which, and which library lives where. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const source = resolve(import.meta.dirname, "../src");

/** Room → rooms it may import, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  statistics: ["model"],
  engine: ["model"],
  config: ["model"],
  result: ["model"],
  preflight: ["model"],
  load: ["model", "engine"],
  queries: ["model", "engine", "statistics"],
  ledger: ["model", "engine"],
  warehouse: ["model", "engine"],
  judge: ["model", "statistics"],
  report: ["model"],
  sample: ["model", "engine", "statistics"],
  verify: ["model", "engine"],
  workspace: ["model"],
  runs: [
    "model",
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
  cli: ["commands"],
};

/** Library → where it may be imported, as the start of a path below src/. */
const homes: Readonly<Record<string, readonly string[]>> = {
  "@duckdb/node-api": ["engine/duckdb/"],
  handlebars: ["report/"],
  vega: ["report/charts/"],
  "vega-lite": ["report/charts/"],
  yargs: ["cli.ts", "commands/"],
  "yargs/helpers": ["cli.ts"],
  yaml: ["config/"],
  zod: ["config/", "ledger/", "model/schema/", "preflight/", "queries/", "result/"],
  tinyglobby: ["load/", "verify/"],
};

/** Neither files nor clock nor process. */
const pure = ["model/", "statistics/", "judge/", "report/view"];

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.split("\\").join("/"));
const text = (file: string): string => readFileSync(join(source, file), "utf8");
const imports: readonly Import[] = files.flatMap((file) =>
  [
    ...text(file).matchAll(
      /^(?:import|export) [^="]*?from "([^"\n]+)";$|^\} from "([^"\n]+)";$|\bimport\("([^"\n]+)"\)/gm,
    ),
  ].map((match) => ({
    file,
    target: match[1] ?? match[2] ?? match[3] ?? "",
  })),
);
const roomOf = (file: string): string =>
  file.includes("/") ? (file.split("/")[0] ?? "") : file.replace(/\.ts$/, "");

it("finds the source it judges", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(100);
});

it("rooms import only the rooms below them", () => {
  const breaches = imports
    .filter(({ target }) => target.startsWith("."))
    .map(({ file, target }) => ({
      file,
      target: relative(source, resolve(source, dirname(file), target))
        .split("\\")
        .join("/"),
    }))
    .filter(({ file, target }) => !target.startsWith("..") && roomOf(file) !== roomOf(target))
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
