/** What the ledger's earlier nights fix of a gate; `night/gate-plan.slow.ts` shows it in whole nights. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { writeNight } from "../../src/ledger/night.ts";
import { createLedgerTables } from "../../src/ledger/tables.ts";
import type { Config } from "../../src/model/config.ts";
import type { Result } from "../../src/model/result.ts";
import { planNight } from "../../src/runs/plan-night.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { config } from "../judge/builders.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckDb({ file: ":memory:" });
  await createLedgerTables(engine);
  const unknown = { plannedNights: 14, preFrom: null, preTo: null };
  await kept("2026-02-01", unknown);
  await kept("2026-02-02", { plannedNights: 9, preFrom: "2026-01-18", preTo: "2026-01-31" });
  await kept("2026-02-03", { plannedNights: 9, preFrom: "2026-01-20", preTo: "2026-01-31" });
});
afterAll(() => engine.close());

async function kept(
  reportDate: string,
  fixed: Pick<Result["window"], "plannedNights" | "preFrom" | "preTo">,
): Promise<void> {
  const base = sampleResult();
  const window = { ...base.window, reportDate, asOf: `${reportDate}T23:59:59Z`, ...fixed };
  const said = { stored: "", healthyDay: true, moveSeen: null, changed: "first" };
  await writeNight(engine, { result: { ...base, window }, ...said, recordedAt: window.asOf });
}

async function planned(settled: Config, range: { from: string; to: string } | null = null) {
  const asOf = "2026-02-05T00:00:00Z";
  const { window } = await planNight(engine, settled, { phase: "daily", date: "2026-02-04", asOf, range });
  const { plannedNights, preFrom, preTo } = window;
  return { plannedNights, preFrom, preTo };
}

it("a night keeps what the first that knew it had fixed, whatever max_days and the exports say later", async () => {
  const fixed = { plannedNights: 14, preFrom: "2026-01-18", preTo: "2026-01-31" };
  expect(await planned(config({}, { maxDays: 4 }))).toEqual(fixed);
});

it("a night keeps nothing of another gate, nor of nights before a new observation window", async () => {
  const own = { plannedNights: 5, preFrom: null, preTo: null };
  expect(await planned(config({}, { name: "g50", exposure: 0.5, maxDays: 5 }))).toEqual(own);
  const later = { day: "2026-02-04", at: null, firstDay: "2026-02-04" };
  expect(await planned(config({}, { maxDays: 5, started: later }))).toEqual(own);
});

it("an ad-hoc window has no planned nights", async () => {
  const { plannedNights } = await planned(config(), { from: "2026-02-01", to: "2026-02-02" });
  expect(plannedNights ?? null).toBeNull();
});
