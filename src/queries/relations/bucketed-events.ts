/**
 * The first 24 hours: the analysts' files know days only, so an hour is shown to them as a day. In: stretches of time, each
 * with the date that its events are to carry. Out: whatever `work` measures while temporary views of `events` and temporary
 * relations made from it stand in front of the stored ones. Nothing before, after or between the stretches is seen.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlDate, sqlText, sqlTimestamp } from "../../engine/sql-text.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { EventSlot } from "../measures/plan.ts";
import { coverageOverlays } from "./coverage-days.ts";
import { neededRelations } from "./dependencies.ts";
import { eventTimeRangeOverlay } from "./event-time-range.ts";
import { viewReplacing, withOverlays } from "./overlay.ts";
import { overlayRelations, type SyncedRelations } from "./overlay-relations.ts";

export interface BucketedEvents {
  /** One after the other, without gaps. */
  readonly slots: readonly EventSlot[];
  /** Before/after: where the baseline's own, earlier stretch lies for each date. */
  readonly earlier?: { readonly baseline: string; readonly slots: readonly EventSlot[] } | undefined;
  readonly timeoutMs?: number | undefined;
}

const EVENT_VIEWS = ["events", "duplicate_events"];

/** `failed`: relations that could not be built of these events. The overlays are gone afterwards whatever happens. */
export async function withBucketedEvents<T>(
  engine: DataEngine,
  catalog: Catalog,
  bucketed: BucketedEvents,
  work: (failed: SyncedRelations["failed"]) => Promise<T>,
): Promise<T> {
  const stored = await engine.tables();
  const views = EVENT_VIEWS.filter((name) => stored.has(name)).map((name) =>
    viewReplacing(engine, name, { column: "event_date", ...bucketsSql(bucketed) }),
  );
  return await withOverlays(engine, views, async () => {
    const relations = overlayRelations(engine);
    try {
      const { timeoutMs } = bucketed;
      const needed = await neededRelations(engine, catalog);
      const { failed } = await relations.sync(needed, { kept: null, timeoutMs });
      const counted = [eventTimeRangeOverlay, ...(await coverageOverlays(engine))];
      return await withOverlays(engine, counted, () => work(failed));
    } finally {
      await relations.drop();
    }
  });
}

/** The date that an event carries, and which events are seen. */
function bucketsSql({ slots, earlier }: BucketedEvents): { readonly by: string; readonly where: string } {
  if (earlier === undefined) return { by: dateSql(slots), where: withinSql(slots) };
  const isBaseline = `algo_version IS NOT DISTINCT FROM ${sqlText(earlier.baseline)}`;
  return {
    by: `CASE WHEN ${isBaseline} THEN ${dateSql(earlier.slots)} ELSE ${dateSql(slots)} END`,
    where: `CASE WHEN ${isBaseline} THEN ${withinSql(earlier.slots)} ELSE ${withinSql(slots)} END`,
  };
}

/** `CASE WHEN occurred_at < '… 10:00' THEN DATE '2026-02-01' … END`: the slots have no gaps. */
function dateSql(slots: readonly EventSlot[]): string {
  const cases = slots.map(({ date, to }) => `WHEN occurred_at < ${sqlTimestamp(to)} THEN ${sqlDate(date)}`);
  return `CASE ${cases.join(" ")} END`;
}

/** An event whose time is not known is in none. */
function withinSql(slots: readonly EventSlot[]): string {
  const [first, last] = [slots[0], slots.at(-1)];
  if (first === undefined || last === undefined) return "false";
  return `(occurred_at >= ${sqlTimestamp(first.from)} AND occurred_at < ${sqlTimestamp(last.to)})`;
}
