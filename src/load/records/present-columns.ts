/** Which columns of events really have data: what depends on another is reported as unavailable. */
import type { Engine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import { canonicalNames, lookupNames } from "../../model/event-columns.ts";
import type { BoundRelation } from "../events/binding.ts";
import { addedValue } from "../events/select-events.ts";
import { readKnownFiles } from "./loads-table.ts";

/** A value among the first rows settles most columns; only the others are searched, to their first value. */
const firstRows = 2048;

/** Columns with a value in at least one row of the file. */
export async function columnsWithData(
  engine: Engine,
  bound: BoundRelation,
  fileId: number,
): Promise<string[]> {
  const names = boundNames(bound);
  const mine = `event_rows WHERE file_id = ${fileId}`;
  const counts = names.map((name) => `count(${valueSql(name)}) > 0 AS ${sqlName(name)}`);
  const [first] = await engine.rows(
    `SELECT ${counts.join(", ")} FROM (SELECT * FROM ${mine} LIMIT ${firstRows})`,
  );
  const found: string[] = [];
  for (const name of names) {
    const search = `SELECT 1 AS found FROM ${mine} AND ${valueSql(name)} IS NOT NULL LIMIT 1`;
    if (first?.[name] === true || (await engine.rows(search)).length > 0) found.push(name);
  }
  return found;
}

/** The same for several small files of one shape, by the file's number: `mine` is the condition on event_rows that takes them in. */
export async function columnsByFile(
  engine: Engine,
  bound: BoundRelation | undefined,
  mine: string,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const names = bound === undefined ? [] : boundNames(bound);
  const counts = names.map((name) => `, count(${valueSql(name)}) > 0 AS ${sqlName(name)}`);
  const rows = await engine.rows(
    `SELECT file_id${counts.join("")} FROM event_rows WHERE ${mine} GROUP BY file_id`,
  );
  return new Map(rows.map((row) => [Number(row["file_id"]), names.filter((name) => row[name] === true)]));
}

function boundNames({ values }: BoundRelation): readonly string[] {
  const added = [...values.keys()].filter(isAdded);
  return [...canonicalNames.filter((name) => values.has(name) || name === "event_date"), ...added];
}

function isAdded(name: string): boolean {
  return !canonicalNames.some((canonical) => canonical === name);
}

/** With what a lookup filled in. */
function valueSql(name: string): string {
  return isAdded(name) ? addedValue(name) : name;
}

/**
 * Of all loads together, or of those of the sources that are `named`, from their records alone: works on a published warehouse whose
 * events were pruned, too.
 */
export async function presentColumns(
  engine: Engine,
  named?: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const all = await readKnownFiles(engine);
  const known = named === undefined ? all : all.filter(({ record }) => named.has(record.source));
  const present = new Set<string>(known.flatMap((each) => each.present));
  if (!present.has("item_id")) return present;
  const filled = lookupNames.map((name) => `count(${name}) > 0 AS ${name}`);
  const [row] = await engine.rows(`SELECT ${filled.join(", ")} FROM item_attributes`);
  for (const name of lookupNames) if (row?.[name] === true) present.add(name);
  return present;
}
