/** Values that double or halve from one day to the next, or in the candidate: a fault of recording until a person says otherwise. */
import { describe, expect, it } from "vitest";
import type { JudgeInput, Judgement } from "../../../src/judge/input.ts";
import { judge } from "../../../src/judge/judge.ts";
import { emptyLedger } from "../../../src/model/ledger.ts";
import type { MetricMeasurement, VariantTraffic } from "../../../src/model/measurement.ts";
import { metric, night, ratio, withMetric } from "../builders.ts";

const leaps = ({ checks }: Judgement) => checks.filter(({ name }) => /^(leap|doubled)_/.test(name));
const accepted = (what: string) => ({
  ...emptyLedger,
  accepted: [{ what, since: "2026-02-04", reason: "a new player", by: "Ada" }],
});

/** Each day at a rate of its own, in both variants or in one; the observation is their sum. */
function byDay(
  name: string,
  rates: Readonly<Record<"baseline" | "candidate", readonly number[]>>,
  volume = 10_000,
): MetricMeasurement {
  const known = metric(name, { days: 4 });
  const of = (variant: "baseline" | "candidate", at: number) =>
    ratio((rates[variant][at] ?? 0) * volume, volume);
  const whole = (variant: "baseline" | "candidate") => {
    const sum = rates[variant].reduce((total, rate) => total + rate, 0);
    return ratio(sum * volume, rates[variant].length * volume);
  };
  return {
    ...known,
    observation: { baseline: whole("baseline"), candidate: whole("candidate") },
    days: known.days.map((day, at) => ({
      ...day,
      baseline: of("baseline", at),
      candidate: of("candidate", at),
    })),
  };
}

const steady = [0.4, 0.4, 0.4, 0.4];
const fromThird = [0.4, 0.4, 0.98, 0.98];
const dwell = (baseline: readonly number[], candidate: readonly number[], part: Partial<JudgeInput> = {}) =>
  judge({ ...withMetric(night(), byDay("long_dwell_share", { baseline, candidate })), ...part });

describe("a value that leaps from one day to the next", () => {
  it("holds when dwell times change their unit in both variants, which no delta shows", () => {
    const judged = dwell(fromThird, fromThird);
    expect(dwell(steady, steady).decision.action).toBe("promote");
    expect(judged.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(leaps(judged)).toMatchObject([
      {
        name: "leap_2026-02-03",
        status: "fail",
        effect: "block",
        inspect: "gatebook query long_dwell_share",
      },
    ]);
    expect(leaps(judged)[0]?.detail).toBe(
      "the baseline's Long-dwell share is 98.0% after 40.0% on 2 Feb (+145.0%) and the candidate's Long-dwell share is 98.0% " +
        "after 40.0% on 2 Feb (+145.0%): a fault of recording, or a real change? A person must judge (gatebook record accept leap:2026-02-03)",
    );
  });

  it("holds when the candidate alone leaps to the better, and leaves its fall to the severe rule", () => {
    expect(leaps(dwell(steady, fromThird)).map(({ name }) => name)).toContain("leap_2026-02-03");
    const fallen = dwell(steady, [0.4, 0.4, 0.1, 0.1]);
    expect(leaps(fallen)).toEqual([]);
    expect(fallen.decision).toMatchObject({ action: "rollback", rule: "severe" });
  });

  it("never keeps a rollback from firing", () => {
    const judged = dwell([0.4, 0.4, 0.98, 0.98], [0.4, 0.4, 0.6, 0.6]);
    expect(leaps(judged)).toHaveLength(1);
    expect(judged.decision).toMatchObject({ action: "rollback", rule: "severe" });
  });

  it("counts from nothing and to nothing", () => {
    const stops = (rates: readonly number[]) => leaps(dwell(rates, steady)).map(({ name }) => name);
    expect(stops([0.4, 0.4, 0, 0.4])).toEqual(["leap_2026-02-03", "leap_2026-02-04"]);
  });

  it("is less than twice, or of too few events to say: no leap", () => {
    expect(leaps(dwell([0.4, 0.4, 0.79, 0.79], [0.4, 0.4, 0.79, 0.79]))).toEqual([]);
    const few = { baseline: [0.002, 0.005, 0.002, 0.005], candidate: [0.002, 0.002, 0.002, 0.002] };
    expect(leaps(judge(withMetric(night(), byDay("near_duplicate_share", few, 2_000))))).toEqual([]);
  });

  it("is settled for that day by a person, and for no other", () => {
    const settled = dwell(fromThird, fromThird, { ledger: accepted("leap:2026-02-03") });
    expect(settled.decision.action).toBe("promote");
    expect(leaps(settled)).toMatchObject([{ status: "pass", accept: null }]);
    expect(leaps(settled)[0]?.detail).toContain("; accepted by Ada (a new player)");
    expect(dwell(fromThird, fromThird, { ledger: accepted("leap:2026-02-02") }).decision.action).toBe("hold");
  });

  it("is not looked for where variants are different weeks, nor by the hour", () => {
    expect(leaps(dwell(fromThird, fromThird, { comparison: "before-after" }))).toEqual([]);
    const hours = night({ phase: "first-24h", days: 4 });
    const leaping = byDay("ctr", { baseline: [0.05, 0.05, 0.15, 0.15], candidate: [0.05, 0.05, 0.15, 0.15] });
    const at = hours.traffic.days.map(({ date }) => date);
    const days = leaping.days.map((day, index) => ({ ...day, date: at[index] ?? day.date }));
    expect(leaps(judge(withMetric(hours, { ...leaping, days })))).toEqual([]);
  });
});

it("a day that shows everybody twice as much is a leap, and so is the day after", () => {
  const input = night();
  const twice = ({ impressions, clicks, ...rest }: VariantTraffic) => ({
    ...rest,
    impressions: 2 * impressions,
    clicks: 2 * clicks,
  });
  const days = input.traffic.days.map((day, at) =>
    at === 1 ? { ...day, baseline: twice(day.baseline), candidate: twice(day.candidate) } : day,
  );
  const judged = judge({ ...input, traffic: { ...input.traffic, days } });
  expect(leaps(judged).map(({ name }) => name)).toEqual(["leap_2026-02-02", "leap_2026-02-03"]);
  expect(leaps(judged)[0]?.detail).toMatch(
    /^the baseline shows each unit 20 impressions after 10 on 1 Feb: /,
  );
});

it("a day on which nobody returns is a leap: ids were made anew; one with many newcomers is none", () => {
  const fourth = (newUnits: number) => {
    const input = night();
    const days = input.traffic.days.map((day, at) =>
      at === 3 ? { ...day, baseline: { ...day.baseline, newUnits } } : day,
    );
    return leaps(judge({ ...input, traffic: { ...input.traffic, days } }));
  };
  expect(fourth(89_900)[0]?.detail).toMatch(
    /^units of the baseline that had been seen before are 0\.11% after 50\.00% on 3 Feb: /,
  );
  expect(fourth(72_000)).toEqual([]);
});

describe("a guardrail that the candidate doubles", () => {
  const doubled = dwell(steady, [0.9, 0.9, 0.9, 0.9]);

  it("holds, by its own word", () => {
    expect(doubled.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(leaps(doubled)).toMatchObject([
      { name: "doubled_long_dwell_share", status: "fail", accept: "doubled:long_dwell_share@g10:x3" },
    ]);
    expect(leaps(doubled)[0]?.detail).toMatch(
      /^90\.0% of the candidate against 40\.0% of the baseline \(\+125\.0%\): a fault/,
    );
  });

  it("is settled up to a size", () => {
    const by = (what: string) =>
      dwell(steady, [0.9, 0.9, 0.9, 0.9], { ledger: accepted(what) }).decision.action;
    expect(by("doubled:long_dwell_share@g10:x4")).toBe("promote");
    expect(by("doubled:long_dwell_share@g10:x2")).toBe("hold");
    expect(by("doubled:long_dwell_share@g50:x3")).toBe("hold");
  });

  it("may be halved where less is better", () => {
    const halved = judge(night({ deltas: { near_duplicate_share: -0.6, top_author_share: -0.6 } }));
    expect(leaps(halved)).toEqual([]);
    expect(halved.decision.action).toBe("promote");
  });
});
