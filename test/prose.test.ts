/** Program logic never reads sentences: what code must know is a kind, a number or a date, so that wording can change freely. */
import { expect, it } from "vitest";
import { files, text } from "./helpers/source-files.ts";

/**
 * Where the words of a library are all there is: each file turns them into kinds or positions, and no other reads them.
 * In src/engine/duckdb/ DuckDB's, of commands/terminal/errors.ts yargs', of the others the parsers' of JSON, templates and schemas.
 */
const translators = [
  "engine/duckdb/",
  "commands/terminal/errors.ts",
  "queries/validation/vega-spec.ts",
  "report/templates/template-check.ts",
  "result/serialize.ts",
];

const PROSE = String.raw`(?:\w+\??\.)*(?:message|text|detail|because|summary|reason|sentence|hint|distance|missing|told)`;

const readers: readonly RegExp[] = [
  // /more days? \(/.test(x.message), /^the disk/i.exec(error.message)
  new RegExp(String.raw`/[^/\n]*[a-z]{3,}[^/\n]*/[a-z]*\.(?:test|exec)\(${PROSE}[,)]`, "g"),
  // x.message.includes("…"), text.startsWith("the engine")
  new RegExp(
    String.raw`\b${PROSE}\.(?:includes|startsWith|endsWith|indexOf)\("[^"\n]*[a-z]{3,}[^"\n]*"`,
    "g",
  ),
  // x.detail.match(/…/), distance.replace(/ (past|away)$/, "")
  new RegExp(String.raw`\b${PROSE}\.(?:match|matchAll|search|split|replace)\(/[^/\n]*[a-z]{3,}[^/\n]*/`, "g"),
  // missing === "not over yet"
  new RegExp(String.raw`\b${PROSE} [!=]== "[^"\n]* [^"\n]*"`, "g"),
];

function readsProse(code: string): readonly string[] {
  return readers.flatMap((reader) => [...code.matchAll(reader)].map(([found]) => found));
}

it("no file but the translators reads a message", () => {
  const found = files
    .filter((file) => !translators.some((home) => file.startsWith(home)))
    .flatMap((file) => readsProse(text(file)).map((code) => `${file}: ${code}`));
  expect(found).toEqual([]);
});

it.each([
  "if (/more days? \\(/.test(finding.message)) return;",
  'return error.message.includes("disk is full");',
  'if (check.detail.startsWith("no data")) return;',
  'const gap = rollback.distance.replace(/ (past|away)$/, "");',
  'hours.filter(({ missing }) => missing === "not over yet")',
])("a planted reader is found: %s", (code) => {
  expect(readsProse(code)).toHaveLength(1);
});

it("punctuation and identifiers are no prose", () => {
  const fine = ['text.endsWith("?")', 'message.replace(/[.!]+$/, "")', 'detail === "" ? "" : detail'];
  expect(fine.flatMap(readsProse)).toEqual([]);
});
