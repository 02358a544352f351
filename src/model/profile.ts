/** Where the time of a run went. Only recorded, never decided on. */

/** What one statement took, as the engine itself measured it. */
export interface StatementProfile {
  /** The analyst's file, or the head of our own SQL. */
  readonly what: string;
  readonly durationMs: number;
  /** Over all threads; null when the engine has no profile of it. */
  readonly cpuMs: number | null;
  readonly peakBytes: number | null;
  /** The slowest steps of its plan, slowest first; times over all threads. */
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
