/** What must hold of every way to lose data, at the given sizes: a few in `npm test`, all of them in `npm run test:slow`. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { losses } from "./losses.ts";
import { type Exports, exportWorkspace, makeExports, writeExports } from "./rollout-export.ts";
import { runCase } from "./run-case.ts";
import { changeFile, type Replacements } from "./temp-workspace.ts";

/** No better or worse that a gate would stop. */
export const harmless = { change: 0.02, usersPerArm: 2000, seed: 3 };

const worse = { change: -0.15, usersPerArm: 600, seed: 1 };

export interface LossVerdict {
  readonly action: string;
  readonly rule: string;
  readonly reason: string;
}

/** The last night's verdict on these exports. */
export async function verdictOn(exports: Exports, replacements: Replacements = {}): Promise<LossVerdict> {
  const root = await exportWorkspace(afterAll);
  // no cell has a say in a verdict
  rmSync(join(root, "queries/cells"), { recursive: true });
  changeFile(root, "rollout.yaml", replacements);
  writeExports(root, exports);
  const { result } = await runCase(root, { date: "2026-02-03", now: "2026-02-04T03:00:00Z" });
  rmSync(root, { recursive: true, force: true });
  const { action, rule, reasons } = result.decision;
  return { action, rule, reason: reasons[0] ?? "" };
}

export function describeLosses(sizes: readonly number[]): void {
  describe("a candidate that is 15% worse", () => {
    it("is rolled back when all of its data arrives", async () => {
      expect(await verdictOn(makeExports(worse))).toMatchObject({ action: "rollback" });
    });

    for (const { name, plan, lose } of losses) {
      it.each(sizes)(`is never promoted without ${name} (%d of it)`, async (size) => {
        const verdict = await verdictOn(lose(makeExports({ ...worse, ...plan(size) }), size));
        expect(["hold", "rollback"], verdict.reason).toContain(verdict.action);
      });
    }
  });
}
