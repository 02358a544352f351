/** `keep_events: 0`: the same nights as with events kept, and no event in any file afterwards but those of days to come. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Row } from "../../src/engine/engine.ts";
import type { Result } from "../../src/model/result.ts";
import { storePaths } from "../../src/warehouse/paths.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const nights = ["2026-02-06", "2026-02-07"] as const;
const [eve, last] = nights;

/** So long that the engine writes it down as it stands, and it can be looked for in the bytes of a file. */
const mark = Array.from({ length: 900 }, (_, index) => `item${index * 7919}`).join("-");
const markedEvent = `marked,feed_impression,2026-02-03T10:00:00.000Z,u1,s1,${mark},clip-cosine-v1,,1`;

async function rowsIn(root: string, sql: string): Promise<readonly Row[]> {
  const engine = await openDuckDb({ file: storePaths(root).warehouse, readOnly: true });
  try {
    return await engine.rows(sql);
  } finally {
    engine.close();
  }
}

interface Seen {
  readonly result: Result;
  readonly relations: Readonly<Record<string, readonly Row[]>>;
  readonly loads: readonly Row[];
  readonly eventDays: readonly unknown[];
  readonly store: Buffer;
  readonly warehouse: Buffer;
}

async function lookAfter(root: string, date: string): Promise<Seen> {
  const { result } = await runCase(root, { date });
  const relations: Record<string, readonly Row[]> = {};
  for (const name of [
    "user_days",
    "author_days",
    "category_days",
    "duplicate_days",
    "day_edges",
    "day_hours",
    "coverage_days",
    "coverage_misses",
    "coverage_items",
    "unit_firsts",
  ])
    relations[name] = await rowsIn(root, `SELECT * FROM ${name} ORDER BY ALL`);
  const days = await rowsIn(root, "SELECT DISTINCT event_date AS day FROM events ORDER BY day");
  const paths = storePaths(root);
  return {
    result,
    relations,
    loads: await rowsIn(root, "SELECT * EXCLUDE (modified_at) FROM loads ORDER BY source, file"),
    eventDays: days.map(({ day }) => day),
    store: readFileSync(paths.store),
    warehouse: readFileSync(paths.warehouse),
  };
}

let root: string;
const kept: Record<string, Seen> = {};
const passed: Record<string, Seen> = {};

beforeAll(async () => {
  const other = await madeWorkspace(afterAll);
  root = await madeWorkspace(afterAll, { "keep_events: 14": "keep_events: 0" });
  for (const each of [other, root]) {
    await sampleInto(each, { scenario: "broken-ingestion", usersPerDay: 60 });
    appendFileSync(join(each, "exports/feed_events/2026-02-03.csv"), `${markedEvent}\n`);
  }
  for (const date of nights) {
    kept[date] = await lookAfter(other, date);
    passed[date] = await lookAfter(root, date);
  }
});

describe("nights whose events only pass", () => {
  it.each(nights)("the night of %s measures the same", (date) => {
    const [one, other] = [kept[date]?.result, passed[date]?.result];
    expect(Object.keys(one?.measurement.metrics ?? {}).length).toBeGreaterThan(4);
    expect(other?.measurement.metrics).toEqual(one?.measurement.metrics);
  });

  it("the first night decides the same; a later one has no events of earlier days to check", () => {
    expect(passed[eve]?.result.decision).toEqual(kept[eve]?.result.decision);
    expect(passed[last]?.result.decision.action).toBe(kept[last]?.result.decision.action);
  });

  it.each(nights)("the night of %s leaves the same relations and the same books", (date) => {
    expect(passed[date]?.relations["author_days"]?.length).toBeGreaterThan(100);
    expect(passed[date]?.relations).toEqual(kept[date]?.relations);
    expect(passed[date]?.loads).toEqual(kept[date]?.loads);
  });

  it("a check and a cell over single events say which days they see, others and the first night do not", () => {
    const note = /Reads single events, of which those from 2026-02-07 on are kept \(keep_events\)/;
    const told = (seen: Seen | undefined): readonly string[] =>
      [...(seen?.result.cells ?? []), ...(seen?.result.measurement.checks ?? [])]
        .filter(({ description }) => note.test(description))
        .map(({ name }) => name);
    expect(told(passed[last])).toEqual(
      expect.arrayContaining(["ingestion_by_day", "dwell_distribution", "event_id_populated"]),
    );
    expect(told(passed[last])).not.toContain("top_authors");
    expect([told(passed[eve]), told(kept[last])]).toEqual([[], []]);
  });

  it("what stays is the day behind the report date, as long as it is to come", () => {
    expect(passed[eve]?.eventDays).toEqual([last]);
    expect(passed[last]?.eventDays).toEqual([]);
    expect(kept[last]?.eventDays.length).toBe(7);
  });

  it("no byte of an event that passed is left in the files, where kept events stand", () => {
    const holds = (file: Buffer | undefined): boolean | undefined => file?.includes(mark.slice(0, 2000));
    expect(holds(kept[eve]?.store)).toBe(true);
    for (const seen of Object.values(passed))
      expect([holds(seen.store), holds(seen.warehouse)]).toEqual([false, false]);
  });

  it("the copy that was worked on is gone", () => {
    expect(existsSync(storePaths(root).aside)).toBe(false);
  });
});
