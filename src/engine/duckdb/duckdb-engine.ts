/** The Engine interface on one DuckDB connection. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { GatebookError } from "../../model/error.ts";
import type { Scalar } from "../../model/words.ts";
import type { Column, Engine, QueryFile, Row, Table } from "../engine.ts";
import { EngineError } from "../engine-error.ts";
import { columnKind, toExactScalar, toScalar } from "./convert.ts";
import { duckDbDialect } from "./dialect.ts";
import { closedNames, refuseBeyondTables, unsteadyNames } from "./fenced-names.ts";
import { overlaysIn } from "./overlays.ts";
import { headOf, type ProfileOptions, profilerOf } from "./profile.ts";
import { queryError } from "./query-error.ts";
import { everyScanFilters, tablesScanned } from "./scans.ts";
import { collectReferences, parseSelect, statementText } from "./statement.ts";
import { bareShape, columnsNamed, shapeOf, withoutFinalOrder } from "./statement-shape.ts";
import { storeError } from "./store-error.ts";

export async function duckDbEngine(
  instance: DuckDBInstance,
  connection: DuckDBConnection,
  profile?: ProfileOptions | undefined,
): Promise<Engine> {
  const profiled = profilerOf(profile);
  const about = await connection.runAndReadAll("SELECT version(), current_database()");
  const [version = "", database = ""] = (about.getRowsJson()[0] ?? []).map(String);

  const execute = async (sql: string): Promise<void> => {
    try {
      await profiled(headOf(sql), () => connection.run(sql));
    } catch (error) {
      throw storeError(error, sql);
    }
  };
  const table = async (sql: string): Promise<Table> => {
    try {
      return await profiled(headOf(sql), async () => {
        const { columns, rows } = await readTable(await connection.stream(sql), Number.POSITIVE_INFINITY);
        return { columns, rows };
      });
    } catch (error) {
      throw storeError(error, sql);
    }
  };
  const rows = async (sql: string): Promise<Row[]> => {
    const { columns, rows: values } = await table(sql);
    return values.map((row) =>
      Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null])),
    );
  };

  let isInside = false;
  const parse = (file: QueryFile): Promise<unknown> => parseSelect(connection, file);
  const fenced = async (file: QueryFile): Promise<void> => refuseBeyondTables(await parse(file), file);
  const run = async <T>(file: QueryFile, timeoutMs: number | undefined, read: Reading<T>): Promise<T> => {
    await fenced(file);
    return await runFile(connection, file, timeoutMs, read);
  };

  const query: Engine["query"] = (
    file,
    { timeoutMs, rowLimit = Number.POSITIVE_INFINITY, exact = false } = {},
  ) =>
    profiled(file.file, () =>
      run(file, timeoutMs, async (result, started) => {
        const found = await readTable(result, rowLimit, exact ? toExactScalar : toScalar);
        refuseDuplicateColumns(found.columns, file);
        return { ...found, durationMs: performance.now() - started };
      }),
    );
  const engine: Engine = {
    get books() {
      return engine;
    },
    get data() {
      return engine;
    },
    cluster: null,
    name: "DuckDB",
    version,
    dialect: duckDbDialect,
    concurrency: 1,
    tables: async () => {
      const found = await rows(
        `SELECT lower(table_name) AS name FROM duckdb_tables() WHERE schema_name = 'main'
        UNION ALL SELECT lower(view_name) FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal`,
      );
      return new Set(found.map((row) => String(row["name"])));
    },
    ...overlaysIn(database, { execute, query }),
    execute,
    table,
    rows,
    transaction: async (work) => {
      if (isInside) return await work();
      await execute("BEGIN TRANSACTION");
      isInside = true;
      try {
        const value = await work();
        await execute("COMMIT");
        return value;
      } catch (error) {
        await connection.run("ROLLBACK").catch(() => undefined);
        throw error;
      } finally {
        isInside = false;
      }
    },
    query,
    stream: (file, take, { timeoutMs } = {}) =>
      run(file, timeoutMs, async (result) => {
        const columns = columnsOf(result);
        refuseDuplicateColumns(columns, file);
        let rowCount = 0;
        for await (const chunk of chunks(result)) {
          rowCount += chunk.rowCount;
          await take({ columns, rows: chunk.getRows().map((values) => values.map(toExactScalar)) });
        }
        return rowCount;
      }),
    describe: async (file) => {
      await fenced(file);
      try {
        const statement = await connection.prepare(statementText(file));
        return Array.from({ length: statement.columnCount }, (_, index) => {
          const type = statement.columnType(index).toString();
          return { name: statement.columnName(index), type, kind: columnKind(type) };
        });
      } catch (error) {
        throw queryError(error, file);
      }
    },
    references: async (file) => collectReferences(await parse(file), file),
    closedNames: async (file) => closedNames(await parse(file), file),
    unsteadyNames: async (file) => unsteadyNames(await parse(file), file),
    shape: async (file) => shapeOf(await parse(file)),
    columnsNamed: async (file) => columnsNamed(await parse(file)),
    unsorted: async (file) => {
      const cut = withoutFinalOrder(await parse(file), file.sql);
      if (cut === null) return file;
      const unsorted = { ...file, sql: cut.sql };
      const tree = await parseSelect(connection, unsorted).catch(() => null);
      return bareShape(tree) === cut.shape ? unsorted : file;
    },
    scans: async (file) => {
      await fenced(file);
      try {
        return tablesScanned(await planOf(connection, statementText(file)));
      } catch (error) {
        throw queryError(error, file);
      }
    },
    filterReachesScans: async (sql, column, day = "2026-02-01") => {
      const select = `SELECT * FROM (${statementText({ file: "", sql, after: "" })}) WHERE ${column} = DATE '${day}'`;
      return everyScanFilters(await planOf(connection, select), column);
    },
    disableExternalAccess: () => execute("SET enable_external_access = false"),
    unordered: async (work) => {
      await execute("SET preserve_insertion_order = false");
      const inOrder = "SET preserve_insertion_order = true";
      try {
        const value = await work();
        await execute(inOrder);
        return value;
      } catch (error) {
        // the first error is the one to report: an engine that crashed accepts no setting either
        await connection.run(inOrder).catch(() => undefined);
        throw error;
      }
    },
    fence: async () => {
      await execute("SET enable_external_access = false");
      await execute("SET lock_configuration = true");
    },
    checkpoint: () => execute("CHECKPOINT"),
    interrupt: () => connection.interrupt(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
  return engine;
}

async function planOf(connection: DuckDBConnection, select: string): Promise<unknown> {
  const plan = (await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${select}`)).getRowsJson()[0]?.[1];
  return JSON.parse(String(plan ?? "[]"));
}

const INTERRUPT_AGAIN_MS = 100;

/** Brings the rows over. */
type Reading<T> = (result: DuckDBResult, started: number) => Promise<T>;

/** Runs an analyst's file under its time limit. */
async function runFile<T>(
  connection: DuckDBConnection,
  file: QueryFile,
  timeoutMs: number | undefined,
  read: Reading<T>,
): Promise<T> {
  const started = performance.now();
  let interrupted = false;
  // again and again: on a busy machine the statement may not have begun, and then an interrupt changes nothing
  const stop = (): void => {
    interrupted = true;
    connection.interrupt();
    timer = setTimeout(stop, INTERRUPT_AGAIN_MS);
  };
  let timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  try {
    return await read(await connection.stream(statementText(file)), started);
  } catch (error) {
    if (!interrupted) throw queryError(error, file);
    const reason = `the query ran longer than ${(timeoutMs ?? 0) / 1000} s and was stopped`;
    const hint = "read a relation instead of events, or give it longer with --query-timeout 5m";
    const details = { kind: "timeout", reason, where: { file: file.file }, hint, cause: error } as const;
    throw new EngineError("query", reason, details);
  } finally {
    clearTimeout(timer);
  }
}

/** Row objects would silently lose one of two columns of the same name. */
function refuseDuplicateColumns(columns: readonly Column[], { file }: QueryFile): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index);
  if (twice === undefined) return;
  const hint = "give one of them another name with AS";
  throw new GatebookError("query", `two columns are called "${twice.name}"`, { where: { file }, hint });
}

async function readTable(
  result: DuckDBResult,
  rowLimit: number,
  convert: typeof toScalar = toScalar,
): Promise<Table & { readonly rowCount: number }> {
  const rows: Scalar[][] = [];
  let rowCount = 0;
  for await (const chunk of chunks(result)) {
    rowCount += chunk.rowCount;
    if (rows.length >= rowLimit) continue;
    for (const values of chunk.getRows()) {
      if (rows.length < rowLimit) rows.push(values.map(convert));
    }
  }
  return { columns: columnsOf(result), rows, rowCount };
}

function columnsOf(result: DuckDBResult): readonly Column[] {
  const names = result.columnNames();
  return result
    .columnTypes()
    .map((type, index) => ({ name: names[index] ?? `column${index}`, type: type.toString() }));
}

async function* chunks(result: DuckDBResult): AsyncGenerator<DuckDBDataChunk> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}
