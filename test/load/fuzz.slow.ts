import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { loadAroundFaults } from "../../src/load/files/broken-reader.ts";
import { discoverSources } from "../../src/load/files/discover.ts";
import { type LoadSummary, loadSources } from "../../src/load/load.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import { GatebookError } from "../../src/model/error.ts";
import { everyKind, oldParquet, textDialects, truths, writtenRows } from "./dialects.ts";
import { allTables } from "./tables.ts";
import { configOf, header, source, workspace } from "./workspace.ts";

/** GATEBOOK_FUZZ=20 runs twenty times as many; the test suite has time for a few. */
const runs = (usual: number): number => usual * Number(process.env["GATEBOOK_FUZZ"] ?? 1);

let root: string;
const context = () => ({
  asOf: "2026-02-08T00:00:00Z",
  temporaryFolder: join(root, ".tmp"),
  progress: () => {},
});

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "gatebook-fuzz-")));
  mkdirSync(join(root, "exports"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A store whose engine is replaced when a file breaks it, as a run does; what it had is loaded again by the files of the night. */
interface Store {
  engine: Engine;
}

async function openStore(): Promise<Store> {
  return { engine: await openEngine() };
}

async function openEngine(): Promise<Engine> {
  const engine = await openDuckDb({ file: ":memory:", threads: 1 });
  await createLoadTables(engine);
  return engine;
}

/** Loads the files as they are now; null when all are refused, which is a GatebookError and nothing else. */
async function load(
  store: Store,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<LoadSummary | null> {
  rmSync(join(root, "exports"), { recursive: true });
  mkdirSync(join(root, "exports"));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, "exports", name);
    writeFileSync(path, content);
    // the same content has the same time wherever it is written, other content another
    const seconds = createHash("md5").update(content).digest().readUInt32BE(0) / 4;
    utimesSync(path, seconds, seconds);
  }
  const config = configOf(root, [source("feed", "exports/*")]);
  let isBroken = false;
  try {
    const found = await discoverSources(config);
    return await loadAroundFaults(
      async (marked) => {
        if (isBroken) {
          store.engine.close();
          store.engine = await openEngine();
        }
        return loadSources(store.engine, config, marked(found), context());
      },
      () => {
        isBroken = true;
      },
    );
  } catch (error) {
    if (!(error instanceof GatebookError) || error.code !== "input") throw error;
    return null;
  }
}

async function expectAccounted({ engine }: Store, summary: LoadSummary | null): Promise<void> {
  const counted = await engine.rows(`SELECT file, read, loaded, duplicates, rejected, status, lines,
      (SELECT count(*) FROM event_rows e WHERE e.file_id = f.file_id) AS events,
      (SELECT count(*) FROM duplicate_rows d WHERE d.file_id = f.file_id) AS copies,
      (SELECT count(*) FROM reject_rows r WHERE r.file_id = f.file_id) AS rejects
    FROM load_files f`);
  for (const file of counted) {
    expect(file["read"]).toBe(Number(file["loaded"]) + Number(file["duplicates"]) + Number(file["rejected"]));
    expect([file["events"], file["copies"], file["rejects"]]).toEqual([
      file["loaded"],
      file["duplicates"],
      file["rejected"],
    ]);
  }
  const bad =
    await engine.rows(`SELECT 1 AS bad FROM events WHERE unit_id IS NULL OR event_date IS NULL OR event_type IS NULL
    OR dwell_seconds < 0 OR (algo_version IS NULL AND event_type IN ('impression', 'click'))`);
  expect(bad).toEqual([]);
  for (const record of summary?.records ?? []) {
    if (record.status === "refused") expect(record.notes[0]).toBeTypeOf("string");
  }
}

const often = <T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );

const field = {
  event_id: often(["e1", "e2", "e3", "e4", "e5", "e6", ""], ['"a,b"', '"x""y"', "ü", "\u0000"]),
  event_type: often(["impression", "click", "favorite", "download"], ["", "hide", "Click", '"click"']),
  occurred_at: often(
    ["2026-02-01T00:00:00Z", "2026-02-02T10:00:00+02:00", "2026-02-03 12:00:00.25", "2026-02-04"],
    ["", "never", "2027-01-01", "1970-01-01", "2026-02-30", "infinity", "1769904000"],
  ),
  user_id: often(["u1", "u2", ""], ["'", "\\", '"line\nbreak"', '"a\n\nb"']),
  session_id: often(["s1", ""], ["\u0001"]),
  item_id: often(["i1", "i2", ""], [" "]),
  algo_version: often(["v1", "v2"], ["", "v3"]),
  dwell_seconds: often(["", "1.5", "30", "-1"], ["NaN", "1e99", '"1,000"', "x", "0.00049"]),
  position: often(["0", "7", ""], ["-3", "1.5", "99999999999", "x"]),
  metadata: often(["", '"{""a"":1}"'], ['{"a":1}', '"', '"unclosed']),
};

const row = fc.record(field).map((fields) => Object.values(fields).join(","));
const line = fc.oneof(
  { weight: 30, arbitrary: row },
  { weight: 1, arbitrary: fc.constantFrom("", header, "x", ",,,,,,,,,,,,", '"', "   ") },
);
const ending = fc.constantFrom("\n", "\n", "\n", "\r\n");
const csvFile = fc
  .tuple(fc.array(line, { maxLength: 25 }), ending, fc.boolean())
  .map(([lines, end, last]) => [header, ...lines].join(end) + (last ? end : ""));

describe("whatever an export holds", () => {
  test("read = loaded + duplicates + rejected, night after night, and the warehouse is what one load would give", async () => {
    const night = fc.record({ "a.csv": csvFile, "b.csv": csvFile });
    await fc.assert(
      fc.asyncProperty(fc.array(night, { minLength: 1, maxLength: 3 }), async (nights) => {
        const store = await openStore();
        const scratch = await openStore();
        try {
          for (const files of nights) await expectAccounted(store, await load(store, files));
          await expectAccounted(scratch, await load(scratch, nights.at(-1) ?? {}));
          expect(await allTables(store.engine)).toEqual(await allTables(scratch.engine));
        } finally {
          store.engine.close();
          scratch.engine.close();
        }
      }),
      { numRuns: runs(5) },
    );
  });

  test("bytes of any kind end as rows, rejects or a refusal with its reason", async () => {
    const store = await openStore();
    const sound = Buffer.from(
      `${header}\ne1,click,2026-02-01,u,s,i,v1,1,1,\ne2,click,2026-02-01,u,s,i,v1,1,1,"x"\n`,
    );
    const json = Buffer.from(
      '{"event_id":"e1","event_type":"click","event_date":"2026-02-01","algo_version":"v1"}\n'.repeat(3),
    );
    const damage = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    const damaged = (text: Buffer): fc.Arbitrary<Buffer> =>
      damage.map((places) => {
        const copy = Buffer.from(text);
        for (const [at, byte] of places) copy[at % copy.length] = byte;
        return copy;
      });
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 200 }).map((array) => Buffer.from(array));
    const name = fc.constantFrom("f.csv", "f.tsv", "f.jsonl", "f.csv.gz", "f.jsonl.zst", "f.parquet");
    try {
      await fc.assert(
        fc.asyncProperty(name, fc.oneof(damaged(sound), damaged(json), bytes), async (file, content) => {
          await expectAccounted(store, await load(store, { [file]: content }));
        }),
        { numRuns: runs(20) },
      );
    } finally {
      store.engine.close();
    }
  });

  test("the same events are loaded, counted as copies and rejected whoever wrote them", async () => {
    const writer = await openDuckDb({ file: ":memory:", threads: 1 });
    const parquet = { name: "old Spark", file: "old.parquet", change: {}, more: 0 };
    const dialects = [...textDialects, parquet];
    const sources = dialects.map(({ file, change }) =>
      source(file.replace(".", "_"), `exports/${file}`, change),
    );
    try {
      await fc.assert(
        fc.asyncProperty(truths, async (drawn) => {
          const events = [...drawn, ...everyKind];
          const { root: folder, write, night } = workspace();
          const written = dialects.map((_, index) => writtenRows(events, 1 + 1000 * index));
          for (const [index, dialect] of textDialects.entries())
            write(`exports/${dialect.file}`, dialect.write(written[index] ?? []));
          await writer.execute(
            `COPY (${oldParquet(written.at(-1) ?? [])}) TO '${folder}/exports/${parquet.file}' (FORMAT parquet)`,
          );
          await night(
            sources,
            async ({ engine, summary }) => {
              for (const [index, { name, file, more = 0 }] of dialects.entries()) {
                const rows = written[index] ?? [];
                const good = rows.filter(({ isBad }) => !isBad);
                const firsts = good.filter(({ sent }) => sent === 1);
                const record = summary.records.find((each) => each.file === `exports/${file}`);
                const counts = {
                  read: rows.length + more,
                  loaded: firsts.length,
                  duplicates: good.length - firsts.length,
                  conflicts: 0,
                  rejected: rows.length - good.length + more,
                };
                expect(record, `${name}: ${JSON.stringify(record)}`).toMatchObject(counts);
                const first = 1 + 1000 * index;
                const loaded = await engine.rows(`SELECT CAST(event_id AS INTEGER) AS id, event_type AS type,
                    epoch_ms(occurred_at) AS "at", CAST(user_id AS INTEGER) AS "user", dwell_seconds AS dwell
                  FROM events WHERE CAST(event_id AS INTEGER) BETWEEN ${first} AND ${first + 999} ORDER BY id`);
                expect(loaded, name).toEqual(
                  firsts.map(({ id, type, at, user, dwell }) => ({ id, type, at, user, dwell })),
                );
              }
              const accounting = summary.checks.find(({ name }) => name === "load_accounting");
              expect(accounting).toMatchObject({ status: "pass" });
            },
            { afresh: true, config: { unitPlaceholders: ["undefined", "null"] } },
          );
        }),
        { numRuns: runs(3) },
      );
    } finally {
      writer.close();
    }
  });

  test("a file that breaks the engine's reader is read by gatebook's own", async () => {
    const store = await openStore();
    const first = store.engine;
    const cut = Buffer.from(
      `${header.replace("event_id", "e\x10ent_id")}\ne1,click,2026-02-01,u,s,i,v1,1,1,\ne2,click,2026-02-01,u,s,i,v1,1,1,"\xb4"\n`,
      "latin1",
    );
    try {
      const summary = await load(store, { "cut.csv": cut });
      expect(store.engine).not.toBe(first);
      await expectAccounted(store, summary);
      expect(summary?.records).toMatchObject([
        { status: "loaded", read: 2, rejectedByReason: { bad_encoding: 1 } },
      ]);
    } finally {
      store.engine.close();
    }
  });
});
