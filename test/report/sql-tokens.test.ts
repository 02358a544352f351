import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sqlTokens } from "../../src/report/view/sql-tokens.ts";

const kinds = (sql: string) => sqlTokens(sql).map(({ kind, text }) => `${kind}:${text}`);

describe("SQL in colour", () => {
  it("tells keywords, strings, numbers and comments apart", () => {
    expect(kinds("SELECT 'a''b', 1.5e3 -- c\nFROM t")).toEqual([
      "keyword:SELECT",
      "plain: ",
      "string:'a''b'",
      "plain:, ",
      "number:1.5e3",
      "plain: ",
      "comment:-- c",
      "plain:\n",
      "keyword:FROM",
      "plain: t",
    ]);
  });

  it("leaves keywords inside names, quoted names and comments alone", () => {
    expect(kinds('selected "from" /* where */ x1')).toEqual([
      'plain:selected "from" ',
      "comment:/* where */",
      "plain: x1",
    ]);
  });

  it("loses no character, closed or not", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("'", '"', "/*", "$$", "--", ""),
        (text, open) => {
          const sql = `SELECT ${text}${open}${text}`;
          return (
            sqlTokens(sql)
              .map((token) => token.text)
              .join("") === sql
          );
        },
      ),
    );
  });
});
