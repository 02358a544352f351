import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import { discoverSources } from "../../../src/load/files/discover.ts";
import { readyGroups } from "../../../src/load/files/read-ahead.ts";
import { configOf, csv, row, source, workspace } from "../workspace.ts";

const feed = [source("feed", "exports/*")];
const day = (number: number): string => csv(row(number, { at: `2026-02-0${number}T10:00:00Z` }));

/** The tasks of four files, of which the second is damaged, in three groups. */
async function fourFiles() {
  const space = workspace();
  space.write("exports/1.csv.gz", gzipSync(day(1)));
  space.write("exports/2.csv.gz", gzipSync(day(2)).subarray(0, 60));
  space.write("exports/3.csv", day(3));
  space.write("exports/4.csv.gz", gzipSync(day(4)));
  space.write("unpacked/keep", "");
  const files = await discoverSources(configOf(space.root, feed));
  const tasks = files.map((file, index) => ({
    file,
    fileId: index + 1,
    loadFingerprint: "",
    hadRows: false,
  }));
  const engine = await openDuckDb({ file: ":memory:" });
  const groups = [tasks.slice(0, 2), tasks.slice(2, 3), tasks.slice(3)];
  return { space, groups, engine, parent: join(space.root, "unpacked") };
}

describe("files got ready ahead", () => {
  test("come in their order; a damaged one is told when it is its turn; nothing of them stays", async () => {
    const { groups, engine, parent } = await fourFiles();
    const seen: string[] = [];
    for await (const files of readyGroups(engine, groups, parent)) {
      for (const { task, prepared, onRead } of files) {
        const lines = await prepared.then(
          async (file) => `${(await file.fingerprint()).lines} lines`,
          (error: Error) => error.message,
        );
        seen.push(`${task.file.file}: ${lines}`);
        onRead();
      }
    }
    expect(seen).toEqual([
      "exports/1.csv.gz: 2 lines",
      expect.stringMatching(/^exports\/2\.csv\.gz: .*(damaged|cut off|unexpected end)/),
      "exports/3.csv: 2 lines",
      "exports/4.csv.gz: 2 lines",
    ]);
    expect(readdirSync(parent)).toEqual(["keep"]);
    engine.close();
  });

  test("whoever stops early finds nobody writing any more", async () => {
    const { groups, engine, parent } = await fourFiles();
    for await (const files of readyGroups(engine, groups.slice(1), parent)) {
      await files[0]?.prepared;
      break;
    }
    const left = readdirSync(parent, { recursive: true }).sort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readdirSync(parent, { recursive: true }).sort()).toEqual(left);
    expect(left.some((name) => String(name).endsWith("text"))).toBe(true);
    engine.close();
  });

  test("in a run, every file behind the damaged one is loaded", async () => {
    const { space } = await fourFiles();
    await space.night(feed, async ({ summary }) => {
      expect(summary.records.map(({ file, status, loaded }) => [file, status, loaded])).toEqual([
        ["exports/1.csv.gz", "loaded", 1],
        ["exports/2.csv.gz", "refused", 0],
        ["exports/3.csv", "loaded", 1],
        ["exports/4.csv.gz", "loaded", 1],
      ]);
      expect(readdirSync(join(space.root, ".gatebook", "tmp"))).toEqual([]);
    });
  });
});
