/** The DataEngine interface on a Trino cluster, and what a cluster does beyond it. */
import type { Scalar } from "../../model/words.ts";
import type { QueryFile, RemoteEngine, ScratchRows, Snapshot, TypedColumn } from "../engine.ts";
import { isEngineError } from "../engine-error.ts";
import { sqlDate, sqlName, sqlText, withoutFinalSemicolon } from "../sql-text.ts";
import { typedColumn } from "./convert.ts";
import { trinoDialect } from "./dialect.ts";
import { keptTablesOf } from "./kept-tables.ts";
import { layersOfSession, withMeanings } from "./layers.ts";
import type { LocalParser } from "./local.ts";
import type { TrinoOptions } from "./options.ts";
import type { Page } from "./page.ts";
import { type Pieces, textOf } from "./pieces.ts";
import { pageReader, refuseDuplicateColumns, tableOf } from "./reading.ts";
import { scratchTablesOf } from "./scratch-tables.ts";
import { type Run, retrying, sessionOf, type Task } from "./session.ts";
import { withSteps } from "./steps.ts";
import { trinoValues } from "./values.ts";
import { tablesNamed } from "./with-list.ts";

/** Longer ones do not fit a header, which servers and proxies limit to 8 KB in all. */
const LONGEST_PREPARED = 5000;

export async function trinoEngine(options: TrinoOptions, local: LocalParser): Promise<RemoteEngine> {
  const session = sessionOf(options);
  const version = await session.version();
  const layers = layersOfSession();
  const scratchTables = scratchTablesOf(session, options);
  const kept = keptTablesOf(session, options);
  const { user } = options;
  const reader = options.readUser ?? user;

  const tableAt = (table: string, snapshot?: string): string => {
    const words = table.split(".");
    const full = [options.catalog, options.schema].slice(0, Math.max(0, 3 - words.length)).concat(words);
    const at = snapshot === undefined ? "" : ` FOR VERSION AS OF ${BigInt(snapshot)}`;
    return `${full.map(sqlName).join(".")}${at}`;
  };
  /** With what its names mean in front. */
  const meant = (statement: Pieces): Pieces =>
    withMeanings(statement, layers.meaningsOf(tablesNamed(textOf(statement))));

  /** Hands over the statement with its steps made; they are dropped when `work` is done. */
  const stepped = async <T>(run: Run, statement: Pieces, work: (ready: Pieces) => Promise<T>): Promise<T> => {
    const steps: string[] = [];
    try {
      const ready = await withSteps(statement, async (name, select) => {
        const step = await scratchTables.create(run, name, meant(select));
        steps.push(step);
        return step;
      });
      return await work(meant(ready));
    } finally {
      for (const step of steps) scratchTables.drop(step);
    }
  };
  /** Runs a SELECT, its steps first; `isFinal` says that it must not be read twice. */
  const read = (run: Run, statement: Pieces, { as, take, settings, isFinal }: Reading): Promise<void> =>
    stepped(run, statement, (pieces) =>
      retrying(options, () => run({ pieces, user: as, settings, take }), isFinal),
    );
  const table: RemoteEngine["table"] = (sql) =>
    session.task({ what: headOf(sql) }, (run) =>
      retrying(options, () => tableOf((take) => read(run, [sql], { as: user, take, isFinal: () => true }))),
    );
  const rows: RemoteEngine["rows"] = async (sql) => {
    const { columns, rows: values } = await table(sql);
    return values.map((row) =>
      Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null])),
    );
  };
  /** Looked at here, then run by who may only read. */
  const readFile = async (
    file: QueryFile,
    timeoutMs: number | undefined,
    reading: Omit<Reading, "as">,
  ): Promise<void> => {
    await local.refuseClosed(file);
    await session.task(taskOf(file, timeoutMs), (run) =>
      read(run, piecesOf(file), { ...reading, as: reader }),
    );
  };
  /** Of the same SELECT as `statement`, without running it. */
  const describe = async (run: Run, statement: Pieces): Promise<readonly TypedColumn[]> => {
    const pieces = meant(statement);
    if (encodeURIComponent(textOf(pieces)).length <= LONGEST_PREPARED) {
      const described = await tableOf((take) =>
        run({ pieces: ["DESCRIBE OUTPUT f"], prepared: pieces, user: reader, take }),
      );
      return described.rows.map(([name, , , , type]) => typedColumn(String(name), String(type)));
    }
    const empty = meant(["SELECT * FROM (\n", ...statement, "\n) AS described LIMIT 0"]);
    let described: readonly TypedColumn[] = [];
    const take = ({ columns = [] }: Page): void => {
      described = columns.map(({ name, type }) => typedColumn(name, type));
    };
    await run({ pieces: empty, user: reader, take });
    return described;
  };
  const describeAs = (task: Task, statement: Pieces): Promise<readonly TypedColumn[]> =>
    session.task(task, (run) => retrying(options, () => describe(run, statement)));

  /** A table of this session with those rows. */
  const made = async (name: string, rowsOf: ScratchRows): Promise<string> => {
    if (typeof rowsOf !== "string") await local.refuseClosed(rowsOf);
    const [task, statement] = taskAndPieces(rowsOf);
    return await session.task(task, (run) =>
      stepped(run, statement, (ready) => scratchTables.create(run, name, ready)),
    );
  };
  const mountKept: RemoteEngine["mountKept"] = ({ name, snapshot }) => {
    const select = `SELECT * FROM ${kept.sqlOf(name)} FOR VERSION AS OF ${BigInt(snapshot)}`;
    layers.setBottom(name.toLowerCase(), { select, table: null });
  };
  const snapshotOf = async (what: string, sql: (suffix: string) => string): Promise<Snapshot | null> => {
    const select = `SELECT CAST(r.snapshot_id AS VARCHAR) AS id, s.committed_at
      FROM ${sql("$refs")} AS r JOIN ${sql("$snapshots")} AS s ON s.snapshot_id = r.snapshot_id WHERE r.name = 'main'`;
    const found = await session.task({ what: `snapshot of ${what}` }, (run) =>
      retrying(options, () => tableOf((take) => run({ pieces: [select], user, take }))),
    );
    const [id, committedAt] = found.rows[0] ?? [];
    return id === undefined ? null : { id: String(id), committedAt: String(committedAt) };
  };
  return {
    name: "Trino",
    version,
    dialect: trinoDialect,
    values: trinoValues,
    concurrency: options.concurrency ?? 4,
    tables: async () => layers.names(),
    table,
    rows,
    query: async (file, { timeoutMs, rowLimit = Number.POSITIVE_INFINITY, exact, ordered = false } = {}) => {
      const started = performance.now();
      const found: Scalar[][] = [];
      const pages = pageReader({ exact, file });
      let rowCount = 0;
      const take = (page: Page): void => {
        const part = pages.rows(page);
        rowCount += part.length;
        found.push(...part.slice(0, Math.max(0, rowLimit - found.length)));
      };
      // else Trino drops the ORDER BY of a subquery
      const settings = ordered ? "skip_redundant_sort=false" : undefined;
      await readFile(file, timeoutMs, { take, settings, isFinal: () => rowCount > 0 });
      return { columns: pages.columns(), rows: found, rowCount, durationMs: performance.now() - started };
    },
    stream: async (file, handOn, { timeoutMs } = {}) => {
      const pages = pageReader({ exact: true, file });
      let rowCount = 0;
      const take = async (page: Page): Promise<void> => {
        const part = pages.rows(page);
        if (part.length === 0) return;
        rowCount += part.length;
        await handOn({ columns: pages.columns(), rows: part });
      };
      await readFile(file, timeoutMs, { take, isFinal: () => rowCount > 0 });
      return rowCount;
    },
    describe: async (file) => {
      await local.refuseClosed(file);
      const columns = await describeAs(taskOf(file), piecesOf(file));
      refuseDuplicateColumns(columns, file);
      return columns;
    },
    describeNative: (file) => describeAs(taskOf(file), piecesOf(file)),
    references: local.references,
    closedNames: local.closedNames,
    unsteadyNames: local.unsteadyNames,
    shape: local.shape,
    columnsNamed: local.columnsNamed,
    unsorted: local.unsorted,
    scans: async (file) => {
      await local.refuseClosed(file);
      const explain: Pieces = ["EXPLAIN (TYPE IO, FORMAT JSON) ", ...meant(piecesOf(file))];
      const { rows: plan } = await session.task(taskOf(file), (run) =>
        retrying(options, () => tableOf((take) => run({ pieces: explain, user: reader, take }))),
      );
      return tablesScanned(String(plan[0]?.[0] ?? "{}")).map((name) => kept.nameOf(name) ?? name);
    },
    filterReachesScans: async (sql, column, day = "2026-02-01") => {
      const file = { file: "", sql };
      const names = (await local.references(file)).flatMap(({ kind, name }) =>
        kind === "table" ? [name] : [],
      );
      const tables = new Map<string, readonly TypedColumn[]>();
      for (const name of names)
        tables.set(name, await describeAs({ what: name }, [`SELECT * FROM ${sqlName(name)}`]));
      return await local.filterReachesScans(sql, column, { day, tables });
    },
    overlay: async (overlay) => {
      const name = overlay.name.toLowerCase();
      if (overlay.kind === "file") {
        const { file, timeoutMs } = overlay;
        const own = await made(name, { ...file, timeoutMs });
        layers.push(name, { select: `SELECT * FROM ${own}`, table: own });
        return;
      }
      const select = await overlay.select(layers.top(name) ?? tableAt(name));
      const own = overlay.kind === "table" ? await made(name, select) : null;
      layers.push(name, { select: own === null ? select : `SELECT * FROM ${own}`, table: own });
    },
    uncover: async (name) => {
      const own = layers.pop(name.toLowerCase())?.table ?? null;
      if (own !== null) scratchTables.drop(own);
    },
    stored: (name) => layers.bottom(name.toLowerCase()) ?? tableAt(name),
    scratch: async (name, rowsOf) => {
      const own = await made(name, rowsOf);
      const before = layers.setBottom(name.toLowerCase(), { select: `SELECT * FROM ${own}`, table: own });
      if (before?.table) scratchTables.drop(before.table);
    },
    interrupt: session.interrupt,
    tableAt,
    snapshot: async (name) => {
      try {
        return await snapshotOf(name, (suffix) => tableAt(`${name}${suffix}`));
      } catch (error) {
        if (!isEngineError(error, "query")) throw error;
        // none of its kind of table, unless there is no such table
        await describeAs({ what: name }, [`SELECT * FROM ${tableAt(name)}`]);
        return null;
      }
    },
    columnsOf: (name) => describeAs({ what: name }, [`SELECT * FROM ${tableAt(name)}`]),
    mount: (name, select) => {
      layers.setBottom(name.toLowerCase(), select === null ? null : { select, table: null });
    },
    mountKept,
    keep: async ({ name, rows: rowsOf, days }) => {
      if (typeof rowsOf !== "string") await local.refuseClosed(rowsOf);
      const [task, statement] = taskAndPieces(rowsOf);
      const within = days === null ? "" : ` WHERE event_date IN (${days.map(sqlDate).join(", ")})`;
      const select = within === "" ? statement : ["SELECT * FROM (\n", ...statement, `\n) AS kept${within}`];
      await session.task(task, (run) => retrying(options, () => kept.write(run, name, meant(select), days)));
      const snapshot = await snapshotOf(name, (suffix) => kept.sqlOf(`${name}${suffix}`));
      const table = { name, snapshot: snapshot?.id ?? "" };
      mountKept(table);
      return table;
    },
    keptNames: kept.names,
    dropKept: async (name) => {
      await kept.drop(name);
      layers.setBottom(name.toLowerCase(), null);
    },
    costs: session.costs,
    splitsByWorker: async () => {
      const ids = session.costs().flatMap(({ queryIds }) => queryIds);
      if (ids.length === 0) return new Map();
      const sql = `SELECT node_id, sum(splits) AS splits FROM system.runtime.tasks
        WHERE query_id IN (${ids.map(sqlText).join(", ")}) GROUP BY node_id ORDER BY node_id`;
      const { rows: found } = await table(sql);
      return new Map(found.map(([node, splits]) => [String(node), Number(splits)]));
    },
    close: async () => {
      session.hurry();
      session.interrupt();
      await scratchTables.dropAll();
      await session.close();
      local.close();
    },
  };
}

interface Reading {
  readonly as: string;
  readonly take: (page: Page) => Promise<void> | void;
  readonly settings?: string | undefined;
  readonly isFinal: () => boolean;
}

function taskOf({ file, sql }: QueryFile, timeoutMs?: number): Task {
  return { what: file, file: { file, sql }, timeoutMs };
}

/** before + SELECT + after */
function piecesOf({ sql, before, after }: QueryFile): Pieces {
  const select = { text: withoutFinalSemicolon(sql), from: 0 };
  return [...(before === undefined ? [] : [before]), select, ...(after === undefined ? [] : [`\n${after}`])];
}

function taskAndPieces(rows: ScratchRows): readonly [Task, Pieces] {
  if (typeof rows === "string") return [{ what: headOf(rows) }, [rows]];
  return [taskOf(rows, rows.timeoutMs), piecesOf(rows)];
}

/** e.g. "SELECT event_date, sum(events) AS events FROM day_edges WHERE …" */
function headOf(sql: string): string {
  const text = sql.trim().replace(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** What EXPLAIN (TYPE IO) prints: names of tables without catalog and schema, each once, in order. */
function tablesScanned(plan: string): readonly string[] {
  const names = [
    ...plan.matchAll(/"schemaTable"\s*:\s*\{\s*"schema"\s*:\s*"[^"]*",\s*"table"\s*:\s*"([^"]+)"/g),
  ];
  return [...new Set(names.map(([, name = ""]) => name.toLowerCase()))].toSorted();
}
