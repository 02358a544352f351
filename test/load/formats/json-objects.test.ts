import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countObjects, parseJson } from "../../../src/load/formats/json-objects.ts";
import { options, source, workspace } from "../workspace.ts";

const event = (n: number, change: object = {}): object => ({
  event_id: `e${n}`,
  event_type: "click",
  event_date: "2026-02-01",
  algo_version: "v1",
  metadata: { text: '}{"\\', list: [{ n }, [n]] },
  ...change,
});

async function load(text: string, file = "a.jsonl") {
  const { write, night } = workspace();
  write(file, text);
  return night([source("feed", file)], async ({ engine, summary }) => ({
    record: summary.records[0],
    ids: (await engine.rows("SELECT event_id FROM events ORDER BY event_id")).map((row) => row["event_id"]),
    rejects: await engine.rows("SELECT line, reason, raw FROM rejected_rows ORDER BY line"),
    dwells: (await engine.rows("SELECT dwell_seconds FROM events ORDER BY event_id")).map(
      (row) => row["dwell_seconds"],
    ),
  }));
}

const line = JSON.stringify;
const pretty = (value: object): string => JSON.stringify(value, null, 2);

describe("objects that are not one per line", () => {
  test.each([
    ["one behind the other", [1, 2, 3].map((n) => line(event(n))).join("")],
    ["with blanks between", `${[1, 2, 3].map((n) => line(event(n))).join("  ")}\n`],
    ["with commas between", [1, 2, 3].map((n) => line(event(n))).join(", ")],
    ["each over several lines", [1, 2, 3].map((n) => pretty(event(n))).join("\r\n")],
    ["only some of them", `${line(event(1))}\n${line(event(2))}${line(event(3))}\n`],
  ])("%s", async (_, text) => {
    const { record, ids } = await load(text);
    expect(record).toMatchObject({ read: 3, loaded: 3, rejected: 0 });
    expect(ids).toEqual(["e1", "e2", "e3"]);
    expect(record?.notes).toContain("JSON objects are not one per line: a line number counts objects");
  });

  test("one that is cut off takes none of the others along", async () => {
    const cut = line(event(2));
    for (const length of [10, 30, cut.length - 1]) {
      const text = `${line(event(1))}${line(event(3))}\n${cut.slice(0, length)}\n${line(event(4))}\nx\n${line(event(5))}${line(event(6))}`;
      const { record, ids, rejects } = await load(text);
      expect(ids).toEqual(["e1", "e3", "e4", "e5", "e6"]);
      expect(record).toMatchObject({ read: 7, loaded: 5, rejectedByReason: { bad_json: 2 } });
      expect(rejects).toMatchObject([
        { line: 3, raw: cut.slice(0, length) },
        { line: 5, raw: "x" },
      ]);
    }
  });

  test("a faulty one is rejected with its number, the others are loaded; a lookup is read the same way", async () => {
    const { record, rejects } = await load(
      [event(1), event(2, { event_type: "hop" }), event(3)].map((each) => line(each)).join(""),
    );
    expect(record).toMatchObject({ read: 3, loaded: 2 });
    expect(rejects).toMatchObject([{ line: 2, reason: "unknown_event_type" }]);
    const { write, night } = workspace();
    write("a.jsonl", line(event(1, { item_id: 7 })));
    write("items.jsonl", '{"item_id":7.0,"author_id":"a7"}{"item_id":8,"author_id":"a8"}');
    await night(
      [source("feed", "a.jsonl"), source("items", "items.jsonl", { kind: "lookup" })],
      async ({ engine, summary }) => {
        expect(await engine.rows("SELECT author_id FROM events")).toEqual([{ author_id: "a7" }]);
        expect(summary.records.find(({ source: name }) => name === "items")).toMatchObject({
          read: 2,
          loaded: 2,
        });
      },
    );
  });

  test("whole objects are counted whatever their strings hold", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 }), (objects) => {
        expect(countObjects(objects.map((each) => line(each)).join(""))).toBe(objects.length);
        expect(countObjects(objects.map((each) => pretty(each)).join("\n"))).toBe(objects.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe("NaN in JSON", () => {
  const row = (n: number, dwell: string): string =>
    `${line(event(n)).slice(0, -1)},"dwell_seconds":${dwell},"score":-Infinity}\n`;

  test("is no dwell whichever way the file is read; infinity is a reject", async () => {
    for (const extra of ["", "broken\n", row(8, "Infinity"), `${line(event(8))}${line(event(9))}`]) {
      const { record, dwells } = await load(
        row(1, "NaN") + row(2, "nan") + row(3, '"NaN"') + row(4, "1.5") + extra,
      );
      expect(dwells.slice(0, 4)).toEqual([null, null, null, 1.5]);
      expect(record?.rejected).toBe(
        extra === "" || (extra.startsWith('{"event_id":"e8"') && extra.endsWith("}")) ? 0 : 1,
      );
      expect(record?.notes).toContain("dwell NaN in 3 rows: taken as not known");
    }
  });

  test("is read as null, in a string as text", () => {
    expect(parseJson('{"a": NaN, "b": [-Infinity, inf], "c": "NaN \\" NaN"}')).toEqual({
      a: null,
      b: [null, null],
      c: 'NaN " NaN',
    });
    expect(parseJson('{"a": nano}')).toBeUndefined();
  });
});

describe("a CSV file of a spreadsheet", () => {
  test.each([
    ["sep=;", ";"],
    ["\ufeffsep=;", ";"],
    ['"sep=|"', "|"],
    ["SEP=\t", "\t"],
  ])("that begins with %s is read by that delimiter", async (first, delimiter) => {
    const head = ["event_id", "event_type", "event_date", "algo_version", "dwell_seconds"].join(delimiter);
    const rows = [1, 2].map((n) => [`e${n}`, "click", "2026-02-01", "v1", "2.5"].join(delimiter));
    for (const extra of [[], ["broken"]]) {
      const { write, night } = workspace();
      write("a.csv", `${[first, head, ...rows, ...extra].join("\r\n")}\r\n`);
      await night([source("feed", "a.csv", { options })], async ({ engine, summary }) => {
        expect(summary.records[0]).toMatchObject({
          lines: 4 + extra.length,
          read: 2 + extra.length,
          loaded: 2,
        });
        const lines = await engine.rows("SELECT line FROM rejected_rows");
        expect(lines).toEqual(extra.map(() => ({ line: 5 })));
      });
    }
  });

  test.each([
    "event_id,event_type,event_date,algo_version,item_id,user_id",
    '"user_id","item_id","event_id","algo_version","event_type","event_date"',
    "event_id,event_type,event_date,algo_version,user_id,author_id",
    "event_id,event_type,event_date,algo_version",
  ])("put behind one with other columns or another order is refused: %s", async (second) => {
    const first = "event_id,event_type,event_date,algo_version,user_id,item_id";
    const rows = Array.from({ length: 2000 }, (_, n) => `e${n},click,2026-02-01,v1,u1,i1`);
    const { record } = await load(
      [first, ...rows, second, "e,click,2026-02-01,v1,i1,u1", ""].join("\n"),
      "a.csv",
    );
    expect(record).toMatchObject({
      status: "refused",
      notes: [expect.stringContaining("has a second header in line 2002, "), expect.anything()],
    });
  });

  test("a row with the name of a column in it is a row", async () => {
    const first = "event_id,event_type,event_date,algo_version,user_id,item_id";
    const rows = ["item_id,click,2026-02-01,v1,user_id,event_id", "e2,nothing,2026-02-01,v1,,"];
    const { record } = await load([first, ...rows, ""].join("\n"), "a.csv");
    expect(record).toMatchObject({ status: "loaded", read: 2, loaded: 1, rejected: 1 });
  });

  test("put behind another, with its mark: the second header is one reject", async () => {
    for (const head of [
      "event_id,event_type,event_date,algo_version,größe",
      '"event_id","event_type","event_date","algo_version","größe"',
    ]) {
      const part = (n: number): string => `\ufeff${head}\r\ne${n},click,2026-02-01,v1,\r\n`;
      const { record, rejects } = await load(part(1) + part(2), "a.csv");
      expect(record).toMatchObject({ read: 3, loaded: 2 });
      expect(rejects).toMatchObject([{ line: 3, reason: "repeated_header" }]);
    }
  });
});
