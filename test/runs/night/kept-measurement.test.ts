/** A measurement is taken over by the next run only when nothing it was made from has changed; a doubt costs time, never a number. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { judgeBy } from "../../helpers/lean-workspace.ts";
import { runCase } from "../../helpers/run-case.ts";
import { changeFile, madeWorkspace, sampleInto, writeFilesIn } from "../../helpers/temp-workspace.ts";

const night = { date: "2026-02-03" };
let root: string;
const kept = (): string => join(root, ".gatebook/measurement.json");
const mark = "marked by this test";

/** Marks what is kept, so that a run which takes it over shows the mark. */
function markKept(): void {
  writeFileSync(kept(), readFileSync(kept(), "utf8").replaceAll("Click-through rate", mark));
}

function titleOfCtr({ metrics }: Result): string | undefined {
  return metrics.find(({ name }) => name === "ctr")?.title;
}

async function run(change: Parameters<typeof runCase>[1] = night): Promise<Result> {
  return (await runCase(root, change)).result;
}

beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  judgeBy(root, "ctr");
  writeFilesIn(root, {
    "queries/cells/traffic.sql": "-- @title Traffic\n-- One row.\nSELECT count(*) AS events FROM events\n",
  });
  await sampleInto(root, { scenario: "healthy", usersPerDay: 60, days: 3 });
  await run();
});

it("is taken over by the same night over the same files", async () => {
  markKept();
  expect(titleOfCtr(await run())).toBe(mark);
});

it.each([
  ["a query", "queries/metrics/ctr.sql", { "clicks AS numerator": "clicks + 0 AS numerator" }],
  ["a cell", "queries/cells/traffic.sql", { "@title Traffic": "@title The traffic" }],
  ["rollout.yaml", "rollout.yaml", { "persistent_warning_days: 2": "persistent_warning_days: 3" }],
])("is measured anew after %s has changed", async (_, path, change) => {
  markKept();
  changeFile(root, path, change);
  expect(titleOfCtr(await run())).toBe("Click-through rate");
});

it("is measured anew after an export has changed", async () => {
  markKept();
  const path = join(root, "exports/feed_events/2026-02-03.csv");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  writeFileSync(path, `${lines.slice(0, -1).join("\n")}\n`);
  expect(titleOfCtr(await run())).toBe("Click-through rate");
});

it("is measured anew after dropped events have come back", async () => {
  markKept();
  const { events, ...rest } = JSON.parse(readFileSync(kept(), "utf8"));
  expect(events).toBeGreaterThan(100);
  writeFileSync(kept(), JSON.stringify({ ...rest, events: events - 1 }));
  expect(titleOfCtr(await run())).toBe("Click-through rate");
});

it("is measured anew when what was kept is damaged", async () => {
  writeFileSync(kept(), readFileSync(kept(), "utf8").slice(0, 1000));
  expect(titleOfCtr(await run())).toBe("Click-through rate");
});

it.each(["count(*) AS nights FROM decisions", "age(TIMESTAMP '2026-02-01') AS old"])(
  "is not kept where a query asks for the ledger, the clock or chance: %s",
  async (what) => {
    const path = join(root, "queries/cells/nights.sql");
    writeFileSync(path, `-- @title Another each time\n-- One row.\nSELECT ${what}\n`);
    await run();
    markKept();
    expect(titleOfCtr(await run())).toBe("Click-through rate");
  },
);

it("is not asked for another window", async () => {
  rmSync(join(root, "queries/cells/nights.sql"));
  await run();
  markKept();
  expect(titleOfCtr(await run({ range: { from: "2026-02-01", to: "2026-02-02" } }))).not.toBe(mark);
});
