/** --memory-limit and --temp-dir: work that does not fit into memory goes to the folder named, and nothing of it stays. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/warehouse/store.ts";
import { temporaryFolder, writeFilesIn } from "../helpers/temp-workspace.ts";

const limits = { waitMs: 0, onWait: () => {}, memoryLimit: "40MB", threads: 1 };
const sorted =
  "CREATE TABLE t AS SELECT range AS n, md5(range::VARCHAR) AS id FROM range(900000) ORDER BY id";

it("what does not fit into the memory limit is spilled to the folder named, and the folder is left empty", async () => {
  const [root, other, temporaryDirectory] = [1, 2, 3].map(() => temporaryFolder(onTestFinished)) as [
    string,
    string,
    string,
  ];
  const neighbour = await openStore(other, [], { ...limits, temporaryDirectory });
  writeFilesIn(neighbour.temporaryFolder, { "of another workspace.csv": "a\n" });
  const store = await openStore(root, [], { ...limits, temporaryDirectory });
  expect(store.temporaryFolder.startsWith(join(temporaryDirectory, "gatebook-tmp-"))).toBe(true);
  const settings =
    "SELECT current_setting('memory_limit') AS memory, current_setting('temp_directory') AS folder";
  expect(await store.engine.rows(settings)).toEqual([{ memory: "32.4 MiB", folder: store.temporaryFolder }]);
  const work = store.engine.execute(sorted);
  let seen = 0;
  const timer = setInterval(() => {
    seen = Math.max(seen, readdirSync(store.temporaryFolder).length);
  }, 5);
  await work;
  clearInterval(timer);
  expect(seen).toBeGreaterThan(0);
  await store.publish();
  store.close();
  expect(readdirSync(temporaryDirectory)).toHaveLength(1);
  expect(readdirSync(neighbour.temporaryFolder)).toEqual(["of another workspace.csv"]);
  neighbour.close();
});

it("the store's folder and the temporary one can be read by their owner alone", async () => {
  const [root, temporaryDirectory] = [temporaryFolder(onTestFinished), temporaryFolder(onTestFinished)];
  const store = await openStore(root, [], { ...limits, temporaryDirectory });
  for (const folder of [join(root, ".gatebook"), store.temporaryFolder])
    expect(statSync(folder).mode & 0o777, folder).toBe(0o700);
  store.close();
  const inside = await openStore(root, [], limits);
  expect(statSync(inside.temporaryFolder).mode & 0o777).toBe(0o700);
  inside.close();
});

it("a memory limit that nothing fits into, and one that is none, are told as such", async () => {
  const root = temporaryFolder(onTestFinished);
  const store = await openStore(root, [], { ...limits, memoryLimit: "2MB" });
  await expect(store.engine.execute(sorted)).rejects.toMatchObject({
    code: "store",
    kind: "memory",
    message: expect.stringMatching(/^the memory limit is too low: /),
    hint: "give it more with --memory-limit, or fewer --threads",
  });
  store.close();
  for (const memoryLimit of ["lots", "1XB"])
    await expect(openStore(root, [], { ...limits, memoryLimit })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`DuckDB rejects memory_limit = ${memoryLimit}: `),
    });
  (await openStore(root, [], limits)).close();
});
