import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Row } from "../../src/engine/engine.ts";
import { checkAccounting } from "../../src/load/records/accounting.ts";
import type { Config, Source } from "../../src/model/config.ts";
import type { LoadRecord } from "../../src/model/result.ts";
import { csv, header, options, row, source, workspace } from "./workspace.ts";

const columns = "event_id,event_type,occurred_at,event_date,user_id,algo_version,dwell_seconds";

async function load(rows: readonly string[], change: Partial<Source> = {}, config: Partial<Config> = {}) {
  const { write, night } = workspace();
  write("a.csv", [columns, ...rows, ""].join("\n"));
  return night(
    [source("feed", "a.csv", change)],
    async ({ engine, summary }) => ({
      events: await engine.rows(
        "SELECT event_id, occurred_at, event_date, dwell_seconds FROM events ORDER BY event_id",
      ),
      record: summary.records[0],
      checks: summary.checks,
    }),
    { afresh: true, config },
  );
}

/** The same of many sources in one night, a file each; every event id is of one source alone. */
async function loadEach(
  files: readonly (readonly [rows: readonly string[], options: Partial<Source["options"]>])[],
): Promise<{ readonly events: readonly Row[]; readonly records: readonly (LoadRecord | undefined)[] }> {
  const { write, night } = workspace();
  const sources = files.map(([rows, change], n) => {
    write(`s${n}.csv`, [columns, ...rows, ""].join("\n"));
    return source(`s${n}`, `s${n}.csv`, { options: { ...options, ...change } });
  });
  return await night(
    sources,
    async ({ engine, summary }) => ({
      events: await engine.rows("SELECT event_id, occurred_at, event_date FROM event_rows"),
      records: sources.map(({ name }) => summary.records.find((record) => record.source === name)),
    }),
    { afresh: true },
  );
}

const click = (at: string, date = "", dwell = "", id = "e1"): string =>
  `${id},click,${at},${date},u,v1,${dwell}`;
const berlin = { rollout: { name: "r", baseline: "v1", candidate: "v2", timeZone: "Europe/Berlin" } };

describe("times", () => {
  const times = [
    ["ISO with Z", "2026-02-01T10:00:00Z", {}, "2026-02-01T10:00:00Z"],
    ["an offset is never dropped", "2026-02-01T00:30:00+02:00", {}, "2026-01-31T22:30:00Z"],
    ["an offset without colon", "2026-02-01T00:30:00-0530", {}, "2026-02-01T06:00:00Z"],
    ["microseconds", "2026-02-01 10:00:00.123456", {}, "2026-02-01T10:00:00.123456Z"],
    ["a day alone", "2026-02-01", {}, "2026-02-01T00:00:00Z"],
    [
      "without offset: in the zone of the source",
      "2026-02-01T00:30:00",
      { timeZone: "Europe/Berlin" },
      "2026-01-31T23:30:00Z",
    ],
    ["in summer, too", "2025-07-01 00:30:00", { timeZone: "Europe/Berlin" }, "2025-06-30T22:30:00Z"],
    [
      "an offset beats the zone of the source",
      "2026-02-01T00:30:00+05:00",
      { timeZone: "Europe/Berlin" },
      "2026-01-31T19:30:00Z",
    ],
    ["a day alone in a zone", "2026-02-01", { timeZone: "Europe/Berlin" }, "2026-01-31T23:00:00Z"],
    ["epoch seconds", "1769904000.25", { timeFormat: "epoch_seconds" }, "2026-02-01T00:00:00.25Z"],
    ["epoch milliseconds", "1769904000123", { timeFormat: "epoch_millis" }, "2026-02-01T00:00:00.123Z"],
    ["epoch microseconds", "1769904000123456", { timeFormat: "epoch_micros" }, "2026-02-01T00:00:00.123456Z"],
    [
      "of a column of doubles",
      "1769904000123456.0",
      { timeFormat: "epoch_micros" },
      "2026-02-01T00:00:00.123456Z",
    ],
    [
      "epoch nanoseconds",
      "1769904000123456789",
      { timeFormat: "epoch_nanos" },
      "2026-02-01T00:00:00.123456Z",
    ],
    ["as a power of ten", "1.769904E18", { timeFormat: "epoch_nanos" }, "2026-02-01T00:00:00Z"],
    [
      "a decimal comma",
      '"1769904000,25"',
      { timeFormat: "epoch_seconds", decimal: "," },
      "2026-02-01T00:00:00.25Z",
    ],
    ["a whole minute as Java writes it", "2026-02-01T10:00Z", {}, "2026-02-01T10:00:00Z"],
    ["with an offset", "2026-02-01T10:00+02:00", {}, "2026-02-01T08:00:00Z"],
    ["a whole hour", "2026-02-01T10Z", {}, "2026-02-01T10:00:00Z"],
    ["nanoseconds", "2026-02-01T10:00:00.123456789Z", {}, "2026-02-01T10:00:00.123456Z"],
    ["a comma before the fraction", '"2026-02-01 10:00:00,5"', {}, "2026-02-01T10:00:00.5Z"],
    ["basic ISO", "20260201T100000Z", {}, "2026-02-01T10:00:00Z"],
    ["basic ISO without seconds", "20260201T1000+0100", {}, "2026-02-01T09:00:00Z"],
    [
      "basic ISO in the zone of the source",
      "20260201T003000",
      { timeZone: "Europe/Berlin" },
      "2026-01-31T23:30:00Z",
    ],
    ["fourteen digits", "20260201100000", {}, "2026-02-01T10:00:00Z"],
    ["a compact day", "20260201", {}, "2026-02-01T00:00:00Z"],
    ["a pattern", "7/10/2025 9:05", { timeFormat: ["%m/%d/%Y %H:%M"] }, "2025-07-10T09:05:00Z"],
    [
      "the first pattern that fits",
      "10.07.2025",
      { timeFormat: ["%d.%m.%Y %H:%M", "%d.%m.%Y"] },
      "2025-07-10T00:00:00Z",
    ],
    [
      "a pattern, local",
      "07/10/2025 12:30 AM",
      { timeFormat: ["%m/%d/%Y %I:%M %p"], timeZone: "Europe/Berlin" },
      "2025-07-09T22:30:00Z",
    ],
    [
      "a pattern with an offset beside one without",
      "10/Jul/2025:09:05:00 +0200",
      { timeFormat: ["%d/%b/%Y", "%d/%b/%Y:%H:%M:%S %z"], timeZone: "Asia/Tokyo" },
      "2025-07-10T07:05:00Z",
    ],
  ] as const;
  const days = [
    ["a compact day", "20260201", {}],
    ["from a column of doubles", "20260201.0", {}],
    ["a pattern", "2/1/2026", { dateFormat: ["%m/%d/%Y"] }],
    ["one of several", "01-Feb-2026", { dateFormat: ["%m/%d/%Y", "%d-%b-%Y"] }],
  ] as const;

  const cases = [
    ...times.map(([title, at, change, expected], n) => {
      return { title, id: `t${n}`, row: click(at, "", "", `t${n}`), change, expected };
    }),
    ...days.map(([title, date, change], n) => {
      return { title, id: `d${n}`, row: click("", date, "", `d${n}`), change, expected: "2026-02-01" };
    }),
  ];
  const expected = cases.map(({ title, expected: value }) => [title, value]);
  const read = (events: readonly Row[]) =>
    cases.map(({ title, id }) => {
      const event = events.find(({ event_id }) => event_id === id);
      return [title, event?.[id.startsWith("t") ? "occurred_at" : "event_date"]];
    });

  test("are read in every format, strictly", async () => {
    const { events, records } = await loadEach(cases.map(({ row, change }) => [[row], change]));
    expect(read(events)).toEqual(expected);
    expect(records.map((record) => record?.rejected)).toEqual(records.map(() => 0));
  });

  test("are read in every format by the tolerant path, beside a row that is none", async () => {
    const alike = [...new Set(cases.map(({ change }) => JSON.stringify(change)))];
    const files = alike.map((options) => {
      const group = cases.filter(({ change }) => JSON.stringify(change) === options);
      return [[...group.map(({ row }) => row), "broken"], group[0]?.change ?? {}] as const;
    });
    const { events, records } = await loadEach(files);
    expect(read(events)).toEqual(expected);
    expect(records.map((record) => record?.rejected)).toEqual(files.map(() => 1));
  });

  test("what is no time by the option is rejected, and the note says what can be set", async () => {
    const wrong = [
      ["iso", "1769904000"],
      ["iso", "7/10/2025 9:05"],
      ["iso", "20261301"],
      ["epoch_micros", "2026-02-01"],
      [["%m/%d/%Y"], "2026-02-01"],
      [["%m/%d/%Y"], "13/13/2025"],
    ] as const;
    const { records } = await loadEach(
      wrong.map(([timeFormat, at], n) => [
        [click("2026-02-01", "2026-02-01", "", `a${n}`), click(at, "2026-02-01", "", `b${n}`)],
        { timeFormat },
      ]),
    );
    for (const [n, [, at]] of wrong.entries()) {
      const record = records[n];
      expect(record?.rejectedByReason, at).toMatchObject({ not_a_time: expect.any(Number) });
      expect(record?.notes).toContainEqual(expect.stringContaining("options.time_format"));
    }
  });

  test("only a plain local time is read in the zone of the source; any other is the engine's, or a reject", async () => {
    const days = ["2026-02-01", "2026/2/1", " 2026-02-01", "2026-02-01 "];
    const times = [
      "",
      "T10:00:00",
      " 10:00",
      "T1:2:3.25",
      "  10:00:00 ",
      "t10:00:00",
      "T10:00:00.",
      "T24:00:00",
    ];
    const zones = [
      "",
      "Z",
      "Z ",
      " Z",
      "z",
      "+05:30",
      "+05:30 ",
      " +05:30",
      "+0530",
      "+05",
      "+5",
      "-00:00",
      "\u2212" + "05:30",
    ];
    const names = [
      " UTC",
      "UTC",
      " GMT+2",
      " Europe/Berlin",
      "[Europe/Berlin]",
      "+01:00[Europe/Berlin]",
      " EST",
      "+05:30:15",
    ];
    const parts = days.flatMap((day) =>
      times.flatMap((time) => [...zones, ...names].map((zone) => [day, time, zone] as const)),
    );
    const texts = parts.map((each) => each.join(""));
    // a zone after a whole minute is ISO 8601, and the engine wants its seconds
    const wholes = parts.map(([day, time, zone]) => {
      const isWhole = time === " 10:00" && zone.trim() !== "";
      return `${day}${time}${isWhole ? ":00" : ""}${zone}`;
    });
    const rows = texts.map((text, index) => click(text, "", "", String(index)));
    const { events, record } = await load(rows, { options: { ...options, timeZone: "Asia/Tokyo" } });
    const loaded = new Map(events.map((event) => [String(event["event_id"]), event["occurred_at"]]));
    const engine = await openDuckDb({ file: ":memory:" });
    onTestFinished(() => engine.close());
    const read = async (zone: string): Promise<readonly unknown[]> => {
      await engine.execute(`SET TimeZone = '${zone}'`);
      // a column each: a zone's name in one row would reach the next
      const casts = wholes.map((text) => `make_timestamp(epoch_us(TRY_CAST('${text}' AS TIMESTAMPTZ)))`);
      const { rows } = await engine.table(`SELECT ${casts.join(", ")}`);
      return rows[0] ?? [];
    };
    // what the engine reads alike in whatever zone it is has an offset of its own, or cannot be read
    const [here, elsewhere] = [await read("Asia/Tokyo"), await read("America/New_York")];
    expect(texts.map((text, index) => [text, loaded.get(String(index)) ?? null])).toEqual(
      texts.map((text, index) => [text, here[index]]),
    );
    const plain = texts.filter((_, index) => here[index] !== elsewhere[index]);
    expect(plain).toContain("2026/2/1 10:00");
    expect(plain.filter((text) => /Z|UTC|\+/.test(text))).toEqual([]);
    expect(record?.rejectedByReason).toEqual({ not_a_time: here.filter((at) => at === null).length });
  });

  test.each(["UTC", "Asia/Tokyo"])(
    "a zone's name in one row does not reach the next, in a source of %s",
    async (timeZone) => {
      const plain = timeZone === "UTC" ? "2026-02-01T10:00:00Z" : "2026-02-01T01:00:00Z";
      const texts = ["", " EST", "", " ", "Z", ""].map((zone) => `2026-02-01 10:00:00${zone}`);
      const { events } = await load(
        texts.map((text, index) => click(text, "", "", String(index))),
        { options: { ...options, timeZone } },
      );
      expect(events.map((event) => event["occurred_at"])).toEqual([
        plain,
        "2026-02-01T15:00:00Z",
        plain,
        plain,
        "2026-02-01T10:00:00Z",
        plain,
      ]);
    },
  );

  test("the day is the rollout's, not UTC's", async () => {
    const { events } = await load([click("2026-01-31T23:30:00Z")], {}, berlin);
    expect(events).toMatchObject([{ occurred_at: "2026-01-31T23:30:00Z", event_date: "2026-02-01" }]);
  });

  test("a given event_date wins, and a disagreement is counted", async () => {
    const { events, record } = await load([
      click("2026-02-01T10:00:00Z", "2026-02-02"),
      click("2026-02-01T11:00:00Z", "2026-02-01", "", "e2"),
    ]);
    expect(events).toMatchObject([{ event_date: "2026-02-02" }, { event_date: "2026-02-01" }]);
    expect(record?.notes).toEqual(["event_date differs from occurred_at in 1 row: event_date counts"]);
  });

  test("a day without end is in the future, and its day never comes", async () => {
    const { record } = await load([click("", "infinity"), click("", "-infinity"), click("", "2026-02-01")]);
    expect(record).toMatchObject({ loaded: 1, rejectedByReason: { future_date: 1, impossible_date: 1 } });
  });

  test("a day alone is enough", async () => {
    const { events } = await load([click("", "2026-02-02")]);
    expect(events).toMatchObject([{ occurred_at: null, event_date: "2026-02-02" }]);
  });
});

describe("numbers", () => {
  test("dwell keeps milliseconds; a negative one is not known, and counted", async () => {
    const { events, record } = await load([
      click("2026-02-01", "", "30.1255"),
      click("2026-02-01", "", "-1", "e2"),
    ]);
    expect(events).toMatchObject([{ dwell_seconds: 30.126 }, { dwell_seconds: null }]);
    expect(record?.notes).toEqual(["dwell negative in 1 row: taken as not known"]);
  });

  test("NaN is no dwell, and counted; infinity and words are none either, and rejected", async () => {
    const dwells = ["NaN", "nan", "-nan", "2.5", "-1"].map((dwell, n) =>
      click("2026-02-01", "", dwell, `e${n}`),
    );
    for (const extra of [
      [],
      ["broken"],
      [click("2026-02-01", "", "Infinity", "e8"), click("2026-02-01", "", "n/a", "e9")],
    ]) {
      const { events, record } = await load([...dwells, ...extra]);
      expect(events.map((event) => event["dwell_seconds"])).toEqual([null, null, null, 2.5, null]);
      expect(record).toMatchObject({ loaded: 5, rejected: extra.length });
      expect(record?.notes.slice(0, 2)).toEqual([
        "dwell NaN in 3 rows: taken as not known",
        "dwell negative in 1 row: taken as not known",
      ]);
    }
  });

  test("a decimal comma; a point is then a reject, since 1.234 would be 1234", async () => {
    const { events, record } = await load(
      [
        click("2026-02-01", "", '"12,5"'),
        click("2026-02-01", "", "7", "e2"),
        click("2026-02-01", "", "1.234", "e3"),
      ],
      { options: { ...options, decimal: "," } },
    );
    expect(events.map((event) => event["dwell_seconds"])).toEqual([12.5, 7]);
    expect(record?.rejectedByReason).toEqual({ not_a_number: 1 });
  });

  test.each([
    ["as it is", false],
    ["through a staging query", true],
  ])(
    "with semicolons, as spreadsheets write them where numbers have a decimal comma, both signs are read: %s",
    async (_, isStaged) => {
      const read = async (change: Partial<Source["options"]>) => {
        const { root, write, night } = workspace();
        write("feed.sql", "SELECT * FROM feed\n");
        const staging = isStaged ? join(root, "feed.sql") : null;
        const dwells = ["12,5", "1.5", " 2,25 ", "1.234,5", "1,2,3", ""];
        const rows = dwells.map((dwell, n) => `e${n};click;2026-02-01;v1;${dwell};${n}`);
        write(
          "a.csv",
          `\ufeffevent_id;event_type;event_date;algo_version;dwell_seconds;position\r\n${rows.join("\r\n")}\r\n`,
        );
        return night(
          [source("feed", "a.csv", { options: { ...options, delimiter: ";", ...change }, staging })],
          async ({ engine }) => [
            (await engine.rows("SELECT dwell_seconds AS d FROM events ORDER BY event_id")).map(({ d }) => d),
            (await engine.rows("SELECT line FROM rejected_rows ORDER BY line")).map(({ line }) => line),
          ],
        );
      };
      expect(await read({})).toEqual([
        [12.5, 1.5, 2.25, null],
        [5, 6],
      ]);
      expect(await read({ decimal: "." })).toEqual([
        [1.5, null],
        [2, 4, 5, 6],
      ]);
      expect(await read({ decimal: "," })).toEqual([
        [12.5, 2.25, null],
        [3, 5, 6],
      ]);
    },
  );
});

describe("ids", () => {
  test("a whole number is the same id with and without a fraction of zero, in events and lookups", async () => {
    const { write, night } = workspace();
    const columns = "event_id,event_type,event_date,user_id,session_id,item_id,algo_version";
    write(
      "a.csv",
      `${columns}\n1.0,click,2026-02-01,12345.0,1.50,510.0,v1.0\n2,click,2026-02-01,12345,.0,x.0,v1.0\n`,
    );
    write("items.csv", "item_id,author_id\n510,7.0\nx.0,8\n");
    await night(
      [source("feed", "a.csv"), source("items", "items.csv", { kind: "lookup" })],
      async ({ engine }) =>
        expect(
          await engine.rows(
            "SELECT event_id, user_id, session_id, item_id, author_id, algo_version FROM events ORDER BY 1",
          ),
        ).toEqual([
          {
            event_id: "1",
            user_id: "12345",
            session_id: "1.50",
            item_id: "510",
            author_id: "7",
            algo_version: "v1.0",
          },
          {
            event_id: "2",
            user_id: "12345",
            session_id: ".0",
            item_id: "x.0",
            author_id: "8",
            algo_version: "v1.0",
          },
        ]),
    );
  });
});

describe("columns", () => {
  test.each([
    ["CSV", "a.csv", "event_type,event_date,algo_version,anonymous_id,account,user_id"],
    ["JSONL", "a.jsonl", null],
  ])(
    "of several in %s the first with a value counts, row by row; the own name only where none of them is there",
    async (_, file, head) => {
      const rows = [
        ["anon1", "acc1", "own1"],
        ["anon2", "", "own2"],
        ["anon3", "undefined", "own3"],
        ["", "", "own4"],
        ["", "null", "own5"],
      ];
      const json = (ids: readonly string[]): string =>
        JSON.stringify({
          event_type: "click",
          event_date: "2026-02-01",
          algo_version: "v1",
          anonymous_id: ids[0],
          account: ids[1],
          user_id: ids[2],
        });
      const lines =
        head === null ? rows.map(json) : [head, ...rows.map((ids) => `click,2026-02-01,v1,${ids.join(",")}`)];
      const { write, night } = workspace();
      write(file, `${lines.join("\n")}\n`);
      const columns = new Map([["user_id", ["account", "anonymous_id"]]]) as Source["columns"];
      const config = { unitPlaceholders: ["undefined", "null"] };
      await night(
        [source("feed", file, { columns })],
        async ({ engine, summary }) => {
          expect(
            await engine.rows(
              "SELECT user_id, count(*) AS n, max(placeholder) AS p FROM event_rows GROUP BY 1 ORDER BY 1",
            ),
          ).toEqual([
            { user_id: "acc1", n: 1, p: null },
            { user_id: "anon2", n: 1, p: null },
            { user_id: "anon3", n: 1, p: null },
            { user_id: null, n: 2, p: "null" },
          ]);
          expect(summary.records[0]?.notes).toContain("columns not used: user_id");
        },
        { config },
      );
    },
  );

  test("what was found under another name, and what was not used, is told", async () => {
    const { write, night } = workspace();
    write("a.csv", "id,EVENT_TYPE,ts,meta,zz\ne1,feed_click,2026-02-01,{},1\n");
    const change = {
      columns: new Map([
        ["event_id", ["event_uuid", "id"]],
        ["occurred_at", ["ts"]],
      ]) as Source["columns"],
      eventTypes: new Map([["feed_click", "click"]]) as Source["eventTypes"],
    };
    await night([source("feed", "a.csv", change)], async ({ summary, engine }) => {
      expect(summary.records[0]).toMatchObject({
        rejectedByReason: { missing_algo_version: 1 },
        columns: ["id", "EVENT_TYPE", "ts", "meta", "zz"],
        notes: [
          "column id taken as event_id",
          "column EVENT_TYPE taken as event_type",
          "column ts taken as occurred_at",
          "column meta taken as metadata",
          "columns not used: zz",
        ],
      });
      expect(await engine.rows("SELECT reason FROM rejected_rows")).toEqual([
        { reason: "missing_algo_version" },
      ]);
    });
  });

  test("files of one source may differ, each says what it has", async () => {
    const { write, night } = workspace();
    write("a.csv", "event_id,event_type,event_date,algo_version,meta\ne1,click,2026-02-01,v1,old\n");
    write("b.csv", "algo_version,event_date,event_type,metadata,user_id\nv1,2026-02-02,click,new,u1\n");
    await night([source("feed", "*.csv")], async ({ summary, engine }) => {
      expect(
        await engine.rows(
          "SELECT event_id, user_id, metadata, meta FROM user_discovery_events ORDER BY event_date",
        ),
      ).toEqual([
        { event_id: "e1", user_id: null, metadata: "old", meta: "old" },
        { event_id: null, user_id: "u1", metadata: "new", meta: "new" },
      ]);
      expect(summary.records.map(({ columns: found }) => found)).toEqual([
        ["event_id", "event_type", "event_date", "algo_version", "meta"],
        ["algo_version", "event_date", "event_type", "metadata", "user_id"],
      ]);
      expect([...summary.presentColumns].sort()).toEqual([
        "algo_version",
        "event_date",
        "event_id",
        "event_type",
        "metadata",
        "user_id",
      ]);
    });
  });

  test("a column that is there but empty holds no data", async () => {
    const { write, night } = workspace();
    const rows = Array.from({ length: 3000 }, (_, n) => row(n));
    write("a.csv", csv(...rows, row(3001, { type: "click", dwell: "5" })));
    await night([source("feed", "a.csv")], async ({ summary }) =>
      expect(summary.presentColumns.has("dwell_seconds")).toBe(true),
    );
    write("a.csv", csv(...rows));
    await night([source("feed", "a.csv")], async ({ summary }) =>
      expect(summary.presentColumns.has("dwell_seconds")).toBe(false),
    );
  });

  test("words that mean no value", async () => {
    const { write, night } = workspace();
    write("a.csv", `${header}\ne1,click,2026-02-01,NULL,"\\N",i1,v1,NULL,,\nbroken\n`);
    await night(
      [source("feed", "a.csv", { options: { ...options, nullText: ["NULL", "\\N"] } })],
      async ({ engine }) =>
        expect(await engine.rows("SELECT user_id, session_id, dwell_seconds, unit_id FROM events")).toEqual([
          { user_id: null, session_id: null, dwell_seconds: null, unit_id: "e1" },
        ]),
    );
  });

  test("words that mean no value in JSON, in every column", async () => {
    const { write, night } = workspace();
    const object = {
      event_id: "e1",
      event_type: "click",
      event_date: "2026-02-01",
      user_id: "-",
      session_id: -1,
      algo_version: "v1",
      dwell_seconds: "n/a",
      metadata: "-",
    };
    for (const extra of ["", "broken\n"]) {
      write("a.jsonl", `${JSON.stringify(object)}\n${extra}`);
      await night(
        [source("feed", "a.jsonl", { options: { ...options, nullText: ["-", "-1", "n/a"] } })],
        async ({ engine }) =>
          expect(
            await engine.rows("SELECT user_id, session_id, dwell_seconds, metadata FROM events"),
          ).toEqual([{ user_id: null, session_id: null, dwell_seconds: null, metadata: null }]),
        { afresh: true },
      );
    }
  });

  test("without quoting a quote is a character like any other", async () => {
    const { write, night } = workspace();
    const text =
      'event_id\tevent_type\tevent_date\tuser_id\talgo_version\tmetadata\ne1\tclick\t2026-02-01\t"u1\tv1\t{"a": "b"}\ne2\tclick\t2026-02-01\tu"2"\tv1\t"\n';
    for (const extra of ["", "broken\n", 'e3\tclick\t2026-02-01\tu\r3\tv1\t"\n']) {
      write("a.tsv", text + extra);
      await night(
        [source("feed", "a.tsv", { options: { ...options, quote: "" } })],
        async ({ engine, summary }) => {
          expect(await engine.rows("SELECT user_id, metadata FROM events ORDER BY event_id LIMIT 2")).toEqual(
            [
              { user_id: '"u1', metadata: '{"a": "b"}' },
              { user_id: 'u"2"', metadata: '"' },
            ],
          );
          expect(summary.records[0]).toMatchObject({
            read: extra === "" ? 2 : 3,
            rejected: extra === "broken\n" ? 1 : 0,
          });
        },
        { afresh: true },
      );
    }
  });

  test("another delimiter, quote and escape", async () => {
    const { write, night } = workspace();
    const change = { options: { ...options, delimiter: "|", quote: "'", escape: "\\" } };
    const text =
      "event_id|event_type|event_date|algo_version|metadata\ne1|click|2026-02-01|v1|'it\\'s a|b'\n";
    for (const extra of ["", "broken\n"]) {
      write("a.csv", text + extra);
      await night(
        [source("feed", "a.csv", change)],
        async ({ engine }) =>
          expect(await engine.rows("SELECT metadata FROM events")).toEqual([{ metadata: "it's a|b" }]),
        { afresh: true },
      );
    }
  });
});

describe("checks", () => {
  const rejected = async (limit: number) => {
    const { checks } = await load(
      [click("2026-02-01"), click("2026-02-01", "", "", "e2"), click("never", "", "", "e3")],
      {},
      { maxRejected: limit },
    );
    return checks.find(({ name }) => name === "rejected_rows");
  };
  test("rejects up to max_rejected pass, more of them block", async () => {
    expect(await rejected(0.34)).toMatchObject({ status: "pass", observed: 1 / 3, expected: 0.34 });
    expect(await rejected(0.33)).toMatchObject({
      status: "fail",
      effect: "block",
      detail: 'feed: 1 of 3 rows (not_a_time 1), e.g. a.csv:4 occurred_at in "e3,click,never,,u,v1,"',
    });
  });

  test("the accounting is checked by counting the rows where they stand", async () => {
    const { write, night } = workspace();
    write("a.csv", csv(row(1), row(2)));
    await night([source("feed", "a.csv")], async ({ engine, summary }) => {
      expect(summary.checks.find(({ name }) => name === "load_accounting")).toMatchObject({
        status: "pass",
        observed: 2,
        expected: 2,
      });
      await engine.execute("DELETE FROM event_rows WHERE event_id = 'e1'");
      await expect(checkAccounting(engine, [1], 0)).rejects.toMatchObject({
        code: "store",
        message: expect.stringContaining("row counts of a.csv do not add up"),
      });
    });
  });

  test("when no file of events can be read the check says so, and the night goes on to its hold", async () => {
    const { write, night } = workspace();
    write("a.csv", "");
    const checks = await night([source("feed", "a.csv")], async ({ summary }) => summary.checks);
    expect(checks.find(({ name }) => name === "refused_files")).toMatchObject({
      status: "fail",
      detail: "a.csv is empty",
    });
  });
});
