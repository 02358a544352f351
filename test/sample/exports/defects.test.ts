import { afterAll, describe, expect, test } from "vitest";
import type { DefectKind } from "../../../src/sample/truth.ts";
import { makeSample } from "../made-sample.ts";

describe("broken-ingestion plants every defect in the number it states", async () => {
  const { truth, engine, remove } = await makeSample({ scenario: "broken-ingestion", usersPerDay: 500 });
  afterAll(remove);
  const planted = (kind: DefectKind, file = ""): number =>
    truth.defects
      .filter((defect) => defect.kind === kind && defect.file.includes(file))
      .reduce((sum, defect) => sum + defect.rows, 0);
  const count = async (sql: string): Promise<number> => {
    const [row] = await engine.rows(`SELECT count(*) AS n FROM ${sql}`);
    return Number(row?.["n"]);
  };

  test("rows without an event_id", async () => {
    expect(await count("feed WHERE event_id IS NULL")).toBe(50);
    expect(planted("null_event_id", ".csv")).toBe(50);
    expect(await count("saves WHERE event_id IS NULL")).toBe(6);
    expect(await count(`save_lines WHERE line NOT LIKE '%"event_id"%'`)).toBe(2);
    expect(await count(`save_lines WHERE line LIKE '%"event_id":""%'`)).toBe(2);
    expect(planted("null_event_id", ".jsonl.gz")).toBe(6);
  });

  test("rows that stand twice, in one file or in two", async () => {
    const repeated = `(SELECT * EXCLUDE (filename), count(*) AS n, count(DISTINCT filename) AS files
      FROM feed_lines WHERE event_id IS NOT NULL GROUP BY ALL HAVING n > 1)`;
    expect(await count(`${repeated} WHERE files = 1`)).toBe(planted("duplicate", ".csv"));
    expect(await count(`${repeated} WHERE files = 2`)).toBe(planted("overlapping_export"));
    expect(await count("(SELECT line FROM save_lines GROUP BY line HAVING count(*) > 1)")).toBe(
      planted("duplicate", ".jsonl.gz"),
    );
    expect([planted("duplicate"), planted("overlapping_export")]).toEqual([65, 40]);
  });

  test("rows that contradict an earlier one of the same id", async () => {
    const contradicting = `(SELECT event_id FROM feed_lines WHERE event_id IS NOT NULL
      GROUP BY event_id HAVING count(DISTINCT position) > 1)`;
    expect(await count(contradicting)).toBe(12);
    expect(planted("conflicting_duplicate")).toBe(12);
  });

  test("lines that cannot be read, events of no known type, events of the future", async () => {
    expect(await count("feed_lines WHERE TRY_CAST(occurred_at AS TIMESTAMPTZ) IS NULL")).toBe(1);
    expect(await count("save_lines WHERE row IS NULL")).toBe(1);
    expect(planted("malformed_line")).toBe(3);
    expect(await count("feed_lines WHERE event = 'feed_hide'")).toBe(planted("unknown_event_type"));
    expect(await count("feed_lines WHERE occurred_at > '2027'")).toBe(planted("future_date"));
  });

  test("rows that are loaded and stand outside the metrics", async () => {
    expect(await count("feed WHERE algo_version = 'clip-cosine-v0'")).toBe(planted("unknown_algorithm"));
    expect(await count("feed WHERE dwell_seconds < 0")).toBe(planted("negative_dwell"));
    expect(await count("saves WHERE algo_version IS NULL")).toBe(planted("save_without_algorithm"));
    const orphans = `feed AS c WHERE event = 'feed_click' AND NOT EXISTS (FROM feed AS i WHERE i.unit_id = c.unit_id
      AND i.event_date = c.event_date AND i.event = 'feed_impression')`;
    expect(await count(orphans)).toBe(planted("click_without_impression"));
    expect(planted("negative_dwell")).toBeGreaterThan(0);
  });

  test("a day that ends at noon and a day without saves", async () => {
    const days = await engine.rows(
      `SELECT event_date AS date, max(hour(occurred_at)) AS hour FROM feed WHERE event_date < DATE '2026-02-08'
       GROUP BY ALL HAVING hour < 23`,
    );
    expect(days).toEqual([{ date: "2026-02-04", hour: 11 }]);
    expect(planted("day_cut_off")).toBeGreaterThan(1000);
    const saved = await engine.rows("SELECT DISTINCT event_date AS date FROM saves ORDER BY ALL");
    expect(saved.map(({ date }) => date)).not.toContain("2026-02-06");
    expect(saved).toHaveLength(6);
    expect(planted("saves_missing")).toBeGreaterThan(50);
  });
});

test("the other scenarios hold no defect", async () => {
  const { truth, remove } = await makeSample({ scenario: "rollback", days: 2, usersPerDay: 100 });
  remove();
  expect(truth.defects).toEqual([]);
  expect(truth.files.every((file) => file.rows === file.loaded)).toBe(true);
});
