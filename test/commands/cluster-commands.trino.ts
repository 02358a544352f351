/**
 * Every command over a workspace whose events are tables of a cluster, with the fewest rights that will do: what it answers is what it
 * answers over the same rows as files. Those that need no events do their work when the cluster is gone.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { startPreview } from "../../src/preview/preview.ts";
import { server } from "../engine/cluster/cluster.ts";
import { twinOf } from "../engine/cluster/twin.ts";
import { differences } from "../engine/differences.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { caseContext } from "../helpers/run-case.ts";
import { changeFile, madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const date = "2026-02-03";
const night = `reports/clip-cosine-v2/${date}`;
let here: string;
let there: string;

beforeAll(async () => {
  here = await madeWorkspace(afterAll);
  judgeBy(here, "ctr", "near_duplicate_share");
  changeFile(here, "rollout.yaml", { "\nsources:\n": "\ndimensions: [category_id]\nsources:\n" });
  await sampleInto(here, { scenario: "healthy", usersPerDay: 100, days: 3, before: 3 });
  there = (await twinOf(here, afterAll)).root;
  // who may only read the sources, and write nowhere but in scratch; and who may only read
  changeFile(there, "rollout.yaml", { "kind: trino": "kind: trino\n  user: nightly\n  read_user: analyst" });
  changeFile(there, "rollout.yaml", { "table: items": "table: nowhere" });
  const missing = await gatebook(there, "check", "--remote");
  expect(missing.stdout).toMatch(/^rollout\.yaml:\d+:\d+: error: nowhere: .*does not exist/m);
  changeFile(there, "rollout.yaml", { "table: nowhere": "table: items" });
  const checked = await gatebook(there, "check", "--remote");
  expect(checked.code, checked.stderr).toBe(0);
  for (const root of [here, there]) {
    const ran = await gatebook(root, "run", "--date", date);
    expect(ran.code, ran.stderr).toBe(0);
  }
}, 1_800_000);

async function answers(...words: readonly string[]): Promise<readonly [unknown, unknown]> {
  const [left, right] = [await gatebook(here, ...words), await gatebook(there, ...words)];
  expect([right.code, right.stderr]).toEqual([left.code, left.stderr]);
  return [JSON.parse(left.stdout), JSON.parse(right.stdout)];
}

describe("on a cluster", () => {
  it.each([
    "evaluate",
    "compare",
    "compare --by category_id",
    "query user_days",
    "calibrate --splits 20 --concentration-splits 0 --from 2026-02-01",
    `verify-rollback --preset immediate --since ${date}T12:00`,
    `verify-rollback --preset standard --exposure 10% --since ${date}T12:00 --no-load`,
  ])("%s answers the same", async (line) => {
    const [left, right] = await answers(...line.split(" "), "--json", "--quiet");
    expect(JSON.stringify(left).length).toBeGreaterThan(100);
    expect(differences(left, right)).toEqual([]);
  });

  it("aggregate takes note of the tables, and writes no verdict", async () => {
    const ran = await gatebook(there, "aggregate", "--date", date);
    expect([ran.code, ran.stderr.includes("error")]).toEqual([0, false]);
  });

  it("watch measures and judges as the night did", async () => {
    let seen: Result | undefined;
    const preview = await startPreview(
      {
        ...{ file: join(there, "rollout.yaml"), date: null, timeoutMs: 60_000, port: null },
        onPass: ({ result }) => {
          seen = result ?? undefined;
        },
      },
      caseContext(),
    );
    await preview.until(Promise.resolve());
    const shown = JSON.parse((await gatebook(there, "show", date, "--json")).stdout) as Result;
    expect(differences(seen?.metrics, shown.metrics)).toEqual([]);
    expect(seen?.decision.action).toBe(shown.decision.action);
  });

  it("replay measures again at the states of the tables that the night read", async () => {
    const replayed = await gatebook(there, "replay", night);
    expect(replayed.stdout, replayed.stderr).toMatch(/^IDENTICAL/);
  });
});

it("what needs no events needs no cluster", async () => {
  changeFile(there, "rollout.yaml", { [server]: "http://127.0.0.1:9" });
  for (const words of [
    ["record", "hold", "--reason", "a look first", "--by", "ann", "--date", date],
    ["history", "--json"],
    ["show"],
    ["show", date, "--json"],
    ["preflight"],
    ["backtest", "--set", "ctr.drop.rollback=4%"],
    ["render", night, "--format", "html,md,txt"],
    ["diff", night, night],
    ["replay", night, "--judge-only"],
    ["check"],
    ["new", "check", "odd_days"],
    ["prune", "--dry-run", "--keep-events", "400"],
    ["restore", "--dry-run"],
    ["schema"],
  ]) {
    const [left, right] = [await gatebook(here, ...words), await gatebook(there, ...words)];
    expect([words.join(" "), right.code, right.stderr]).toEqual([words.join(" "), left.code, left.stderr]);
  }
  const ran = await gatebook(there, "run", "--date", date);
  expect([ran.code, ran.stderr]).toEqual([
    1,
    expect.stringContaining("Trino at http://127.0.0.1:9 is unavailable"),
  ]);
});
