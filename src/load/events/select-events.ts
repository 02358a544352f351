/** The SELECT that makes canonical rows of one file: raw relation (or staging query) in, columns of event_rows out. */
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import {
  addedColumns,
  canonicalColumns,
  canonicalNames,
  eventTypesOf,
  lookupNames,
} from "../../model/event-columns.ts";
import type { BoundRelation } from "./binding.ts";
import { addedSql, canonicalExpression, type Reading } from "./canonical-sql.ts";
import {
  eventKey,
  idColumns,
  isPlaceholderInFile,
  placeholderSql,
  withoutPlaceholder,
} from "./event-identity.ts";
import type { CastMode } from "./raw-value.ts";
import { dayInZone } from "./times-sql.ts";

/**
 * Canonical values of every row, before lookups; columns the export lacks are null. `extra`: further expressions over
 * the raw relation to carry along.
 */
export function canonicalSelect(
  bound: BoundRelation,
  source: Source,
  config: Config,
  { mode, extra = [] }: { readonly mode: CastMode; readonly extra?: readonly string[] },
): string {
  const { options } = source;
  const decimal: Reading["decimal"] =
    options.decimal ?? (bound.relation.hasSemicolons === true ? "either" : ".");
  const types = eventTypesOf(config);
  const reading = { mode, decimal, options, eventTypes: source.eventTypes, types };
  const columns = canonicalColumns.map(({ name, type }) => {
    const value = bound.values.get(name);
    const sql = value === undefined ? `CAST(NULL AS ${type})` : canonicalExpression(name, value, reading);
    return `${sql} AS ${name === "event_date" ? "given_date" : name}`;
  });
  columns.push(`${addedSql(addedColumns(source), bound.values, mode)} AS added`);
  const derived = bound.values.has("occurred_at")
    ? dayInZone("occurred_at", config.rollout.timeZone)
    : "CAST(NULL AS DATE)";
  const test = isPlaceholderInFile(config.unitPlaceholders);
  const named = idColumns.map((name) => `${withoutPlaceholder(name, test)} AS ${name}`);
  return `SELECT * REPLACE (${named.join(", ")}), ${placeholderSql(test)} AS placeholder,
      ${derived} AS derived_date, coalesce(given_date, derived_date) AS event_date
    FROM (SELECT ${[...extra, ...columns].join(", ")} FROM ${bound.relation.from})`;
}

export const rowColumnNames: readonly string[] = [
  "file_id",
  "event_key",
  ...canonicalNames,
  "from_lookup",
  "row_unit",
  "placeholder",
  "added",
];

/** Of an event row: what the export said, null where a lookup filled it in. */
export function ownValue(name: string): string {
  if (!canonicalNames.some((canonical) => canonical === name)) return addedValue(name);
  const bit = (lookupNames as readonly string[]).indexOf(name);
  return bit === -1 ? name : `CASE WHEN from_lookup & ${1 << bit} = 0 THEN ${name} END`;
}

/** Of an event row: the value of a column that rollout.yaml adds. */
export function addedValue(name: string): string {
  return `json_extract_string(added, ${sqlText(`$."${name}"`)})`;
}

/** Bits of from_lookup: 1, 2, 4 for author_id, category_id, duplicate_group that the event itself did not have. */
const lookupBits = lookupNames
  .map((name, index) => `CASE WHEN e.${name} IS NULL THEN ${1 << index} ELSE 0 END`)
  .join(" + ");

/** Columns of event_rows in order, from canonical rows `e`, lookups filled in when there are any. `fileId` may be SQL over `e`. */
export function eventRowsSelect(rows: string, fileId: number | string, hasLookups: boolean): string {
  const columns = rowColumnNames.map((name) => {
    switch (name) {
      case "file_id":
        return `${fileId}`;
      case "event_key":
        return eventKey("e.event_id");
      case "from_lookup":
        return `CAST(${lookupBits} AS UTINYINT)`;
      case "row_unit":
        return "CAST(NULL AS VARCHAR)";
      default:
        return hasLookups && (lookupNames as readonly string[]).includes(name)
          ? `coalesce(e.${name}, l.${name})`
          : `e.${sqlName(name)}`;
    }
  });
  const join = hasLookups ? " LEFT JOIN item_attributes l ON l.item_id = e.item_id" : "";
  return `SELECT ${columns.join(", ")} FROM (${rows}) e${join}`;
}
