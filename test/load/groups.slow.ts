/** Small files are read together; what comes of it is what reading each by itself gives, whatever stands in them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { pruneEvents } from "../../src/load/days/prune.ts";
import { discoverSources } from "../../src/load/files/discover.ts";
import { groupTasks } from "../../src/load/groups.ts";
import { at, bothWays, type Files, feed, filled } from "./both-ways.ts";
import { configOf, csv, header, row, workspace } from "./workspace.ts";

const hours = (change: (hour: number, lines: string[]) => string[] = (_, lines) => lines, count = 6): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, hour) => {
      const lines = [header, ...Array.from({ length: 5 }, (_, n) => at(1 + (hour % 3), hour * 10 + n))];
      return [`h${hour}.csv`, `${change(hour, lines).join("\n")}\n`];
    }),
  );

describe("files read together", () => {
  test("are told once, and leave what reading each by itself leaves", async () => {
    const { told, alone, tables } = await bothWays(hours());
    expect(told).toEqual(["exports/h0.csv and 5 more"]);
    expect(alone).toHaveLength(6);
    expect(tables["events"]).toHaveLength(30);
    expect(tables["loads"]).toHaveLength(6);
  });

  test("may lie in a folder for each day, when no column is taken from its name", async () => {
    const line = (day: number): string =>
      JSON.stringify({
        event_id: `e${day}`,
        event_type: "impression",
        occurred_at: `2026-02-0${day}T10:00:00Z`,
        user_id: "u1",
        algo_version: "v1",
      });
    const daily = (key: string): Files =>
      Object.fromEntries(
        [1, 2, 3].map((day) => [`${key}=2026-02-0${day}/part.jsonl.gz`, gzipSync(`${line(day)}\n`)]),
      );
    const { told, tables } = await bothWays(daily("date"));
    expect(told).toEqual(["exports/date=2026-02-01/part.jsonl.gz and 2 more"]);
    expect(tables["events"]).toHaveLength(3);
    const apart = await bothWays(daily("position"));
    expect(apart.told).toHaveLength(3);
  });

  test.each([
    ["a malformed row", (hour: number, lines: string[]) => (hour === 1 ? [...lines, "broken"] : lines)],
    [
      "a type unknown",
      (hour: number, lines: string[]) => (hour === 2 ? [...lines, row(99, { type: "seen" })] : lines),
    ],
    [
      "a negative dwell",
      (hour: number, lines: string[]) => (hour === 2 ? [...lines, row(99, { dwell: "-3" })] : lines),
    ],
    [
      "a day to come",
      (hour: number, lines: string[]) =>
        hour === 0 ? [...lines, row(9, { at: "2031-01-01T00:00:00Z" })] : lines,
    ],
    ["a blank line", (hour: number, lines: string[]) => (hour === 1 ? [...lines, "", at(1, 77)] : lines)],
    [
      "a quote left open",
      (hour: number, lines: string[]) => (hour === 1 ? [...lines, '"e1,impression'] : lines),
    ],
    [
      "a NUL",
      (hour: number, lines: string[]) => (hour === 1 ? [...lines, at(1, 77).replace("u", "u\0")] : lines),
    ],
    [
      "a line break in quotes",
      (hour: number, lines: string[]) =>
        hour === 1 ? [...lines, at(1, 77).replace(/,[^,]*$/, ',"a\nb"')] : lines,
    ],
    ["nothing but a header", (hour: number, lines: string[]) => (hour === 1 ? lines.slice(0, 1) : lines)],
    ["nothing at all", (hour: number, lines: string[]) => (hour === 1 ? [] : lines)],
    [
      "other columns",
      (hour: number, lines: string[]) => (hour === 1 ? lines.map((line) => `x,${line}`) : lines),
    ],
    [
      "columns in another order",
      (hour: number, lines: string[]) =>
        hour === 1 ? lines.map((line) => line.split(",").reverse().join(",")) : lines,
    ],
    [
      "another delimiter",
      (hour: number, lines: string[]) =>
        hour === 1 ? lines.map((line) => line.replaceAll(",", ";")) : lines,
    ],
    [
      "the same events again",
      (hour: number, lines: string[]) => (hour === 2 ? [...lines, at(1, 0), at(2, 11), at(2, 11)] : lines),
    ],
    [
      "an event with other content",
      (hour: number, lines: string[]) =>
        hour === 2 ? [...lines, row(0, { at: "2026-02-01T10:00:00Z", dwell: "4" })] : lines,
    ],
    [
      "rows of nobody",
      (hour: number, lines: string[]) =>
        hour === 2 ? [...lines, ",impression,2026-02-01T10:00:00Z,,,i1,v1,,1,"] : lines,
    ],
  ])("with %s in one of them", async (_, change) => {
    const { tables } = await bothWays(hours(change, 3));
    expect(tables["events"]?.length).toBeGreaterThan(9);
  });

  test("a bad one among many costs those beside it little: halves are tried", async () => {
    const { told } = await bothWays(hours((hour, lines) => (hour === 5 ? [...lines, "broken"] : lines)));
    expect(told).toEqual(
      ["h0.csv and 5 more", "h0.csv and 2 more", "h3.csv and 2 more", "h3.csv and 1 more", "h5.csv"].map(
        (text) => `exports/${text}`,
      ),
    );
  });

  test("one bad file among many is found by halves; where all are odd each is soon read by itself", async () => {
    const files = (change: (n: number) => string): Files =>
      Object.fromEntries(
        Array.from({ length: 16 }, (_, n) => [`f${String(n).padStart(2, "0")}.csv`, change(n)]),
      );
    const one = await bothWays(files((n) => csv(at(1, n)) + (n === 0 ? "broken\n" : "")));
    expect(one.told.length).toBe(9);
    const all = await bothWays(files((n) => `${csv(at(1, n))}broken\n`));
    expect(all.told.filter((text) => text.includes(" more")).length).toBe(12);
    expect(all.told.filter((text) => !text.includes(" more")).length).toBe(16);
    expect(all.tables["rejected_rows"]).toHaveLength(16);
  });

  test("of several shapes, those of each", async () => {
    const json = (n: number): string =>
      `{"event_id":"j${n}","event_type":"click","occurred_at":"2026-02-01T11:00:00Z","user_id":"u${n}","algo_version":"v1"${n % 3 === 0 ? ',"position":1' : ""}}\n`;
    const files = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`j${n}.jsonl`, json(n)]));
    const { told } = await bothWays({
      ...files,
      "k.jsonl":
        '{"event_id":"k","event_type":"click","event_date":"2026-02-01","odd":1,"algo_version":"v1"}\n',
    });
    expect(told).toEqual(
      ["j0.jsonl and 9 more", "j0.jsonl and 3 more", "k.jsonl"].map((text) => `exports/${text}`),
    );
  });

  test("gzip, JSON lines and Parquet too, each with its own", async () => {
    const json = (day: number, n: number): string =>
      `{"event_id":"j${n}","event_type":"click","occurred_at":"2026-02-0${day}T11:00:00Z","user_id":"u${n}","algo_version":"v1"}\n`;
    const engine = await openDuckDb({ file: ":memory:" });
    const parquet: Record<string, Buffer> = {};
    const space = workspace();
    for (const n of [1, 2, 3]) {
      const path = join(space.root, `${n}.parquet`);
      await engine.execute(`COPY (SELECT 'p${n}' || range AS event_id, 'impression' AS event_type,
        TIMESTAMP '2026-02-0${n} 08:00:00' AS occurred_at, 'u' || range AS user_id, 'v1' AS algo_version FROM range(4)) TO '${path}'`);
      parquet[`p${n}.parquet`] = readFileSync(path);
    }
    engine.close();
    const { told, tables } = await bothWays({
      ...parquet,
      "g1.csv.gz": gzipSync(csv(at(1, 1), at(1, 2))),
      "g2.csv.gz": gzipSync(csv(at(2, 3), at(1, 2))),
      "j1.jsonl": json(1, 50) + json(2, 51),
      "j2.jsonl": json(3, 52),
    });
    expect(told).toEqual([
      "exports/g1.csv.gz and 1 more",
      "exports/j1.jsonl and 1 more",
      "exports/p1.parquet and 2 more",
    ]);
    expect(tables["events"]).toHaveLength(3 + 3 + 12);
  });

  test("an export of the name file_index is its own column, not the place of a file", async () => {
    const json = (n: number): string =>
      `{"event_id":"j${n}","event_type":"click","occurred_at":"2026-02-01T11:00:00Z","file_index":"9","algo_version":"v1"}\n`;
    const { told } = await bothWays({ "j1.jsonl": json(1), "j2.jsonl": json(2) });
    expect(told).toHaveLength(3);
  });

  test("on a later night only new ones, and rows of a closed day are told as such", async () => {
    for (const alone of [false, true]) {
      const space = filled(hours());
      await space.night(feed, ({ engine }) => pruneEvents(engine, 2, "2026-02-03"), { alone });
      space.write("exports/h2.csv", csv(at(3, 20), at(3, 99)));
      space.write("exports/x1.csv", csv(at(3, 70), at(3, 71)));
      space.write("exports/x2.csv", csv(at(3, 72), at(1, 73)));
      space.write("exports/x3.csv", csv(at(3, 74)));
      await space.night(
        feed,
        async ({ summary }) =>
          expect(
            summary.records
              .filter(({ file }) => /x\d|h2/.test(file))
              .map(({ file, loaded, rejectedByReason }) => [file, loaded, rejectedByReason]),
          ).toEqual([
            ["exports/h2.csv", 2, {}],
            ["exports/x1.csv", 2, {}],
            ["exports/x2.csv", 1, { date_closed: 1 }],
            ["exports/x3.csv", 1, {}],
          ]),
        { alone },
      );
    }
  });

  test("one that is written to in the meantime is refused, the others stay", async () => {
    const space = filled(hours());
    const change = {
      onFile: () => space.write("exports/h4.csv", csv(at(1, 1))),
    };
    await space.night(
      feed,
      async ({ summary }) =>
        expect(summary.records.map(({ status }) => status)).toEqual(
          [0, 1, 2, 3, 4, 5].map((hour) => (hour === 4 ? "refused" : "loaded")),
        ),
      change,
    );
  });
});

describe("groups", () => {
  const tasksOf = async (files: Files, change: (name: string) => object = () => ({})) => {
    const space = filled(files);
    const found = await discoverSources(configOf(space.root, feed));
    const tasks = found.map((file, index) => ({
      file: { ...file, ...change(file.file) },
      fileId: index,
      loadFingerprint: "",
      hadRows: false,
    }));
    return groupTasks(tasks).map((group) => group.map(({ file }) => file.file.replace("exports/", "")));
  };

  test("hold what is alike and small, in order", async () => {
    const [text, parquet] = [csv(at(1, 1)), Buffer.from("PAR1")];
    const files = {
      "a.csv": text,
      "b.csv": text,
      "c.jsonl": text,
      "d.csv": text,
      "e.csv.zst": text,
      "f.parquet": parquet,
      "g.parquet": parquet,
    };
    expect(await tasksOf(files)).toEqual([
      ["a.csv", "b.csv"],
      ["c.jsonl"],
      ["d.csv"],
      ["e.csv.zst"],
      ["f.parquet", "g.parquet"],
    ]);
    const large = (name: string): object => (name.endsWith("b.csv") ? { bytes: 1 << 26 } : {});
    expect(
      (await tasksOf({ "a.csv": text, "b.csv": text, "c.csv": text, "d.csv": text }, large)).map(
        (each) => each.length,
      ),
    ).toEqual([1, 1, 2]);
    const folders = (key: string): Files => ({
      [`${key}=2026-02-01/a.csv`]: text,
      [`${key}=2026-02-01/b.csv`]: text,
      [`${key}=2026-02-02/a.csv`]: text,
    });
    expect((await tasksOf(folders("dt"))).map((each) => each.length)).toEqual([3]);
    expect((await tasksOf(folders("Event_Date"))).map((each) => each.length)).toEqual([2, 1]);
  });

  test("are closed by their number of files and by their size", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 205 }, (_, n) => [`${String(n).padStart(3, "0")}.csv`, "a"]),
    );
    expect((await tasksOf(many)).map((group) => group.length)).toEqual([200, 5]);
    const megabytes = (size: number) => () => ({ bytes: size << 20 });
    expect((await tasksOf(hours(), megabytes(20))).map((group) => group.length)).toEqual([3, 3]);
    expect((await tasksOf(hours(), megabytes(33))).map((group) => group.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
