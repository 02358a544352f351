/**
 * A fault of the engine's own CSV reader (an export cut within a character of its last row can bring it about) leaves an engine
 * that does nothing more. The night goes on with a new one, which is handed that file row by row.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const header = ",EVENT_TYPE,,,t,,event_date,,,meta,5";
const cut = Buffer.concat([Buffer.from(`${header}\n,,"",,"",,,,y,`), Buffer.from([0xbb])]);

it("the reader's fault is there, and an engine that met it is of no more use", async () => {
  const file = join(await madeWorkspace(onTestFinished), "cut.csv");
  writeFileSync(file, cut);
  const engine = await openDuckDb({ file: ":memory:", threads: 1 });
  onTestFinished(() => engine.close());
  const columns = header.split(",").map((_, index) => `'c${index}': 'VARCHAR'`);
  const rows = `SELECT c1, c6, c9 FROM read_csv('${file}', auto_detect = false, header = true, delim = ',', quote = '"',
    escape = '"', columns = {${columns.join(", ")}})`;
  await expect(engine.rows(rows)).rejects.toMatchObject({
    kind: "crashed",
    message: expect.stringMatching(/^DuckDB internal error: /),
  });
  await expect(engine.rows("SELECT 1")).rejects.toThrow("invalidated");
});

it("a file that breaks the engine is read row by row, and the others are loaded", async () => {
  const root = await madeWorkspace(onTestFinished);
  await sampleInto(root, { scenario: "thin", usersPerDay: 30 });
  writeFileSync(join(root, "exports/feed_events/cut.csv"), cut);
  const { result } = await runCase(root, { date: "2026-02-07" });
  const feed = result.loads.filter(({ source }) => source === "feed_events");
  expect(feed).toHaveLength(8);
  expect(feed.find(({ file }) => file.endsWith("/cut.csv"))).toMatchObject({
    status: "loaded",
    read: 1,
    loaded: 0,
    rejectedByReason: { bad_encoding: 1 },
  });
  for (const { loaded, file } of feed) expect(loaded > 0, file).toBe(!file.endsWith("/cut.csv"));
});
