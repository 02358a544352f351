import { afterAll, describe, expect, it } from "vitest";
import { addNextDay, oldWorkspace } from "../helpers/old-workspace.ts";
import { runCase } from "../helpers/run-case.ts";

describe("a workspace of gatebook 0.1", () => {
  it("is opened, and its next night runs and remembers the latched rollback", async () => {
    const root = oldWorkspace(afterAll);
    addNextDay(root);
    const { result } = await runCase(root, { date: "2026-02-21", now: "2026-02-22T03:00:00Z" });
    expect(result.decision).toMatchObject({ action: "rollback", rule: "latched", latched: true });
    expect(result.ledger.latched?.since).toBe("2026-02-11");
    expect(result.ledger.nights).toHaveLength(20);
    expect(result.metrics.map(({ days }) => days.length)).toEqual(result.metrics.map(() => 21));
  });
});
