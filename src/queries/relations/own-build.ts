/** What gatebook itself counts of the events by day, in tables that are built beside the relations. */
import type { DataEngine } from "../../engine/engine.ts";

/** Tables that gatebook counts from the events, built and noted together under one name. */
export interface OwnBuild {
  readonly name: string;
  /** Changes when a new version counts otherwise. */
  readonly fingerprint: string;
  readonly tables: (data: DataEngine, days: CountedDays) => Promise<readonly CountedTable[]>;
}

export interface CountedDays {
  /** A condition on event_date. */
  readonly where: string;
  /** These are all days that have events. */
  readonly areAll: boolean;
}

export interface CountedTable {
  readonly name: string;
  /** "event_date DATE, events BIGINT" */
  readonly columns: string;
  /** May read the tables before it. */
  readonly select: string;
}
