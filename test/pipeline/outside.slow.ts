/**
 * What lies in an exports folder besides sound files, and what lies outside of the workspace: the first is named in the report,
 * the second is as it was after every command that writes.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { initWorkspace } from "../../src/workspace/init.ts";
import { buildCli, type Ran } from "../helpers/built-cli.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { sampleInto, temporaryFolder, writeFilesIn } from "../helpers/temp-workspace.ts";

const sound = [
  "sp ace.csv",
  "quo'te\".csv",
  "zoë ☃.csv",
  "new\nline.csv",
  "--date.csv",
  "$(id).csv",
  "link.csv",
];
const unsound = {
  "dangling.csv": "is a link to a file that does not exist",
  "fifo.csv": "is a named pipe, not a file",
  "folder.csv": "is a directory, not a file",
  "leaves.csv": "is a link out of the source's folder (follow_links: true on the source allows it)",
  "loop.csv": "is a link to a file that does not exist",
  "unreadable.csv": "may not be read by this user",
};

let folder: string;
let root: string;
let before: readonly string[];
let ran: Record<string, Ran>;
let result: Result;

beforeAll(async () => {
  folder = temporaryFolder(afterAll);
  root = join(folder, "workspace");
  for (const name of ["home", "tmp", "cwd", "elsewhere"]) mkdirSync(join(folder, name));
  await initWorkspace({ directory: root });
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "thin", usersPerDay: 30 });
  writeFilesIn(folder, { "elsewhere/notes.txt": "untouched", "home/.duckdbrc": "SELECT 1;" });
  layOutFeed(join(root, "exports/feed_events"));
  before = filesOf(folder);
  const gatebook = buildCli();
  const env = { HOME: join(folder, "home"), TMPDIR: join(folder, "tmp") };
  const run = (...words: readonly string[]): Promise<Ran> =>
    gatebook(
      { cwd: join(folder, "cwd"), env, isPlainUser: true },
      ...words,
      "--config",
      "../workspace/rollout.yaml",
    );
  ran = {
    run: await run("run", "--date", "2026-02-07", "--export"),
    record: await run("record", "hold", "--reason", "r", "--by", "ada"),
    aggregate: await run("aggregate", "--date", "2026-02-07"),
    query: await run("query", "ctr"),
    check: await run("check"),
    prune: await run("prune", "--keep-events", "3"),
  };
  const path = join(root, "reports/clip-cosine-v2/latest/result.json");
  result = JSON.parse(readFileSync(path, "utf8")) as Result;
});

/** The sample's seven days under other names, one of them behind a link, and what is no file beside them. */
function layOutFeed(feed: string): void {
  for (const [index, name] of sound.entries()) {
    const day = join(feed, `2026-02-0${index + 1}.csv`);
    const real = name === "link.csv" ? join(feed, ".real.csv") : join(feed, name);
    renameSync(day, real);
    if (name === "link.csv") symlinkSync(real, join(feed, name));
  }
  symlinkSync(join(folder, "nowhere"), join(feed, "dangling.csv"));
  symlinkSync(join(folder, "elsewhere/notes.txt"), join(feed, "leaves.csv"));
  symlinkSync("loop.csv", join(feed, "loop.csv"));
  mkdirSync(join(feed, "folder.csv"));
  execFileSync("mkfifo", [join(feed, "fifo.csv")]);
  writeFilesIn(feed, { "unreadable.csv": "event_id\n" });
  chmodSync(join(feed, "unreadable.csv"), 0o000);
}

/** Every file that is not the workspace's own to write: its kind, size, time and content. */
function filesOf(top: string): readonly string[] {
  return (
    readdirSync(top, { recursive: true, encoding: "utf8" })
      .filter((name) => !/^workspace\/(\.gatebook|reports)(\/|$)/.test(name) && name !== "workspace")
      // `check` reads a few rows of each export in a folder of its own there, which is gone afterwards
      .filter((name) => name !== "tmp")
      .map((name) => {
        const stats = lstatSync(join(top, name));
        const content = stats.isFile() ? readFileSync(join(top, name)) : "";
        const hash = createHash("sha256").update(content).digest("hex");
        return `${name} ${stats.mode} ${stats.size} ${stats.mtimeMs} ${hash}`;
      })
      .sort()
  );
}

it("every command ran, and aggregate exits 4 for the files that were refused", () => {
  for (const [name, { code, stderr }] of Object.entries(ran))
    expect([name, code, stderr]).toEqual([name, name === "aggregate" ? 4 : 0, stderr]);
});

it("names each thing that cannot be read, and loads the others whatever they are called", () => {
  const feed = result.loads.filter(({ source }) => source === "feed_events");
  const name = (file: string): string => file.replace("exports/feed_events/", "");
  const loaded = feed.filter(({ status }) => status === "loaded");
  expect(loaded.map(({ file }) => name(file)).sort()).toEqual([...sound].sort());
  for (const { read, lines } of loaded) expect(read).toBe((lines ?? 0) - 1);
  const refused = feed.filter(({ status }) => status === "refused");
  expect(Object.fromEntries(refused.map(({ file, notes }) => [name(file), notes[0]]))).toEqual(unsound);
});

it("leaves nothing outside of .gatebook/ and reports/: not at home, not in /tmp, not where it was started", () => {
  expect(filesOf(folder)).toEqual(before);
});
