/**
 * Whole nights on a cluster: the same exports, once as files of the embedded engine and once as tables, are judged alike, to the last digit
 * of every count and 1e-12 of every double; only loads, provenance and times are each engine's own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { parseResult } from "../../src/result/serialize.ts";
import { command, freshSchema, server } from "../engine/cluster/cluster.ts";
import { judgedDifferences } from "../engine/cluster/judged.ts";
import { differences } from "../engine/differences.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { madeWorkspace, writeFilesIn } from "../helpers/temp-workspace.ts";

const schema = freshSchema();
const scratch = `${schema}s`;
const header = "event_id,event,occurred_at,user_id,session_id,item_id,algo_version,dwell_seconds,position";
const days = ["2026-02-01", "2026-02-02"] as const;
const ends: (() => unknown)[] = [];
let embedded: string;
let remote: string;

/** Two impressions of each of 24 users, every third with a click, hour by hour. */
function exportOf(day: string): readonly string[] {
  return Array.from({ length: 48 }, (_, index) => {
    const [user, algo] = [index % 24, index % 3 === 0 ? "clip-cosine-v2" : "clip-cosine-v1"];
    const at = `${day}T${String(index % 24).padStart(2, "0")}:${index < 24 ? "00" : "30"}:00.${index}Z`;
    const who = `u${user},s${user},item${index % 5},${algo}`;
    const seen = `${day}-${index},feed_impression,${at},${who},,${index % 7}`;
    return index % 3 === 1 ? [seen, `${day}-c${index},feed_click,${at},${who},${index}.5,`] : [seen];
  }).flat();
}

/** What goes wrong in exports: each of these is counted under its own name. */
function faults(day: string): readonly string[] {
  const plain = `${day}T12:00:00Z,u1,s1,item1,clip-cosine-v1`;
  return [
    `${day}-0,feed_impression,${day}T00:00:00.0Z,u0,s0,item0,clip-cosine-v2,,0`, // an exact copy
    `${day}-1,feed_impression,${day}T23:00:00Z,u9,s9,item1,clip-cosine-v1,,1`, // another content, and later
    `x1,feed_hide,${plain},,`,
    `x2,feed_impression,${day}T12:00:00Z,u1,s1,item1,,,`,
    `x3,feed_impression,yesterday,u1,s1,item1,clip-cosine-v1,,`,
    `x4,feed_impression,2027-01-01T00:00:00Z,u1,s1,item1,clip-cosine-v1,,`,
    `x5,feed_click,${plain},-4,`,
    `x6,feed_click,${plain},NaN,`,
    `x7,feed_click,${plain},soon,`,
    `x8,feed_impression,${day}T13:00:00Z,undefined,s5,item2,clip-cosine-v1,,`,
    `x9,feed_impression,${day}T13:00:00Z,u5,s5,no-such-item,clip-cosine-v2,,`,
    `x10,feed_impression,${day}T13:00:00Z,u5,s5,item3,Clip-Cosine-V2,,`,
    `,feed_impression,${day}T14:00:00Z,,,item3,clip-cosine-v1,,`,
  ];
}

const items = [
  "item_id,author_id,category_id,duplicate_group",
  ...[0, 1, 2, 3, 4].map((n) => `item${n},a${n % 2},c${n % 3},d${n}`),
];

async function workspace(): Promise<string> {
  const root = await madeWorkspace((remove) => ends.push(remove));
  judgeBy(root, "ctr", "near_duplicate_share");
  const path = join(root, "rollout.yaml");
  const yaml = readFileSync(path, "utf8");
  const sources = `sources:
  - { name: feed_events, files: exports/feed_events/*.csv, columns: { event_type: event }, event_types: { feed_impression: impression, feed_click: click } }
  - { name: items, kind: lookup, files: exports/items.csv }
`;
  writeFileSync(
    path,
    `${yaml.slice(0, yaml.indexOf("sources:"))}${sources}`.replace("max_rejected: 0.1%", "max_rejected: 20%"),
  );
  writeFilesIn(root, { "exports/items.csv": `${items.join("\n")}\n` });
  return root;
}

/** The files of a day, and the same rows in the lake. */
async function deliver(day: string, lines: readonly string[]): Promise<void> {
  const file = `exports/feed_events/${day}.csv`;
  writeFilesIn(embedded, { [file]: `${[header, ...lines].join("\n")}\n` });
  await insert("feed_events", lines);
}

async function insert(table: string, lines: readonly string[]): Promise<void> {
  const text = (value: string): string => (value === "" ? "NULL" : `'${value}'`);
  const rows = lines.map((line) => `(${line.split(",").map(text).join(", ")})`);
  await command(`INSERT INTO iceberg.${schema}.${table} VALUES ${rows.join(", ")}`);
}

/** Where the relations keep a day; those of a day that is not made again stay as they are. */
async function filesOf(day: string): Promise<readonly unknown[]> {
  const tables = await command(`SELECT table_name FROM iceberg.information_schema.tables
    WHERE table_schema = '${scratch}' AND table_name LIKE 'kept%' AND table_name NOT LIKE '%repeated_events' ORDER BY 1`);
  const files = tables.map(([name]) =>
    command(
      `SELECT DISTINCT "$path" FROM iceberg.${scratch}.${name} WHERE event_date = DATE '${day}' ORDER BY 1`,
    ),
  );
  return (await Promise.all(files)).flat(2);
}

function resultOf(root: string, day: string): Result {
  return parseResult(readFileSync(join(root, "reports/clip-cosine-v2", day, "result.json"), "utf8"));
}

function accounts({ loads }: Result): unknown {
  const events = loads.filter(({ source }) => source === "feed_events");
  const sum = (of: (load: Result["loads"][number]) => number): number =>
    events.reduce((total, load) => total + of(load), 0);
  const reasons: Record<string, number> = {};
  for (const { rejectedByReason } of events)
    for (const [reason, rows] of Object.entries(rejectedByReason))
      reasons[reason] = (reasons[reason] ?? 0) + rows;
  return {
    read: sum(({ read }) => read),
    loaded: sum(({ loaded }) => loaded),
    duplicates: sum(({ duplicates }) => duplicates),
    conflicts: sum(({ conflicts }) => conflicts),
    rejected: sum(({ rejected }) => rejected),
    reasons,
  };
}

beforeAll(async () => {
  [embedded, remote] = [await workspace(), await workspace()];
  const path = join(remote, "rollout.yaml");
  const yaml = readFileSync(path, "utf8")
    .replace("files: exports/feed_events/*.csv", "table: feed_events")
    .replace("files: exports/items.csv", "table: items");
  writeFileSync(
    path,
    `${yaml}engine: { kind: trino, server: "${server}", catalog: iceberg, schema: ${schema}, scratch: iceberg.${scratch} }\n`,
  );
  for (const name of [schema, scratch]) await command(`CREATE SCHEMA iceberg.${name}`);
  await command(
    `CREATE TABLE iceberg.${schema}.feed_events (${header
      .split(",")
      .map((name) => `${name} varchar`)
      .join(", ")})`,
  );
  await command(
    `CREATE TABLE iceberg.${schema}.items (${(items[0] ?? "").replaceAll(",", " varchar, ")} varchar)`,
  );
  await insert("items", items.slice(1));
  await deliver(days[0], [...exportOf(days[0]), ...faults(days[0])]);
  for (const root of [embedded, remote]) {
    const ran = await gatebook(root, "run", "--date", days[0]);
    expect([0, 3], ran.stderr).toContain(ran.code);
  }
}, 1_800_000);

afterAll(async () => {
  for (const name of [schema, scratch]) await command(`DROP SCHEMA IF EXISTS iceberg.${name} CASCADE`);
  for (const end of ends) end();
}, 120_000);

describe("a night whose events are tables", () => {
  it("is judged as one of files is, and accounts for every row by reason", () => {
    const [here, there] = [resultOf(embedded, days[0]), resultOf(remote, days[0])];
    expect(judgedDifferences(here, there)).toEqual([]);
    expect(accounts(there)).toEqual(accounts(here));
    expect(accounts(there)).toMatchObject({ duplicates: 2, conflicts: 1, rejected: 5 });
  });

  it("says which states of the tables it read, and what came back", () => {
    const { loads, provenance } = resultOf(remote, days[0]);
    expect(loads.map(({ file, snapshot }) => [file, /^\d{15,}$/.test(snapshot ?? "")])).toEqual([
      ["feed_events", true],
      ["items", true],
    ]);
    const { engine } = provenance;
    expect(engine).toMatchObject({ name: "Trino" });
    expect(engine?.kept.map(({ name }) => name)).toContain("user_days");
    expect([engine?.bytes ?? 0, engine?.splits.length ?? 0].every((count) => count > 0)).toBe(true);
  });

  it("writes nothing but its relations, and leaves no table of a measurement behind", async () => {
    const tables = await command(
      `SELECT table_name FROM iceberg.information_schema.tables WHERE table_schema = '${scratch}'`,
    );
    const names = tables.map(([name]) => String(name)).filter((name) => !/^kept_[0-9a-f]+_/.test(name));
    expect(names).toEqual([]);
  });

  it("rebuilds the days that changed alone; the night before is replayed from the states it read", async () => {
    const before = resultOf(remote, days[0]);
    const written = await filesOf(days[0]);
    expect(written.length).toBeGreaterThan(4);
    await deliver(days[1], exportOf(days[1]));
    for (const root of [embedded, remote]) {
      const ran = await gatebook(root, "run", "--date", days[1]);
      expect([0, 3], ran.stderr).toContain(ran.code);
    }
    const [here, there] = [resultOf(embedded, days[1]), resultOf(remote, days[1])];
    expect(judgedDifferences(here, there)).toEqual([]);
    expect(there.loads[0]?.snapshot).not.toBe(before.loads[0]?.snapshot);
    expect(await filesOf(days[0])).toEqual(written);
    const replayed = await gatebook(remote, "replay", `reports/clip-cosine-v2/${days[0]}/result.json`);
    expect(replayed.stdout, replayed.stderr).toMatch(/^IDENTICAL/);
  }, 1_800_000);

  it("is compared, evaluated and queried where it is", async () => {
    const compared = await Promise.all(
      [embedded, remote].map(async (root) => JSON.parse((await gatebook(root, "compare", "--json")).stdout)),
    );
    expect(differences(compared[0], compared[1])).toEqual([]);
    const [here, there] = [
      await gatebook(embedded, "query", "user_days", "--csv"),
      await gatebook(remote, "query", "user_days", "--csv"),
    ];
    // a row without any id is named by its file there, and by its content here
    const masked = (text: string): string => text.replace(/row:[0-9a-f]{32}/g, "row");
    expect(masked(there.stdout), there.stderr).toBe(masked(here.stdout));
  }, 1_800_000);

  it("is replayed with other inputs when rows went and the state that it read has expired; the table is named", async () => {
    await command(`DELETE FROM iceberg.${schema}.feed_events WHERE occurred_at LIKE '${days[0]}T05%'`);
    await command(
      `ALTER TABLE iceberg.${schema}.feed_events EXECUTE expire_snapshots(retention_threshold => '0s')`,
      { settings: "iceberg.expire_snapshots_min_retention=0s" },
    );
    const { loads } = resultOf(remote, days[0]);
    const asked = [`reports/clip-cosine-v2/${days[0]}/result.json`, "--json"];
    const replayed = await gatebook(remote, "replay", ...asked);
    expect(replayed.code, replayed.stderr).toBe(3);
    const { outcome, inputs } = JSON.parse(replayed.stdout);
    expect(outcome).toBe("inputs changed");
    expect(inputs).toContainEqual(
      expect.objectContaining({
        subject: "feed_events",
        text: expect.stringContaining(`snapshot ${loads[0]?.snapshot}`),
      }),
    );
  }, 1_800_000);
});
