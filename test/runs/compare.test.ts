/** `gatebook compare` over a ramp: every user is 20 impressions a day, and v2 is up by a fifth in each gate. */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Config } from "../../src/model/config.ts";
import { readCatalog } from "../../src/queries/catalog/catalog.ts";
import { buildRelations } from "../../src/queries/relations/relations.ts";
import { type Compared, compareAlgorithms } from "../../src/runs/compare.ts";
import { config, gate, runbookThresholds, thresholds } from "../judge/builders.ts";
import { openWarehouse, plan, shippedRoot } from "../queries/warehouse.ts";

const shipped = readCatalog(shippedRoot);
const catalog = {
  ...shipped,
  relations: shipped.relations.filter(({ name }) => name === "user_days"),
  metrics: shipped.metrics.filter(({ name }) => name === "ctr"),
};

interface Day {
  readonly day: string;
  readonly users: number;
  /** Of users under v2. */
  readonly share: number;
  /** Clicks of every ten users' 20 impressions each. */
  readonly clicks: { readonly v1: number; readonly v2: number };
}

/** Two days at 10%, a ramp day, two at 50%: everybody clicks half as much in the second week. */
const days: readonly Day[] = [
  { day: "2026-02-01", users: 500, share: 0.1, clicks: { v1: 55, v2: 66 } },
  { day: "2026-02-02", users: 500, share: 0.1, clicks: { v1: 55, v2: 66 } },
  { day: "2026-02-03", users: 500, share: 0.5, clicks: { v1: 55, v2: 0 } },
  { day: "2026-02-04", users: 500, share: 0.5, clicks: { v1: 25, v2: 30 } },
  { day: "2026-02-05", users: 500, share: 0.5, clicks: { v1: 25, v2: 30 } },
];

async function ramp(): Promise<Engine> {
  const engine = await openWarehouse();
  for (const { day, users, share, clicks } of days) {
    const people = `SELECT user_id, CASE WHEN user_id < ${users * share} THEN 'v2' ELSE 'v1' END AS algo FROM range(${users}) AS u(user_id)`;
    // Clicks of ten users, dealt out one by one: 25 are three for five of them and two for the others.
    const dealt = `CASE algo WHEN 'v1' THEN ${clicks.v1} ELSE ${clicks.v2} END`;
    await engine.execute(`INSERT INTO event_rows (event_type, event_date, algo_version, user_id)
      SELECT 'impression', DATE '${day}', algo, 'u' || user_id FROM (${people}), range(20);
      INSERT INTO event_rows (event_type, event_date, algo_version, user_id)
      SELECT 'click', DATE '${day}', algo, 'u' || user_id FROM (${people}), range(20) AS c(click)
      WHERE click * 10 + user_id % 10 < ${dealt}`);
  }
  await buildRelations(engine, catalog, { dirtyDates: [], rebuildAll: false });
  return engine;
}

const since = (day: string) => ({ day, at: null, firstDay: day });
const started = { day: "2026-02-03", at: "2026-02-03T09:00:00Z", firstDay: "2026-02-04" };
const g10 = gate("g10", 0.1, { started: since("2026-02-01") });
const g50 = gate("g50", 0.5, { started });
const ctrOnly = thresholds(runbookThresholds.filter(({ metric }) => metric === "ctr"));

async function compare(engine: Engine, from: string, to: string, part: Partial<Config> = {}) {
  return await compareAlgorithms(engine, {
    config: config({ gates: [g10, g50, gate("g100", 1)], activeGate: g50, thresholds: ctrOnly, ...part }),
    catalog,
    baseline: "v1",
    candidate: "v2",
    from,
    to,
    presentColumns: plan.presentColumns,
    timeoutMs: 60_000,
  });
}

const ctrOf = ({ metrics }: Pick<Compared, "metrics">) => metrics?.[0]?.observation;

describe("a comparison over several gates", () => {
  it("is up by a fifth as each gate is, though the sums over both read 19% down", async () => {
    const engine = await ramp();
    // By hand: (50 · 6.6 + 250 · 3) / 300 clicks a user against (450 · 5.5 + 250 · 2.5) / 700.
    const [pooled] = await engine.rows(`SELECT
        sum(clicks) FILTER (WHERE algo_version = 'v2') / sum(impressions) FILTER (WHERE algo_version = 'v2')
        / (sum(clicks) FILTER (WHERE algo_version = 'v1') / sum(impressions) FILTER (WHERE algo_version = 'v1')) - 1 AS delta
      FROM user_days WHERE event_date <> DATE '2026-02-03'`);
    expect(Number(pooled?.["delta"])).toBeCloseTo(-0.1871, 4);
    const found = await compare(engine, "2026-02-01", "2026-02-05");
    expect(found).toMatchObject({ from: "2026-02-01", to: "2026-02-05", metrics: null });
    const gates = found.across?.gates.map((one) => [one.gate, one.from, one.to, ctrOf(one)?.delta]);
    // The ramp day is in no gate: on it v2 lost every click.
    expect(gates).toEqual([
      ["g10", "2026-02-01", "2026-02-02", expect.closeTo(0.2, 10)],
      ["g50", "2026-02-04", "2026-02-05", expect.closeTo(0.2, 10)],
    ]);
    expect(found.across?.metrics).toMatchObject([
      { name: "ctr", delta: expect.closeTo(0.2, 10), heterogeneity: { degreesOfFreedom: 1 } },
    ]);
    expect(found.across?.metrics[0]?.because).toContain("g10 +20.0% and g50 +20.0%: together +20.0%");
  });

  it("of one gate is one table, also of an earlier gate while another is active at 100%", async () => {
    const engine = await ramp();
    const g100 = gate("g100", 1, { started: since("2026-02-06") });
    const found = await compare(engine, "2026-02-01", "2026-02-02", {
      gates: [g10, g50, g100],
      activeGate: g100,
    });
    expect(found.across).toBeNull();
    expect(ctrOf(found)).toMatchObject({ delta: expect.closeTo(0.2, 10), baseline: { units: 450 } });
  });

  it("leaves a ramp day at the edge of the window out, and says which days it took", async () => {
    const engine = await ramp();
    const found = await compare(engine, "2026-02-03", "2026-02-05");
    expect(found).toMatchObject({ from: "2026-02-04", to: "2026-02-05", across: null });
    expect(ctrOf(found)?.delta).toBeCloseTo(0.2, 10);
    await expect(compare(engine, "2026-02-03", "2026-02-03")).rejects.toThrow(/ramp day, in no gate/);
  });

  it("before any gate opened takes the days as they stand", async () => {
    const engine = await ramp();
    const found = await compare(engine, "2026-02-01", "2026-02-02", {
      gates: [gate("g10", 0.1), gate("g50", 0.5, { started: since("2026-02-04") })],
    });
    expect(found.across).toBeNull();
    expect(ctrOf(found)?.delta).toBeCloseTo(0.2, 10);
  });
});
