/** The text formats of MySQL and PostgreSQL, record by record; what real servers write is in database-exports.slow.ts. */
import { describe, expect, test } from "vitest";
import { type CsvRecord, csvRecords } from "../../../src/load/formats/csv-records.ts";
import { type CsvDialect, needsCopy, valuesOf } from "../../../src/load/formats/csv-scanner.ts";
import { options, source, workspace } from "../workspace.ts";

const mysql: CsvDialect = { delimiter: "\t", quote: "", escape: "\\", header: false, escapes: "mysql" };
const enclosed: CsvDialect = { ...mysql, delimiter: ",", quote: '"' };

interface Read {
  readonly records: readonly (readonly [line: number, values: readonly string[] | string])[];
  /** What is wrong with a quote whose end is not known. */
  readonly failure: string | undefined;
}

function read(text: string, dialect: CsvDialect): Read {
  const records: (readonly [number, readonly string[] | string])[] = [];
  const take = ({ line, raw, shape }: CsvRecord): void => {
    records.push([line, typeof shape === "string" ? shape : valuesOf(raw, dialect)]);
  };
  const reading = csvRecords(dialect, 10_000_000, take);
  for (const [index, line] of text.split("\n").entries()) reading.take(line, index + 1);
  return { failure: reading.end()?.problem, records };
}

describe("records whose values are escaped", () => {
  test.each<readonly [string, CsvDialect, string, Read["records"]]>([
    [
      "a line break and a tab",
      mysql,
      "1\ta\\\nb\\\tc\n2\td",
      [
        [1, ["1", "a\nb\tc"]],
        [3, ["2", "d"]],
      ],
    ],
    [
      "an escape before the line break that ends the row",
      mysql,
      "a\\\\\nb",
      [
        [1, ["a\\"]],
        [2, ["b"]],
      ],
    ],
    [
      "no value, and the text that looks like it",
      mysql,
      "\\N\t\\\\N\tN\ta\\N",
      [[1, ["", "\\N", "N", "aN"]]],
    ],
    ["letters of MySQL", mysql, "\\n\\t\\0\\Z\\b\\q\\f", [[1, ["\n\t\0\u001a\bqf"]]]],
    ["letters of PostgreSQL", { ...mysql, escapes: "postgres" }, "\\f\\v\\Z\\r", [[1, ["\f\vZ\r"]]]],
    ["another escape", { ...mysql, escape: "|" }, "a||b|\tc\t|N\t\\N", [[1, ["a|b\tc", "", "\\N"]]]],
    ["quotes within quotes", enclosed, '"a\\"b","c""d",\\N,"\\\\"', [[1, ['a"b', 'c"d', "", "\\"]]]],
    ["the word NULL: no value where values are quoted", enclosed, 'NULL,"NULL"', [[1, ["", "NULL"]]]],
    ["the word NULL: a text where they are not", mysql, "NULL", [[1, ["NULL"]]]],
    [
      "nothing is escaped: a quote within quotes",
      { ...enclosed, escape: "" },
      '"a "b" c","d"',
      [[1, ['a "b" c', "d"]]],
    ],
    [
      "carriage returns end the row, line breaks alone do not",
      { ...mysql, endsInReturns: true },
      "1\ta\nb\\\r\nc\r\n2\td\r\n3\te",
      [
        [1, ["1", "a\nb\r\nc"]],
        [4, ["2", "d"]],
        [5, ["3", "e"]],
      ],
    ],
    [
      "text after a closing quote",
      enclosed,
      '"a"b,"c"\n"d","e"',
      [
        [1, "bad_quotes"],
        [2, ["d", "e"]],
      ],
    ],
    [
      "an escape at the end of the file",
      mysql,
      "1\ta\n2\tb\\",
      [
        [1, ["1", "a"]],
        [2, "cut_off"],
      ],
    ],
  ])("%s", (_, dialect, text, records) => {
    expect(read(text, dialect)).toEqual({ records, failure: undefined });
  });

  test("a quote that is lost swallows nothing", () => {
    expect(read('"1","a"\n"2","b\n"3","c"', enclosed).failure).toMatch(/line 3/);
    expect(read('"1","a"\n"2","b', enclosed).failure).toMatch(/end of the file/);
  });
});

test.each<readonly [boolean, escape: string, nullText: string]>([
  [true, "\\", "\\N"],
  [true, '"', '""'],
  [true, '"', "a,b"],
  [false, '"', "\\N"],
])("%s: the engine cannot read CSV with the escape %s and null_text %s", (needs, escaping, nullText) => {
  expect(needsCopy({ delimiter: ",", quote: '"', escape: escaping, header: true }, [nullText])).toBe(needs);
});

const names = ["event_id", "event_type", "occurred_at", "algo_version", "dwell_seconds", "metadata"];
const columns = new Map(names.map((name, index) => [name, [`column${index}`]]));

test("of a file with broken rows the others are loaded, and each is named by its own line", async () => {
  const space = workspace();
  const good = (n: number, text = "x") => `e${n}\tclick\t2026-02-01 10:00:00\tv1\t\\N\t${text}`;
  const broken = ["e3\tclick", good(4, "a\\0b"), good(5).replace("2026", "when")];
  space.write("feed.txt", `${[good(1, "a\\\nb"), broken[0], good(2), broken[1], broken[2]].join("\n")}\n`);
  const feed = source("feed", "feed.txt", {
    format: "csv",
    columns,
    options: { ...options, escapes: "mysql", header: false },
  });
  await space.night([feed], async ({ engine, summary }) => {
    expect(summary.records).toMatchObject([{ lines: 6, read: 5, loaded: 2, rejected: 3 }]);
    expect(await engine.rows("SELECT line, reason, raw FROM rejected_rows ORDER BY line")).toEqual([
      { line: 3, reason: "too_few_columns", raw: broken[0] },
      { line: 5, reason: "nul_byte", raw: broken[1] },
      { line: 6, reason: "not_a_time", raw: broken[2] },
    ]);
    expect(await engine.rows("SELECT metadata FROM events ORDER BY event_id")).toEqual([
      { metadata: "a\nb" },
      { metadata: "x" },
    ]);
  });
});

test("a null_text with the quote or the escape in it is read, too", async () => {
  const space = workspace();
  space.write(
    "feed.csv",
    `${names.join(",")}\ne1,click,2026-02-01,v1,\\N,"say \\"hi\\""\ne2,click,2026-02-01,v1,2.5,\\N\n`,
  );
  const feed = source("feed", "feed.csv", { options: { ...options, escape: "\\", nullText: ["\\N"] } });
  await space.night([feed], async ({ engine }) => {
    expect(
      await engine.rows("SELECT dwell_seconds AS dwell, metadata FROM events ORDER BY event_id"),
    ).toEqual([
      { dwell: null, metadata: 'say "hi"' },
      { dwell: 2.5, metadata: null },
    ]);
  });
});
