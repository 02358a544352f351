/** The boundary to the database: SQL text in, plain JavaScript out (README.md). Rooms above know this interface only. */
import type { Day, Scalar } from "../model/words.ts";
import type { Dialect, ValueDialect } from "./dialect.ts";

/** What is in a column, whatever the engine calls its type. "integer": sums of it are exact. */
export type ColumnKind =
  | "integer"
  | "decimal"
  | "double"
  | "text"
  | "boolean"
  | "date"
  | "timestamp"
  | "other";

export interface Column {
  readonly name: string;
  /** The engine's own type name, for people: "BIGINT", "DECIMAL(18,3)", "TIMESTAMP". */
  readonly type: string;
}

export interface TypedColumn extends Column {
  readonly kind: ColumnKind;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Scalar[])[];
}

export type Row = Readonly<Record<string, Scalar>>;

/**
 * One SELECT of an analyst: `sql` is the file's text, `file` its path for error messages. With `before` and `after` the
 * SELECT is run as a subquery, e.g. before "SELECT count(*) FROM (" and after ")": errors still point into the file.
 */
export interface QueryFile {
  readonly file: string;
  readonly sql: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export interface QueryOptions {
  /** Interrupts the query and fails with a GatebookError when it runs longer. */
  readonly timeoutMs?: number | undefined;
  /** Rows beyond this are not brought over; `rowCount` still counts them. */
  readonly rowLimit?: number | undefined;
  /** Integers and decimals past 2^53 are text: people read the rows, nobody counts with them. */
  readonly exact?: boolean | undefined;
  /** Where the SELECT is run as a subquery its rows are numbered, and come, in its own order. */
  readonly ordered?: boolean | undefined;
}

export interface QueryResult extends Table {
  readonly rowCount: number;
  readonly durationMs: number;
}

export interface TableReference {
  /** A table or view by name, or a table function, e.g. `range`. */
  readonly kind: "table" | "function";
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Something that a file names, where it does so first or each time. */
export interface Mention {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface StatementShape {
  /** Output name in lower case → the expression, of a list whose columns can be left out one by one. */
  readonly columns: ReadonlyMap<string, string>;
  /** All else. */
  readonly rest: string;
}

/**
 * Rows that a query finds under a name in place of the stored table's, or of the overlay before: a SELECT of ours over what lies
 * below, read each time (view) or once (table), or what an analyst's file returns, run once.
 */
export type Overlay = { readonly name: string } & (
  | { readonly kind: "view" | "table"; readonly select: (below: string) => string | Promise<string> }
  | { readonly kind: "file"; readonly file: QueryFile; readonly timeoutMs?: number | undefined }
);

/** What one of our own queries reads. */
interface Reader {
  readonly version: string;
  /** Our own query. */
  rows(sql: string): Promise<Row[]>;
  table(sql: string): Promise<Table>;
}

/** A table of this session alone, which replaces one of that name: of a SELECT of ours, or of what an analyst's file returns. */
export type ScratchRows = string | (QueryFile & Pick<QueryOptions, "timeoutMs">);

/** Where the events are: analysts' files run here, and what gatebook measures around them. Stored tables are only read. */
export interface DataEngine extends Reader {
  /** For people and provenance: "DuckDB", "Trino". */
  readonly name: string;
  readonly dialect: Dialect;
  /** Statements that do not depend on one another and may run side by side; 1: one after the other. */
  readonly concurrency: number;
  /** Names of the tables and views that a query finds now, overlays among them, in lower case. */
  tables(): Promise<ReadonlySet<string>>;
  /** An analyst's file: exactly one SELECT. Errors are GatebookErrors of code `query` with file:line:col. */
  query(file: QueryFile, options?: QueryOptions): Promise<QueryResult>;
  /** The same, exact, its rows handed over part by part, none of them kept: the next part comes when `take` is done. Counts them. */
  stream(
    file: QueryFile,
    take: (part: Table) => Promise<void>,
    options?: Pick<QueryOptions, "timeoutMs">,
  ): Promise<number>;
  /** Binds an analyst's file against the present schema without running it: the columns it would return. */
  describe(file: QueryFile): Promise<readonly TypedColumn[]>;
  /** Tables and table functions an analyst's file reads, CTEs left out, each at its first mention. Needs no schema. */
  references(file: QueryFile): Promise<readonly TableReference[]>;
  /** What the file names that is not for queries (closed-names.ts), by place. Needs no schema. */
  closedNames(file: QueryFile): Promise<readonly Mention[]>;
  /** The clock, chance and new ids: "now()", "current_date". Needs no schema. */
  unsteadyNames(file: QueryFile): Promise<readonly Mention[]>;
  /** The file as parsed: equal for two texts that differ in comments and layout only. Needs no schema. */
  shape(file: QueryFile): Promise<StatementShape>;
  /** The same rows in any order, where the file ends in an ORDER BY: whoever counts them need not sort them. Needs no schema. */
  unsorted(file: QueryFile): Promise<QueryFile>;
  /** Names of columns that the file may read, in lower case; null: any (`*`). Needs no schema. */
  columnsNamed(file: QueryFile): Promise<ReadonlySet<string> | null>;
  /**
   * Tables that the engine would scan for an analyst's file, in order of name, views resolved: what `references` finds in the text
   * is compared with it. Binds against the present schema; a scan that needs no row of its table may be missing.
   */
  scans(file: QueryFile): Promise<readonly string[]>;
  /**
   * True when a filter on `column` reaches every scan of the query: it can be rebuilt per date. `day` is one that the data
   * has: for another the engine's statistics may answer "nothing there" before any scan, and that reads as false.
   */
  filterReachesScans(sql: string, column: string, day?: Day): Promise<boolean>;
  /** Covers a table, stored or not; the stored one stays as it is. Where that fails all is as it was before. */
  overlay(overlay: Overlay): Promise<void>;
  /** Takes the topmost overlay of that name away, if there is one. */
  uncover(name: string): Promise<void>;
  /** The stored table itself, whatever covers it, as SQL. */
  stored(name: string): string;
  scratch(name: string, rows: ScratchRows): Promise<void>;
  /** Stops what runs now, which then fails; nothing else is changed. */
  interrupt(): void;
}

/** A state of a stored table that can be read again for as long as the table's owner keeps it. */
export interface Snapshot {
  /** Digits. Past 2^53: never a number. */
  readonly id: string;
  /** ISO UTC. */
  readonly committedAt: string;
}

/** A table that gatebook keeps beside the events, at the state that its readers are pinned to. */
export interface KeptTable {
  readonly name: string;
  readonly snapshot: string;
}

export interface KeepRequest {
  readonly name: string;
  /** With a column `event_date`, by which the table is partitioned. */
  readonly rows: ScratchRows;
  /** Only these days are made again: their rows go, and those that `rows` returns for them come. Null: the whole table. */
  readonly days: readonly Day[] | null;
}

/** What one statement took on a cluster, its steps added up. */
export interface StatementCost {
  /** Its file, or the head of its SQL. */
  readonly what: string;
  readonly queryIds: readonly string[];
  readonly durationMs: number;
  /** Of all workers together. */
  readonly cpuMs: number;
  /** What came back here. */
  readonly rows: number;
  readonly bytes: number;
  /** What the workers read. */
  readonly scannedRows: number;
  readonly scannedBytes: number;
  readonly splits: number;
  /** Nodes that took part in the widest step. */
  readonly nodes: number;
  readonly peakBytes: number;
}

/** Where the events are when they are not embedded: a cluster whose tables exist already, and one schema that gatebook may write to. */
export interface RemoteEngine extends DataEngine {
  readonly values: ValueDialect;
  /**
   * A stored table as SQL, named as in rollout.yaml ("events", "feed.events", "lake.feed.events"); with the id of a snapshot, as it was then.
   * May stand wherever a table may, with an alias behind it.
   */
  tableAt(table: string, snapshot?: string): string;
  /** The table's present state; null where its kind of table has none. Throws EngineError `query` when there is no such table. */
  snapshot(table: string): Promise<Snapshot | null>;
  /** Of a stored table. Throws EngineError `query` when there is no such table. */
  columnsOf(table: string): Promise<readonly TypedColumn[]>;
  /** Binds a file written in the engine's own SQL: one SELECT, as the cluster sees it. Nothing is looked at here. */
  describeNative(file: QueryFile): Promise<readonly TypedColumn[]>;
  /** From now on `name` means this SELECT, below all overlays: what is a stored table elsewhere. Null: no longer anything. */
  mount(name: string, select: string | null): void;
  /** Writes a kept table, or days of it, in the scratch schema, and mounts it at its new snapshot. */
  keep(request: KeepRequest): Promise<KeptTable>;
  /** Mounts one that was kept before, at that snapshot. */
  mountKept(kept: KeptTable): void;
  /** Names of the tables that this workspace keeps. */
  keptNames(): Promise<ReadonlySet<string>>;
  dropKept(name: string): Promise<void>;
  /** What each statement took so far, in the order in which they ended. */
  costs(): readonly StatementCost[];
  /** Splits that each worker took of all statements so far; a worker's own name. Empty where the cluster does not say. */
  splitsByWorker(): Promise<ReadonlyMap<string, number>>;
  /** Cancels what runs, and drops the scratch tables of this session. */
  close(): Promise<void>;
}

/** The embedded database that gatebook itself keeps: ledger, loads, builds of relations, locks. */
export interface Books extends Reader {
  /** Our own statements (DDL, inserts, settings); one or more. */
  execute(sql: string): Promise<void>;
  /** Runs `work` inside one transaction, or inside the one that is open: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Forbids files that were not allowed, and the network. Cannot be undone. */
  disableExternalAccess(): Promise<void>;
  /** While `work` runs, statements may store rows in any order, which lets all cores write at once. Not once the fence is up. */
  unordered<T>(work: () => Promise<T>): Promise<T>;
  /** `disableExternalAccess`, and locks every setting; from here on only tables can be read. Cannot be undone. */
  fence(): Promise<void>;
  checkpoint(): Promise<void>;
  close(): void;
}

/** Embedded, both are one. */
export interface Engine extends DataEngine, Books, Engines {}

/** The handles of a run: what it keeps, and where its events are. */
export interface Engines {
  readonly books: Engine;
  readonly data: DataEngine;
  /** The same as `data` where that is a cluster; null: embedded. */
  readonly cluster: RemoteEngine | null;
}
