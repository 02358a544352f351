/** A ledger that is lost is taken over from what is left of it, or the rollout holds. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Result } from "../../src/model/result.ts";
import { addNextDay, oldWorkspace } from "../helpers/old-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { changeFile } from "../helpers/temp-workspace.ts";

const night = { date: "2026-02-21", now: "2026-02-22T03:00:00Z" } as const;

/** Of gatebook 0.1: 20 nights, a rollback of 11 Feb that is latched, reports of the last two; and the exports of the next day. */
function workspace(): string {
  const root = oldWorkspace(onTestFinished);
  addNextDay(root);
  return root;
}

/** The gate begins on the first day on which the candidate is well again: without its memory nothing calls for a rollback. */
function forgetful(root: string): string {
  changeFile(root, "rollout.yaml", {
    "exposure: 10%, started: 2026-02-01": "exposure: 10%, started: 2026-02-17",
  });
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
  const root = oldWorkspace(() => {});
  addNextDay(root);
  whole = (await runCase(root, night)).result;
  wholeNights = await nights(root);
  rmSync(root, { recursive: true });
}, 120_000);

const losses: Readonly<Record<string, (root: string) => void>> = {
  "is gone": (root) => rmSync(path(root, "store.duckdb")),
  "is cut short in the middle": (root) => truncateSync(path(root, "store.duckdb"), 3_000_000),
  "lacks its last bytes": (root) => truncateSync(path(root, "store.duckdb"), sizeOf(root) - 1),
  "has a block in its middle that is not what was written": (root) => {
    const bytes = readFileSync(path(root, "store.duckdb"));
    for (let at = 300_000; at < sizeOf(root) - 300_000; at += 20_000) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(path(root, "store.duckdb"), bytes);
  },
  "was overwritten": (root) => writeFileSync(path(root, "store.duckdb"), "no database ".repeat(5000)),
  "is empty": (root) => writeFileSync(path(root, "store.duckdb"), ""),
};

function sizeOf(root: string): number {
  return readFileSync(path(root, "store.duckdb")).length;
}

describe("a store that", () => {
  it.each(Object.entries(losses))(
    "%s is made again from the published warehouse, with its latched rollback and every closed day",
    async (_, lose) => {
      const root = workspace();
      lose(root);
      const { result } = await runCase(root, night);
      expect(result.decision).toMatchObject({ action: "rollback", rule: "latched" });
      expect(result.ledger).toEqual(whole.ledger);
      expect(result.metrics).toEqual(whole.metrics);
      expect(await nights(root)).toEqual(wholeNights);
      expect(status(result, "ledger_recovered")).toBe("warn");
      expect(result.decision.reasons.join(" ")).toContain(
        "made again from .gatebook/warehouse.duckdb: 20 nights",
      );
      const next = await runCase(root, { date: "2026-02-21", now: "2026-02-23T03:00:00Z" });
      expect(next.result.ledger).toEqual(whole.ledger);
    },
    120_000,
  );

  it("is gone together with the warehouse is taken over from the reports: every night, the latched rollback, the gate", async () => {
    const root = workspace();
    rmSync(join(root, ".gatebook"), { recursive: true });
    const { result } = await runCase(root, night);
    expect(result.decision).toMatchObject({ action: "rollback", rule: "latched" });
    expect(result.ledger).toEqual(whole.ledger);
    expect(await nights(root)).toEqual(wholeNights);
    expect(status(result, "ledger_recovered")).toBe("warn");
    expect(result.decision.reasons.join(" ")).toContain("the rollback of 2026-02-11 is still latched");
  }, 120_000);

  it("is gone with a damaged warehouse is taken over from the reports, and the damaged file is kept", async () => {
    const root = workspace();
    rmSync(path(root, "store.duckdb"));
    truncateSync(path(root, "warehouse.duckdb"), 20_000);
    const { result } = await runCase(root, night);
    expect(result.ledger.latched?.since).toBe("2026-02-11");
    expect(readdirSync(join(root, ".gatebook"))).toContain("warehouse.set-aside.duckdb");
  }, 120_000);

  it("is gone with nothing to take over but traces of an earlier life holds, and goes on holding", async () => {
    const root = forgetful(workspace());
    rmSync(path(root, "store.duckdb"));
    truncateSync(path(root, "warehouse.duckdb"), 20_000);
    rmSync(join(root, "reports"), { recursive: true });
    const { result } = await runCase(root, night);
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(result.decision.reasons[0]).toContain("ledger lost");
    expect(status(result, "ledger_lost")).toBe("fail");
    const again = await runCase(root, { ...night, now: "2026-02-23T03:00:00Z" });
    expect(status(again.result, "ledger_lost")).toBe("fail");
  }, 120_000);

  it("is gone with reports that cannot be read holds and names them", async () => {
    const root = forgetful(workspace());
    rmSync(join(root, ".gatebook"), { recursive: true });
    const folder = join(root, "reports/clip-cosine-v2");
    for (const name of readdirSync(folder)) {
      const file = join(folder, name, "result.json");
      if (existsSync(file)) truncateSync(file, 1000);
    }
    const { result } = await runCase(root, night);
    expect(result.checks.find(({ name }) => name === "ledger_lost")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("reports/clip-cosine-v2/2026-02-20/result.json cannot be read"),
    });
    expect(result.decision.action).toBe("hold");
  }, 120_000);
});

describe("a first night", () => {
  it("has nothing to remember and says nothing of it", async () => {
    const root = forgetful(workspace());
    rmSync(join(root, ".gatebook"), { recursive: true });
    rmSync(join(root, "reports"), { recursive: true });
    const { result } = await runCase(root, night);
    expect(result.checks.filter(({ name }) => /^ledger_(lost|recovered|fresh)/.test(name))).toEqual([]);
    expect(result.ledger.nights).toEqual([]);
  }, 120_000);
});

describe("a store that is older than the workspace around it", () => {
  it("takes the nights over that the reports hold and it lacks", async () => {
    const root = workspace();
    const before = readFileSync(path(root, "store.duckdb"));
    await runCase(root, night);
    writeFileSync(path(root, "store.duckdb"), before);
    rmSync(path(root, "warehouse.duckdb"));
    const { result } = await runCase(root, { ...night, now: "2026-02-23T03:00:00Z" });
    expect(result.checks.find(({ name }) => name === "ledger_recovered")?.detail).toContain("2026-02-21");
    expect(await nights(root)).toEqual(wholeNights);
  }, 120_000);

  it("takes the warehouse over where that holds more than it", async () => {
    const root = workspace();
    const before = readFileSync(path(root, "store.duckdb"));
    await runCase(root, night);
    writeFileSync(path(root, "store.duckdb"), before);
    rmSync(join(root, "reports"), { recursive: true });
    await runCase(root, { ...night, now: "2026-02-23T03:00:00Z" });
    expect(await nights(root)).toEqual(wholeNights);
  }, 120_000);
});

it("a warehouse that holds nights the store lacks, and lacks nights it holds, is not written over", async () => {
  const root = workspace();
  const engine = await openDuckDb({ file: path(root, "warehouse.duckdb") });
  await engine.execute(
    "UPDATE decisions SET key = '2025-12-31', as_of = TIMESTAMP '2026-01-01' WHERE key = '2026-02-01'",
  );
  engine.close();
  const bytes = readFileSync(path(root, "warehouse.duckdb"));
  await expect(runCase(root, night)).rejects.toMatchObject({
    code: "store",
    message: expect.stringContaining("the warehouse holds what the store lacks: night daily 2025-12-31"),
    hint: expect.stringContaining("gatebook restore"),
  });
  expect(readFileSync(path(root, "warehouse.duckdb")).equals(bytes)).toBe(true);
});
