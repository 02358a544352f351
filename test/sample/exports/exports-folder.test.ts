import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SampleOptions, writeSample } from "../../../src/sample/sample.ts";
import { openMemory, temporaryFolder } from "../made-sample.ts";

let root = "";
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true }));

const sample = (options: Partial<SampleOptions> = {}) =>
  writeSample({ scenario: "healthy", days: 1, seed: 1, usersPerDay: 20, ...options, root }, openMemory);
const listing = (folder: string): readonly string[] => readdirSync(join(root, "exports", folder)).sort();

test("exports that no sample wrote are never overwritten", async () => {
  mkdirSync(join(root, "exports/feed_events"), { recursive: true });
  const real = join(root, "exports/feed_events/2026-02-01.csv");
  writeFileSync(real, "event_id\nreal\n");
  await expect(sample()).rejects.toMatchObject({
    code: "usage",
    message: "exports/ contains files that no sample wrote",
    where: { file: real },
    hint: "move them away, or make the sample in a folder of its own: gatebook init DIR",
  });
  expect(readFileSync(real, "utf8")).toBe("event_id\nreal\n");
  expect(existsSync(join(root, "exports/truth.json"))).toBe(false);
});

test("a file put beside a sample stops the next sample before it removes anything", async () => {
  await sample();
  writeFileSync(join(root, "exports/feed_events/2026-02-02.csv"), "mine\n");
  await expect(sample()).rejects.toThrow("no sample wrote");
  expect(listing("feed_events")).toEqual(["2026-02-01.csv", "2026-02-02.csv"]);
});

test("a shorter sample replaces a longer one without leaving its days behind", async () => {
  await sample({ days: 3 });
  await sample({ days: 1 });
  expect(listing("feed_events")).toEqual(["2026-02-01.csv"]);
  expect(listing("user_discovery_events")).toEqual(["date=2026-02-01"]);
});

test("a sample that was interrupted can be made again", async () => {
  const stop = new Error("stopped");
  const interrupted = sample({
    days: 3,
    onDay: (_, done) => {
      if (done === 2) throw stop;
    },
  });
  await expect(interrupted).rejects.toBe(stop);
  expect(listing("feed_events")).toEqual(["2026-02-01.csv", "2026-02-02.csv"]);
  await sample();
  expect(listing("feed_events")).toEqual(["2026-02-01.csv"]);
});

test("a truth that names files outside exports/ is not believed", async () => {
  writeFileSync(join(root, "precious.txt"), "keep\n");
  mkdirSync(join(root, "exports"));
  const paths = ["precious.txt", "exports/../precious.txt", 7];
  writeFileSync(join(root, "exports/truth.json"), JSON.stringify({ files: paths.map((path) => ({ path })) }));
  await sample();
  expect(readFileSync(join(root, "precious.txt"), "utf8")).toBe("keep\n");
});

test("settings agree with what preflight expects of the sample's rollout", async () => {
  await sample();
  const dotenv = readFileSync(join(root, "exports/app.env"), "utf8").split("\n");
  expect(dotenv).toEqual(
    expect.arrayContaining([
      "DISCOVERY_ROLLOUT_ENABLED=true",
      "DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION=clip-cosine-v1",
      "DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION=clip-cosine-v2",
      "DISCOVERY_ROLLOUT_ACTIVE_GATE=g10",
      "DISCOVERY_FORCE_ALGO_VERSION=",
      "DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL=true",
      "DISCOVERY_WEIGHT_W1=0.52",
    ]),
  );
  const dump = JSON.parse(readFileSync(join(root, "exports/discovery.json"), "utf8"));
  expect(dump.algo_versions["clip-cosine-v2"].weights).toEqual({ w1: 0.52, w2: 0.23, w3: 0.15, w4: 0.1 });
});
