/**
 * A candidate that is truly worse, and data that does not arrive as it was: whatever is lost, the verdict is never promote.
 * And a harmless candidate whose export has small faults, alike in both arms, still promotes.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Decision } from "../../src/model/result.ts";
import type { GuardrailName } from "../helpers/lean-workspace.ts";
import { losses } from "../helpers/losses.ts";
import { type Exports, exportWorkspace, makeExports, writeExports } from "../helpers/rollout-export.ts";
import { runCase } from "../helpers/run-case.ts";
import { changeFile, type Replacements } from "../helpers/temp-workspace.ts";

const worse = { change: -0.15, usersPerArm: 300, seed: 1 };
/** No better or worse that a gate would stop. */
const harmless = { change: 0.02, usersPerArm: 2000, seed: 3 };
const everyGuardrail: readonly GuardrailName[] = ["ctr", "long_dwell_share", "top_author_share"];

const night = (day: number) => ({ date: `2026-02-0${day}`, now: `2026-02-0${day + 1}T03:00:00Z` });

interface Judged {
  readonly guardrails: readonly GuardrailName[];
  readonly replacements?: Replacements;
}

/** The last night's verdict on these exports. */
async function verdictOn(exports: Exports, { guardrails, replacements = {} }: Judged): Promise<Decision> {
  const root = await exportWorkspace(afterAll, guardrails);
  changeFile(root, "rollout.yaml", replacements);
  writeExports(root, exports);
  const { result } = await runCase(root, night(3));
  rmSync(root, { recursive: true, force: true });
  return result.decision;
}

describe("a candidate that is 15% worse", () => {
  it("is rolled back when all of its data arrives", async () => {
    expect(await verdictOn(makeExports(worse), { guardrails: ["ctr"] })).toMatchObject({
      action: "rollback",
    });
  });

  // one guardrail, so that none of the others holds by chance, for want of events
  for (const { name, guardrail, sizes, plan, lose } of losses) {
    it.each(sizes)(`is never promoted without ${name} (%d of it)`, async (size) => {
      const arrived = lose(makeExports({ ...worse, ...plan(size) }), size);
      const { action, reasons } = await verdictOn(arrived, { guardrails: [guardrail] });
      expect(["hold", "rollback"], reasons[0]).toContain(action);
    });
  }

  it.each([
    ["the store is", ".gatebook/store.duckdb"],
    ["all that gatebook keeps but its reports is", ".gatebook"],
  ])("stays rolled back when %s lost and the exports of that time are rotated away", async (_, lost) => {
    const root = await exportWorkspace(afterAll, ["ctr"]);
    writeExports(root, makeExports({ ...worse, days: 2, change: -0.5 }));
    expect((await runCase(root, night(2))).result.decision.action).toBe("rollback");
    writeExports(root, makeExports({ ...worse, change: 0.02, days: 4, seed: 2 }));
    const rotated = ["impressions", "clicks", "saves"].flatMap((folder) =>
      ["2026-02-01", "2026-02-02"].map((day) => `exports/${folder}/${day}.csv`),
    );
    for (const path of [lost, ...rotated]) rmSync(join(root, path), { recursive: true });
    const { decision } = (await runCase(root, night(4))).result;
    expect(decision).toMatchObject({ action: "rollback", rule: "latched" });
  });
});

describe("a candidate that harms nobody is promoted", () => {
  it("when all of its data arrives, by every guardrail", async () => {
    expect(await verdictOn(makeExports(harmless), { guardrails: everyGuardrail })).toMatchObject({
      action: "promote",
    });
  });

  /** By the bare thresholds a third of the events will do. */
  const few = { ...harmless, usersPerArm: 800 };
  const verdictOnFew = (exports: Exports, replacements: Replacements = {}): Promise<Decision> =>
    verdictOn(exports, {
      guardrails: ["ctr"],
      replacements: { ...replacements, "preflight: {": "judge: literal\npreflight: {" },
    });

  it("though 30% of its users are not logged in", async () => {
    expect(await verdictOnFew(makeExports({ ...few, loggedOut: 0.3 }))).toMatchObject({ action: "promote" });
  });

  it("though under 1% of the rows are lost, alike in both arms", async () => {
    const { rows, items } = makeExports(few);
    const rest = rows.filter((_, at) => at % 120 !== 0);
    expect(await verdictOnFew({ items, rows: rest })).toMatchObject({ action: "promote" });
  });

  it("though saves are sparse and one night is quiet", async () => {
    const { rows, items } = makeExports(few);
    const isSave = (type: string): boolean => type === "favorite" || type === "download";
    const sparse = rows.filter(({ type }, at) => !isSave(type) || at % 4 === 0);
    const quiet = sparse.filter(({ day, hour }, at) => day !== "2026-02-02" || hour > 4 || at % 2 === 0);
    expect(await verdictOnFew({ items, rows: quiet })).toMatchObject({ action: "promote" });
  });

  it("though its arm is small", async () => {
    const { rows, items } = makeExports({ ...few, usersPerArm: 2000 });
    const small = rows.filter(
      ({ algorithm, session }) => algorithm === "rank-a" || /^s\w+[0-2]-/.test(session),
    );
    const verdict = await verdictOnFew({ items, rows: small }, { "exposure: 50%": "exposure: 23%" });
    expect(verdict).toMatchObject({ action: "promote" });
  });
});
