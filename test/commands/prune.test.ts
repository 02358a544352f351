/** `gatebook prune`: the files shrink, and what a verdict or an analyst may need again stays to the last row. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { holdDatabase } from "../helpers/hold-database.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { madeWorkspace, packageRoot, sampleInto, temporaryFolder } from "../helpers/temp-workspace.ts";

let root: string;
/** The same nights, never pruned. */
let other: string;
const nights = ["2026-02-03", "2026-02-04", "2026-02-05"];
beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  judgeBy(root, "ctr");
  cpSync(join(packageRoot, "queries/relations"), join(root, "queries/relations"), { recursive: true });
  await sampleInto(root, { scenario: "healthy", usersPerDay: 200, days: 5 });
  for (const [n, night] of nights.entries()) {
    // of the pages that go, one is enough
    const format = n === 0 ? "txt" : "html";
    expect((await gatebook(root, "run", "--date", night, "--quiet", "--format", format)).code).toBe(0);
  }
  other = temporaryFolder(afterAll);
  cpSync(root, other, { recursive: true, preserveTimestamps: true });
});

const sizes = () =>
  ["store.duckdb", "warehouse.duckdb"].map((name) => statSync(join(root, ".gatebook", name)).size);

async function open(name: "store" | "warehouse"): Promise<Engine> {
  return await openDuckDb({ file: join(root, `.gatebook/${name}.duckdb`), readOnly: true });
}

/** Every table and view but the single events and what pruning notes of their days, as one number each; and all comments. */
async function contents(name: "store" | "warehouse"): Promise<unknown> {
  const engine = await open(name);
  const tables = (
    await engine.rows(`SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'main' AND table_name NOT IN ('events', 'event_rows', 'user_discovery_events', 'load_state', 'closed_days') ORDER BY ALL`)
  ).map((row) => String(row["name"]));
  const sums: (readonly [string, unknown])[] = [];
  for (const table of tables) {
    const [row] = await engine.rows(
      `SELECT count(*) AS rows, CAST(bit_xor(hash(COLUMNS(*))) AS VARCHAR) FROM "${table}"`,
    );
    sums.push([table, row]);
  }
  const comments = await engine.rows(
    "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL ORDER BY ALL",
  );
  engine.close();
  return { sums, comments };
}

async function daysOfEvents(): Promise<readonly unknown[]> {
  const engine = await open("warehouse");
  const rows = await engine.rows("SELECT DISTINCT event_date FROM events ORDER BY ALL");
  engine.close();
  return rows.map((row) => row["event_date"]);
}

describe("gatebook prune", () => {
  it("says with --dry-run what would go, and changes nothing", async () => {
    const before = readFileSync(join(root, ".gatebook/warehouse.duckdb"));
    const words = ["--keep-events", "2", "--reports", "2", "--dry-run"];
    const { code, stdout } = await gatebook(root, "prune", ...words);
    expect(code).toBe(0);
    const plain = stdout.replace(/[\d,.]+ (?=of days)/, "N ").replace(/[\d.]+ (kB|MB)/g, "N MB");
    expect(
      plain,
    ).toBe(`Events: N of days before 2026-02-04 would be deleted; their sums stay in the relations.
Store and warehouse: N MB, about N MB would be freed.
Reports: 1 in reports/, N MB would be deleted:
  clip-cosine-v2/2026-02-03
`);
    expect(readFileSync(join(root, ".gatebook/warehouse.duckdb")).equals(before)).toBe(true);
    expect(readdirSync(join(root, "reports/clip-cosine-v2"))).toEqual([...nights, "latest"]);
  });

  it("drops old events and gives the room back, and keeps relations, loads, ledger and comments", async () => {
    const [before, kept] = [sizes(), await contents("store")];
    const reader = await open("warehouse");
    const { code, stdout } = await gatebook(root, "prune", "--keep-events", "2");
    expect([code, stdout.split(" of days")[1]?.split("\n")[0]]).toEqual([
      0,
      " before 2026-02-04 deleted; their sums stay in the relations.",
    ]);
    expect(await reader.rows("SELECT count(DISTINCT event_date) AS days FROM events")).toEqual([{ days: 5 }]);
    reader.close();
    expect(await daysOfEvents()).toEqual(["2026-02-04", "2026-02-05"]);
    expect(await contents("store")).toEqual(kept);
    expect(await contents("warehouse")).toEqual(kept);
    for (const [index, size] of sizes().entries()) expect(size).toBeLessThan((before[index] ?? 0) * 0.9);
    expect(readdirSync(join(root, ".gatebook")).filter((name) => /tmp|\.wal|compact/.test(name))).toEqual([]);
  });

  it("leaves a store that goes on: the next night comes to what it would have come to", async () => {
    const again = ["run", "--date", "2026-02-05", "--quiet", "--format"];
    for (const [place, format] of [
      [root, "html"],
      [other, "txt"],
    ] as const)
      expect((await gatebook(place, ...again, format)).code).toBe(0);
    const metrics = (place: string): unknown =>
      (
        JSON.parse(readFileSync(join(place, "reports/clip-cosine-v2/latest/result.json"), "utf8")) as {
          metrics: unknown;
        }
      ).metrics;
    expect(metrics(root)).toEqual(metrics(other));
  });

  it("drops old reports from the index too, and neither the newest nor the ledger's nights", async () => {
    const { stdout } = await gatebook(root, "prune", "--reports", "1");
    expect(stdout).toContain("Reports: 2 in reports/");
    expect(readdirSync(join(root, "reports/clip-cosine-v2"))).toEqual(["2026-02-05", "latest"]);
    const index = readFileSync(join(root, "reports/index.html"), "utf8");
    expect(index).toContain("clip-cosine-v2/2026-02-05/report.html");
    expect(index).not.toContain("clip-cosine-v2/2026-02-04/report.html");
    const history = JSON.parse((await gatebook(root, "history", "--json")).stdout) as unknown;
    for (const night of nights) expect(JSON.stringify(history)).toContain(night);
  });

  it("goes on where an earlier prune was killed among the reports", async () => {
    const old = join(root, "reports/clip-cosine-v2/2026-02-01");
    mkdirSync(join(old, "charts"), { recursive: true });
    writeFileSync(join(old, "result.json"), "{}");
    const index = join(root, "reports/index.html");
    writeFileSync(index, "of before");
    expect((await gatebook(root, "prune", "--reports", "1")).stdout).toContain("Reports: 1 in reports/");
    expect(readdirSync(join(root, "reports/clip-cosine-v2"))).toEqual(["2026-02-05", "latest"]);
    writeFileSync(index, "of before");
    await gatebook(root, "prune", "--reports", "1");
    expect(readFileSync(index, "utf8")).toContain("clip-cosine-v2/2026-02-05/report.html");
  });

  it("a copy that a killed prune left half done is swept by the next run", async () => {
    const half = join(root, ".gatebook/store.duckdb.compact");
    writeFileSync(half, "half a store");
    expect((await gatebook(root, "aggregate", "--date", "2026-02-05", "--quiet")).code).toBe(0);
    expect(existsSync(half)).toBe(false);
  });

  it("does not touch a store that somebody holds", async () => {
    const holder = await holdDatabase(onTestFinished, join(root, ".gatebook/store.duckdb"), "write");
    const { code, stderr } = await gatebook(root, "prune", "--wait", "0");
    await holder.kill();
    expect([code, stderr.split("\n")[0]?.slice(0, 6)]).toEqual([5, "error:"]);
  });

  it.each([
    [["--keep-events", "some"], '--keep-events must be a whole number of at least 0, not "some"'],
    [["--reports", "0"], '--reports must be a whole number of at least 1, not "0"'],
  ])("%j is bad usage", async (words, message) => {
    expect(await gatebook(root, "prune", ...words)).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: ${message}\n  hint: e.g. ${words[0]} 10\n`,
    });
  });

  it("a workspace that never ran has nothing to prune, and gets no store by it", async () => {
    const empty = await madeWorkspace(onTestFinished);
    expect(await gatebook(empty, "prune")).toEqual({
      code: 4,
      stdout: "",
      stderr: `error: there is no store yet
  at WORKSPACE/.gatebook/store.duckdb
  hint: run \`gatebook run\` first
`,
    });
    expect(existsSync(join(empty, ".gatebook"))).toBe(false);
  });
});
