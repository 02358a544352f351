/** A preview warns of a lost ledger, and of events that a night would drop, in the words of the night itself. */
import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { restoreCommand } from "../../src/commands/restore.ts";
import type { CheckResult, Result } from "../../src/model/result.ts";
import { startPreview } from "../../src/preview/preview.ts";
import { run } from "../commands/workspace.ts";
import { caseContext, runCase } from "../helpers/run-case.ts";
import { changeFile } from "../helpers/temp-workspace.ts";
import { judgedWorkspace } from "./workspace.ts";

const workspace = () => judgedWorkspace(onTestFinished);

async function previewed(root: string): Promise<Result> {
  const results: Result[] = [];
  const preview = await startPreview(
    {
      ...{ file: join(root, "rollout.yaml"), date: null, timeoutMs: 60_000, port: null },
      onPass: ({ result }) => results.push(result),
    },
    caseContext(),
  );
  await preview.until(Promise.resolve());
  const [result] = results;
  if (result === undefined) throw new Error("the preview measured nothing");
  return result;
}

const checkOf = ({ checks }: Result, name: string): CheckResult | undefined =>
  checks.find((check) => check.name === name);

const store = (root: string): string => join(root, ".gatebook/store.duckdb");

const losses: Readonly<Record<string, (root: string) => Promise<void>>> = {
  ledger_lost: async (root) => {
    rmSync(store(root));
    truncateSync(join(root, ".gatebook/warehouse.duckdb"), 20_000);
    rmSync(join(root, "reports"), { recursive: true });
  },
  ledger_fresh_start: async (root) => {
    const asked = { none: true, reason: "the fault was in the export", by: "grace" };
    await run(restoreCommand, root, asked, { now: "2026-02-03T08:00:00Z" });
  },
};

describe("a preview after a night with", () => {
  it.each(Object.entries(losses))("%s shows the same check and the same decision", async (name, lose) => {
    const root = await workspace();
    await lose(root);
    const { result } = await runCase(root, { date: "2026-02-03" });
    expect(checkOf(result, name)).toMatchObject({ status: name === "ledger_lost" ? "fail" : "warn" });
    const preview = await previewed(root);
    expect(checkOf(preview, name)).toEqual(checkOf(result, name));
    expect(preview.decision).toEqual(result.decision);
    const others = Object.keys(losses).filter((other) => other !== name);
    expect(preview.checks.filter((check) => others.includes(check.name))).toEqual([]);
  });
});

it("a preview under a shorter keep_events shows the events that the next night drops", async () => {
  const root = await workspace();
  expect(checkOf(await previewed(root), "events_dropped")).toBeUndefined();
  changeFile(root, "rollout.yaml", { "keep_events: 14": "keep_events: 1" });
  const preview = await previewed(root);
  const { result } = await runCase(root, { date: "2026-02-02" });
  expect(checkOf(result, "events_dropped")?.detail).toMatch(/events of 2026-02-01 are no longer kept/);
  expect(checkOf(preview, "events_dropped")).toEqual(checkOf(result, "events_dropped"));
});
