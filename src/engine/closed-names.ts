/**
 * Names that an analyst's file may not use, in `check` as in every run: what reads files, changes settings, hides another statement, or
 * shows the engine instead of the data. And those whose answer differs from run to run. `test/engine/closed-names.test.ts` holds
 * the lists against the engine's own catalog.
 */

/** Table functions that make rows of nothing but their arguments: all others are rejected. */
const rowFunctions: ReadonlySet<string> = new Set([
  "range",
  "generate_series",
  "unnest",
  "repeat",
  "json_each",
  "json_tree",
]);

/** They show or change the session (settings print paths), or wait. */
export const sessionFunctions: ReadonlySet<string> = new Set([
  "current_setting",
  "getvariable",
  "getenv",
  "setseed",
  "nextval",
  "currval",
  "write_log",
  "sleep_ms",
  "pg_sleep",
  "current_query",
  "current_query_id",
  "current_connection_id",
  "current_transaction_id",
  "txid_current",
  "get_block_size",
  "pg_get_viewdef",
  "pg_get_constraintdef",
  "format_type",
  "stats",
]);

/** Views of the engine's catalog: files of databases, settings, the SQL of gatebook's own views. */
const systemView =
  /^(main\.)?(duckdb_(columns|constraints|databases|indexes|logs|schemas|tables|types|views)|pragma_database_list|sqlite_(temp_)?(master|schema))$|^pg_catalog\.|^pg_(am|attrdef|attribute|class|collation|constraint|database|depend|description|enum|index|indexes|namespace|prepared_statements|proc|sequence|sequences|settings|tables|tablespace|type|views)$|^information_schema\.views$/i;

/** The clock, chance and new ids: every run has its own. */
export const unsteadyFunctions: ReadonlySet<string> = new Set([
  "now",
  "today",
  "ago",
  "age",
  "transaction_timestamp",
  "get_current_timestamp",
  "get_current_time",
  "current_localtime",
  "current_localtimestamp",
  "pg_postmaster_start_time",
  "pg_conf_load_time",
  "random",
  "uuid",
  "uuidv4",
  "uuidv7",
  "gen_random_uuid",
  "reservoir_quantile",
]);

/** The clock without parentheses, as standard SQL writes it. */
export const clockWords: ReadonlySet<string> = new Set([
  "current_date",
  "current_time",
  "current_timestamp",
  "localtime",
  "localtimestamp",
]);

/** What is wrong with calling `name()` in FROM, or null. */
export function rejectedTableFunction(name: string): string | null {
  return rowFunctions.has(name.toLowerCase()) ? null : `the table function ${name}() is not for queries`;
}

/** What is wrong with calling `name()` in an expression, or null. */
export function rejectedFunction(name: string): string | null {
  return sessionFunctions.has(name.toLowerCase()) ? `the function ${name}() is not for queries` : null;
}

/** What is wrong with reading the table `name`, or null. */
export function rejectedTable(name: string): string | null {
  return systemView.test(name) ? `${name} shows the engine, not the data` : null;
}

/** Of a function of so many arguments: age(a, b) is the time between two given ones. */
export function isUnsteady(name: string, argumentCount: number): boolean {
  const lower = name.toLowerCase();
  if (lower === "age") return argumentCount === 1;
  return unsteadyFunctions.has(lower) || clockWords.has(lower);
}

/** Whether a text might name the clock or chance. A cheap look: a word too many, never one too few. */
export function mayBeUnsteady(sql: string): boolean {
  const lower = sql.toLowerCase();
  const words = lower.match(/\w+/g) ?? [];
  const names = words.some((word) => unsteadyFunctions.has(word) || clockWords.has(word));
  return names || /\b(tablesample|using\s+sample)\b/.test(lower);
}

export const TABLES_ONLY =
  "queries read the warehouse's tables; a file becomes one by a source or a lookup in rollout.yaml";
