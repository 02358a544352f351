import { expect, it } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import { sqlText } from "../../../src/engine/sql-text.ts";
import { isPlaceholder, isPlaceholderInFile } from "../../../src/load/events/event-identity.ts";
import { unitPlaceholders } from "../../../src/model/unit-placeholders.ts";

it("a text of a file is a placeholder in any case and between blanks, and exactly where it is one on a cluster", async () => {
  const words = unitPlaceholders([
    "n/a",
    "(none)",
    "a.b",
    "-",
    "__guest__",
    "gäst",
    "$1^2",
    "x|y",
    "`{~}`",
    "back\\slash",
  ]);
  const near = words.flatMap((word) => [
    ...[
      word,
      word.toUpperCase(),
      `  ${word} `,
      ` ${word}`,
      `${word}\n`,
      `${word}x`,
      `x${word}`,
      `${word} ${word}`,
    ],
    ...[word.slice(1), word.replace(/[^\w]/g, "q"), ""],
  ]);
  const texts = [...new Set([...near, "", " ", "u1", "nullable", "user undefined"])];
  const engine = await openDuckDb({ file: ":memory:" });
  const rows = await engine.rows(
    `SELECT t, ${isPlaceholder(words)("t")} AS anywhere, ${isPlaceholderInFile(words)("t")} AS in_file
    FROM (VALUES ${texts.map((text) => `(${sqlText(text)})`).join(", ")}, (NULL)) AS texts(t)`,
  );
  engine.close();
  expect(rows.filter(({ anywhere, in_file }) => anywhere !== in_file)).toEqual([]);
  expect(rows.filter(({ in_file }) => in_file === true).length).toBeGreaterThanOrEqual(4 * words.length - 4);
  expect(rows.find(({ t }) => t === "__GUEST__")).toMatchObject({ in_file: true });
  expect(rows.find(({ t }) => t === "aqb")).toMatchObject({ in_file: false });
});

it("an empty list takes every text for an id", () => {
  expect([isPlaceholder([])("t"), isPlaceholderInFile([])("t")]).toEqual(["false", "false"]);
});
