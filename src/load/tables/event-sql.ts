/**
 * Events out of a stored table of a cluster, as its SQL: the same columns, rules and reasons as of files. Nothing is copied: the SQL is put
 * where a query reads `events`.
 */
import type { RemoteEngine, TypedColumn } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Config, EpochUnit, Source } from "../../model/config.ts";
import {
  allAddedColumns,
  type CanonicalName,
  canonicalNames,
  eventTypesOf,
  lookupNames,
} from "../../model/event-columns.ts";
import { type BoundRelation, bindRelation } from "../events/binding.ts";
import { mappedType } from "../events/canonical-sql.ts";
import {
  HAS_NO_ID,
  idColumns,
  isPlaceholder,
  placeholderSql,
  withoutPlaceholder,
} from "../events/event-identity.ts";
import { type RawValue, withoutNullText } from "../events/raw-value.ts";
import { faultsOf, typedReasons } from "../events/rules.ts";
import type { LoadPlan } from "../plan.ts";

/** A source whose table was looked at. */
export interface NotedTable {
  readonly fileId: number;
  readonly source: Source;
  /** As in rollout.yaml. */
  readonly table: string;
  /** Null: its kind of table has none. */
  readonly snapshot: string | null;
  /** Of the table, or of what the staging file makes of it. */
  readonly columns: readonly TypedColumn[];
  /** SQL of the staging file; null: none. */
  readonly staging: string | null;
}

export type TablePlan = Pick<LoadPlan, "config" | "latestDay">;

/** The rows of the table, or of its staging file, as a FROM. */
export function rowsOf(cluster: RemoteEngine, noted: Omit<NotedTable, "columns">): string {
  const { before, after } = around(cluster, noted);
  return noted.staging === null
    ? `(${stored(cluster, noted)}) AS source_rows`
    : `(${before}${noted.staging}\n${after}) AS source_rows`;
}

/** What stands around the text of a staging file: in it the source's name means its table. */
export function around(
  cluster: RemoteEngine,
  noted: Omit<NotedTable, "columns">,
): { readonly before: string; readonly after: string } {
  return {
    before: `WITH ${sqlName(noted.source.name)} AS (${stored(cluster, noted)}) SELECT * FROM (`,
    after: ") AS staged",
  };
}

function stored(cluster: RemoteEngine, { table, snapshot }: Pick<NotedTable, "table" | "snapshot">): string {
  return `SELECT * FROM ${cluster.tableAt(table, snapshot ?? undefined)}`;
}

/** Throws a refusal when a column is missing that nobody can do without. */
export function bindTable({ columns, source, table }: NotedTable, config: Config): BoundRelation {
  const found = columns.map(({ name }) => name);
  const raw = columns.map(({ name, kind, type }) => ({
    name,
    sql: sqlName(name),
    type: rawTypeOf(kind, type),
  }));
  const relation = { from: "source_rows", fromMany: null, columns: raw, found, tolerantOnly: false };
  const bound = bindRelation(relation, { source, file: table, hive: new Map() }, config);
  const values = [...bound.values].map(([name, value]) => {
    const isText = value.type === "VARCHAR";
    return [name, isText ? withoutNullText(value, source.options.nullText) : value] as const;
  });
  return { ...bound, values: new Map(values) };
}

/** As loading names them, where what is done with several columns of one value depends on it. */
function rawTypeOf(kind: string, type: string): string {
  switch (kind) {
    case "text":
      return "VARCHAR";
    case "integer":
      return "BIGINT";
    case "timestamp":
      return /with time zone/i.test(type) ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
    case "date":
      return "DATE";
    default:
      return type.toUpperCase();
  }
}

const perSecond: Readonly<Record<EpochUnit, number>> = {
  epoch_seconds: 1,
  epoch_millis: 1e3,
  epoch_micros: 1e6,
  epoch_nanos: 1e9,
};

/**
 * Every row with its canonical values: `reason` is why it is no event, null where it is one. Placeholder ids are emptied, dwell times below
 * zero are null and `negative_dwell`, NaN is null and `nan_dwell`; `misdated`: the given day is not that of the time.
 */
export function typedRows(
  cluster: RemoteEngine,
  noted: NotedTable,
  bound: BoundRelation,
  plan: TablePlan,
): string {
  const { values } = cluster;
  const { source } = noted;
  const { unitPlaceholders, rollout } = plan.config;
  const readValue = (name: CanonicalName) => typed(bound.values.get(name), noted.columns);
  const { timeFormat, timeZone } = source.options;
  const unit = typeof timeFormat === "string" && timeFormat !== "iso" ? perSecond[timeFormat] : null;
  const expression = (name: CanonicalName): string => {
    const value = readValue(name);
    if (value === null) return `CAST(NULL AS ${columnTypes[name] ?? "VARCHAR"})`;
    switch (name) {
      case "event_type":
        return mappedType(values.text(value), source);
      case "occurred_at":
        return values.instant(value, { unit, timeZone });
      case "event_date":
        return values.day(value);
      case "dwell_seconds":
        return values.number(value, "DECIMAL(9, 3)");
      case "position":
        return values.number(value, "INTEGER");
      case "metadata":
        return values.json(value);
      case "algo_version":
        return values.text(value);
      default:
        return values.id(value);
    }
  };
  const presence = typedReasons.flatMap(([name]) => {
    const value = readValue(name);
    if (value === null) return [];
    const isThere = `${values.text(value)} IS NOT NULL`;
    return [
      `${name === "dwell_seconds" || name === "position" ? `(${isThere} AND NOT ${values.isNan(value)})` : isThere} AS has_${name}`,
    ];
  });
  const dwell = readValue("dwell_seconds");
  const raw = canonicalNames.map(
    (name) => `${expression(name)} AS ${name === "event_date" ? "given_date" : name}`,
  );
  const added = allAddedColumns(plan.config).map((name) => {
    const value = typed(bound.values.get(name), noted.columns);
    return `${value === null ? "CAST(NULL AS VARCHAR)" : values.json(value)} AS ${sqlName(name)}`;
  });
  const addedNames = allAddedColumns(plan.config).map(sqlName);
  const nan = `${dwell === null ? "false" : values.isNan(dwell)} AS nan_dwell`;
  const read = `SELECT ${[...raw, ...added, ...presence, nan].join(", ")} FROM ${rowsOf(cluster, noted)}`;
  const plain = canonicalNames.filter(
    (name) => !["event_type", "event_date", "dwell_seconds", ...idColumns].includes(name),
  );
  const derived = values.dayInZone("occurred_at", rollout.timeZone);
  const test = isPlaceholder(unitPlaceholders);
  const named = idColumns.map((name) => `${withoutPlaceholder(name, test)} AS ${name}`);
  const known = `CASE WHEN event_type IN (${eventTypesOf(plan.config).map(sqlText).join(", ")}) THEN event_type END AS event_type`;
  const flags = typedReasons.flatMap(([name]) => (bound.values.has(name) ? [`has_${name}`] : []));
  const dated = `SELECT ${[...plain, ...addedNames, ...named, known, ...flags].join(", ")}, dwell_seconds, nan_dwell, given_date,
      ${placeholderSql(test)} AS placeholder, ${derived} AS derived_date,
      coalesce(given_date, ${derived}) AS event_date
    FROM (${read}) AS read_rows`;
  const faults = faultsOf(
    bound,
    typedReasons.filter(([name]) => bound.values.has(name)),
    plan,
  );
  const choose = (pick: "reason" | "column"): string =>
    `CASE ${faults.map((fault) => `WHEN ${fault.breach} THEN ${sqlText(fault[pick])}`).join(" ")} END`;
  const own = canonicalNames.map((name) =>
    name === "dwell_seconds" ? "CASE WHEN dwell_seconds >= 0 THEN dwell_seconds END AS dwell_seconds" : name,
  );
  return `SELECT ${noted.fileId} AS file_id, ${[...own, "placeholder", ...addedNames].join(", ")}, ${choose("reason")} AS reason,
      ${choose("column")} AS fault, nan_dwell, coalesce(dwell_seconds < 0, false) AS negative_dwell,
      coalesce(given_date <> derived_date, false) AS misdated
    FROM (${dated}) AS dated_rows`;
}

/** Of columns that are no text. */
export const columnTypes: Readonly<Record<string, string>> = {
  file_id: "INTEGER",
  occurred_at: "TIMESTAMP(6)",
  event_date: "DATE",
  dwell_seconds: "DECIMAL(9, 3)",
  position: "INTEGER",
};

/** A single column keeps its own type; several are one text. */
function typed(value: RawValue | undefined, columns: readonly TypedColumn[]) {
  if (value === undefined) return null;
  const own = columns.find(({ name }) => sqlName(name) === value.sql);
  if (own !== undefined) return { sql: value.sql, kind: own.kind, type: own.type };
  const kind = value.type === "VARCHAR" ? "text" : value.type.startsWith("TIMESTAMP") ? "timestamp" : "other";
  return { sql: value.sql, kind, type: value.type };
}

/** Columns of a row that is an event, before lookups. */
export function ownColumns(config: Config): readonly string[] {
  return ["file_id", ...canonicalNames, "placeholder", ...allAddedColumns(config).map(sqlName)];
}

export function validRows(
  cluster: RemoteEngine,
  tables: readonly { readonly noted: NotedTable; readonly bound: BoundRelation }[],
  plan: TablePlan,
): string {
  const parts = tables.map(
    ({ noted, bound }) =>
      `SELECT ${ownColumns(plan.config).join(", ")} FROM (${typedRows(cluster, noted, bound, plan)}) AS typed_rows WHERE reason IS NULL`,
  );
  return parts.join(" UNION ALL ");
}

/** What a row says, as one text: as loading compares rows of one id. `but`: columns left out. */
export function contentText(
  { values }: RemoteEngine,
  config: Config,
  but: readonly CanonicalName[] = [],
): string {
  const texts = canonicalNames
    .filter((name) => !but.includes(name))
    .map((name) => (name === "occurred_at" ? values.timestampText(name) : `CAST(${name} AS VARCHAR)`))
    .concat(allAddedColumns(config).map(sqlName))
    .map((text) => `coalesce(${text}, chr(30))`);
  return `concat_ws(chr(31), ${texts.join(", ")})`;
}

/**
 * Rows whose event_id is there more than once, with `place`: 1 for the one that counts, and `kind` of the others. The order is that of
 * loading: time, content, source, never where a row is. Hashes are compared first: eight bytes of every id are what workers hold.
 */
export function repeatedRows(
  cluster: RemoteEngine,
  config: Config,
  { rows, files }: { readonly rows: string; readonly files: string },
): string {
  const content = cluster.values.md5(contentText(cluster, config));
  const claim = cluster.values.md5(contentText(cluster, config, ["metadata"]));
  const own = ownColumns(config);
  const columns = own.join(", ");
  const idHash = cluster.values.hash64("event_id");
  return `WITH valid_rows AS (${rows}), contested AS (
      SELECT ${own.map((name) => `v.${name}`).join(", ")}, ${content} AS content, ${claim} AS claim, f.source
      FROM valid_rows AS v JOIN (${files}) AS f ON f.file_id = v.file_id
      WHERE ${idHash} IN (SELECT id_hash FROM (SELECT ${idHash} AS id_hash FROM valid_rows WHERE event_id IS NOT NULL) AS hashed
        GROUP BY id_hash HAVING count(*) > 1)
    )
    SELECT ${columns}, place, CASE WHEN place = 1 THEN NULL WHEN claim = winning_claim THEN 'exact' ELSE 'conflict' END AS kind
    FROM (SELECT ${columns}, claim, row_number() OVER (${WINNER}) AS place, first_value(claim) OVER (${WINNER}) AS winning_claim,
        count(*) OVER (PARTITION BY event_id) AS copies
      FROM contested) AS placed
    WHERE copies > 1`;
}

const WINNER = "PARTITION BY event_id ORDER BY occurred_at NULLS LAST, content, source";

interface FillOptions {
  readonly config: Config;
  readonly hasLookups: boolean;
  /** Columns to carry along. */
  readonly more?: readonly string[];
}

/** Columns of event_rows that a query may read, from rows of `ownColumns`: lookups fill in what an event does not say itself. */
export function filledRows(
  cluster: RemoteEngine,
  rows: string,
  { config, hasLookups, more = [] }: FillOptions,
): string {
  const own = ownColumns(config);
  const unit = `CASE WHEN ${HAS_NO_ID} THEN 'row:' || ${cluster.values.md5(contentText(cluster, config))} END AS row_unit`;
  const identified = `SELECT ${[...own, ...more].join(", ")}, ${unit} FROM (${rows}) AS own_rows`;
  const columns = [...own, "row_unit", ...more].map((name) =>
    hasLookups && (lookupNames as readonly string[]).includes(name)
      ? `coalesce(e.${name}, l.${name}) AS ${name}`
      : `e.${name} AS ${name}`,
  );
  const join = hasLookups ? " LEFT JOIN item_attributes AS l ON l.item_id = e.item_id" : "";
  return `SELECT ${columns.join(", ")} FROM (${identified}) AS e${join}`;
}
