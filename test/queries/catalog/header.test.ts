import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPlace } from "../../../src/model/error.ts";
import { parseHeader } from "../../../src/queries/catalog/header.ts";

const metric = (sql: string) => parseHeader("metric", "ctr", "queries/metrics/ctr.sql", sql);

/** `file:line:col message | hint` of every problem. */
function problems(parsed: ReturnType<typeof parseHeader>): readonly string[] {
  return parsed.problems.map(
    ({ where, message, hint }) =>
      `${where === undefined ? "?" : formatPlace(where)} ${message} | ${hint ?? ""}`,
  );
}

describe("a header", () => {
  it("gives every key its value and fills in what is not said", () => {
    const { header, problems: found } = metric(
      "-- @title Click-through rate\n-- @better higher\n-- @requires author_id, category_id\n-- @top 10\nSELECT 1",
    );
    expect(found).toEqual([]);
    expect(header).toMatchObject({
      title: "Click-through rate",
      description: "",
      owner: null,
      requires: ["author_id", "category_id"],
      unit: "percent",
      better: "higher",
      denominator: "impressions",
      numerator: null,
      top: 10,
      effect: "block",
      columnUnits: new Map(),
      chart: null,
    });
  });

  it("takes its title from the file's name and its description from plain comment lines", () => {
    const { header } = parseHeader(
      "cell",
      "top_authors",
      "queries/cells/top_authors.sql",
      "-- One row per author\n-- and variant.\n-- @owner feed\n--\n-- The second paragraph.\n\nSELECT 1 -- not this\n-- nor this",
    );
    expect(header.title).toBe("Top authors");
    expect(header.description).toBe("One row per author and variant.\n\nThe second paragraph.");
  });

  it("prefers @description to comment lines", () => {
    const { header } = metric("-- One row per unit.\n-- @description Clicks per impression.\nSELECT 1");
    expect(header.description).toBe("Clicks per impression.");
  });

  it("reads Windows line ends and a byte order mark", () => {
    const { header, problems: found } = metric(
      "\uFEFF-- @title Rate\r\n-- @denominator clicks\r\nSELECT 1\r\n",
    );
    expect(found).toEqual([]);
    expect([header.title, header.denominator]).toEqual(["Rate", "clicks"]);
  });

  it("of a cell gives units by column", () => {
    const { header } = parseHeader(
      "cell",
      "x",
      "x.sql",
      "-- @unit share percent\n-- @unit clicks count\n-- @chart line day share\nSELECT 1",
    );
    expect([...header.columnUnits]).toEqual([
      ["share", "percent"],
      ["clicks", "count"],
    ]);
    expect(header.chart).toMatchObject({ value: "line day share", line: 3, column: 4, valueColumn: 11 });
  });
});

describe("a header that is wrong", () => {
  it("is told by place, with the key that was probably meant", () => {
    expect(problems(metric("-- @title A\n--  @untit percent\nSELECT 1"))).toEqual([
      "queries/metrics/ctr.sql:2:5 unknown header key @untit | did you mean @unit?",
    ]);
  });

  it("lists the keys when none is near", () => {
    expect(problems(metric("-- @zebra\nSELECT 1"))).toEqual([
      "queries/metrics/ctr.sql:1:4 unknown header key @zebra | a metric has @title @description @owner @requires @unit @better @numerator @denominator @top",
    ]);
  });

  it("says which kind of file a key belongs to", () => {
    expect(problems(metric("-- @chart line a b\n-- @effect warn\nSELECT 1"))).toEqual([
      "queries/metrics/ctr.sql:1:4 unknown header key @chart | @chart belongs to a cell, this is a metric",
      "queries/metrics/ctr.sql:2:4 unknown header key @effect | @effect belongs to a check, this is a metric",
    ]);
  });

  it("points at the value and names the words it may be", () => {
    expect(
      problems(
        metric("-- @unit percnt\n-- @better up\n-- @top 0\n-- @requires author_idd\n-- @owner\nSELECT 1"),
      ),
    ).toEqual([
      'queries/metrics/ctr.sql:1:10 @unit: "percnt" is not one of percent, ratio, count, seconds; did you mean "percent"? | ',
      'queries/metrics/ctr.sql:2:12 @better: "up" is not one of higher, lower, neither | ',
      'queries/metrics/ctr.sql:3:9 @top: "0" is not a whole number from 1 to 9999 | ',
      'queries/metrics/ctr.sql:4:14 @requires: "author_idd" is not a column of events; did you mean "author_id"? | ',
      "queries/metrics/ctr.sql:5:10 @owner: is empty | ",
    ]);
  });

  it("does not say a key twice, nor below the SELECT", () => {
    expect(problems(metric("-- @title A\n-- @title B\nSELECT 1\n  -- @better higher\n-- @someone"))).toEqual([
      "queries/metrics/ctr.sql:4:6 @better is below the query's first line | header lines come first, above SELECT or WITH",
      "queries/metrics/ctr.sql:2:4 @title is given twice, first in line 1 | keep one of the two",
    ]);
  });

  it("still gives the values that are right", () => {
    const { header } = metric("-- @title A\n-- @title B\n-- @unit percnt\n-- @denominator clicks\nSELECT 1");
    expect(header).toMatchObject({ title: "A", unit: "percent", denominator: "clicks" });
  });
});

it("any title survives the round trip through a header", () => {
  const line = fc
    .string({ minLength: 1, unit: "grapheme" })
    .map((text) => text.replace(/[\r\n\u2028\u2029]/g, "").trim());
  fc.assert(
    fc.property(
      line.filter((text) => text !== ""),
      (title) => {
        const { header, problems: found } = metric(`-- @title ${title}\nSELECT 1`);
        expect(found).toEqual([]);
        expect(header.title).toBe(title);
      },
    ),
  );
});
