/** A verdict only on what was seen: what is left out of a number is counted by variant and by reason, and past the limits it holds. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Coverage } from "../../src/model/measurement.ts";
import type { Result } from "../../src/model/result.ts";
import { alike, type Group, type Planted, plantedDays, plantedWorkspace } from "../helpers/planted-export.ts";
import { runCase } from "../helpers/run-case.ts";

const date = plantedDays[1];

async function night(planted: Planted): Promise<Result> {
  const root = await plantedWorkspace(onTestFinished, planted);
  return (await runCase(root, { date })).result;
}

const checkOf = ({ checks }: Result, name: string) => checks.find((check) => check.name === name);
const observed = ({ metrics }: Result, name: string) => {
  const metric = metrics.find((one) => one.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric.observation;
};

/** Every count of every metric adds up, and is what its number really stands on. */
function expectAddsUp(result: Result): void {
  for (const { name, observation, denominator } of result.metrics) {
    const { coverage } = observation;
    if (coverage === null) continue;
    for (const variant of ["baseline", "candidate"] as const) {
      const { events, counted, leftOut } = coverage[variant];
      const sum = Object.values(leftOut).reduce((total, each) => total + each, 0);
      expect(`${name} ${variant} ${events}`).toBe(`${name} ${variant} ${counted + sum}`);
      // a repeat of an unknown item cannot be seen, but the impression is counted
      const unseen = name === "near_duplicate_share" ? leftOut.attribute : 0;
      expect(`${name} ${variant} ${denominator} ${observation[variant].denominator}`).toBe(
        `${name} ${variant} ${denominator} ${counted + unseen}`,
      );
    }
  }
}

const ctrOf = (result: Result): Coverage | null => observed(result, "ctr").coverage;

describe("what is alike in both variants", () => {
  it("is promoted, every number standing on all of it", async () => {
    const result = await night({
      groups: alike,
      thresholds: ["ctr", "top_author_share", "near_duplicate_share"],
    });
    expect(result.decision.action).toBe("promote");
    expect(checkOf(result, "coverage")).toMatchObject({
      status: "pass",
      observed: 0,
      detail: "every guardrail uses at least 100.00% of each variant's events",
    });
    expectAddsUp(result);
    expect(ctrOf(result)).toMatchObject({ candidate: { events: 800, counted: 800 } });
  });

  it("is promoted with losses under 1% of every kind", async () => {
    const losses: readonly Group[] = (["v1", "v2"] as const).flatMap((algorithm, at) => {
      const users = algorithm === "v1" ? 9 : 1;
      const of = (name: string, more: Partial<Group>): Group => ({
        ...{ name: `${name}${at}`, algorithm, users: users * 2, impressions: 1, clicks: 0, ...more },
      });
      return [
        of("unknown", { firstItem: 500 }),
        of("named", { algorithm: `${algorithm} ` }),
        of("crossed", { name: "both", users: 9 }),
      ];
    });
    const whole = alike.map((group) => ({ ...group, users: group.users * 5 }));
    const result = await night({ groups: [...whole, ...losses], thresholds: ["ctr", "top_author_share"] });
    expectAddsUp(result);
    expect(ctrOf(result)?.candidate.leftOut).toMatchObject({ name: 4, crossover: 18 });
    expect(observed(result, "top_author_share").coverage?.candidate.leftOut.attribute).toBe(4);
    expect(checkOf(result, "coverage")?.status).toBe("pass");
    expect(result.decision.action).toBe("promote");
  });

  it("is promoted when three in ten have no user id, only a session", async () => {
    const loggedOut = alike.map((group) => ({ ...group, userId: "" }));
    const groups = [...alike.map((group) => ({ ...group, users: group.users * 2 })), ...loggedOut].map(
      (group, at) => ({ ...group, name: `${group.name}${at}` }),
    );
    const result = await night({ groups });
    expect(result.decision.action).toBe("promote");
    expectAddsUp(result);
  });
});

describe("units under both algorithms", () => {
  /** Nine in ten light ones a little better, heavy ones much worse: 10% fewer clicks in all. */
  const heavy: readonly Group[] = [
    { name: "b", algorithm: "v1", users: 1746, impressions: 4, clicks: 1 },
    { name: "h", algorithm: "v1", users: 162, impressions: 34, clicks: 9 },
    { name: "c", algorithm: "v2", users: 194, impressions: 4, clicks: 1 },
    { name: "x", algorithm: "v2", users: 18, impressions: 34, clicks: 6 },
  ];
  const crossed: Group = {
    ...{ name: "x", algorithm: "v1", users: 18, impressions: 1, clicks: 0 },
    days: [date],
  };

  it("are measured against the smaller variant and by what they hold of its events", async () => {
    const result = await night({ groups: [...heavy, crossed] });
    expect(observed(result, "ctr").delta).toBeGreaterThan(-0.03); // the light ones alone
    const check = checkOf(result, "crossover_units");
    expect(check).toMatchObject({ status: "fail", effect: "block" });
    expect(check?.observed).toBeCloseTo(0.44, 2);
    expect(check?.detail).toMatch(
      /^18 units saw both .*: 44\.\d\d% of the candidate's impressions \(8\.49% of its units; most: x0 /,
    );
    expect(check?.detail).toMatch(
      /under the algorithm they saw first Click-through rate is down .* and rollback, not .* and healthy/,
    );
    expect(result.decision.action).toBe("hold");
    expectAddsUp(result);
  }, 60_000);
});

describe("an id that names nobody", () => {
  const loggedOut = (userId: string, sessionId?: string): readonly Group[] => [
    ...alike.map((group) => ({ ...group, users: group.users * 2 })),
    { name: "ob", algorithm: "v1", users: 900, impressions: 4, clicks: 1, userId, sessionId },
    { name: "oc", algorithm: "v2", users: 100, impressions: 4, clicks: 1, userId, sessionId },
  ];

  it("is read as empty", async () => {
    const userId = "[object Object]";
    const result = await night({ groups: loggedOut(userId) });
    expect(ctrOf(result)).toMatchObject({ candidate: { events: 2_400, counted: 2_400 } });
    expect(observed(result, "ctr").candidate.units).toBe(300);
    const [found] = result.measurement.traffic.coverage?.placeholders ?? [];
    expect(found).toEqual({ id: userId, baseline: 9_000, candidate: 1_000 });
    expect(checkOf(result, "crossover_units")).toMatchObject({ status: "warn" });
    expect(checkOf(result, "crossover_units")?.detail).toContain(`the id "${userId}" names nobody`);
    expect(result.decision.action).toBe("promote");
  }, 20_000);

  it("may be one of the site's own, or none at all", async () => {
    const own = await night({ groups: loggedOut("guest"), settings: "unit_placeholders: [Guest]" });
    expect(observed(own, "ctr").candidate.units).toBe(300);
    const none = await night({ groups: loggedOut("undefined"), settings: "unit_placeholders: []" });
    expect(observed(none, "ctr").candidate.units).toBe(200);
    expect(checkOf(none, "crossover_units")).toMatchObject({ status: "fail" });
    expect(none.decision.action).toBe("hold");
  });

  it("holds without a session too: a click and its impression are then two units", async () => {
    const result = await night({ groups: loggedOut("null", "undefined") });
    expect(checkOf(result, "coverage")).toMatchObject({ status: "fail" });
    expect(checkOf(result, "coverage")?.detail).toContain("without an impression of their unit that day");
    expect(result.decision.action).not.toBe("promote");
  });
});

describe("losses of other kinds", () => {
  const more = (algorithm: "v1" | "v2", change: Partial<Group>): readonly Group[] => {
    const users = algorithm === "v1" ? 900 : 100;
    return [...alike, { name: `z${algorithm}`, algorithm, users, impressions: 4, clicks: 1, ...change }];
  };

  it("hold when items of one variant are unknown to the lookup", async () => {
    const thresholds = ["ctr", "top_author_share", "near_duplicate_share"] as const;
    const groups = [...alike, ...alike, ...alike].map((group, at) => ({
      ...group,
      name: `${group.name}${at}`,
    }));
    const unknown = {
      ...{ name: "z", algorithm: "v2", users: 12, impressions: 4, clicks: 1 },
      firstItem: 700,
    };
    const result = await night({ groups: [...groups, unknown], thresholds });
    expect(checkOf(result, "coverage")).toMatchObject({ status: "fail" });
    expect(checkOf(result, "coverage")?.detail).toMatch(
      /^Top-author share and Near-duplicate share leave out 3\.85% of the candidate's impressions \(96 of items unknown to the lookups, most: "7\d\d" with \d+\), against 0\.00% of the baseline's$/,
    );
    expectAddsUp(result);
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
  });

  it("hold when the baseline is also called otherwise", async () => {
    const algorithm = "V1\t";
    const groups = [...alike, { name: "z", algorithm, users: 60, impressions: 4, clicks: 1 }];
    const result = await night({ groups });
    expect(ctrOf(result)?.baseline.leftOut.name).toBe(480);
    expect(checkOf(result, "coverage")).toMatchObject({ status: "fail" });
    expect(checkOf(result, "unknown_algorithms")?.status).not.toBe("pass");
    expectAddsUp(result);
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
  });

  it("hold when clicks have no impression", async () => {
    const result = await night({ groups: more("v2", { users: 10, drops: "impressions" }) });
    expect(checkOf(result, "coverage")?.detail).toMatch(
      /^the click-through rate leaves out 9\.09% of the candidate's clicks .*20 without an impression of their unit that day/,
    );
    expect(checkOf(result, "clicks_without_impression")).toMatchObject({ status: "fail" });
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
  });

  it("count rejected rows to the variant whose name they carry", async () => {
    const result = await night({
      groups: more("v2", { users: 20, dwell: "long" }),
      settings: "max_rejected: 50%",
    });
    expect(observed(result, "long_dwell_share").coverage).toMatchObject({
      baseline: { events: 1_800, counted: 1_800 },
      candidate: { events: 240, counted: 200, leftOut: { rejected: 40 } },
    });
    expect(checkOf(result, "coverage")).toMatchObject({ status: "fail" });
    expect(result.decision.action).toBe("rollback"); // a fifth of the clicks: the safe side fires through gaps
    expectAddsUp(result);
  });

  it("follow the limits of rollout.yaml", async () => {
    const groups = more("v2", { users: 5, firstItem: 700 });
    const settings = "coverage: { warn: 2%, block: 20%, difference: 10% }";
    const result = await night({ groups, settings, thresholds: ["ctr", "top_author_share"] });
    expect(checkOf(result, "coverage")).toMatchObject({ status: "warn" });
    expect(result.decision.action).toBe("promote");
  });
});
