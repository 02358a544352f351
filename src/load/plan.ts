/** What loading has to know besides the bytes: of the night, and of one file. */
import type { Config } from "../model/config.ts";
import type { Day } from "../model/words.ts";
import type { DiscoveredFile } from "./files/discover.ts";

export interface LoadPlan {
  readonly config: Config;
  /** The last day an event may have; a later one is rejected. */
  readonly latestDay: Day;
  /** Days before this are closed: their events were pruned. Null: none are. */
  readonly retentionStart: Day | null;
  /** item_attributes has rows. */
  readonly hasLookups: boolean;
}

export interface FileTask {
  readonly file: DiscoveredFile;
  readonly fileId: number;
  readonly loadFingerprint: string;
  /** It was loaded before: its old rows have to go. */
  readonly hadRows: boolean;
}

/** An event before this is a default of some clock ("1970-01-01"), not a time. */
export const firstPossibleDay: Day = "2000-01-01";
