/** A ledger that is lost is taken over from what is left of it, or the rollout holds. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Result } from "../../src/model/result.ts";
import { prepareStore } from "../../src/runs/store/prepare-store.ts";
import { openStore } from "../../src/warehouse/store.ts";
import {
  addNextDay,
  forgetfulWorkspaceAndNight,
  forgetTheBreach,
  nextNight,
  oldWorkspace,
  oldWorkspaceAndNight,
} from "../helpers/old-workspace.ts";
import { caseContext, runCase } from "../helpers/run-case.ts";

/** The same night, a day later. */
const again = { ...nextNight, now: "2026-02-23T03:00:00Z" } as const;
const limits = { waitMs: 0, onWait: () => {} };

/** Cells have no say in what a ledger keeps. */
function withoutCells(root: string): void {
  const cells = join(root, "queries/cells");
  rmSync(cells, { recursive: true });
  mkdirSync(cells);
}

/** Of gatebook 0.1: 20 nights, a rollback of 11 Feb that is latched, reports of the last two; and the exports of the next day. */
function workspace(): string {
  const root = oldWorkspace(onTestFinished);
  addNextDay(root);
  withoutCells(root);
  return root;
}

const path = (root: string, name: string): string => join(root, ".gatebook", name);
const status = ({ checks }: Result, name: string) => checks.find((check) => check.name === name)?.status;

async function nights(root: string): Promise<readonly string[]> {
  const engine = await openDuckDb({ file: path(root, "warehouse.duckdb"), readOnly: true });
  const rows = await engine.rows("SELECT key, rule FROM decisions ORDER BY as_of");
  engine.close();
  return rows.map(({ key, rule }) => `${key} ${rule}`);
}

let whole: Result;
let wholeNights: readonly string[];
beforeAll(async () => {
  const { root, result } = await oldWorkspaceAndNight(afterAll);
  whole = result;
  wholeNights = await nights(root);
});

/** What the opening of a store meets; what then comes of the ledger is the same for all. */
const damages: Readonly<Record<string, (store: string) => void>> = {
  "is gone": (store) => rmSync(store),
  "is cut short in the middle": (store) => truncateSync(store, 3_000_000),
  "lacks its last bytes": (store) => truncateSync(store, readFileSync(store).length - 1),
  "was overwritten": (store) => writeFileSync(store, "no database ".repeat(5000)),
  "is empty": (store) => writeFileSync(store, ""),
};

describe("a store that", () => {
  it.each(Object.entries(damages))("%s is made again from the published warehouse", async (_, damage) => {
    const root = oldWorkspace(onTestFinished);
    const before = await nights(root);
    damage(path(root, "store.duckdb"));
    const store = await openStore(root, [], limits);
    const config = loadConfig(join(root, "rollout.yaml"));
    await prepareStore(store, { config, reports: join(root, "reports") }, caseContext(nextNight.now));
    await store.publish();
    store.close();
    expect(await nights(root)).toEqual(before);
    const engine = await openDuckDb({ file: path(root, "warehouse.duckdb"), readOnly: true });
    const records = await engine.rows("SELECT kind, subject FROM records");
    engine.close();
    expect(records).toEqual([{ kind: "recovered", subject: ".gatebook/warehouse.duckdb" }]);
  });

  it.each<readonly [string, (store: string) => void]>([
    ["is gone", (store) => rmSync(store)],
    [
      "has a block in its middle that is not what was written",
      (store) => {
        const bytes = readFileSync(store);
        for (let at = 300_000; at < bytes.length - 300_000; at += 20_000) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
        writeFileSync(store, bytes);
      },
    ],
  ])("%s leaves the night its latched rollback and every closed day", async (_, damage) => {
    const root = workspace();
    damage(path(root, "store.duckdb"));
    const { result } = await runCase(root, nextNight);
    expect(result.decision).toMatchObject({ action: "rollback", rule: "latched" });
    expect(result.ledger).toEqual(whole.ledger);
    expect(result.metrics).toEqual(whole.metrics);
    expect(await nights(root)).toEqual(wholeNights);
    expect(status(result, "ledger_recovered")).toBe("warn");
    expect(result.decision.reasons.join(" ")).toContain(
      "made again from .gatebook/warehouse.duckdb: 20 nights",
    );
  });

  it("is gone with a damaged warehouse is taken over from the reports: every night, the latched rollback, the gate", async () => {
    const root = workspace();
    rmSync(path(root, "store.duckdb"));
    truncateSync(path(root, "warehouse.duckdb"), 20_000);
    const { result } = await runCase(root, nextNight);
    expect(result.decision).toMatchObject({ action: "rollback", rule: "latched" });
    expect(result.ledger).toEqual(whole.ledger);
    expect(await nights(root)).toEqual(wholeNights);
    expect(status(result, "ledger_recovered")).toBe("warn");
    expect(result.decision.reasons.join(" ")).toContain("the rollback of 2026-02-11 is still latched");
    expect(readdirSync(join(root, ".gatebook"))).toContain("warehouse.set-aside.duckdb");
    expect((await runCase(root, again)).result.ledger).toEqual(whole.ledger);
  });

  it("is gone with nothing to take over but traces of an earlier life holds, and goes on holding", async () => {
    const { root, result } = await forgetfulWorkspaceAndNight(onTestFinished);
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(result.decision.reasons[0]).toContain("ledger lost");
    expect(status(result, "ledger_lost")).toBe("fail");
    withoutCells(root);
    expect(status((await runCase(root, again)).result, "ledger_lost")).toBe("fail");
  });

  it("is gone with reports that cannot be read holds and names them", async () => {
    const root = workspace();
    forgetTheBreach(root);
    rmSync(join(root, ".gatebook"), { recursive: true });
    const folder = join(root, "reports/clip-cosine-v2");
    for (const name of readdirSync(folder)) {
      const file = join(folder, name, "result.json");
      if (existsSync(file)) truncateSync(file, 1000);
    }
    const { result } = await runCase(root, nextNight);
    expect(result.checks.find(({ name }) => name === "ledger_lost")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("reports/clip-cosine-v2/2026-02-20/result.json cannot be read"),
    });
    expect(result.decision.action).toBe("hold");
  });
});

describe("a store that is older than the workspace around it", () => {
  it("takes the nights over that the reports hold and it lacks", async () => {
    const { root } = await oldWorkspaceAndNight(onTestFinished);
    withoutCells(root);
    copyFileSync(path(oldWorkspace(onTestFinished), "store.duckdb"), path(root, "store.duckdb"));
    rmSync(path(root, "warehouse.duckdb"));
    const { result } = await runCase(root, again);
    expect(result.checks.find(({ name }) => name === "ledger_recovered")?.detail).toContain("2026-02-21");
    expect(await nights(root)).toEqual(wholeNights);
  });

  it("takes the warehouse over where that holds more than it", async () => {
    const { root } = await oldWorkspaceAndNight(onTestFinished);
    withoutCells(root);
    copyFileSync(path(oldWorkspace(onTestFinished), "store.duckdb"), path(root, "store.duckdb"));
    rmSync(join(root, "reports"), { recursive: true });
    await runCase(root, again);
    expect(await nights(root)).toEqual(wholeNights);
  });
});

it("a warehouse that holds nights the store lacks, and lacks nights it holds, is not written over", async () => {
  const root = workspace();
  const engine = await openDuckDb({ file: path(root, "warehouse.duckdb") });
  await engine.execute(
    "UPDATE decisions SET key = '2025-12-31', as_of = TIMESTAMP '2026-01-01' WHERE key = '2026-02-01'",
  );
  engine.close();
  const bytes = readFileSync(path(root, "warehouse.duckdb"));
  await expect(runCase(root, nextNight)).rejects.toMatchObject({
    code: "store",
    message: expect.stringContaining("the warehouse holds what the store lacks: night daily 2025-12-31"),
    hint: expect.stringContaining("gatebook restore"),
  });
  expect(readFileSync(path(root, "warehouse.duckdb")).equals(bytes)).toBe(true);
});
