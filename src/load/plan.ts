import type { Config } from "../model/config.ts";
import type { Day } from "../model/words.ts";

/** What loading one file has to know besides the file. */
export interface LoadPlan {
  readonly config: Config;
  readonly fileId: number;
  /** The last day an event may have; a later one is rejected. */
  readonly latestDay: Day;
  /** Days before this are closed: their events were pruned. Null: none are. */
  readonly retentionStart: Day | null;
  /** item_attributes has rows. */
  readonly hasLookups: boolean;
  /** Folder for temporary files of this file alone. */
  readonly temporary: string;
}

/** An event before this is a default of some clock ("1970-01-01"), not a time. */
export const firstPossibleDay: Day = "2000-01-01";
