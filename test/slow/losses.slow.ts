/**
 * A candidate that is truly worse, and data that does not arrive as it was: whatever is lost, the verdict is never promote.
 * And a harmless candidate whose export has small faults, alike in both arms, still promotes.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeLosses, harmless, verdictOn } from "../helpers/losses-suite.ts";
import { exportWorkspace, makeExports, writeExports } from "../helpers/rollout-export.ts";
import { runCase } from "../helpers/run-case.ts";

// 0.3 is in `npm test`
describeLosses([0.01, 0.03, 0.1, 0.2, 0.5, 0.7, 0.9]);

const worse = { change: -0.15, usersPerArm: 600, seed: 1 };
const night = (day: number) => ({ date: `2026-02-0${day}`, now: `2026-02-0${day + 1}T03:00:00Z` });

describe("a candidate that is 15% worse", () => {
  const rotated = ["impressions", "clicks", "saves"].flatMap((folder) =>
    ["2026-02-01", "2026-02-02"].map((day) => `exports/${folder}/${day}.csv`),
  );
  it.each([
    ["store", [".gatebook/store.duckdb"]],
    ["store, its log and the last measurement", [".gatebook/store.duckdb", ".gatebook/measurement.json"]],
    ["folder .gatebook", [".gatebook"]],
  ])(
    "stays rolled back when the %s is lost and the exports of that time are rotated away",
    async (_, lost) => {
      const root = await exportWorkspace(afterAll);
      writeExports(root, makeExports({ ...worse, days: 2, usersPerArm: 1500 }));
      expect((await runCase(root, night(2))).result.decision.action).toBe("rollback");
      writeExports(root, makeExports({ ...worse, change: 0.02, days: 6, seed: 2, usersPerArm: 2500 }));
      for (const path of [...lost, ...rotated]) rmSync(join(root, path), { recursive: true, force: true });
      const { decision } = (await runCase(root, night(6))).result;
      expect(["hold", "rollback"], decision.reasons[0]).toContain(decision.action);
    },
  );

  it.each([0.1, 0.3, 0.9])(
    "is not promoted when a re-export of closed days has shrunk by %d",
    async (size) => {
      const root = await exportWorkspace(afterAll, "keep_events: 2\n");
      const whole = makeExports({ ...worse, days: 4, change: -0.04, usersPerArm: 1500 });
      writeExports(root, whole);
      await runCase(root, night(4));
      const rows = whole.rows.filter(
        ({ day, type, algorithm, hour }) =>
          day > "2026-02-02" || type === "impression" || algorithm !== "rank-a" || hour < 24 * (1 - size),
      );
      writeExports(root, { ...whole, rows });
      const { decision } = (await runCase(root, night(4))).result;
      expect(["hold", "rollback"], decision.reasons[0]).toContain(decision.action);
      expect(decision.trace.find(({ rule }) => rule === "data")?.matched).toBe(true);
    },
  );
});

describe("a candidate that harms nobody is promoted", () => {
  it("though 30% of its users are not logged in", async () => {
    expect(await verdictOn(makeExports({ ...harmless, loggedOut: 0.3 }))).toMatchObject({
      action: "promote",
    });
  });

  it("though under 1% of the rows are lost, alike in both arms", async () => {
    const { rows, items } = makeExports(harmless);
    const rest = rows.filter((_, at) => at % 120 !== 0);
    expect(await verdictOn({ items, rows: rest })).toMatchObject({ action: "promote" });
  });

  it("though saves are sparse and one night is quiet", async () => {
    const { rows, items } = makeExports(harmless);
    const isSave = (type: string): boolean => type === "favorite" || type === "download";
    const few = rows.filter(({ type }, at) => !isSave(type) || at % 4 === 0);
    const quiet = few.filter(({ day, hour }, at) => day !== "2026-02-02" || hour > 4 || at % 2 === 0);
    expect(await verdictOn({ items, rows: quiet })).toMatchObject({ action: "promote" });
  });

  it("though its arm is small", async () => {
    const { rows, items } = makeExports({ ...harmless, usersPerArm: 6000 });
    const small = rows.filter(
      ({ algorithm, session }) => algorithm === "rank-a" || /^s\w+[0-2]-/.test(session),
    );
    const verdict = await verdictOn({ items, rows: small }, { "exposure: 50%": "exposure: 23%" });
    expect(verdict).toMatchObject({ action: "promote" });
  });
});
