/**
 * Files that a real MariaDB and a real PostgreSQL write in this very run. Of each, whatever is loaded is what the server has, and
 * what its dialect cannot tell is rejected by line; a server that is not installed is skipped.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SourceFormat, SourceOptions } from "../../src/model/config.ts";
import { mariaDb, nobody, postgreSql } from "./servers.ts";
import { options as defaults, source, workspace } from "./workspace.ts";

/** What an export of text has to carry. */
const texts: readonly (string | null)[] = [
  "plain",
  null,
  "line one\nline\ttwo",
  "three\n\nlines and a return\r\n",
  "back\\slash, ends with one \\",
  "\\N",
  'say "hi", now',
  '"',
  "it's; a | pipe ^ and a tab\tin between",
  "N",
  "N,or not",
  "NULL",
  "carriage\rreturn\r",
  "\b\f\v\u001a",
  "é漢😀",
  "e1\timpression\t2026-02-01 10:00:00",
  '{"a":"x\\ny","b":"c:\\\\d\\"e"}',
];

const columns = ["event_id", "event_type", "occurred_at", "algo_version", "metadata", "dwell_seconds"];
const rows = texts.map((text, n) => ({ id: `e${n}`, text, dwell: n % 3 === 0 ? null : n + 0.5 }));
const positions = new Map(columns.map((name, index) => [name, [`column${index}`]]));

/** By event_id: what must come out. An empty text is no value in gatebook. */
const expected = new Map(rows.map(({ id, text, dwell }) => [id, { text, dwell }]));

function inserts(quoted: (text: string) => string): string {
  const values = rows.map(({ id, text, dwell }) => {
    const given = text === null ? "NULL" : quoted(text);
    return `('${id}', 'impression', '2026-02-01 10:00:00', 'v1', ${given}, ${dwell ?? "NULL"})`;
  });
  return `INSERT INTO feed VALUES ${values.join(", ")};`;
}

interface Loaded {
  readonly rejected: number;
  /** Ids of events whose text or dwell is not what the server has. */
  readonly wrong: readonly string[];
  readonly missing: readonly string[];
}

async function load(name: string, content: Buffer, change: Partial<SourceOptions>): Promise<Loaded> {
  const space = workspace();
  space.write(name, content);
  const isHeaded = change.header ?? false;
  const feed = source("feed", name, {
    format: "csv" satisfies SourceFormat,
    options: { ...defaults, header: false, ...change },
    columns: isHeaded ? new Map() : positions,
  });
  return space.night([feed], async ({ engine, summary }) => {
    const [record] = summary.records;
    expect(record?.status, record?.notes.join("; ")).toBe("loaded");
    expect(record?.read).toBe((record?.loaded ?? 0) + (record?.duplicates ?? 0) + (record?.rejected ?? 0));
    const events = await engine.rows(
      "SELECT event_id, metadata, dwell_seconds FROM events ORDER BY event_id",
    );
    const found = new Map(events.map((row) => [String(row["event_id"]), row]));
    const wrong = [...found].filter(([id, row]) => {
      const right = expected.get(id);
      const dwell = row["dwell_seconds"] === null ? null : Number(row["dwell_seconds"]);
      return right === undefined || row["metadata"] !== right.text || dwell !== right.dwell;
    });
    return {
      rejected: record?.rejected ?? 0,
      wrong: wrong.map(([id]) => id),
      missing: [...expected.keys()].filter((id) => !found.has(id)),
    };
  });
}

const whole = { rejected: 0, wrong: [], missing: [] };
const idsOf = (...asked: readonly string[]): readonly string[] =>
  texts.flatMap((text, n) => (text !== null && asked.includes(text) ? [`e${n}`] : []));

type Dialect = readonly [how: string, options: Partial<SourceOptions>, differs?: Partial<Loaded>];

const startMariaDb = mariaDb();

describe.skipIf(startMariaDb === null)("MariaDB", () => {
  let server = nobody;
  beforeAll(async () => {
    server = (await startMariaDb?.()) ?? nobody;
    const text = (value: string): string => `CONVERT(0x${Buffer.from(value).toString("hex")} USING utf8mb4)`;
    server.run(`CREATE DATABASE t CHARACTER SET utf8mb4; USE t;
      CREATE TABLE feed (event_id VARCHAR(9), event_type VARCHAR(20), occurred_at DATETIME, algo_version VARCHAR(9),
        metadata LONGTEXT NULL, dwell_seconds DOUBLE NULL); ${inserts(text)}
      CREATE TABLE nul AS SELECT * FROM feed LIMIT 1; INSERT INTO nul SELECT 'e1', event_type, occurred_at, algo_version,
        'a\\0b', 1.5 FROM feed LIMIT 1;`);
  });
  afterAll(() => server.stop());

  let files = 0;
  const outfile = (how: string, table = "feed"): Buffer => {
    const path = join(server.folder, `f${++files}.txt`);
    server.run(`SELECT * INTO OUTFILE '${path}' CHARACTER SET utf8mb4 ${how} FROM t.${table};`);
    return readFileSync(path);
  };

  const comma = "FIELDS TERMINATED BY ','";
  test.for<Dialect>([
    ["", {}],
    ["LINES TERMINATED BY '\\r\\n'", {}],
    ["FIELDS ESCAPED BY '|'", { escape: "|" }],
    [`${comma} ESCAPED BY '^'`, { delimiter: ",", escape: "^" }],
    [`${comma} ENCLOSED BY '"'`, { delimiter: ",", quote: '"' }],
    [`${comma} ENCLOSED BY '"' LINES TERMINATED BY '\\r\\n'`, { delimiter: ",", quote: '"' }],
    ["FIELDS TERMINATED BY ';' OPTIONALLY ENCLOSED BY ''''", { delimiter: ";", quote: "'" }],
    ["FIELDS TERMINATED BY '|' ENCLOSED BY '\"' ESCAPED BY '^'", { delimiter: "|", quote: '"', escape: "^" }],
  ])("INTO OUTFILE %s", async ([how, change]) => {
    expect(await load("feed.txt", outfile(how), { escapes: "mysql", ...change })).toEqual(whole);
  });

  test("mysqldump --tab, packed with gzip", async () => {
    server.run("", "dump", `--tab=${server.folder}`, "t", "feed");
    const content = gzipSync(readFileSync(join(server.folder, "feed.txt")));
    expect(await load("feed.txt.gz", content, { escapes: "mysql" })).toEqual(whole);
  });

  test("mysql -B: the word NULL and no value are the same there", async () => {
    const content = Buffer.from(server.run("SELECT * FROM t.feed", "--batch"));
    const change = { escapes: "mysql", header: true, nullText: ["NULL"] } as const;
    expect(await load("feed.tsv", content, change)).toEqual({ ...whole, wrong: idsOf("NULL") });
  });

  test("as CSV with an escape and \\N every row is loaded, and no value is none", async () => {
    const change = { delimiter: ",", escape: "\\", nullText: ["\\N"] };
    const loaded = await load("feed.csv", outfile(`${comma} ENCLOSED BY '"'`), change);
    expect(loaded).toMatchObject({ rejected: 0, missing: [] });
  });

  // such a file does not say where a value ends; MySQL itself cannot read it back
  test.for<Dialect>([
    [
      `${comma} ENCLOSED BY '"' ESCAPED BY ''`,
      { delimiter: ",", quote: '"', escape: "" },
      { rejected: 3, missing: idsOf('say "hi", now', '"', '{"a":"x\\ny","b":"c:\\\\d\\"e"}') },
    ],
    [
      "FIELDS ESCAPED BY ''",
      { escape: "" },
      {
        rejected: 7,
        missing: texts.flatMap((text, n) => (/[\n\t]/.test(text ?? "") ? [`e${n}`] : [])),
        wrong: idsOf("NULL"),
      },
    ],
  ])("what cannot be read back is rejected, line by line: %s", async ([how, change, differs]) => {
    const loaded = await load("feed.txt", outfile(how), { escapes: "mysql", ...change });
    expect(loaded).toEqual({ ...whole, ...differs });
  });

  test('ENCLOSED BY and ESCAPED BY the same: no value is "N, and a text that begins so is rejected', async () => {
    const how = `${comma} OPTIONALLY ENCLOSED BY '"' ESCAPED BY '"'`;
    const content = outfile(how, "feed WHERE metadata IS NULL OR NOT metadata REGEXP '\\n'");
    const change = { escapes: "mysql", delimiter: ",", quote: '"', escape: '"' } as const;
    const broken = texts.flatMap((text, n) => (text?.includes("\n") === true ? [`e${n}`] : []));
    expect(await load("feed.txt", content, change)).toEqual({
      ...whole,
      rejected: 1,
      missing: [...broken, ...idsOf("N,or not")],
    });
  });

  test("a NUL in a value is an error of its row", async () => {
    const { rejected, missing } = await load("feed.txt", outfile("", "nul"), { escapes: "mysql" });
    expect(rejected).toBe(1);
    expect(missing).toContain("e1");
    expect(missing).not.toContain("e0");
  });
});

const startPostgreSql = postgreSql();

describe.skipIf(startPostgreSql === null)("PostgreSQL", () => {
  let server = nobody;
  beforeAll(async () => {
    server = (await startPostgreSql?.()) ?? nobody;
    const text = (value: string): string =>
      `convert_from('\\x${Buffer.from(value).toString("hex")}', 'UTF8')`;
    server.run(`CREATE TABLE feed (event_id text, event_type text, occurred_at timestamptz, algo_version text, metadata text,
      dwell_seconds float8); ${inserts(text)}`);
  });
  afterAll(() => server.stop());

  let files = 0;
  const copied = (how: string): Buffer => {
    const path = join(server.folder, "out", `f${++files}.txt`);
    server.run(`SET TIME ZONE 'Europe/Berlin'; COPY feed TO '${path}' ${how};`);
    return readFileSync(path);
  };

  test.for<Dialect>([
    ["", {}],
    ["(DELIMITER ',')", { delimiter: "," }],
    ["(HEADER, DELIMITER '|')", { delimiter: "|", header: true }],
    ["(NULL 'nothing')", { nullText: ["nothing"] }],
  ])("COPY %s", async ([how, change]) => {
    expect(await load("feed.txt", copied(how), { escapes: "postgres", ...change })).toEqual(whole);
  });

  test.for<Dialect>([
    ["(FORMAT csv)", {}],
    ["(FORMAT csv, HEADER, FORCE_QUOTE *)", { header: true }],
    ["(FORMAT csv, DELIMITER ';', QUOTE '''')", { delimiter: ";", quote: "'" }],
    ["(FORMAT csv, NULL '\\N')", { nullText: ["\\N"] }, { wrong: idsOf("\\N") }],
    ["(FORMAT csv, ESCAPE '\\')", { escape: "\\" }],
    ["(FORMAT csv, ESCAPE '\\', NULL '\\N')", { escape: "\\", nullText: ["\\N"] }, { wrong: idsOf("\\N") }],
  ])("COPY %s", async ([how, change, differs = {}]) => {
    expect(await load("feed.csv", copied(how), change)).toEqual({ ...whole, ...differs });
  });
});
