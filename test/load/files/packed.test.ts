/** What packed files may become: in memory, in the length of a row, and on the disk. */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import { discoverSources } from "../../../src/load/files/discover.ts";
import { unpackZstd } from "../../../src/load/files/unpack-zstd.ts";
import { unpackedLimit } from "../../../src/load/files/unpacked-size.ts";
import type { Source } from "../../../src/model/config.ts";
import { configOf, csv, row, source, workspace } from "../workspace.ts";

/** A zstd file of one column, rows given as SQL, unpacked by an engine with so much memory. */
async function unpacked(rows: string, memoryLimit: string, change: Partial<Source> = {}) {
  const { root } = workspace();
  const path = join(root, "a.csv.zst");
  const maker = await openDuckDb({ file: ":memory:" });
  await maker.execute(`COPY (${rows}) TO '${path}' (FORMAT csv, HEADER false, COMPRESSION zstd)`);
  maker.close();
  const engine = await openDuckDb({ file: ":memory:", memoryLimit, threads: 2 });
  onTestFinished(() => engine.close());
  const [file] = await discoverSources(configOf(root, [source("feed", "a.csv.zst", change)]));
  if (file === undefined) throw new Error("no file");
  const { lines } = await unpackZstd(engine, file, path, join(root, "text"));
  return { lines, bytes: statSync(join(root, "text")).size };
}

const short = "SELECT repeat('x', 100) AS line";
const long = "SELECT repeat('x', 5000000) AS line FROM range(2)";

describe("zstd", () => {
  test.each(["1GB", "200MB"])("of one short row is unpacked within %s", async (memory) => {
    expect(await unpacked(short, memory)).toEqual({ lines: 1, bytes: 101 });
  });

  test("with rows up to max_line is unpacked within 1 GB; in less memory it is that file's refusal", async () => {
    expect(await unpacked(long, "1GB")).toEqual({ lines: 2, bytes: 10_000_002 });
    await expect(unpacked(long, "120MB")).rejects.toMatchObject({
      code: "input",
      message: "needs more memory than there is to be unpacked",
    });
    await expect(unpacked(long, "1GB", { maxLine: 4_000_000 })).rejects.toMatchObject({
      code: "input",
      message: "is damaged: it has bytes that are no UTF-8, or a row longer than 4 MB (max_line)",
    });
  });

  test("in another encoding than UTF-8 is refused, with the way out", async () => {
    const options = { ...source("feed", "a.csv.zst").options, encoding: "utf-16" } as const;
    await expect(unpacked(short, "1GB", { options })).rejects.toMatchObject({
      code: "input",
      message: "is packed with zstd, which is unpacked as UTF-8 only, and this source has encoding utf-16",
      hint: "export it as UTF-8, or pack it with gzip, which works in any encoding",
    });
  });

  test("that would fill the disk is stopped", async () => {
    const many = "SELECT repeat('x', 1000) AS line FROM range(5000)";
    await expect(unpacked(many, "1GB", { maxUnpacked: 1_000_000 })).rejects.toMatchObject({
      code: "input",
      message: "unpacks to more than 1 MB",
    });
  });
});

test("6.5 MB may become 1 GB, and a large file a hundred times its size, unless its source says otherwise", async () => {
  const { root, write } = workspace();
  write("a.csv.gz", gzipSync(csv(row(1))));
  const [file] = await discoverSources(configOf(root, [source("feed", "a.csv.gz")]));
  if (file === undefined) throw new Error("no file");
  expect(unpackedLimit({ ...file, bytes: 6_500_000 })).toBe(1_000_000_000);
  expect(unpackedLimit({ ...file, bytes: 50_000_000 })).toBe(5_000_000_000);
  const own = { ...file, source: { ...file.source, maxUnpacked: 7 } };
  expect(unpackedLimit({ ...own, bytes: 50_000_000 })).toBe(7);
});

test("a gzip that would fill the disk is refused, the others are loaded, and a higher limit lets it in", async () => {
  const space = workspace();
  const big =
    csv(row(1)) + Array.from({ length: 40_000 }, (_, index) => csv(row(index + 2)).split("\n")[1]).join("\n");
  writeFileSync(join(space.root, "a.csv.gz"), gzipSync(`${big}\n`));
  space.write("b.csv", csv(row(1_000_000)));
  const feed = source("feed", ["a.csv.gz", "b.csv"]);
  await space.night([{ ...feed, maxUnpacked: 500_000 }], async ({ summary }) =>
    expect(
      summary.records.map(({ file, status, loaded, notes }) => [file, status, loaded, notes[0]]),
    ).toEqual([
      ["a.csv.gz", "refused", 0, "unpacks to more than 1 MB"],
      ["b.csv", "loaded", 1, undefined],
    ]),
  );
  await space.night([{ ...feed, maxUnpacked: 50_000_000 }], async ({ summary }) =>
    expect(summary.records.map(({ status, loaded }) => [status, loaded])).toEqual([
      ["loaded", 40_001],
      ["loaded", 1],
    ]),
  );
});

test.each([
  ["zeros", (more: Buffer) => Buffer.concat([more, Buffer.alloc(512)])],
  [
    "another part whose first bytes are damaged",
    (more: Buffer) => Buffer.concat([Buffer.from("\0\0"), more]),
  ],
  ["another part that lacks its first byte", (more: Buffer) => more.subarray(1)],
  ["text", () => Buffer.from(csv(row(8)))],
  ["a line feed", () => Buffer.from("\n")],
])("a gzip that goes on with %s is refused, and the others are loaded", async (_, rest) => {
  const space = workspace();
  const more = gzipSync(csv(row(7)));
  space.write("a.csv.gz", Buffer.concat([gzipSync(csv(row(1))), rest(more)]));
  space.write("b.csv", csv(row(2)));
  await space.night([source("feed", ["a.csv.gz", "b.csv"])], async ({ summary }) => {
    expect(summary.records.map(({ status, loaded }) => [status, loaded])).toEqual([
      ["refused", 0],
      ["loaded", 1],
    ]);
    expect(summary.records[0]?.notes[0]).toMatch(/^(has bytes after its gzip data|is damaged|is cut off)/);
  });
});
