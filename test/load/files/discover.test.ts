import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { join, posix, win32 } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  discoverSources,
  folderOf,
  formatOf,
  nameOf,
  readablePaths,
} from "../../../src/load/files/discover.ts";
import type { CheckResult } from "../../../src/model/result.ts";
import { configOf, csv, header, options, row, source, workspace } from "../workspace.ts";

/** It has neither named pipes nor rights to read that can be taken away so. */
const isWindows = process.platform === "win32";

const missingIn = (checks: readonly CheckResult[]) => checks.find(({ name }) => name === "missing_files");

describe("what the sources name", () => {
  test.each([
    ["a missing file", "exports/none.csv", "source feed: no file exports/none.csv"],
    ["an empty glob", "exports/*.csv", "source feed: no file matches exports/*.csv"],
    ["a bucket", "s3://bucket/*.csv", "source feed: s3://bucket/*.csv is not on this machine"],
  ])("%s is an error that names source and pattern", async (_, pattern, message) => {
    const { root } = workspace();
    await expect(discoverSources(configOf(root, [source("feed", pattern)]))).rejects.toMatchObject({
      code: "input",
      message,
      hint: expect.any(String),
    });
  });

  test("what is missing of several is named, and the others go on; a lookup keeps the rows it had", async () => {
    const { root, write, remove, night } = workspace();
    const sources = [
      source("feed", ["exports/*.csv", "more/*.csv"]),
      source("saves", "saves/*.csv"),
      source("items", "items.csv", { kind: "lookup" }),
    ];
    write("exports/a.csv", csv(row(1)));
    write("items.csv", "item_id,author_id\nitem-1,anna\n");
    const missing = ["source feed: no file matches more/*.csv", "source saves: no file matches saves/*.csv"];
    await night(sources, async ({ summary }) => {
      expect(missingIn(summary.checks)).toMatchObject({
        status: "fail",
        effect: "block",
        detail: missing.join("; "),
      });
    });
    remove("items.csv");
    await night(sources, async ({ engine, summary }) => {
      expect(missingIn(summary.checks)?.observed).toBe(3);
      expect(await engine.rows("SELECT author_id FROM items")).toEqual([{ author_id: "anna" }]);
    });
    remove("exports");
    await expect(discoverSources(configOf(root, sources), { miss: () => {} })).rejects.toMatchObject({
      message: "source feed: no file matches exports/*.csv",
    });
  });

  test.skipIf(isWindows || process.getuid?.() === 0)(
    "a folder that cannot be read may hide files and is named",
    async () => {
      const { root, write } = workspace();
      write("exports/day=1/a.csv", csv(row(1)));
      write("exports/day=2/a.csv", csv(row(2)));
      chmodSync(join(root, "exports/day=2"), 0o000);
      const missing: string[] = [];
      const config = configOf(root, [source("feed", "exports/**/*.csv")]);
      const files = await discoverSources(config, { miss: (reason) => missing.push(reason) });
      expect(files.map(({ file }) => file)).toEqual(["exports/day=1/a.csv"]);
      expect(missing).toEqual([
        "source feed: folder exports/day=2 cannot be read: EACCES: permission denied",
      ]);
      chmodSync(join(root, "exports/day=2"), 0o700);
    },
  );

  test("one file by two patterns or a link is one file", async () => {
    const { root, write, night } = workspace();
    const path = write("exports/a.csv", csv(row(1)));
    symlinkSync(path, join(root, "exports/b.csv"));
    const sources = [source("feed", ["exports/*.csv", "exports/a.csv", "./exports/../exports/a.csv"])];
    const files = await discoverSources(configOf(root, sources));
    expect(files.map(({ file }) => file)).toEqual(["exports/a.csv"]);
    expect(readablePaths(files)).toEqual([path]);
    await night(sources, async ({ summary }) => expect(summary.records).toHaveLength(1));
  });

  test.each(["exports/*.csv", "exports/a.csv", "exports/**/*.csv"])(
    "a link of %s to a file elsewhere is refused, unless its source says otherwise",
    async (pattern) => {
      const [space, elsewhere] = [workspace(), workspace()];
      const path = elsewhere.write("real.csv", csv(row(1)));
      mkdirSync(join(space.root, "exports"));
      symlinkSync(path, join(space.root, "exports/a.csv"));
      const [refused] = await discoverSources(configOf(space.root, [source("feed", pattern)]));
      expect(refused?.problem).toMatch(/^is a link out of the source's folder/);
      expect(readablePaths([...(refused === undefined ? [] : [refused])])).toEqual([]);
      await space.night([source("feed", pattern)], async ({ summary }) =>
        expect(summary.records).toMatchObject([{ file: "exports/a.csv", status: "refused", loaded: 0 }]),
      );
      await space.night([source("feed", pattern, { followLinks: true })], async ({ summary }) =>
        expect(summary.records).toMatchObject([{ file: "exports/a.csv", status: "loaded", loaded: 1 }]),
      );
    },
  );

  test("a folder that is itself a link is the source's folder; one below it that leads out is not", async () => {
    const [space, elsewhere] = [workspace(), workspace()];
    elsewhere.write("exports/day=1/a.csv", csv(row(1)));
    elsewhere.write("other/b.csv", csv(row(2)));
    symlinkSync(join(elsewhere.root, "exports"), join(space.root, "exports"));
    symlinkSync(join(elsewhere.root, "other"), join(elsewhere.root, "exports/day=2"));
    const files = await discoverSources(configOf(space.root, [source("feed", "exports/**/*.csv")]));
    expect(files.map(({ file, problem }) => [file, problem === null])).toEqual([
      ["exports/day=1/a.csv", true],
      ["exports/day=2/b.csv", false],
    ]);
  });

  test.skipIf(isWindows)(
    "directories, pipes, dangling links and unreadable files are named, and the others are loaded",
    async () => {
      const { root, write, night } = workspace();
      write("exports/sound.csv", csv(row(1)));
      mkdirSync(join(root, "exports/folder.csv"));
      mkdirSync(join(root, "exports/deeper"));
      symlinkSync(join(root, "nowhere"), join(root, "exports/dangling.csv"));
      execFileSync("mkfifo", [join(root, "exports/pipe.csv")]);
      await night([source("feed", "exports/**/*.csv")], async ({ summary }) => {
        expect(summary.records.map(({ file, status, notes }) => [file, status, notes[0]])).toEqual([
          ["exports/dangling.csv", "refused", "is a link to a file that does not exist"],
          ["exports/folder.csv", "refused", "is a directory, not a file"],
          ["exports/pipe.csv", "refused", "is a named pipe, not a file"],
          ["exports/sound.csv", "loaded", undefined],
        ]);
      });
    },
  );

  test("a link to the folder above it brings no file in twice", async () => {
    const { root, write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    symlinkSync(root, join(root, "exports/up"));
    await night([source("feed", "exports/**/*.csv")], async ({ summary }) =>
      expect(summary.records).toMatchObject([{ file: "exports/a.csv", loaded: 1 }]),
    );
  });

  test.skipIf(isWindows || process.getuid?.() === 0)("a file without read rights is named", async () => {
    const { root, write } = workspace();
    chmodSync(write("a.csv", csv(row(1))), 0o000);
    expect(await discoverSources(configOf(root, [source("feed", "a.csv")]))).toMatchObject([
      { problem: "may not be read by this user" },
    ]);
  });

  test("file names are taken as they are, alone and by a pattern", async () => {
    const names = [
      "with space.csv",
      "quo'te\".csv",
      "zoë ☃.csv",
      "gl[o]b*?.csv",
      "{a,b}.csv",
      "new\nline.csv",
      "back\\slash.csv",
      "#%&.csv",
      "a.b.CSV",
    ];
    const { root, write, night } = workspace();
    for (const [n, name] of names.entries()) write(`exports/${name}`, csv(row(n)));
    write("exports/glo.csv", csv(row(100)));
    linkSync(join(root, "exports/glo.csv"), join(root, "exports/a.csv"));
    const alone = names.map((name, n) => source(`s${n}`, `exports/${name}`));
    const ids = names.map((_, n) => `e${n}`);
    for (const sources of [alone, [source("feed", "exports/*")]]) {
      await night(
        sources,
        async ({ engine, summary }) => {
          const files = summary.records.map(({ file }) => file);
          expect(files).toEqual(expect.arrayContaining(names.map((name) => `exports/${name}`)));
          if (sources === alone) expect(files).toHaveLength(names.length);
          const events = await engine.rows("SELECT event_id AS id FROM events WHERE event_id <> 'e100'");
          expect(events.map(({ id }) => id).sort()).toEqual(ids);
        },
        { afresh: true },
      );
    }
  });

  test("hive folders give columns that the file lacks, and the file's own win", async () => {
    const { write, night } = workspace();
    write("exports/event_date=2026-02-01/algo_version=v1/a.csv", "event_id,event_type\ne1,click\n");
    write(
      "exports/event_date=2026-02-02/algo_version=v%202/a.csv",
      "event_id,event_type,event_date\ne2,click,2026-02-05\n",
    );
    await night([source("feed", "exports/**/*.csv")], async ({ engine, summary }) => {
      expect(await engine.rows("SELECT event_id, event_date, algo_version FROM events ORDER BY 1")).toEqual([
        { event_id: "e1", event_date: "2026-02-01", algo_version: "v1" },
        { event_id: "e2", event_date: "2026-02-05", algo_version: "v 2" },
      ]);
      expect(summary.records[0]?.notes).toContain("event_date taken from the folder's name");
    });
  });

  test.each([
    ["a.csv", "csv", "none"],
    ["a.tsv.gz", "csv", "gzip"],
    ["a.NDJSON.zst", "jsonl", "zstd"],
    ["a.parquet", "parquet", "none"],
  ])("%s is %s, %s", (name, format, compression) => {
    expect(formatOf(name, { format: null })).toEqual({ format, compression });
  });
});

describe("a file that is no export", () => {
  test.each([
    [
      "a list of accounts",
      "a.csv",
      {},
      "root:x:0:0:root:/root:/bin/bash\nme:x:1000:1000::/home/me:/bin/sh\n",
    ],
    [
      "one with its delimiter",
      "a.csv",
      { delimiter: ":" },
      "root:x:0:0:root:/root:/bin/bash\nme:x:1:1::/me:/bin/sh\n",
    ],
    ["names and passwords", "a.csv", {}, "alice,hunter2\nbob,swordfish\n"],
    ["a dotenv file", "a.csv", {}, "DB_PASSWORD=hunter2\nDB_HOST=db\n"],
    ["hosts", "a.csv", {}, "127.0.0.1\tsecret.internal\n"],
    ["semicolons", "a.csv", {}, "hunter2;swordfish;x\n"],
    ["a key in one line", "a.jsonl", {}, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"],
    ["a credential", "a.jsonl", {}, '{"hunter2": 1, "swordfish": "x"}\n'],
  ])("is refused without a word of it: %s", async (_, name, change, text) => {
    const { write, night } = workspace();
    write(name, text);
    const feed = source("feed", name, { options: { ...options, ...change } });
    await night([feed], async ({ summary }) => {
      const [record] = summary.records;
      expect(record).toMatchObject({ status: "refused", columns: [] });
      const said = JSON.stringify(record?.notes);
      for (const secret of text.split(/[^\w]+/).filter((part) => part.length > 3))
        expect(said).not.toContain(secret);
    });
  });

  test.each([
    ["type,ts,uid\n1,2,3\n", "type, ts, uid"],
    ["eventType,happenedAt,memberId\n1,2,3\n", "eventType, happenedAt, memberId"],
    ["a,user_id\n1,2\n", "a, user_id"],
  ])("a header is quoted: %j", async (text, words) => {
    const { write, night } = workspace();
    write("a.csv", text);
    await night([source("feed", "a.csv")], async ({ summary }) =>
      expect(summary.records[0]?.notes[0]).toBe(`has no column event_type; found: ${words}`),
    );
  });
});

describe("between the parts of an export", () => {
  const day = "exports/day=1";
  const check = (checks: readonly CheckResult[]) => checks.find(({ name }) => name === "skipped_files");

  test("markers, hidden files and parts without rows are skipped and counted, packed ones too", async () => {
    const { write, night } = workspace();
    write(`${day}/part-0.csv`, csv(row(1)));
    write(`${day}/part-1.csv`, "");
    write(`${day}/part-2.csv.gz`, gzipSync(""));
    write(`${day}/part-3.csv`, `${header}\n`);
    write(`${day}/.part-0.csv.crc`, "crc");
    write(`${day}/_SUCCESS`, "");
    write(`${day}/_temporary/0/part-4.csv`, csv(row(9)));
    write(`exports/.hidden/part-5.csv`, csv(row(8)));
    await night([source("feed", "exports/**/*")], async ({ summary }) => {
      expect(summary.records).toMatchObject([
        { file: `${day}/part-0.csv`, status: "loaded", loaded: 1 },
        { file: `${day}/part-3.csv`, status: "loaded", read: 0 },
      ]);
      expect(check(summary.checks)).toMatchObject({
        status: "pass",
        observed: 5,
        detail: expect.stringMatching(
          /^3 markers \(.*_SUCCESS.*\); 2 empty parts \(.*part-1.csv; .*part-2.csv.gz\)$/,
        ),
      });
    });
  });

  test("without a marker an empty part is a warning; an empty export of another day, or named itself, is refused", async () => {
    const { write, night } = workspace();
    write("exports/part-0.csv", csv(row(1)));
    write("exports/part-1.csv", "");
    write("exports/feed-2026-02-01.csv", csv(row(2)));
    write("exports/feed-2026-02-02.csv", "");
    await night([source("feed", "exports/*"), source("named", "exports/part-1.csv")], async ({ summary }) => {
      expect(
        summary.records
          .filter(({ status }) => status === "refused")
          .map(({ source: name, file }) => [name, file]),
      ).toEqual([
        ["feed", "exports/feed-2026-02-02.csv"],
        ["named", "exports/part-1.csv"],
      ]);
      expect(check(summary.checks)).toMatchObject({ status: "warn", observed: 1 });
    });
  });

  test("a part that had rows and has none any more keeps them, as one that is gone", async () => {
    const { write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    write("exports/b.csv", csv(row(2)));
    await night([source("feed", "exports/*")], async () => {});
    write("exports/b.csv", "");
    await night([source("feed", "exports/*")], async ({ summary }) => {
      expect(summary.records).toMatchObject([{ status: "loaded" }, { status: "vanished", loaded: 1 }]);
      expect(summary.checks.find(({ name }) => name === "vanished_files")).toMatchObject({ status: "warn" });
    });
  });

  test("a name that the pattern itself spells is no marker; nothing to skip is no check", async () => {
    const { root, write, night } = workspace();
    write("exports/_feed_1.csv", csv(row(1)));
    write("exports/.feed/2.csv", csv(row(2)));
    const sources = [source("feed", ["exports/_feed_*.csv", "exports/.feed/*.csv"])];
    expect((await discoverSources(configOf(root, sources))).map(({ file }) => file)).toEqual([
      "exports/.feed/2.csv",
      "exports/_feed_1.csv",
    ]);
    await night(sources, async ({ summary }) => expect(check(summary.checks)).toBeUndefined());
    write("exports/day/_SUCCESS", "");
    await expect(discoverSources(configOf(root, [source("feed", "exports/day/*")]))).rejects.toMatchObject({
      message: "source feed: no file matches exports/day/*",
    });
  });
});

describe("paths of every system", () => {
  test.each([
    [posix, "/rollout", "exports/feed/*.csv", "/rollout/exports/feed"],
    [posix, "/rollout", "../feed/2026-*/part.csv", "/feed"],
    [posix, "/rollout", "*.csv", "/rollout"],
    [posix, "/rollout", "/*.csv", "/"],
    [posix, "/rollout", "/data/feed.csv", "/data"],
    [win32, "C:\\rollout", "exports/feed/*.csv", "C:\\rollout\\exports\\feed"],
    [win32, "C:\\rollout", "D:/feed/**/*.csv", "D:\\feed"],
    [win32, "C:\\rollout", "D:/*.csv", "D:\\"],
    [win32, "C:\\rollout", "//server/share/feed/*.csv", "\\\\server\\share\\feed"],
  ] as const)("the folder of a pattern (%#)", (style, root, pattern, folder) => {
    expect(folderOf(pattern, root, style).replace(/(?<=[^:\\/])[\\/]$/, "")).toBe(folder);
  });

  test.each([
    [posix, "/rollout", "/rollout/exports/a.csv", "exports/a.csv"],
    [posix, "/rollout", "/data/a.csv", "../data/a.csv"],
    [win32, "C:\\rollout", "C:\\rollout\\exports\\a.csv", "exports/a.csv"],
    [win32, "C:\\rollout", "D:\\data\\a.csv", "D:/data/a.csv"],
  ] as const)("the name of a file (%#)", (style, root, path, name) => {
    expect(nameOf(path, root, style)).toBe(name);
  });

  test("a pattern with backslashes is told what separates folders", async () => {
    const space = workspace();
    await expect(
      discoverSources(configOf(space.root, [source("feed", "exports\\feed\\*.csv")])),
    ).rejects.toMatchObject({
      hint: expect.stringContaining("folders are separated by /, also on Windows"),
    });
  });
});
