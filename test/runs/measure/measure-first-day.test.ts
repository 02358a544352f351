import { expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { planFirstDay } from "../../../src/judge/window/first-day-window.ts";
import type { Config } from "../../../src/model/config.ts";
import type { MetricMeasurement } from "../../../src/model/measurement.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { firstDayEventChecks } from "../../../src/runs/checks/first-day-events.ts";
import { type FirstDayRequest, measureFirstDay } from "../../../src/runs/measure/measure-first-day.ts";
import { config as settled } from "../../judge/builders.ts";
import { openWarehouse, plan, shippedRoot } from "../../queries/warehouse.ts";

const shipped = readCatalog(shippedRoot);
const named = <File extends { readonly name: string }>(files: readonly File[], name: string) =>
  files.filter((file) => file.name === name);
/** What these tests read. */
const catalog = {
  ...shipped,
  relations: named(shipped.relations, "user_days"),
  metrics: named(shipped.metrics, "ctr"),
  checks: named(shipped.checks, "traffic_share"),
  cells: named(shipped.cells, "traffic_by_day"),
};

/** Time (UTC; "" is none), event type, algorithm, user. */
type Event = readonly [string, string, string, string];

async function measured(config: Config, asOf: string, events: readonly Event[]) {
  const engine = await openWarehouse();
  const rows = events.map(([at, type, algorithm, user], index) => {
    const time = at === "" ? "NULL" : `TIMESTAMP '${at}'`;
    const day = at === "" ? config.activeGate.started?.day : at.slice(0, 10);
    return `('e${index}', '${type}', ${time}, DATE '${day}', '${algorithm}', '${user}')`;
  });
  await engine.execute(
    `INSERT INTO event_rows (event_id, event_type, occurred_at, event_date, algo_version, user_id) VALUES ${rows.join(", ")}`,
  );
  const dirtyDates = [...new Set(events.map(([at]) => at.slice(0, 10)))].filter((day) => day !== "");
  await buildRelations(engine, catalog, { dirtyDates, rebuildAll: false });
  await engine.fence();
  const window = planFirstDay(config, { asOf, observedSince: null });
  const { presentColumns } = plan;
  const request = { window, config, catalog, presentColumns, timeoutMs: 60_000 };
  return { engine, request, night: await measureFirstDay(engine, request) };
}

function gateAt(
  started: string,
  firstDay: string,
  timeZone: string,
  gate: { name: string; exposure: number },
) {
  const start = { day: started.slice(0, 10), at: started, firstDay };
  const config = settled({}, { started: start, ...gate });
  return { ...config, rollout: { ...config.rollout, baseline: "v1", candidate: "v2", timeZone } };
}

function fractions({ days, observation }: MetricMeasurement): readonly string[] {
  const sums = (one: MetricMeasurement["observation"]["baseline"]) =>
    one?.shape === "ratio" ? `${one.sumNumerator}/${one.sumDenominator}` : "none";
  const both = (one: MetricMeasurement["observation"]) => `${sums(one.baseline)} ${sums(one.candidate)}`;
  return [...days.map((hour) => `${hour.date} ${both(hour)}`), `all ${both(observation)}`];
}

const ctrOf = (metrics: readonly MetricMeasurement[]) => {
  const ctr = metrics.find(({ definition }) => definition.name === "ctr");
  return ctr === undefined ? [] : fractions(ctr);
};

it("counts by the clock of the zone on a day on which clocks go forward", async () => {
  const config = gateAt("2026-03-28T23:30:00Z", "2026-03-30", "Europe/Berlin", {
    name: "g10",
    exposure: 0.1,
  });
  const { night } = await measured(config, "2026-03-29T01:40:00Z", [
    ["2026-03-28 23:29:00", "impression", "v1", "early"],
    ["2026-03-28 23:30:00", "impression", "v1", "a"],
    ["2026-03-29 00:59:59", "impression", "v2", "b"],
    ["2026-03-29 01:00:00", "impression", "v2", "b"],
    ["2026-03-29 01:00:01", "click", "v2", "b"],
    ["2026-03-29 01:40:00", "impression", "v2", "late"],
  ]);
  expect(ctrOf(night.measurement.metrics)).toEqual([
    "2026-03-29T00 0/1 none",
    "2026-03-29T01 none 0/1",
    "2026-03-29T03 none 1/1",
    "all 0/1 1/2",
  ]);
  expect(night.measurement.traffic).toMatchObject({ baselineUnits: 1, candidateUnits: 1, crossoverUnits: 0 });
});

it("shows checks and cells the day of the clock, whatever date the export gives", async () => {
  const config = gateAt("2026-02-01T22:30:00Z", "2026-02-02", "Europe/Berlin", {
    name: "g10",
    exposure: 0.1,
  });
  const { night } = await measured(config, "2026-02-02T00:30:00Z", [
    ["2026-02-01 22:40:00", "impression", "v1", "a"],
    ["2026-02-01 23:10:00", "impression", "v1", "a"],
    ["2026-02-02 00:10:00", "impression", "v2", "b"],
  ]);
  const rows = night.cells.find(({ name }) => name === "traffic_by_day")?.rows ?? [];
  expect(rows.map(([day, algorithm, impressions]) => `${day} ${algorithm} ${impressions}`)).toEqual([
    "2026-02-01 v1 1",
    "2026-02-02 v1 1",
    "2026-02-02 v2 1",
  ]);
  const share = night.measurement.checks.find(({ name }) => name === "traffic_share");
  expect(share?.rows[0]?.detail).toBe("1 of 3 impressions are the candidate's");
});

it("at 100% compares with the baseline's same hours a week before, and counts the traffic as it is", async () => {
  const config = gateAt("2026-02-08T09:30:00Z", "2026-02-09", "UTC", { name: "g100", exposure: 1 });
  const { engine, request, night } = await measured(config, "2026-02-08T11:00:00Z", [
    ["2026-02-01 09:29:00", "impression", "v1", "early"],
    ["2026-02-01 09:45:00", "impression", "v1", "a"],
    ["2026-02-01 10:20:00", "impression", "v1", "a"],
    ["2026-02-01 10:20:30", "click", "v1", "a"],
    ["2026-02-01 11:00:00", "impression", "v1", "late"],
    ["2026-02-08 09:40:00", "impression", "v2", "a"],
    ["2026-02-08 10:40:00", "impression", "v2", "b"],
    ["2026-02-08 10:50:00", "impression", "v1", "left"],
  ]);
  expect(ctrOf(night.measurement.metrics)).toEqual([
    "2026-02-08T09 0/1 0/1",
    "2026-02-08T10 1/1 0/1",
    "all 1/2 0/2",
  ]);
  expect(night.measurement.traffic).toMatchObject({ baselineUnits: 1, candidateUnits: 2, crossoverUnits: 0 });
  const [kept] = await firstDayEventChecks(engine, { ...request, comparison: "before-after" });
  expect(kept).toMatchObject({ name: "kept_events", status: "pass", expected: "2026-02-01" });
});

it("says how many events have no time: they are in no hour", async () => {
  const config = gateAt("2026-02-01T09:30:00Z", "2026-02-02", "UTC", { name: "g10", exposure: 0.1 });
  const { engine, request, night } = await measured(config, "2026-02-01T11:00:00Z", [
    ["2026-02-01 09:40:00", "impression", "v1", "a"],
    ["2026-02-01 10:40:00", "impression", "v2", "b"],
    ["", "impression", "v2", "c"],
  ]);
  expect(night.measurement.traffic.candidateUnits).toBe(1);
  const times = await timesOf(engine, request);
  expect(times).toMatchObject({
    status: "fail",
    observed: 1,
    detail: "1 of 3 events from 2026-02-01 to 2026-02-01 have no occurred_at and are in no hour",
  });
  expect(await timesOf(engine, { ...request, config: { ...config, maxRejected: 0.5 } })).toMatchObject({
    status: "warn",
  });
});

async function timesOf(engine: Engine, request: FirstDayRequest) {
  const checks = await firstDayEventChecks(engine, { ...request, comparison: "concurrent" });
  return checks.find(({ name }) => name === "event_times");
}
