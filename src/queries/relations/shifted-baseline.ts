/**
 * Before/after: at 100% nobody gets the baseline any more, so its own days some weeks earlier are measured in its place. The
 * analysts' files stay as they are: temporary views of the same names stand in front of the relations and of `events`, in
 * which the baseline's earlier days carry the dates of the observation window.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { viewReplacing, withOverlays } from "./overlay.ts";

export interface BaselineShift {
  readonly baseline: string;
  /** Whole weeks, so that weekdays meet weekdays. */
  readonly days: number;
  /** The gate's first day, ramp day included: what the baseline still had from then on is left out. */
  readonly opened: Day;
}

/** Runs `work` with the baseline's dates moved; the overlays are gone afterwards whatever happens. */
export async function withShiftedBaseline<T>(
  engine: DataEngine,
  catalog: Catalog,
  { baseline, days, opened }: BaselineShift,
  work: () => Promise<T>,
): Promise<T> {
  const tables = await engine.tables();
  const relations = catalog.relations.map(({ name }) => name);
  const names = ["events", "coverage_days", "coverage_misses", ...relations].filter((name) =>
    tables.has(name),
  );
  const ofBaseline = `algo_version = ${sqlText(baseline)}`;
  const shifted = {
    column: "event_date",
    by: `CASE WHEN ${ofBaseline} THEN ${engine.dialect.shiftDay("event_date", days)} ELSE event_date END`,
    where: `algo_version IS DISTINCT FROM ${sqlText(baseline)} OR event_date < ${sqlDate(opened)}`,
  };
  const overlays = names.map((name) => viewReplacing(engine, name, shifted));
  return await withOverlays(engine, overlays, work);
}
