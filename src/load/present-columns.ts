/** Which canonical columns really hold data: what depends on another is not available, and says so. */
import type { Engine } from "../engine/engine.ts";
import { type CanonicalName, canonicalNames, lookupNames } from "./columns.ts";
import { readKnownFiles } from "./loads-table.ts";
import type { BoundRelation } from "./select-events.ts";

/** A value among the first rows settles most columns; only the others are searched, to their first value. */
const firstRows = 2048;

/** Canonical columns that hold a value in at least one row of the file. */
export async function columnsWithData(
  engine: Engine,
  bound: BoundRelation,
  fileId: number,
): Promise<CanonicalName[]> {
  const names = canonicalNames.filter((name) => bound.values.has(name) || name === "event_date");
  const mine = `event_rows WHERE file_id = ${fileId}`;
  const counts = names.map((name) => `count(${name}) > 0 AS ${name}`);
  const [first] = await engine.rows(
    `SELECT ${counts.join(", ")} FROM (SELECT * FROM ${mine} LIMIT ${firstRows})`,
  );
  const found = new Set<CanonicalName>();
  for (const name of names) {
    if (first?.[name] === true) found.add(name);
    else if (
      (await engine.rows(`SELECT 1 AS found FROM ${mine} AND ${name} IS NOT NULL LIMIT 1`)).length > 0
    ) {
      found.add(name);
    }
  }
  return names.filter((name) => found.has(name));
}

/** Of all loads together, from their records alone: works on a published warehouse whose events were pruned, too. */
export async function presentColumns(engine: Engine): Promise<ReadonlySet<string>> {
  const known = await readKnownFiles(engine);
  const present = new Set<string>(known.flatMap((each) => each.present));
  if (!present.has("item_id")) return present;
  const filled = lookupNames.map((name) => `count(${name}) > 0 AS ${name}`);
  const [row] = await engine.rows(`SELECT ${filled.join(", ")} FROM item_attributes`);
  for (const name of lookupNames) if (row?.[name] === true) present.add(name);
  return present;
}
