/** A source looked at without a night: `check` reads its newest export, `new source` drafts a staging file, `query` runs that. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { gatebook } from "../helpers/gatebook.ts";
import { changeFile, madeWorkspace, packageRoot, writeFilesIn } from "../helpers/temp-workspace.ts";

const lines = (count: number): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      uuid: `e${n}`,
      event: n % 4 === 0 ? "feed_tapped" : "feed_viewed",
      ts: 1_769_904_000_000 + n * 1000,
      context: { user: { id: `u${n % 50}` } },
      payload: { item_id: `i${n % 30}`, algo: n % 2 === 0 ? "clip-cosine-v1" : "clip-cosine-v2" },
    }),
  ).join("\n");

const written = `    files: exports/feed_events/*.csv
    columns: { event_type: [event_type, event] }
    event_types: { feed_impression: impression, feed_click: click }`;

async function workspaceWith(source: string): Promise<string> {
  const root = await madeWorkspace(onTestFinished, {
    [written]: `    files: exports/feed_events/*.gz\n${source}`,
  });
  mkdirSync(join(root, "exports/feed_events"), { recursive: true });
  writeFileSync(join(root, "exports/feed_events/a.jsonl.gz"), "an older one that is damaged");
  writeFileSync(join(root, "exports/feed_events/b.jsonl.gz"), gzipSync(lines(3000)));
  return root;
}

describe("check", () => {
  it("says which columns the newest export lacks, and that it has no ids", async () => {
    const columns = "{ event_type: event, occurred_at: ts, user_id: usser, algo_version: payload.algo }";
    const root = await workspaceWith(`    columns: ${columns}`);
    const { code, stdout } = await gatebook(root, "check");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "warning: feed_events: no file has usser (columns: user_id); the files have uuid, event, ts",
    );
    expect(stdout).toContain("payload.algo is a place within the column payload");
    expect(stdout).toContain("warning: feed_events has no event_id");
    expect(stdout).toMatch(/^rollout\.yaml:73:\d+: warning/m);
  });

  it("names a column nobody can do without", async () => {
    const { code, stdout } = await gatebook(await workspaceWith("    event_types: {}"), "check");
    expect(code).toBe(2);
    expect(stdout).toContain(
      "error: exports/feed_events/b.jsonl.gz has no column event_type; found: uuid, event, ts",
    );
  });
});

it("a staging file is drafted, run on the first thousand rows, and checked against them", async () => {
  const root = await workspaceWith("    event_types: {}");
  const path = "queries/sources/feed_events.sql";
  const made = await gatebook(root, "new", "source", "feed_events");
  expect(made.stdout).toContain(`Wrote ${path} from the columns of exports/feed_events/b.jsonl.gz.`);
  expect(await gatebook(root, "check")).toMatchObject({ code: 0 });
  const rows = JSON.parse(
    (await gatebook(root, "query", "feed_events", "--json")).stdout,
  ) as readonly object[];
  expect(rows).toHaveLength(1000);
  expect(rows[1]).toEqual({
    event_id: "e1",
    event_type: "impression",
    occurred_at: "2026-02-01T00:00:01Z",
    user_id: "u1",
    item_id: "i1",
    algo_version: "clip-cosine-v2",
  });
  const again = await gatebook(root, "new", "source", "feed_events");
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("has a staging file already")]);

  changeFile(root, path, { '"uuid"': '"uud"' });
  const place = `${path}:5:3: error: Referenced column "uud" not found in FROM clause!\n      "uud" AS event_id,\n`;
  expect(await gatebook(root, "check")).toMatchObject({ code: 2, stdout: expect.stringContaining(place) });
  const { code, stderr } = await gatebook(root, "query", "feed_events");
  expect(code).toBe(3);
  expect(stderr).toContain('"uud" AS event_id');
});

it("the staging file of the README is what it says", async () => {
  const readme = readFileSync(join(packageRoot, "queries/sources/README.md"), "utf8");
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? "";
  const sql = block("sql").replace("FROM app_events", "FROM feed_events");
  const root = await workspaceWith("    event_types: {}");
  writeFileSync(join(root, "exports/feed_events/c.jsonl.gz"), gzipSync(block("json")));
  writeFilesIn(root, { "queries/sources/feed_events.sql": sql });
  expect(JSON.parse((await gatebook(root, "query", "feed_events", "--json")).stdout)).toEqual([
    {
      event_id: "a1",
      event_type: "impression",
      occurred_at: "2026-02-01T00:00:00.123Z",
      user_id: "u1",
      algo_version: "clip-cosine-v2",
      item_id: "i7",
      dwell_seconds: null,
    },
  ]);
});

it("without an export there is nothing to look at", async () => {
  const root = await madeWorkspace(onTestFinished);
  expect(await gatebook(root, "query", "feed_events")).toMatchObject({ code: 4 });
  expect(await gatebook(root, "new", "source", "feed_events")).toMatchObject({ code: 4 });
  expect(await gatebook(root, "new", "source", "feed_event")).toMatchObject({ code: 2 });
});
