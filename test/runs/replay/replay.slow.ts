import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import { addRecord } from "../../../src/ledger/record.ts";
import type { Result } from "../../../src/model/result.ts";
import { parseResult } from "../../../src/result/serialize.ts";
import { recordedHere } from "../../../src/runs/replay/recorded-events.ts";
import { type Replayed, replayJudgement, replayResult } from "../../../src/runs/replay/replay.ts";
import type { InputChange } from "../../../src/runs/replay/replay-inputs.ts";
import { openWarehouse } from "../../../src/warehouse/store.ts";
import { runCase } from "../../helpers/run-case.ts";
import {
  changeFile,
  copiedWorkspace,
  madeWorkspace,
  sampleInto,
  temporaryFolder,
} from "../../helpers/temp-workspace.ts";

const users = 120;

/** Two nights of three days of exports; what they return brings the third day. */
async function twoNights(finish: (remove: () => void) => void): Promise<string> {
  return (await twoNightsOfThree(finish)).root;
}

async function twoNightsOfThree(
  finish: (remove: () => void) => void,
): Promise<{ readonly root: string; readonly bringThird: () => void }> {
  const files = ["exports/feed_events/2026-02-03.csv", "exports/user_discovery_events/date=2026-02-03"];
  const root = await copiedWorkspace(finish, "two-nights", async (made) => {
    await sampleInto(made, { scenario: "healthy", days: 3, usersPerDay: users });
    mkdirSync(join(made, "third"));
    for (const [at, path] of files.entries()) renameSync(join(made, path), join(made, "third", String(at)));
    await runCase(made, { date: "2026-02-01" });
    await runCase(made, { date: "2026-02-02" });
  });
  const bringThird = (): void => {
    for (const [at, path] of files.entries()) renameSync(join(root, "third", String(at)), join(root, path));
  };
  return { root, bringThird };
}

function recordOf(root: string, date = "2026-02-02"): Result {
  return parseResult(readFileSync(join(root, "reports/clip-cosine-v2", date, "result.json"), "utf8"));
}

async function replay(root: string, recorded: Result, gone: readonly InputChange[] = []): Promise<Replayed> {
  const engine = await openWarehouse(root);
  try {
    return await replayResult(
      { ...recordedHere(engine), gone },
      { recorded, root, timeoutMs: 60_000, version: "0.0.0" },
    );
  } finally {
    engine.close();
  }
}

function judgeOnly(recorded: Result, root: string): Replayed {
  return replayJudgement({ recorded, root, version: "0.0.0" });
}

const places = ({ differences }: Replayed): readonly string[] => differences.map(({ path }) => path);

describe("a record whose inputs are the same", () => {
  let root = "";
  let recorded: Result;
  beforeAll(async () => {
    root = await twoNights(afterAll);
    recorded = recordOf(root);
  });

  it("is identical, also for a night with another after it", async () => {
    const tools = { gatebook: "0.0.0", duckdb: recorded.provenance.duckdb };
    const identical = {
      ...{ outcome: "identical", differences: [], inputs: [], missing: [], rebuilt: [] },
      tools: { recorded: tools, now: tools },
    };
    expect(await replay(root, recorded)).toEqual(identical);
    expect(await replay(root, recordOf(root, "2026-02-01"))).toEqual(identical);
  });

  it("is not identical where the recorded state of a table can be read no more, whatever a later one gives", async () => {
    const expired = {
      subject: "feed_events",
      matters: true,
      isGone: true,
      text: "snapshot 7 is no longer there",
    };
    const replayed = await replay(root, recorded, [expired]);
    expect(replayed).toMatchObject({ outcome: "inputs changed", differences: [], inputs: [expired] });
    // a relation that was made again from the recorded events is no other input
    const remade = await replay(root, recorded, [{ ...expired, isGone: undefined }]);
    expect(remade.outcome).toBe("identical");
  });

  it("names a tampered measurement, and every number that follows from it", async () => {
    const tampered = structuredClone(recorded) as unknown as Loose;
    const ctr = tampered.measurement.metrics.find((metric) => metric.definition.name === "ctr");
    if (ctr?.observation.candidate == null) throw new Error("the sample has a CTR");
    const truth = ctr.observation.candidate.sumNumerator;
    ctr.observation.candidate.sumNumerator = truth + 1;
    const replayed = await replay(root, tampered as unknown as Result);
    expect(replayed.outcome).toBe("differs");
    expect(replayed.differences).toEqual([
      {
        path: "measurement.metrics[ctr].observation.candidate.sumNumerator",
        recorded: String(truth + 1),
        replayed: String(truth),
      },
    ]);
  });

  it("names a tampered verdict", async () => {
    const tampered: Result = { ...recorded, decision: { ...recorded.decision, action: "promote" } };
    expect(recorded.decision.action).toBe("hold");
    for (const replayed of [await replay(root, tampered), judgeOnly(tampered, root)]) {
      expect(replayed.outcome).toBe("differs");
      expect(replayed.differences).toEqual([
        { path: "decision.action", recorded: '"promote"', replayed: '"hold"' },
      ]);
    }
  });

  it("names edited SQL: its hash no longer fits, and its numbers are others", async () => {
    const path = "queries/metrics/ctr.sql";
    const { queries } = recorded.provenance;
    const query = queries[path];
    if (query === undefined) throw new Error("the sample has a CTR");
    const sql = query.sql.replace("clicks AS numerator", "clicks + 1 AS numerator");
    const provenance = { ...recorded.provenance, queries: { ...queries, [path]: { ...query, sql } } };
    const replayed = await replay(root, { ...recorded, provenance });
    expect(replayed.outcome).toBe("differs");
    expect(places(replayed)).toContain(`provenance.queries[${path}].sha256`);
    expect(places(replayed)).toContain("metrics[ctr].observation.candidate.numerator");
    expect(places(replayed).every((place) => !place.startsWith("metrics[long_dwell_share]"))).toBe(true);
    expect(places(judgeOnly({ ...recorded, provenance }, root))).toEqual([
      `provenance.queries[${path}].sha256`,
    ]);
  });

  it("judges by the recorded rollout.yaml, and notices when that was edited", () => {
    const configText = recorded.provenance.configText.replace("judge: evidence", "judge: literal");
    const replayed = judgeOnly({ ...recorded, provenance: { ...recorded.provenance, configText } }, root);
    expect(replayed.outcome).toBe("differs");
    expect(places(replayed)).toContain("provenance.configSha256");
    expect(places(replayed)).toContain("rollout.judge");
  });

  it("does not care what the workspace says today", async () => {
    changeFile(root, "rollout.yaml", { "judge: evidence": "judge: literal" });
    changeFile(root, "queries/metrics/ctr.sql", { "clicks AS numerator": "clicks + 1 AS numerator" });
    expect((await replay(root, recorded)).outcome).toBe("identical");
  });

  it("forgives the clock, and nothing else", async () => {
    const [cell, ...cells] = recorded.cells;
    if (cell === undefined) throw new Error("the sample has cells");
    const later: Result = {
      ...recorded,
      cells: [{ ...cell, durationMs: 1e6 }, ...cells],
      provenance: { ...recorded.provenance, generatedAt: "2030-01-01T00:00:00Z", durationMs: 1, stages: [] },
    };
    expect((await replay(root, later)).outcome).toBe("identical");
    const other: Result = { ...recorded, cells: [{ ...cell, rowCount: cell.rowCount + 1 }, ...cells] };
    expect(places(await replay(root, other))).toEqual([`cells[${cell.name}].rowCount`]);
  });

  it("is judged again without any warehouse", () => {
    const elsewhere = temporaryFolder(afterAll);
    expect(judgeOnly(recorded, elsewhere).outcome).toBe("identical");
  });

  it("makes a relation anew from kept events when its recorded SQL is not the warehouse's", async () => {
    const path = "queries/relations/user_days.sql";
    const { queries } = recorded.provenance;
    const query = queries[path];
    if (query === undefined) throw new Error("the sample has user_days");
    const spaced = { ...query, sql: `${query.sql}\n-- the same in other words\n` };
    const provenance = { ...recorded.provenance, queries: { ...queries, [path]: spaced } };
    const replayed = await replay(root, { ...recorded, provenance });
    expect(replayed.rebuilt).toEqual(["user_days"]);
    // The night before had the SQL unedited: that is a change since then.
    expect(places(replayed)).toEqual([`changes[${path}]`, `provenance.queries[${path}].sha256`]);
  });
});

/** As far as a test tampers with it. */
interface Loose {
  readonly measurement: {
    readonly metrics: {
      readonly definition: { readonly name: string };
      readonly observation: { readonly candidate: { sumNumerator: number } | null };
    }[];
  };
}

describe("a record whose inputs are others now", () => {
  it("says which file changed, and where that shows", async () => {
    const root = await twoNights(afterAll);
    const recorded = recordOf(root);
    const file = join(root, "exports/feed_events/2026-02-02.csv");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const clicks = lines.findLastIndex((line) => line.includes("feed_click"));
    writeFileSync(file, `${lines.toSpliced(clicks, 1).join("\n")}\n`);
    await runCase(root, { date: "2026-02-02" });
    const replayed = await replay(root, recorded);
    expect(replayed.outcome).toBe("inputs changed");
    expect(replayed.inputs.map(({ subject, matters }) => ({ subject, matters }))).toEqual([
      { subject: "exports/feed_events/2026-02-02.csv", matters: true },
    ]);
    expect(replayed.inputs[0]?.text).toMatch(
      /^read [\d,]+ after [\d,]+, loaded .*SHA-256 \w{12} after \w{12}$/,
    );
    expect(places(replayed).some((place) => place.startsWith("measurement.traffic.days[2026-02-02]"))).toBe(
      true,
    );
  });

  it("is identical, and says so, when only later days came", async () => {
    const { root, bringThird } = await twoNightsOfThree(afterAll);
    bringThird();
    await runCase(root, { date: "2026-02-03" });
    const replayed = await replay(root, recordOf(root));
    expect(replayed.outcome).toBe("identical");
    const added = replayed.inputs.filter(({ text }) => text.startsWith("came since"));
    expect(added.map(({ subject }) => subject)).toContain("exports/feed_events/2026-02-03.csv");
    expect(replayed.inputs.every(({ matters }) => !matters)).toBe(true);
  });

  it("says that the ledger knows more of the nights before", async () => {
    const root = await twoNights(afterAll);
    const store = await openDuckDb({ file: join(root, ".gatebook/warehouse.duckdb") });
    await addRecord(store, {
      rollout: "clip-cosine-v2",
      kind: "override",
      effective: "2026-02-01",
      fromGate: null,
      toGate: null,
      fromShare: null,
      toShare: null,
      preset: null,
      action: "hold",
      until: "2026-02-09",
      subject: null,
      reason: "launch week",
      person: "ada",
      ticket: null,
      recordedAt: "2026-02-09T00:00:00Z",
    });
    store.close();
    const replayed = await replay(root, recordOf(root));
    expect(replayed.outcome).toBe("inputs changed");
    // what it does to the verdict, and the record itself
    expect(replayed.inputs.map(({ subject }) => subject)).toEqual(["ledger", "ledger"]);
    expect(replayed.inputs.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^override \{"action":"hold"/),
      expect.stringMatching(/^records.*launch week/),
    ]);
  });

  it("says what cannot be replayed once single events are pruned", async () => {
    const root = await madeWorkspace(afterAll, { "keep_events: 14": "keep_events: 1" });
    await sampleInto(root, { scenario: "healthy", days: 2, usersPerDay: users });
    await runCase(root, { date: "2026-02-02" });
    const recorded = recordOf(root);
    const replayed = await replay(root, recorded);
    expect(replayed.outcome).toBe("incomplete");
    expect(replayed.differences).toEqual([]);
    const why = "the events before 2026-02-02 are no longer kept";
    expect(replayed.missing).toContainEqual({ path: "queries/checks/save_events_present.sql", why });
    expect(replayed.missing.every(({ path }) => !path.startsWith("queries/metrics/"))).toBe(true);

    const { queries } = recorded.provenance;
    const path = "queries/relations/user_days.sql";
    const query = queries[path];
    if (query === undefined) throw new Error("the sample has user_days");
    const edited = { ...queries, [path]: { ...query, sql: `${query.sql}\n-- edited\n` } };
    const provenance = { ...recorded.provenance, queries: edited };
    const without = await replay(root, { ...recorded, provenance });
    const lost = `user_days: its SQL is not what the stored table was made of, and ${why}`;
    expect(without.missing).toContainEqual({ path: "traffic", why: lost });
  });
});
