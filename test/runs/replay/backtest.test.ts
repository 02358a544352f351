import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Adjustment, readSections, readSetting } from "../../../src/config/adjust.ts";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { judge } from "../../../src/judge/judge.ts";
import { writeNight } from "../../../src/ledger/night.ts";
import { addRecord } from "../../../src/ledger/record.ts";
import { readLedger } from "../../../src/ledger/state.ts";
import { createLedgerTables } from "../../../src/ledger/tables.ts";
import { addDays } from "../../../src/model/calendar.ts";
import type { Result } from "../../../src/model/result.ts";
import { serializeResult } from "../../../src/result/serialize.ts";
import { type Backtest, type BacktestRequest, backtest } from "../../../src/runs/replay/backtest.ts";
import { recordedConfig } from "../../../src/runs/replay/judge-again.ts";
import { sampleResult } from "../../helpers/sample-result.ts";
import { firstDay, metric, night } from "../../judge/builders.ts";

const configText = `
rollout: { name: clip-cosine-v2, baseline: clip-cosine-v1, candidate: clip-cosine-v2 }
active_gate: g10
gates:
  - { name: g10, exposure: 10%, started: ${firstDay}, min_days: 2 }
  - { name: g50, exposure: 50%, min_days: 3 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }
  long_dwell_share: { drop: { warning: 4%, rollback: 8%, severe: 12% } }
judge: literal
sources: [{ name: feed_events, files: exports/*.csv }]
`;

/** CTR by day; over the gate so far: 0, −3.5%, −4.5%, −2%. */
const daily = [0, -0.07, -0.065, 0.055];

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckDb({ file: ":memory:" });
  await createLedgerTables(engine);
  for (let days = 1; days <= daily.length; days++) await keepNight(days);
});
afterAll(() => engine.close());

/** One night of the gate as a run would have kept it: judged by its own rollout.yaml after the nights before. */
async function keepNight(days: number): Promise<void> {
  const base = sampleResult();
  const deltas = daily.slice(0, days);
  const provenance = { ...base.provenance, configText, queries: {} };
  const input = night({
    days,
    metrics: [metric("ctr", { delta: deltas, days }), metric("long_dwell_share", { days })],
  });
  const { metrics, traffic, checks, window } = input;
  const { reportDate: date, asOf } = window;
  const { state: ledger } = await readLedger(engine, {
    rollout: "clip-cosine-v2",
    phase: "daily",
    date,
    asOf,
  });
  const config = recordedConfig({ ...base, provenance }, ".");
  const judged = judge({ ...input, config, ledger });
  const result: Result = {
    ...base,
    ...{ provenance, ledger, preflight: [], cells: [], loads: [], changes: [] },
    ...{ decision: judged.decision, metrics: judged.metrics, checks: judged.checks },
    ...{ traffic: judged.traffic, checklist: judged.checklist },
    window: {
      ...window,
      ...{ opensOn: null, plannedNights: null, preFrom: null, preTo: null },
      timeZone: "UTC",
      ...judged.window,
    },
    measurement: { metrics, traffic, checks },
  };
  const { healthyDay, moveSeen } = judged;
  const stored = serializeResult(result);
  await writeNight(engine, { result, stored, healthyDay, moveSeen, changed: "first", recordedAt: asOf });
}

function under(...settings: readonly string[]): Adjustment {
  return { sections: {}, settings: settings.map(readSetting) };
}

async function run(adjustment: Adjustment, change: Partial<BacktestRequest> = {}): Promise<Backtest> {
  const request = { rollout: "clip-cosine-v2", root: ".", from: null, to: null, independent: false };
  return await backtest(engine, { ...request, adjustment, ...change });
}

/** One line per night: verdict then → verdict now. */
const lines = ({ nights }: Backtest): readonly string[] =>
  nights.map(({ date, before, now, flips }) => {
    const told = ({ action, rule }: typeof now): string => `${action} (${rule})`;
    return `${date} ${told(before)} → ${told(now)}${flips ? " FLIPS" : ""}`;
  });

describe("the ledger's nights under other thresholds", () => {
  it("stay as they were under their own", async () => {
    const same = await run(under());
    expect(lines(same)).toEqual([
      "2026-02-01 hold (observing) → hold (observing)",
      "2026-02-02 hold (warning) → hold (warning)",
      "2026-02-03 hold (warning) → hold (warning)",
      "2026-02-04 promote (promote) → promote (promote)",
    ]);
    expect(same.flips).toBe(0);
    expect(same.nights.every(({ reproduces }) => reproduces)).toBe(true);
  });

  it("flip where the new line is reached, and a rollback stays latched on the nights after it", async () => {
    const tighter = await run(under("ctr.drop.rollback=4%"));
    expect(lines(tighter)).toEqual([
      "2026-02-01 hold (observing) → hold (observing)",
      "2026-02-02 hold (warning) → hold (warning)",
      "2026-02-03 hold (warning) → rollback (rollback) FLIPS",
      "2026-02-04 promote (promote) → rollback (latched) FLIPS",
    ]);
    expect(tighter.flips).toBe(2);
    expect(tighter.nights[2]?.because).toMatch(/4\.5%/);
    expect(tighter.nights[3]?.because).toMatch(/rollback of 2026-02-03/);
  });

  it("flip alone when each night keeps the ledger it had", async () => {
    const alone = await run(under("ctr.drop.rollback=4%"), { independent: true });
    expect(lines(alone).slice(2)).toEqual([
      "2026-02-03 hold (warning) → rollback (rollback) FLIPS",
      "2026-02-04 promote (promote) → promote (promote)",
    ]);
  });

  it("are chosen by date, and nights before keep what they said", async () => {
    const last = await run(under("ctr.drop.rollback=4%"), { from: "2026-02-04" });
    expect(lines(last)).toEqual(["2026-02-04 promote (promote) → promote (promote)"]);
    const first = await run(under("ctr.drop.rollback=4%"), { to: "2026-02-02" });
    expect(first.nights).toHaveLength(2);
  });

  it("may be judged by the sections of another rollout.yaml, whose gates and sources do not count", async () => {
    const other = configText
      .replace("warning: 3%, rollback: 5%", "warning: 5%, rollback: 6%")
      .replace("min_days: 2 }", "min_days: 9 }");
    const looser = await run({ sections: readSections(other, "other.yaml"), settings: [] });
    // Two warning days in a row reach 5% too: the trend of the third night still holds it.
    expect(lines(looser)).toEqual([
      "2026-02-01 hold (observing) → hold (observing)",
      "2026-02-02 hold (warning) → promote (promote) FLIPS",
      "2026-02-03 hold (warning) → hold (warning)",
      "2026-02-04 promote (promote) → promote (promote)",
    ]);
  });

  it("take a line out, and the judge's mode, from --set", async () => {
    const severe = await run(under("ctr.drop.severe=6.9%", "ctr.drop.rollback=6%"));
    expect(lines(severe)[1]).toMatch(/→ rollback \(severe\) FLIPS$/);
    const none = await run(under("ctr.drop.severe=none", "ctr.drop.rollback=6%"));
    expect(lines(none)[1]).toMatch(/→ hold \(warning\)$/);
    const thin = await run(under("judge=evidence", "min_sample.impressions=1000000"));
    expect(lines(thin)[3]).toMatch(/→ hold \(observing\) FLIPS$/);
    expect(thin.nights[3]?.because).toMatch(/0 sufficient days of 4 complete, 2 needed/);
  });
});

describe("thresholds that cannot be", () => {
  it.each([
    ["a misspelt metric", "ctrr.drop.rollback=4%", /there is no metric "ctrr"; did you mean "ctr"\?/],
    ["a misspelt line", "ctr.drop.rolback=4%", /unknown key "rolback"; did you mean "rollback"\?/],
    ["lines out of order", "ctr.drop.rollback=2%", /rollback 2% must be above warning 3%/],
  ])("%s is refused", async (_, setting, message) => {
    await expect(run(under(setting))).rejects.toThrow(
      expect.objectContaining({ code: "config", message: expect.stringMatching(message), where: undefined }),
    );
  });

  it.each(["ctr", "ctr=3%", "judge", "=4%", "jugde=literal", "thresholds=none", "ctr..rollback=4%"])(
    "%s is no setting",
    (written) => {
      expect(() => readSetting(written)).toThrow(expect.objectContaining({ code: "usage" }));
    },
  );

  it("a file without a key about judging is rejected, and one that misspells it by its place", () => {
    expect(() => readSections("active_gate: g10\n", "other.yaml")).toThrow(/has no key about judging/);
    const misspelt = "thresholds:\n  ctr: { drop: { warnin: 3%, rollback: 5% } }\n";
    expect(() => readSections(misspelt, "other.yaml")).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/unknown key "warnin"; did you mean "warning"\?/),
        where: { file: "other.yaml", line: 2, column: 18 },
      }),
    );
  });

  it("an empty ledger, and days without a night, say so", async () => {
    await expect(run(under(), { rollout: "another" })).rejects.toThrow(/has no night of another/);
    await expect(run(under(), { from: "2026-03-01" })).rejects.toThrow(
      expect.objectContaining({ hint: "its nights are 2026-02-01 to 2026-02-04" }),
    );
  });
});

// last, since the record stays
it("the nights are free again from the day on which a person really cleared a rollback", async () => {
  await addRecord(engine, {
    ...{ rollout: "clip-cosine-v2", kind: "clear", effective: addDays(firstDay, 3) },
    ...{ fromGate: null, toGate: null, fromShare: null, toShare: null, preset: null },
    ...{
      action: null,
      until: null,
      subject: null,
      reason: "found and mended",
      person: "ada",
      ticket: null,
    },
    recordedAt: "2026-02-04T08:00:00Z",
  });
  expect(lines(await run(under("ctr.drop.rollback=4%"))).at(-1)).toBe(
    "2026-02-04 promote (promote) → promote (promote)",
  );
});
