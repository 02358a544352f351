/** Where the time of a run went. Only recorded, never decided on. */

/** What one statement took, as the engine itself measured it; of one that was run several times, all of them together. */
export interface StatementProfile {
  /** The analyst's file, or the head of our own SQL. */
  readonly what: string;
  /** How often it was run, file by file or day by day; once where nothing is said. */
  readonly times?: number | undefined;
  readonly durationMs: number;
  /** Over all threads; null when the engine has no profile of it. */
  readonly cpuMs: number | null;
  readonly peakBytes: number | null;
  /** The slowest steps of its plan (of the slowest run), slowest first; times over all threads. */
  readonly operators: readonly OperatorProfile[];
}

export interface OperatorProfile {
  /** e.g. "HASH_GROUP_BY" */
  readonly name: string;
  readonly detail: string;
  readonly durationMs: number;
  readonly rows: number;
}

export interface StageTime {
  readonly name: string;
  readonly durationMs: number;
  /** Processor time of the whole process, over all threads. */
  readonly cpuMs?: number | undefined;
  /** Slowest first; only when the run was profiled. */
  readonly statements?: readonly StatementProfile[] | undefined;
}
