/** Workspaces of builds between 0.1.0 and this one (test/old-workspaces/README.md): each opens, and its next night runs. */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Result } from "../../src/model/result.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { runCase } from "../helpers/run-case.ts";
import { packageRoot, temporaryFolder } from "../helpers/temp-workspace.ts";

const folder = join(packageRoot, "test/old-workspaces");
const stages = readdirSync(folder).flatMap((name) => /^(v0\.2-.*)\.tar\.gz$/.exec(name)?.[1] ?? []);
const nextNight = { date: "2026-02-09", now: "2026-02-10T03:00:00Z" };
const lastResult = "reports/clip-cosine-v2/2026-02-08/result.json";

it("there is one of each stage", () => {
  expect(stages).toEqual(["v0.2-coverage", "v0.2-dimensions", "v0.2-spending"]);
});

describe.each(stages)("the workspace %s", (stage) => {
  let root: string;
  let result: Result;
  let before: Awaited<ReturnType<typeof gatebook>>;

  beforeAll(async () => {
    root = temporaryFolder(afterAll);
    execFileSync("tar", ["-xzf", join(folder, `${stage}.tar.gz`), "-C", root]);
    copyFileSync(join(root, ".gatebook/store.duckdb"), join(root, ".gatebook/warehouse.duckdb"));
    before = await gatebook(root, "history", "--json");
    for (const name of readdirSync(join(root, "later"))) {
      const home = name.endsWith(".csv") ? "exports/feed_events" : "exports/user_discovery_events";
      cpSync(join(root, "later", name), join(root, home, name), { recursive: true });
    }
    ({ result } = await runCase(root, nextNight));
  });

  it("is read before a run has brought it up to date", () => {
    expect(before.stderr).toBe("");
    expect(JSON.parse(before.stdout)).toHaveLength(7);
  });

  it("has its next night, which remembers the latched rollback and what a person recorded", async () => {
    expect(result.decision).toMatchObject({ action: "rollback", rule: "latched", latched: true });
    const nights = JSON.parse(before.stdout) as readonly { readonly day: string; readonly action: string }[];
    const first = nights.find(({ action }) => action === "rollback");
    expect(first?.day).toMatch(/^2026-02-0[56]$/);
    expect(result.ledger.latched?.since).toBe(first?.day);
    expect(result.ledger.nights).toHaveLength(6);
    const { stdout } = await gatebook(root, "history");
    expect(stdout).toContain("the app lost clicks, by ada");
  });

  it("keeps the sums of days whose single events are gone", async () => {
    const [ctr] = result.metrics.filter(({ name }) => name === "ctr");
    expect(ctr?.days).toHaveLength(9);
    const engine = await openDuckDb({ file: join(root, ".gatebook/warehouse.duckdb"), readOnly: true });
    const [row] = await engine.rows("SELECT min(event_date) AS first FROM events");
    expect(row).toEqual({ first: "2026-02-07" });
    engine.close();
    expect(result.checks.filter(({ name }) => /^ledger_(lost|recovered)/.test(name))).toEqual([]);
  });

  it("has reports that are still read, rendered and judged again", async () => {
    const recorded = JSON.parse(readFileSync(join(root, lastResult), "utf8")) as {
      readonly schemaVersion: number;
    };
    expect(recorded.schemaVersion).toBe(2);
    const rendered = await gatebook(
      root,
      "render",
      lastResult,
      "--out",
      "rendered",
      "--format",
      "html",
      "md",
    );
    expect([rendered.code, rendered.stderr]).toEqual([0, ""]);
    expect(existsSync(join(root, "rendered/report.html"))).toBe(true);
    const backtest = await gatebook(root, "backtest", "--set", "ctr.drop.rollback=4%");
    expect([backtest.code, backtest.stderr]).toEqual([0, ""]);
  });
});
