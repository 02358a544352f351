import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordCommand } from "../../src/commands/record.ts";
import { verifyRollbackCommand } from "../../src/commands/verify-rollback.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import { storePaths } from "../../src/warehouse/paths.ts";
import { copyEmptyStore } from "../helpers/empty-store.ts";
import { addNight, type Ran, ROLLOUT, run, withStore, workspace, writeAt } from "./workspace.ts";

const SINCE = "2026-02-08T09:30";
const NOW = "2026-02-08T12:00:00Z";

interface Shown {
  readonly units: number;
  readonly algorithm: string;
  readonly at: string;
}

/** `units` new units, one impression each, a second apart. */
async function show(engine: Engine, ...shown: readonly Shown[]): Promise<void> {
  await createLoadTables(engine);
  for (const { units, algorithm, at } of shown) {
    await engine.execute(`INSERT INTO event_rows (event_type, occurred_at, event_date, user_id, algo_version)
      SELECT 'impression', TIMESTAMP '${at}' + to_seconds(i), DATE '${at.slice(0, 10)}', '${algorithm} ${at} ' || i, '${algorithm}'
      FROM range(${units}) AS t(i)`);
  }
}

function verify(root: string, options: Readonly<Record<string, unknown>>): Promise<Ran> {
  const given = { preset: "immediate", since: SINCE, load: false, ...options };
  return run(verifyRollbackCommand, root, given, { now: NOW });
}

/** What a night has published, without the store beside it. */
async function warehouse(...shown: readonly Shown[]): Promise<string> {
  const root = workspace();
  const file = storePaths(root).warehouse;
  await copyEmptyStore(file);
  const engine = await openDuckDb({ file });
  await show(engine, ...shown);
  engine.close();
  return root;
}

describe("the immediate preset", () => {
  it("is proved by enough units that all got the baseline, and asks to record it", async () => {
    const root = await warehouse(
      { units: 50, algorithm: "v2", at: "2026-02-08 09:00:00" },
      { units: 400, algorithm: "v1", at: "2026-02-08 09:31:00" },
      { units: 800, algorithm: "v1", at: "2026-02-08 10:00:00" },
    );
    const { code, out } = await verify(root, {});
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "PROVED: only v1 is served since 2026-02-08 09:30.",
      "Seen: 1,200 units, events up to 2026-02-08 10:13:19; 0 got v2.",
      "If v2 were still at 10%, this many units would show it with a probability of more than 99.9% (95% is required).",
      "",
      "hour (UTC)         v1  v2",
      "────────────────  ───  ──",
      "2026-02-08 09:00  400   0",
      "2026-02-08 10:00  800   0",
      "",
      "Next:",
      "  gatebook record rollback --preset immediate",
    ]);
  });

  it("is not proved when more than 1% of a source's rows have another day than their time", async () => {
    for (const [misdated, code] of [
      [20, 3],
      [10, 0],
    ]) {
      const root = workspace();
      await withStore(root, async (engine) => {
        await show(engine, { units: 1000, algorithm: "v1", at: "2026-02-08 09:31:00" });
        await engine.execute(`INSERT INTO load_files (file_id, source, file, status) VALUES (1, 'feed', 'a.csv', 'loaded');
          INSERT INTO load_days (file_id, event_date, accepted, misdated) VALUES (1, DATE '2026-02-08', 1000, ${misdated})`);
      });
      const ran = await verify(root, {});
      expect(ran.code).toBe(code);
      if (code === 0) continue;
      expect(ran.out).toMatch(
        /^NOT PROVED: the dates of the events disagree with their times, .*time_zone of the source right\?/,
      );
      expect(ran.out).toContain("Note: feed: on 2026-02-08 2.0% of the rows have an event_date other than");
    }
  });

  it("is never proved without an event and without a response after the time", async () => {
    const root = await warehouse({ units: 400, algorithm: "v1", at: "2026-02-08 09:00:00" });
    const { code, out } = await verify(root, {});
    expect(code).toBe(3);
    expect(out).toMatch(/^NOT PROVED: no data after 2026-02-08 09:30\.$/m);
    expect(out).toContain("curl FEED-URL > responses/1.json");
  });

  it("is not proved by a handful of units, and says how many it takes", async () => {
    const root = await warehouse({ units: 3, algorithm: "v1", at: "2026-02-08 10:00:00" });
    const { code, out } = await verify(root, {});
    expect(code).toBe(3);
    expect(out).toContain(
      "NOT PROVED: too little data after 2026-02-08 09:30: 3 units; about 29 units are needed.",
    );
    expect(out).toContain("with a probability of 27.1% (95% is required)");
  });

  it("is refuted by one unit, and says from when on it holds when pages may explain it", async () => {
    const root = await warehouse(
      { units: 1, algorithm: "v2", at: "2026-02-08 09:42:10" },
      { units: 400, algorithm: "v1", at: "2026-02-08 09:45:00" },
    );
    const { code, out } = await verify(root, {});
    expect(code).toBe(20);
    expect(out).toContain(
      "STILL SERVED: 1 of 401 units got v2 since 2026-02-08 09:30, the last at 2026-02-08 09:42:10.",
    );
    expect(out).toContain("it is proved since 2026-02-08 09:43");
    expect(out).not.toContain("with a probability of");
    expect(out).toContain("gatebook verify-rollback --preset immediate --since 2026-02-08T09:43:00Z");
    expect((await verify(root, { since: "2026-02-08T09:43:00Z" })).code).toBe(0);
  });

  it("says nothing of a later time while the candidate goes on", async () => {
    const root = await warehouse(
      { units: 400, algorithm: "v1", at: "2026-02-08 09:45:00" },
      { units: 40, algorithm: "v2", at: "2026-02-08 11:58:00" },
    );
    expect((await verify(root, {})).out).not.toContain("it is proved since");
  });

  it("is refuted by a third algorithm", async () => {
    const root = await warehouse(
      { units: 400, algorithm: "v1", at: "2026-02-08 10:00:00" },
      { units: 2, algorithm: "v0", at: "2026-02-08 10:00:00" },
    );
    const { code, out } = await verify(root, {});
    expect(code).toBe(20);
    expect(out).toContain("v1 is not the only one served: also v0.");
    expect(out).toMatch(/^hour \(UTC\) +v1 +v2 +other$/m);
  });
});

describe("saved responses", () => {
  const body = (algorithm: string): string => JSON.stringify({ meta: { algo_version: algorithm } });
  const lines = (count: number): string => Array.from({ length: count }, () => body("v1")).join("\n");

  it("prove it where there is no warehouse yet", async () => {
    const root = workspace();
    writeAt(root, "responses/all.jsonl", lines(29), "2026-02-08T09:40:00Z");
    const { code, out } = await verify(root, { responses: ["responses/*"] });
    expect(code).toBe(0);
    expect(out).toContain("Seen: 29 saved responses; 0 got v2.");
  });

  it("refute what the events say, and the file is named", async () => {
    const root = await warehouse({ units: 400, algorithm: "v1", at: "2026-02-08 10:00:00" });
    writeAt(root, "responses/1.json", body("v1"), "2026-02-08T10:00:00Z");
    writeAt(root, "responses/2.json", body("v2"), "2026-02-08T10:00:00Z");
    const { code, out } = await verify(root, { responses: ["responses/*.json"] });
    expect(code).toBe(20);
    expect(out).toContain("STILL SERVED: 1 of 402 units got v2");
    expect(out).toContain("Note: saved response responses/2.json: v2");
  });

  it("of before the time prove nothing", async () => {
    const root = workspace();
    writeAt(root, "responses/all.jsonl", lines(29), "2026-02-08T09:00:00Z");
    const { code, out } = await verify(root, { responses: ["responses/*"] });
    expect(code).toBe(3);
    expect(out).toContain("no data after 2026-02-08 09:30 (1 file saved before it proves nothing)");
  });

  it("that cannot be read leave it unproved", async () => {
    const root = await warehouse({ units: 400, algorithm: "v1", at: "2026-02-08 10:00:00" });
    writeAt(root, "responses/1.json", "<html>", "2026-02-08T10:00:00Z");
    const { code, out } = await verify(root, { responses: ["responses/*.json"] });
    expect(code).toBe(3);
    expect(out).toContain("NOT PROVED: some saved responses cannot be read.");
    expect(out).toContain('Note: responses/1.json: it is not JSON: it starts with "<html>"');
  });
});

describe("the standard preset", () => {
  const served = (candidates: number): readonly Shown[] => [
    { units: 1000 - candidates, algorithm: "v1", at: "2026-02-08 10:00:00" },
    { units: candidates, algorithm: "v2", at: "2026-02-08 10:00:00" },
  ];

  async function from50(...shown: readonly Shown[]): Promise<string> {
    const root = workspace();
    await withStore(root, async (engine) => {
      await addNight(engine, { date: "2026-02-07", gate: "g50" });
      await show(engine, ...shown);
    });
    return root;
  }

  it("allows the exposure of the gate before the ledger's, with its bounds", async () => {
    const { code, out } = await verify(await from50(...served(98)), { preset: "standard" });
    expect(code).toBe(0);
    expect(out).toContain("PROVED: v2 gets 9.80% of units since 2026-02-08 09:30, at most 10% (gate g10).");
    // Wilson, one-sided: 98 of 1000
    expect(out).toContain(
      "above 7.82% (99% confidence; must not be above 10%), below 11.5% (95% confidence; must be at most 14%; it was 50%)",
    );
  });

  it("is refuted by a share above it", async () => {
    const { code, out } = await verify(await from50(...served(160)), { preset: "standard" });
    expect(code).toBe(20);
    expect(out).toContain(
      "STILL SERVED: v2 gets 16% of units since 2026-02-08 09:30, more than 10% (gate g10).",
    );
    expect(out).toContain("force the baseline");
  });

  it("at the first gate allows nothing, unless --exposure names the validation traffic", async () => {
    const root = await warehouse(...served(5));
    const refuted = await verify(root, { preset: "standard" });
    expect(refuted.code).toBe(20);
    expect(refuted.out).toContain("give its share: --exposure 1%");
    const { code, out } = await verify(root, { preset: "standard", exposure: "1%" });
    expect(code).toBe(0);
    expect(out).toContain("v2 gets 0.500% of units since 2026-02-08 09:30, at most 1% (--exposure).");
  });

  it("follows the rollback that was recorded, and its time when none is given", async () => {
    const root = await from50(...served(98));
    const said = { kind: "rollback", reason: "ctr", by: "ada" };
    const recorded = await run(recordCommand, root, said, { now: "2026-02-08T09:50:00Z" });
    expect(recorded.out).toContain("g50 → g10");
    const { code, out } = await verify(root, { preset: "standard", since: undefined });
    expect(code).toBe(0);
    expect(out).toContain("9.80% of units since 2026-02-08 09:50, at most 10% (gate g10)");
    expect(out).toContain("nothing: the ledger has this rollback");
  });
});

it("--since is asked for when no rollback was recorded of late", async () => {
  expect((await verify(workspace(), { since: undefined })).refused).toContain(
    "usage: --since is missing: after which time must the candidate be gone? | the time at which the app had reloaded",
  );
});

it.each([
  [{ since: "2026-02-08T12:30" }, "--since 2026-02-08T12:30:00Z is in the future"],
  [{ since: "half past nine" }, '--since must be a time, not "half past nine"'],
  [{ preset: "standard", exposure: "10" }, '--exposure must be at least 0% and at most 100%, not "10"'],
  [{ exposure: "10%" }, "--exposure does not work with --preset immediate"],
  [{ responses: ["r/*.json"] }, "input: no file matches --responses r/*.json"],
])("%o is refused", async (options, message) => {
  expect((await verify(workspace(), options)).refused).toContain(message);
});

it("a time without a zone is one in the rollout's time zone, and so are the hours", async () => {
  const root = workspace({ "rollout.yaml": ROLLOUT.replace("UTC", "Asia/Tokyo") });
  await withStore(root, (engine) => show(engine, { units: 400, algorithm: "v1", at: "2026-02-08 10:00:00" }));
  const { out } = await verify(root, { since: "2026-02-08T19:00" });
  expect(out).toContain("only v1 is served since 2026-02-08 19:00.");
  expect(out).toMatch(/^2026-02-08 19:00 +400 +0$/m);
});

it("--json gives the answer, the claim and every hour", async () => {
  const root = await warehouse({ units: 400, algorithm: "v1", at: "2026-02-08 10:00:00" });
  const answer = JSON.parse((await verify(root, { json: true })).out);
  expect(answer).toMatchObject({
    outcome: "proved",
    sentence: "PROVED: only v1 is served since 2026-02-08 09:30.",
    claim: {
      preset: "immediate",
      baseline: "v1",
      candidate: "v2",
      allowed: 0,
      before: 0.1,
      since: `${SINCE}:00Z`,
    },
    proof: { outcome: "proved", why: "baseline_only", units: 400, candidateUnits: 0, share: 0 },
    events: { hours: [{ hour: "2026-02-08T10:00:00Z", baseline: 400, candidate: 0 }] },
    responses: null,
  });
});

describe("the exports", () => {
  const HEADER = "event_id,event_type,occurred_at,user_id,item_id,algo_version";
  const csv = (algorithm: string): string => {
    const rows = Array.from(
      { length: 60 },
      (_, index) =>
        `e${index},impression,2026-02-08T10:${String(index).padStart(2, "0")}:00Z,u${index},i1,${algorithm}`,
    );
    return [HEADER, ...rows, ""].join("\n");
  };

  it("are loaded first, and --no-load leaves them alone", async () => {
    const root = workspace();
    writeAt(root, "exports/today.csv", csv("v1"));
    expect((await verify(root, {})).out).toContain("NOT PROVED: no data");
    const limits = { wait: "0", queryTimeout: "5m" };
    const { code, out } = await verify(root, { load: true, ...limits });
    expect(out).toContain("PROVED: only v1 is served");
    expect(code).toBe(0);
  });

  it("are loaded without losing events of the rollback's day, however long ago it was", async () => {
    const root = workspace({ "rollout.yaml": `${ROLLOUT}keep_events: 0\n` });
    writeAt(root, "exports/today.csv", csv("v1"));
    const given = { preset: "immediate", since: SINCE };
    const { out } = await run(verifyRollbackCommand, root, given, { now: "2026-05-01T12:00:00Z" });
    expect(out).toContain("PROVED: only v1 is served");
  });

  it("are left alone while the command line has a mistake", async () => {
    const root = workspace();
    writeAt(root, "exports/today.csv", csv("v1"));
    for (const mistake of [{ since: undefined }, { since: "2026-02-09" }, { responses: ["r/*.json"] }]) {
      expect((await verify(root, { load: true, ...mistake })).refused).not.toBe("");
    }
    expect(existsSync(join(root, ".gatebook"))).toBe(false);
  });

  it("that are not there are said beside the answer", async () => {
    const root = await warehouse({ units: 400, algorithm: "v1", at: "2026-02-08 10:00:00" });
    const { code, out } = await verify(root, { load: true });
    expect(code).toBe(0);
    expect(out).toContain(
      "Note: the exports could not be loaded (source feed: no file matches exports/*.csv)",
    );
  });
});
