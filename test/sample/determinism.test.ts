import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type SampleOptions, writeSample } from "../../src/sample/sample.ts";
import { openMemory, temporaryFolder } from "./made-sample.ts";

/** SHA-256 of every file of a sample, by its path. */
async function hashes(options: Partial<SampleOptions>): Promise<Readonly<Record<string, string>>> {
  const root = temporaryFolder();
  await writeSample(
    { scenario: "broken-ingestion", days: 3, seed: 1, usersPerDay: 200, ...options, root },
    openMemory,
  );
  const files = filesOf(root).map((file) => {
    const bytes = readFileSync(join(root, file));
    return [file, createHash("sha256").update(bytes).digest("hex")] as const;
  });
  rmSync(root, { recursive: true });
  return Object.fromEntries(files);
}

function filesOf(root: string): readonly string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

test("the same options give the same bytes in every file", async () => {
  const first = await hashes({});
  expect(Object.keys(first)).toEqual([
    "exports/app.env",
    "exports/discovery.json",
    "exports/feed_events/2026-02-01.csv",
    "exports/feed_events/2026-02-02.csv",
    "exports/feed_events/2026-02-03.csv",
    "exports/items.parquet",
    "exports/truth.json",
    "exports/user_discovery_events/date=2026-02-01/part-0.jsonl.gz",
    "exports/user_discovery_events/date=2026-02-02/part-0.jsonl.gz",
  ]);
  expect(await hashes({})).toEqual(first);
});

test.each(["lost-clicks", "placeholder-user", "crossed-heavy-users", "lookup-miss"] as const)(
  "%s is made the same twice",
  async (scenario) => {
    expect(await hashes({ scenario })).toEqual(await hashes({ scenario }));
  },
);

test("another seed gives other events, the same settings", async () => {
  const [first, second] = [await hashes({}), await hashes({ seed: 2 })];
  const same = Object.keys(first).filter((file) => first[file] === second[file]);
  expect(same).toEqual(["exports/app.env", "exports/discovery.json"]);
});

test("compressed files carry neither a time nor the name of a system", async () => {
  const root = temporaryFolder();
  await writeSample({ scenario: "healthy", days: 1, seed: 1, usersPerDay: 50, root }, openMemory);
  const file = join(root, "exports/user_discovery_events/date=2026-02-01/part-0.jsonl.gz");
  const bytes = readFileSync(file);
  rmSync(root, { recursive: true });
  expect([...bytes.subarray(4, 10)]).toEqual([0, 0, 0, 0, 0, 255]);
  const first = gunzipSync(bytes).toString("utf8").split("\n")[0] ?? "";
  expect(JSON.parse(first)).toMatchObject({ algo_version: expect.stringMatching(/^clip-cosine-v[12]$/) });
});

test("a last day moves the whole sample", async () => {
  const days = Object.keys(
    await hashes({ scenario: "healthy", lastDay: "2026-03-01", days: 2, usersPerDay: 20 }),
  );
  expect(days.filter((file) => file.endsWith(".csv"))).toEqual([
    "exports/feed_events/2026-02-28.csv",
    "exports/feed_events/2026-03-01.csv",
  ]);
});

test.each([
  [{ days: 0 }, "a sample of 0 days cannot be made"],
  [{ days: 1.5 }, "a sample of 1.5 days cannot be made"],
  [{ before: -1 }, "-1 days before the rollout cannot be made"],
  [{ seed: Number.NaN }, "NaN is not a valid seed"],
  [{ usersPerDay: 3 }, "3 users a day are too few"],
  [{ lastDay: "2026-02-30" }, '"2026-02-30" is not a day'],
] as const)("%j is refused with what is wrong", async (options, message) => {
  const root = temporaryFolder();
  const made = writeSample({ scenario: "healthy", days: 1, seed: 1, ...options, root }, openMemory);
  await expect(made).rejects.toMatchObject({ code: "usage", message });
  expect(filesOf(root)).toEqual([]);
  rmSync(root, { recursive: true });
});
