/** What a gate's first night fixes, what its nights share, and what days before the rollout are worth: in whole nights. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { serializeResult } from "../../../src/result/serialize.ts";
import { replayJudgement, replayResult } from "../../../src/runs/replay/replay.ts";
import { openWarehouse } from "../../../src/warehouse/store.ts";
import { runCase } from "../../helpers/run-case.ts";
import { changeFile, copiedWorkspace, sampleInto } from "../../helpers/temp-workspace.ts";

const others = [
  "top_author_share",
  "top_category_share",
  "near_duplicate_share",
  "save_rate",
  "long_dwell_share",
];

/** Three days of a rollout after fourteen of the baseline; one guardrail, no cell, no check of the workspace. */
async function workspace(finish: (remove: () => void) => void): Promise<string> {
  return await copiedWorkspace(
    finish,
    "days-before",
    async (root) => {
      await sampleInto(root, { scenario: "healthy", days: 3, before: 14, usersPerDay: 600 });
      for (const name of others) rmSync(join(root, `queries/metrics/${name}.sql`));
      for (const kind of ["cells", "checks"]) rmSync(join(root, `queries/${kind}`), { recursive: true });
      await runCase(root, { date: "2026-02-01" });
    },
    {
      "  long_dwell_share: { drop: { warning: 4%, rollback: 8%, severe: 12% } }\n": "",
      "  top_author_share: { rise: { warning: 10%, rollback: 15% } }\n": "",
      "  top_category_share: { rise: { warning: 10%, rollback: 15% } }\n": "",
      "  near_duplicate_share: { rise: { warning: 10%, rollback: 15% } }\n": "",
      "  save_rate: { role: informational }\n": "",
    },
  );
}

const ctr = ({ metrics }: Result) => {
  const found = metrics.find(({ name }) => name === "ctr");
  if (found === undefined) throw new Error("ctr was not measured");
  return found.observation;
};

describe("a night with days before the rollout", () => {
  let root = "";
  let second: Result;
  beforeAll(async () => {
    root = await workspace(afterAll);
    second = (await runCase(root, { date: "2026-02-02" })).result;
  });

  it("shows both changes, reads the raw one, and is surer by the adjusted one", () => {
    const { delta, interval, adjusted, notAdjusted, because, standardError } = ctr(second);
    expect(second.window).toMatchObject({ preFrom: "2026-01-18", preTo: "2026-01-31" });
    expect(notAdjusted).toBeNull();
    expect(adjusted?.varianceRemoved).toBeGreaterThan(0.03);
    expect(adjusted?.standardError).toBeCloseTo(
      (standardError ?? 0) * Math.sqrt(1 - (adjusted?.varianceRemoved ?? 0)),
      12,
    );
    expect(adjusted?.delta).not.toBe(delta);
    const width = (range: readonly [number, number] | null | undefined) =>
      range == null ? 0 : Math.log((1 + range[1]) / (1 + range[0]));
    expect(width(adjusted?.interval)).toBeLessThan(width(interval));
    expect(because).toContain("adjusted for what the same units did before the rollout");
    expect(second.checks).toContainEqual(expect.objectContaining({ name: "alike_before", status: "pass" }));
  });

  it("keeps what its first night fixed, whatever max_days says later", async () => {
    const moved = await workspace(onTestFinished);
    changeFile(moved, "rollout.yaml", {
      "{ name: g10, exposure: 10%, started: 2026-02-01, min_days: 2 }":
        "{ name: g10, exposure: 10%, started: 2026-02-01, min_days: 2, max_days: 4 }",
    });
    const { result } = await runCase(moved, { date: "2026-02-02" });
    expect(result.window).toMatchObject({ plannedNights: 14, preFrom: "2026-01-18" });
    expect(ctr(result)).toMatchObject({
      promoteBound: ctr(second).promoteBound,
      sequentialBound: ctr(second).sequentialBound,
    });
  });

  it("asks for more than a plain 95%, less after a night that nobody saw", async () => {
    const { promoteBound, oneSided } = ctr(second);
    expect(promoteBound).toBeLessThan(oneSided?.[0] ?? 0);
    const { result: third } = await runCase(root, { date: "2026-02-03" });
    const missed = await workspace(onTestFinished);
    const { result: late } = await runCase(missed, { date: "2026-02-03" });
    expect(ctr(late).delta).toBe(ctr(third).delta);
    expect(ctr(late).promoteBound).toBeGreaterThan(ctr(third).promoteBound ?? 0);
    expect(second.decision.errorRates).toEqual({
      falsePromote: 0.05,
      falseRollback: expect.closeTo(0.029, 12),
      plannedNights: 14,
    });
  });

  it("is replayed to the last digit, from the data and from the record alone", async () => {
    const recorded = JSON.parse(serializeResult(second)) as Result;
    const engine = await openWarehouse(root);
    try {
      const request = { recorded, root, timeoutMs: 60_000, version: "0.0.0" };
      expect((await replayResult(engine, request)).differences).toEqual([]);
      expect(replayJudgement(request).differences).toEqual([]);
    } finally {
      engine.close();
    }
  });

  it("of an ad-hoc window is plain 95%, and adjusted all the same", async () => {
    const bare = await workspace(onTestFinished);
    const { result } = await runCase(bare, { range: { from: "2026-02-01", to: "2026-02-02" } });
    expect(result.window.plannedNights).toBeNull();
    expect(result.decision.errorRates).toBeNull();
    expect(ctr(result)).toMatchObject({
      promoteBound: null,
      adjusted: { delta: ctr(second).adjusted?.delta },
    });
  });
});
