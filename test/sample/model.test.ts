import { afterAll, describe, expect, test } from "vitest";
import { makeSample } from "./made-sample.ts";

describe("the people and items of a sample", async () => {
  const { engine, remove } = await makeSample({ usersPerDay: 600 });
  afterAll(remove);
  const only = async (sql: string): Promise<Readonly<Record<string, unknown>>> => {
    const [row] = await engine.rows(sql);
    if (row === undefined) throw new Error("no row");
    return row;
  };

  test("no unit is ever in two variants", async () => {
    const { n } = await only(
      "SELECT count(*) AS n FROM (FROM feed SELECT unit_id GROUP BY ALL HAVING count(DISTINCT algo_version) > 1)",
    );
    expect(n).toBe(0);
  });

  test("people return: a unit of the week comes on two days and more on average", async () => {
    const { days } = await only(
      "SELECT avg(n) AS days FROM (SELECT user_id, count(DISTINCT event_date) AS n FROM feed WHERE user_id IS NOT NULL GROUP BY ALL)",
    );
    expect(days).toBeGreaterThan(2);
    const { share } = await only("SELECT count(*) FILTER (user_id IS NULL) / count(*) AS share FROM feed");
    expect(share).toBeGreaterThan(0.01);
  });

  test("every day is seen from its first minutes to its last", async () => {
    const days = await engine.rows(`
      SELECT event_date, strftime(min(occurred_at), '%H:%M') AS first, strftime(max(occurred_at), '%H:%M') AS last
      FROM feed GROUP BY ALL`);
    expect(days).toHaveLength(7);
    for (const { first, last } of days) {
      expect(String(first) <= "00:05").toBe(true);
      expect(String(last) >= "23:55").toBe(true);
    }
  });

  test("events stay within the day of their file, in the order they happened", async () => {
    const { strays } = await only(
      "SELECT count(*) AS strays FROM feed_lines WHERE NOT contains(filename, left(occurred_at, 10))",
    );
    expect(strays).toBe(0);
    const { disordered } = await only(`
      SELECT count(*) AS disordered FROM (
        SELECT occurred_at < lag(occurred_at) OVER (PARTITION BY filename ORDER BY event_id) AS back FROM feed_lines
      ) WHERE back`);
    expect(disordered).toBe(0);
  });

  test("the top of the feed is clicked more than its depth", async () => {
    const { top, deep } = await only(`
      SELECT count(*) FILTER (event = 'feed_click' AND position <= 5) / count(*) FILTER (position <= 5) AS top,
        count(*) FILTER (event = 'feed_click' AND position > 15) / count(*) FILTER (position > 15) AS deep
      FROM feed`);
    expect(Number(top)).toBeGreaterThan(1.2 * Number(deep));
  });

  test("dwell is spread over all four buckets and sometimes unknown, alike in both variants", async () => {
    const rows = await engine.rows(`
      SELECT algo_version,
        count(*) FILTER (dwell_seconds IS NULL) / count(*) AS unknown,
        count(*) FILTER (dwell_seconds < 5) / count(*) AS glance,
        count(*) FILTER (dwell_seconds >= 120) / count(*) AS long
      FROM feed WHERE event = 'feed_click' GROUP BY ALL ORDER BY ALL`);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(Math.abs(Number(row["unknown"]) - 0.02)).toBeLessThan(0.005);
      expect(row["glance"]).toBeGreaterThan(0.03);
      expect(row["long"]).toBeGreaterThan(0.03);
    }
  });

  test("authors and categories are unequal, items repeat in groups", async () => {
    const { authors, categories, grouped, groups } = await only(`
      SELECT count(DISTINCT author_id) AS authors, count(DISTINCT category_id) AS categories,
        count(duplicate_group) / count(*) AS grouped, count(DISTINCT duplicate_group) AS groups FROM items`);
    expect(authors).toBeGreaterThan(300);
    expect(categories).toBe(12);
    expect(grouped).toBeGreaterThan(0.9);
    expect(groups).toBeLessThan(5000);
    const { unknown } = await only("SELECT count(*) AS unknown FROM feed ANTI JOIN items USING (item_id)");
    expect(unknown).toBe(0);
  });

  test("saves carry meta on the first days and metadata after the release", async () => {
    const days = await engine.rows(
      "SELECT event_date AS date, bool_and(is_meta) AS meta, bool_or(is_meta) AS any_meta FROM saves GROUP BY ALL ORDER BY ALL",
    );
    expect(days.map(({ meta }) => meta)).toEqual([true, true, true, false, false, false, false]);
    expect(days.map(({ any_meta }) => any_meta)).toEqual([true, true, true, false, false, false, false]);
    const { missing } = await only("SELECT count(*) AS missing FROM saves WHERE metadata IS NULL");
    expect(missing).toBe(0);
  });
});
