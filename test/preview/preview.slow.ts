/** What `gatebook watch` makes of saves, without a page: files are edited on the disk as editors do, and every pass is read. */
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Result } from "../../src/model/result.ts";
import type { Note } from "../../src/preview/follow.ts";
import type { Pass } from "../../src/preview/pass.ts";
import { type Preview, startPreview } from "../../src/preview/preview.ts";
import { CLOCK_FIELDS, differencesOf } from "../../src/result/differences.ts";
import { parseResult, serializeResult } from "../../src/result/serialize.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { caseContext, runCase } from "../helpers/run-case.ts";
import {
  changeFile,
  madeWorkspace,
  packageRoot,
  sampleInto,
  temporaryFolder,
  writeFilesIn,
} from "../helpers/temp-workspace.ts";
import { judgedWorkspace } from "./workspace.ts";

interface Bench {
  readonly root: string;
  readonly passes: readonly Pass[];
  /** The pass that `work` brings about. */
  readonly after: (work: () => void) => Promise<Pass>;
  readonly close: () => Promise<void>;
}

async function openBench(root: string, date: string | null = null): Promise<Bench> {
  const passes: Pass[] = [];
  let heard = (): void => {};
  const preview: Preview = await startPreview(
    {
      ...{ file: join(root, "rollout.yaml"), date, timeoutMs: 60_000, port: null },
      onPass: (pass) => {
        passes.push(pass);
        heard();
      },
    },
    caseContext(),
  );
  let stop = (): void => {};
  const ended = preview.until(new Promise((resolve) => (stop = resolve)));
  return {
    root,
    passes,
    after: async (work) => {
      const before = passes.length;
      const next = new Promise<void>((resolve) => (heard = resolve));
      work();
      await next;
      const pass = passes[before];
      if (pass === undefined) throw new Error("heard of a pass that is not there");
      return pass;
    },
    close: async () => {
      stop();
      await ended;
    },
  };
}

/** Two metrics, one of a relation that two cells read as well. */
async function sampleWorkspace(): Promise<string> {
  const root = await madeWorkspace(afterAll);
  judgeBy(root, "ctr", "top_author_share");
  for (const cell of ["top_authors.sql", "concentration_curve.sql", "concentration_curve.vl.json"])
    cpSync(join(packageRoot, "queries/cells", cell), join(root, "queries/cells", cell));
  await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 120 });
  return root;
}

/** A preview is no report, so it says of none where it is. */
const besidesAReport = [...CLOCK_FIELDS, "reportAt"];

/** Where this file's previews keep what they need for a while. */
const temporary = temporaryFolder(afterAll);
vi.stubEnv("TMPDIR", temporary);
afterAll(() => void vi.unstubAllEnvs()); // other files run in the same process
const leftBehind = () => readdirSync(temporary).filter((name) => name.startsWith("gatebook-watch-"));
const told = (notes: readonly Note[]) =>
  notes.map(({ subject, kind, differences }) => `${subject} ${kind}: ${differences.join(", ")}`);

describe("a preview of one night", () => {
  let bench: Bench;
  let recorded: Result;
  const text = (path: string): string => readFileSync(join(bench.root, path), "utf8");
  const save = (path: string, content: string): void => {
    const beside = join(bench.root, `${path}~`);
    writeFileSync(beside, content);
    renameSync(beside, join(bench.root, path));
  };
  const edit = (path: string, before: string, after: string): void => {
    const whole = text(path);
    if (whole.split(before).length !== 2) throw new Error(`"${before}" does not stand once in ${path}`);
    save(
      path,
      whole.replace(before, () => after),
    );
  };

  beforeAll(async () => {
    const root = await sampleWorkspace();
    await runCase(root, { date: "2026-02-02" });
    recorded = parseResult(readFileSync(join(root, "reports/clip-cosine-v2/2026-02-02/result.json"), "utf8"));
    bench = await openBench(root);
  });
  afterAll(() => bench.close());

  it("begins with what the night said, to the last digit", () => {
    const [first] = bench.passes;
    expect(first?.notes).toEqual([]);
    expect(first?.problems).toEqual([]);
    expect(first?.ran).toEqual(
      expect.arrayContaining(["traffic", "metric ctr", "check event_id_populated", "cell top_authors"]),
    );
    const opened = parseResult(serializeResult(first?.result ?? recorded));
    expect(differencesOf(recorded, opened, besidesAReport)).toEqual([]);
  });

  it("runs again only the cell, metric or check whose file was saved", async () => {
    const cell = await bench.after(() => edit("queries/cells/top_authors.sql", "place <= 10", "place <= 9"));
    expect(cell.ran).toEqual(["cell top_authors"]);
    expect(told(cell.notes)).toEqual(["cell top_authors changed: rows 20 → 18"]);
    expect(cell.focus).toBe("cell-top_authors");
    const metric = await bench.after(() =>
      edit("queries/metrics/ctr.sql", "clicks AS numerator", "clicks * 2 AS numerator"),
    );
    expect(metric.ran).toEqual(["metric ctr"]);
    expect(told(metric.notes).join()).toMatch(/metric ctr changed: value [\d.]+% → [\d.]+%/);
    expect(metric.focus).toBe("metric-ctr");
    const check = await bench.after(() =>
      edit("queries/checks/event_id_populated.sql", "-- @title ", "-- @title On "),
    );
    expect(check.ran).toEqual(["check event_id_populated"]);
    await bench.after(() =>
      edit("queries/metrics/ctr.sql", "clicks * 2 AS numerator", "clicks AS numerator"),
    );
  });

  it("runs nothing again for thresholds, other settings and templates", async () => {
    const line = "drop: { warning: 3%, rollback: 5%, severe: 10% }";
    const thresholds = await bench.after(() =>
      edit("rollout.yaml", line, "drop: { warning: 2%, rollback: 5%, severe: 10% }"),
    );
    expect(thresholds.ran).toEqual([]);
    expect(told(thresholds.notes)).toEqual([
      "metric ctr changed: thresholds drop 3% / 5% / 10% → drop 2% / 5% / 10%",
    ]);
    await bench.after(() =>
      edit("rollout.yaml", "warning: 2%, rollback: 5%, severe", "warning: 3%, rollback: 5%, severe"),
    );
    const template = await bench.after(() => writeFilesIn(bench.root, { "templates/theme.css": "" }));
    expect(template.ran).toEqual([]);
    expect(template.files).toEqual(["templates/theme.css"]);
    await bench.after(() => rmSync(join(bench.root, "templates"), { recursive: true }));
  });

  it("puts an edited relation in front of the stored one, runs what reads it, and takes it away again", async () => {
    const path = "queries/relations/author_days.sql";
    const original = text(path);
    const edited = await bench.after(() => save(path, `${original}\nLIMIT 50`));
    expect(edited.ran).toEqual([
      "relation author_days",
      "metric top_author_share",
      "cell concentration_curve",
      "cell top_authors",
    ]);
    expect(told(edited.notes).join("\n")).toMatch(/metric top_author_share changed: .*value/);
    const back = await bench.after(() => save(path, original));
    expect(back.ran).toEqual(["metric top_author_share", "cell concentration_curve", "cell top_authors"]);
    const { metrics } = back.result;
    expect(metrics.find(({ name }) => name === "top_author_share")).toEqual(
      recorded.metrics.find(({ name }) => name === "top_author_share"),
    );
  });

  it("tells of a relation that cannot be built at its place, and of what reads it at theirs", async () => {
    const path = "queries/relations/author_days.sql";
    const original = text(path);
    const broken = await bench.after(() => save(path, original.replace("FROM events", "FROM evnts")));
    expect(broken.problems).toMatchObject([
      { message: 'unknown table "evnts"; did you mean "events"?', where: { file: path } },
    ]);
    expect(broken.problems[0]?.excerpt).toMatch(/FROM evnts.*\n +\^$/);
    const failed = broken.notes.filter(({ kind }) => kind === "failed");
    expect(failed.map(({ subject }) => subject)).toEqual([
      "metric top_author_share",
      "cell concentration_curve",
      "cell top_authors",
    ]);
    expect(failed[0]?.error?.message).toBe('it reads the relation "author_days", which could not be built');
    const fixed = await bench.after(() => save(path, original));
    expect(fixed.problems).toEqual([]);
    expect(fixed.notes.filter(({ kind }) => kind === "fixed").length).toBe(3);
  });

  it("follows files that come, go and are renamed", async () => {
    const sql = "-- @title Two\nSELECT 1 AS one\n";
    const come = await bench.after(() => save("queries/cells/two.sql", sql));
    expect(told(come.notes)).toEqual(["cell two new: "]);
    const renamed = await bench.after(() =>
      renameSync(join(bench.root, "queries/cells/two.sql"), join(bench.root, "queries/cells/too.sql")),
    );
    expect(told(renamed.notes)).toEqual(["cell too new: ", "cell two gone: "]);
    expect(renamed.files).toEqual(["queries/cells/too.sql", "queries/cells/two.sql"]);
    const gone = await bench.after(() => rmSync(join(bench.root, "queries/cells/too.sql")));
    expect(told(gone.notes)).toEqual(["cell too gone: "]);
    const folder = await bench.after(() => writeFilesIn(bench.root, { "queries/cells/new.vl.json": "{}" }));
    expect(folder.problems).toMatchObject([{ message: "the chart has no query new.sql beside it" }]);
    await bench.after(() => rmSync(join(bench.root, "queries/cells/new.vl.json")));
  });

  it("says that a guardrail's file is gone, where its threshold stands, and goes on", async () => {
    const path = "queries/metrics/ctr.sql";
    const original = text(path);
    const gone = await bench.after(() => rmSync(join(bench.root, path)));
    expect(gone.problems).toMatchObject([{ where: { file: "rollout.yaml" }, level: "error" }]);
    expect(gone.problems[0]?.message).toContain("ctr");
    const back = await bench.after(() => save(path, original));
    expect(back.problems).toEqual([]);
  });

  it("keeps the last sound rollout.yaml while the file is broken, half written or gone, and follows the queries", async () => {
    const original = text("rollout.yaml");
    const broken = await bench.after(() =>
      save("rollout.yaml", original.replace("active_gate: g10", "active_gate: [g10")),
    );
    expect(broken.problems.length).toBeGreaterThan(0);
    expect(broken.problems[0]?.where.line).toBeGreaterThan(1);
    expect(broken.result.decision).toEqual(bench.passes.at(-2)?.result.decision);
    const cell = await bench.after(() => save("queries/cells/other.sql", "SELECT 1 AS one\n"));
    expect(told(cell.notes)).toEqual(["cell other new: "]);
    expect(cell.problems).toEqual(broken.problems);
    const half = await bench.after(() =>
      writeFileSync(join(bench.root, "rollout.yaml"), original.slice(0, 200)),
    );
    expect(half.problems.length).toBeGreaterThan(0);
    const gone = await bench.after(() => rmSync(join(bench.root, "rollout.yaml")));
    expect(gone.problems).toMatchObject([{ message: "there is no such file" }]);
    const back = await bench.after(() => save("rollout.yaml", original));
    expect(back.problems).toEqual([]);
    await bench.after(() => rmSync(join(bench.root, "queries/cells/other.sql")));
  });

  it("says why a window cannot be measured, and shows what it showed", async () => {
    const opened = "exposure: 50%,\n      started: 2026-02-02,";
    const later = await bench.after(() => edit("rollout.yaml", "exposure: 50%,", opened));
    expect(later.problems).toMatchObject([
      { message: expect.stringContaining("days of g10 and of g50"), where: { file: "rollout.yaml" } },
    ]);
    expect(later.result.window.from).toBe("2026-02-01");
    await bench.after(() => edit("rollout.yaml", opened, "exposure: 50%,"));
  });

  it("of many saves takes the last, in few passes", async () => {
    const before = bench.passes.length;
    for (let rows = 1; rows <= 40; rows += 1) {
      save("queries/cells/many.sql", `-- @title Many\nSELECT * FROM range(${rows})\n`);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await expect
      .poll(() => bench.passes.at(-1)?.result.cells.find(({ name }) => name === "many")?.rowCount, {
        timeout: 20_000,
      })
      .toBe(40);
    expect(bench.passes.length - before).toBeLessThan(20);
    await bench.after(() => rmSync(join(bench.root, "queries/cells/many.sql")));
  });

  it("stops what still runs for an older save", async () => {
    const endless =
      "-- @title Slow\nSELECT sum(a.range * b.range) AS s FROM range(3000000) AS a, range(3000000) AS b\n";
    save("queries/cells/slow.sql", endless);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const began = performance.now();
    const pass = await bench.after(() => save("queries/cells/slow.sql", "-- @title Slow\nSELECT 1 AS s\n"));
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(told(pass.notes)).toEqual(["cell slow new: "]);
    expect(pass.ran).toEqual(["cell slow"]);
    await bench.after(() => rmSync(join(bench.root, "queries/cells/slow.sql")));
  });

  it("runs what an unrelated save stopped once more, to its end", async () => {
    const pairs = "FROM range(9000) AS a, range(9000) AS b WHERE (a.range * b.range) % 7 = 1";
    save("queries/cells/long.sql", `-- @title Long\nSELECT count(*) AS n ${pairs}\n`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await bench.after(() => save("queries/cells/other.sql", "-- @title Other\nSELECT 1 AS one\n"));
    const long = () => bench.passes.at(-1)?.result.cells.find(({ name }) => name === "long");
    await expect.poll(() => long()?.rowCount, { timeout: 30_000 }).toBe(1);
    expect(long()?.error).toBeNull();
    for (const name of ["long", "other"])
      await bench.after(() => rmSync(join(bench.root, `queries/cells/${name}.sql`)));
  });

  it("is no hindrance to a night, takes up the warehouse that it publishes, and agrees with it", async () => {
    const pass = await bench.after(() => void runCase(bench.root, { date: "2026-02-03" }));
    expect(pass.newWarehouse).toBe(true);
    expect(pass.files).toEqual([]);
    expect(pass.result.window.reportDate).toBe("2026-02-03");
    expect(pass.notes.some(({ subject }) => subject === "metric ctr")).toBe(true);
    const path = join(bench.root, "reports/clip-cosine-v2/2026-02-03/result.json");
    await expect.poll(() => existsSync(path)).toBe(true);
    const night = parseResult(readFileSync(path, "utf8"));
    const now = parseResult(serializeResult(pass.result));
    expect(differencesOf(night, now, besidesAReport)).toEqual([]);
  });
});

it("writes nothing into the workspace, and leaves nothing behind", async () => {
  const root = await judgedWorkspace(onTestFinished);
  const files = (): readonly string[] =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => !path.startsWith("queries"))
      .map((path) => `${path} ${statSync(join(root, path)).mtimeMs}`)
      .sort();
  const before = files();
  const bench = await openBench(root);
  expect(leftBehind().length).toBe(1);
  await bench.after(() =>
    changeFile(root, "queries/relations/user_days.sql", { "FROM events": "FROM events AS e" }),
  );
  await bench.close();
  expect(files()).toEqual(before);
  expect(leftBehind()).toEqual([]);
});

it("shows another night with a date, and refuses to begin where there is nothing to show", async () => {
  const bare = await madeWorkspace(onTestFinished);
  await expect(openBench(bare)).rejects.toMatchObject({
    code: "input",
    message: "there is no warehouse yet",
  });
  const root = await judgedWorkspace(onTestFinished);
  const bench = await openBench(root, "2026-02-01");
  expect(bench.passes[0]?.result.window.reportDate).toBe("2026-02-01");
  await bench.close();
  changeFile(root, "rollout.yaml", { "exposure: 50%,": "exposure: 50%, started: 2026-02-02," });
  await expect(openBench(root)).rejects.toMatchObject({ code: "usage" });
  changeFile(root, "rollout.yaml", { "active_gate: g10": "active_gate: g1" });
  await expect(openBench(root)).rejects.toMatchObject({ code: "config" });
  expect(leftBehind()).toEqual([]);
});

it("says that an edited relation is unavailable where the events it needs were pruned", async () => {
  const root = await judgedWorkspace(onTestFinished);
  changeFile(root, "rollout.yaml", { "keep_events: 14": "keep_events: 1" });
  await runCase(root, { date: "2026-02-03" });
  const bench = await openBench(root);
  const path = "queries/relations/author_days.sql";
  const pass = await bench.after(() => changeFile(root, path, { "FROM events": "FROM events AS e" }));
  expect(pass.problems).toMatchObject([
    {
      message:
        "its SQL is not what the stored table was made of, and the events before 2026-02-03 are no longer kept",
      where: { file: path },
      hint: "gatebook run builds it from the exports",
    },
  ]);
  expect(pass.notes.filter(({ kind }) => kind === "failed").map(({ subject }) => subject)).toContain(
    "metric top_author_share",
  );
  await bench.close();
});
