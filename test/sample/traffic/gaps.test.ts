/** What each gap hides, measured on the files with plain SQL: the truth is in the rows, and no total looks odd. */
import { describe, expect, test } from "vitest";
import type { Scenario } from "../../../src/sample/scenario.ts";
import { type MadeSample, makeSample } from "../made-sample.ts";

const c = "algo_version = 'clip-cosine-v2'";
const impression = "event = 'feed_impression'";
const ctr = (where: string): string =>
  `(count(*) FILTER (event = 'feed_click' AND ${where}) / count(*) FILTER (${impression} AND ${where}))`;
const change = (where = "true"): string =>
  `${ctr(`${c} AND ${where}`)} / ${ctr(`NOT ${c} AND ${where}`)} - 1`;

async function numbers(scenario: Scenario, columns: Readonly<Record<string, string>>, from = "feed") {
  const made = await makeSample({ scenario, usersPerDay: 500 });
  const listed = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  const [row = {}] = await made.engine.rows(`SELECT ${listed.join(", ")} FROM ${from}`);
  made.remove();
  return { truth: made.truth, ...mapped(row) };
}

function mapped(row: Readonly<Record<string, unknown>>): {
  readonly found: Readonly<Record<string, number>>;
} {
  return { found: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) };
}

const planted = ({ defects }: MadeSample["truth"], source: string): number =>
  defects.filter(({ file }) => file.includes(source)).reduce((sum, { rows }) => sum + rows, 0);

describe("lost-clicks", () => {
  test("clicks and saves of the last day end at 08:31 in both variants, its impressions run on", async () => {
    const lastDay = "event_date = DATE '2026-02-07'";
    const { found, truth } = await numbers("lost-clicks", {
      late_clicks: `count(*) FILTER (event = 'feed_click' AND ${lastDay} AND occurred_at >= TIMESTAMPTZ '2026-02-07 08:31:00Z')`,
      late_impressions: `count(*) FILTER (${impression} AND ${lastDay} AND occurred_at >= TIMESTAMPTZ '2026-02-07 23:50:00Z')`,
      ctr_that_day: ctr(lastDay),
      ctr_before: ctr(`NOT ${lastDay}`),
      saves: "(SELECT count(*) FROM saves WHERE occurred_at >= TIMESTAMPTZ '2026-02-07 08:31:00Z')",
      delta: change(),
    });
    expect(found).toMatchObject({ late_clicks: 0, saves: 0 });
    expect(found["late_impressions"]).toBeGreaterThan(0);
    expect(found["ctr_that_day"]).toBeLessThan(0.5 * (found["ctr_before"] ?? 0));
    expect(found["delta"]).toBeCloseTo(0.01, 1);
    expect(truth.defects.map(({ kind, date }) => [kind, date])).toEqual([
      ["clicks_cut_off", "2026-02-07"],
      ["clicks_cut_off", "2026-02-07"],
    ]);
    expect(planted(truth, "feed_events")).toBeGreaterThan(500);
  });
});

describe("placeholder-user", () => {
  test("30% of the events of both variants belong to nobody, and the candidate loses half of its clicks exactly there", async () => {
    const nobody = "user_id = 'undefined'";
    const { found, truth } = await numbers("placeholder-user", {
      rows: `count(*) FILTER (${nobody})`,
      of_candidate: `count(*) FILTER (${c} AND ${nobody}) / count(*) FILTER (${c})`,
      of_baseline: `count(*) FILTER (NOT ${c} AND ${nobody}) / count(*) FILTER (NOT ${c})`,
      all_of_them: change(),
      named: change(`${nobody} IS NOT TRUE`),
      nameless: change(nobody),
      sessions_of_two: `count(DISTINCT session_id) FILTER (${nobody}) - count(DISTINCT (session_id, algo_version)) FILTER (${nobody})`,
    });
    expect(found["of_candidate"]).toBeCloseTo(0.3, 1);
    expect(found["of_baseline"]).toBeCloseTo(0.3, 1);
    expect(found["all_of_them"]).toBeCloseTo(-0.15, 1);
    expect(found["named"]).toBeGreaterThan(-0.03);
    expect(found["nameless"]).toBeLessThan(-0.4);
    expect(found["sessions_of_two"]).toBe(0);
    expect(found["rows"]).toBe(planted(truth, "feed_events"));
  });
});

describe("crossed-heavy-users", () => {
  test("few units saw both, and with them a tenth of the candidate's clicks goes unseen", async () => {
    const { found, truth } = await numbers(
      "crossed-heavy-users",
      {
        of_all: "count(DISTINCT unit_id) FILTER (crossed) / count(DISTINCT unit_id)",
        of_candidate: `count(DISTINCT unit_id) FILTER (crossed) / count(DISTINCT unit_id) FILTER (${c})`,
        share: `count(*) FILTER (${impression} AND ${c} AND crossed) / count(*) FILTER (${impression} AND ${c})`,
        first_of_baseline: `count(*) FILTER (crossed AND NOT ${c} AND occurred_at = first_at)`,
        rows: `count(*) FILTER (crossed AND NOT ${c})`,
        all_of_them: change(),
        kept: change("NOT crossed"),
      },
      `(SELECT *, min(occurred_at) OVER (PARTITION BY unit_id) AS first_at,
          count(DISTINCT algo_version) OVER (PARTITION BY unit_id) = 2 AS crossed FROM feed)`,
    );
    expect(found["of_all"]).toBeLessThan(0.01);
    expect(found["of_candidate"]).toBeGreaterThan(0.05);
    expect(found["share"]).toBeGreaterThan(0.35);
    expect(found["first_of_baseline"]).toBe(0);
    expect(found["rows"]).toBe(planted(truth, "feed_events"));
    expect(found["all_of_them"]).toBeCloseTo(-0.1, 1);
    expect(found["kept"]).toBeGreaterThan(0);
  });
});

describe("lookup-miss", () => {
  test("the lookup knows half of the items that the candidate shows and all of the baseline's", async () => {
    const { found, truth } = await numbers(
      "lookup-miss",
      {
        of_candidate: `count(*) FILTER (${c} AND author_id IS NULL) / count(*) FILTER (${c})`,
        of_baseline: `count(*) FILTER (NOT ${c} AND author_id IS NULL)`,
        rows: "count(*) FILTER (author_id IS NULL)",
        delta: change(),
      },
      "feed LEFT JOIN items USING (item_id)",
    );
    expect(found["of_candidate"]).toBeCloseTo(0.5, 1);
    expect(found["of_baseline"]).toBe(0);
    expect(found["rows"]).toBe(planted(truth, "feed_events"));
    expect(found["delta"]).toBeCloseTo(0.01, 1);
    const authors = truth.metrics.find(({ name }) => name === "top_author_share");
    expect(authors?.delta).toBeGreaterThan(1);
    expect(authors?.observed.delta).toBeCloseTo(authors?.delta ?? 0, 1);
  });
});
