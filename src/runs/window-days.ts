/** A window asked for by hand: a typing error in a date must not come back as an empty answer. */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";
import type { Day } from "../model/words.ts";

/** Throws GatebookError `input` when no day of the window has an event, naming the days that have. */
export async function requireEvents(
  engine: Engine,
  { from, to }: { readonly from: Day; readonly to: Day },
): Promise<void> {
  const inside = `event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)}`;
  const [row] = await engine.rows(
    `SELECT count(*) FILTER (WHERE ${inside}) AS rows, min(event_date) AS first, max(event_date) AS last FROM user_days`,
  );
  if (Number(row?.["rows"] ?? 0) > 0) return;
  const { first, last } = row ?? {};
  throw new GatebookError("input", `there are no events from ${from} to ${to}`, {
    hint: first == null ? "gatebook run loads the exports" : `the warehouse holds ${first} to ${last}`,
  });
}
