import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { discoverSources, formatOf, readablePaths } from "../../../src/load/files/discover.ts";
import { configOf, csv, row, source, workspace } from "../workspace.ts";

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

  test("a link to a file elsewhere is followed", async () => {
    const [space, elsewhere] = [workspace(), workspace()];
    const path = elsewhere.write("real.csv", csv(row(1)));
    mkdirSync(join(space.root, "exports"));
    symlinkSync(path, join(space.root, "exports/a.csv"));
    await space.night([source("feed", "exports/*.csv")], async ({ summary }) =>
      expect(summary.records).toMatchObject([{ file: "exports/a.csv", loaded: 1 }]),
    );
  });

  test("directories, pipes, dangling links and unreadable files are named, and the others are loaded", async () => {
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
  });

  test("a link to the folder above it brings no file in twice", async () => {
    const { root, write, night } = workspace();
    write("exports/a.csv", csv(row(1)));
    symlinkSync(root, join(root, "exports/up"));
    await night([source("feed", "exports/**/*.csv")], async ({ summary }) =>
      expect(summary.records).toMatchObject([{ file: "exports/a.csv", loaded: 1 }]),
    );
  });

  test.skipIf(process.getuid?.() === 0)("a file without read rights is named", async () => {
    const { root, write } = workspace();
    chmodSync(write("a.csv", csv(row(1))), 0o000);
    expect(await discoverSources(configOf(root, [source("feed", "a.csv")]))).toMatchObject([
      { problem: "may not be read by this user" },
    ]);
  });

  test.each([
    "with space.csv",
    "quo'te\".csv",
    "zoë ☃.csv",
    "gl[o]b*?.csv",
    "{a,b}.csv",
    "new\nline.csv",
    "back\\slash.csv",
    "#%&.csv",
    "a.b.CSV",
  ])("the file name %j is loaded as it is", async (name) => {
    const { root, write, night } = workspace();
    write(`exports/${name}`, csv(row(1)));
    write("exports/glo.csv", csv(row(2)));
    linkSync(join(root, "exports/glo.csv"), join(root, "exports/a.csv"));
    for (const pattern of [`exports/${name}`, "exports/*"]) {
      await night(
        [source("feed", pattern)],
        async ({ engine, summary }) => {
          expect(summary.records.map(({ file }) => file)).toContain(`exports/${name}`);
          expect(await engine.rows("SELECT event_id FROM events WHERE event_id = 'e1'")).toHaveLength(1);
        },
        { memory: true },
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
