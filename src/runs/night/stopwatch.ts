/** How long each stage took, in the order in which they ran, and its statements when they are profiled. Only recorded, never decided on. */
import type { StageTime, StatementProfile } from "../../model/profile.ts";

export interface Stopwatch {
  readonly time: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Goes to the stage that runs at the moment. */
  readonly note: (statement: StatementProfile) => void;
  readonly stages: () => readonly StageTime[];
}

/** Statements kept of a stage. */
const MOST_STATEMENTS = 10;

/** `profiles`: processor time and statements, too. */
export function stopwatch(profiles = false): Stopwatch {
  const stages: StageTime[] = [];
  let noted: StatementProfile[] = [];
  return {
    time: async (name, work) => {
      const started = performance.now();
      const before = process.cpuUsage();
      noted = [];
      try {
        return await work();
      } finally {
        const durationMs = performance.now() - started;
        const { user, system } = process.cpuUsage(before);
        const statements = together(noted).sort((left, right) => right.durationMs - left.durationMs);
        stages.push({
          name,
          durationMs,
          ...(profiles ? { cpuMs: (user + system) / 1000 } : {}),
          ...(statements.length === 0 ? {} : { statements: statements.slice(0, MOST_STATEMENTS) }),
        });
        noted = [];
      }
    },
    note: (statement) => {
      noted.push(statement);
    },
    stages: () => [...stages],
  };
}

/** A first night runs the same statement for every file, and builds a relation day by day: what it took is one line. */
function together(noted: readonly StatementProfile[]): StatementProfile[] {
  const groups = new Map<string, StatementProfile[]>();
  for (const one of noted) {
    const key = one.what.endsWith(".sql") ? one.what : one.what.replace(/\d+/g, "0");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map(sumOf);
}

function sumOf(runs: readonly StatementProfile[]): StatementProfile {
  const [slowest] = runs.toSorted((left, right) => right.durationMs - left.durationMs);
  if (slowest === undefined) throw new Error("no runs to sum up");
  if (runs.length === 1) return slowest;
  const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
  const known = (values: readonly (number | null)[]): number[] => values.flatMap((value) => value ?? []);
  const cpu = known(runs.map(({ cpuMs }) => cpuMs));
  const peaks = known(runs.map(({ peakBytes }) => peakBytes));
  const clusters = runs.flatMap(({ cluster }) => cluster ?? []);
  const cluster = {
    rows: sum(clusters.map(({ rows }) => rows)),
    bytes: sum(clusters.map(({ bytes }) => bytes)),
    splits: sum(clusters.map(({ splits }) => splits)),
    nodes: Math.max(0, ...clusters.map(({ nodes }) => nodes)),
  };
  return {
    ...slowest,
    times: runs.length,
    durationMs: sum(runs.map(({ durationMs }) => durationMs)),
    cpuMs: cpu.length === 0 ? null : sum(cpu),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    ...(clusters.length === 0 ? {} : { cluster }),
  };
}
