import { afterAll, describe, expect, test } from "vitest";
import type { Scenario } from "../../src/sample/scenario.ts";
import type { MetricTruth } from "../../src/sample/truth.ts";
import { type MadeSample, makeSample } from "./made-sample.ts";

const perDay = `
  SELECT i.event_date AS date, if(i.algo_version = 'clip-cosine-v2', 'candidate', 'baseline') AS variant,
    count(DISTINCT i.unit_id) AS units, sum(i.impressions) AS impressions, coalesce(sum(c.clicks), 0) AS clicks,
    coalesce(sum(c.with_dwell), 0) AS clicksWithDwell, coalesce(sum(c.long_dwell), 0) AS longDwellClicks,
    sum(i.repeats) AS nearDuplicates
  FROM (
    SELECT event_date, algo_version, unit_id, count(*) AS impressions,
      count(duplicate_group) - count(DISTINCT duplicate_group) AS repeats
    FROM feed JOIN items USING (item_id)
    WHERE event = 'feed_impression' AND algo_version <> 'clip-cosine-v0' GROUP BY ALL
  ) i
  LEFT JOIN (
    SELECT event_date, algo_version, unit_id, count(*) AS clicks,
      count(*) FILTER (dwell_seconds >= 0) AS with_dwell, count(*) FILTER (dwell_seconds >= 30) AS long_dwell
    FROM feed WHERE event = 'feed_click' GROUP BY ALL
  ) c USING (event_date, algo_version, unit_id)
  GROUP BY ALL ORDER BY ALL`;

const savesPerDay = `
  SELECT event_date AS date, if(algo_version = 'clip-cosine-v2', 'candidate', 'baseline') AS variant,
    count(*) FILTER (event = 'favorite') AS favorites, count(*) FILTER (event = 'download') AS downloads
  FROM saves WHERE algo_version IS NOT NULL GROUP BY ALL ORDER BY ALL`;

const topShares = (key: string, top: number): string => `
  WITH counts AS (
    SELECT algo_version, ${key}, count(*) AS n FROM feed JOIN items USING (item_id)
    WHERE event = 'feed_impression' AND algo_version <> 'clip-cosine-v0' GROUP BY ALL
  ), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY algo_version ORDER BY n DESC, ${key}) AS place FROM counts
  )
  SELECT sum(n) FILTER (place <= ${top}) AS numerator, sum(n) AS denominator
  FROM ranked GROUP BY algo_version ORDER BY algo_version`;

const whole = [
  "healthy",
  "broken-ingestion",
  "lost-clicks",
  "placeholder-user",
  "crossed-heavy-users",
] as const satisfies readonly Scenario[];

for (const scenario of whole) {
  describe(`the truth of a sample that is ${scenario}`, async () => {
    const made: MadeSample = await makeSample({ scenario, usersPerDay: 250 });
    const { truth, engine } = made;
    afterAll(made.remove);

    test("states per day and variant what the files hold after a correct load", async () => {
      const saves = await engine.rows(savesPerDay);
      const found = (await engine.rows(perDay)).map((row) => {
        const same = saves.find(({ date, variant }) => date === row["date"] && variant === row["variant"]);
        return { ...row, favorites: same?.["favorites"] ?? 0, downloads: same?.["downloads"] ?? 0 };
      });
      expect(truth.totals).toHaveLength(14);
      expect(found).toEqual(truth.totals);
    });

    test("states what each metric shows in the files", async () => {
      for (const [name, key, top] of [
        ["top_author_share", "author_id", 10],
        ["top_category_share", "category_id", 1],
      ] as const) {
        const [baseline, candidate] = await engine.rows(topShares(key, top));
        expect(observedOf(truth.metrics, name)).toMatchObject({ baseline, candidate });
      }
      const clicks = (variant: string): number =>
        truth.totals.filter((total) => total.variant === variant).reduce((sum, day) => sum + day.clicks, 0);
      const ctr = observedOf(truth.metrics, "ctr");
      expect(ctr?.candidate.numerator).toBe(clicks("candidate"));
      expect(observedOf(truth.metrics, "long_dwell_share")?.baseline.denominator).toBe(clicks("baseline"));
    });

    test("accounts for every line of every file", async () => {
      const feed = await engine.rows(
        `SELECT regexp_extract(filename, 'exports/.*') AS path, count(*) AS rows FROM feed_lines GROUP BY ALL`,
      );
      const saves = await engine.rows(
        `SELECT regexp_extract(filename, 'exports/.*') AS path, count(*) AS rows FROM save_lines GROUP BY ALL`,
      );
      const rows = new Map([...feed, ...saves].map((row) => [row["path"], Number(row["rows"])]));
      const shortLines = truth.defects.some(({ kind }) => kind === "malformed_line") ? 1 : 0;
      const events = truth.files.filter(({ source }) => source !== "items");
      expect(rows.size).toBe(events.length);
      // The one line with too few columns is what the reader of this test left out.
      expect(sum(events.map((file) => file.rows - (rows.get(file.path) ?? 0)))).toBe(shortLines);
      for (const file of events) expect(file.rows).toBe(file.loaded + file.duplicates + file.rejected);
      const [kept] = await engine.rows(
        "SELECT (SELECT count(*) FROM feed) + (SELECT count(*) FROM saves) AS n",
      );
      expect(sum(events.map((file) => file.loaded))).toBe(kept?.["n"]);
      const [items] = await engine.rows("SELECT count(*) AS n, count(DISTINCT item_id) AS ids FROM items");
      expect(items).toEqual({ n: 6000, ids: 6000 });
    });
  });
}

function observedOf(metrics: readonly MetricTruth[], name: string): MetricTruth["observed"] | undefined {
  return metrics.find((metric) => metric.name === name)?.observed;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
