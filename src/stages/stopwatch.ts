/** How long each stage took, in the order in which they ran, and its statements when they are profiled. Only recorded, never decided on. */
import type { StageTime, StatementProfile } from "../model/profile.ts";

export interface Stopwatch {
  readonly time: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Goes to the stage that runs at the moment. */
  readonly note: (statement: StatementProfile) => void;
  readonly stages: () => readonly StageTime[];
}

/** Of a stage so many statements are kept: a first night has dozens of files, and all are alike. */
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
        const statements = noted.sort((left, right) => right.durationMs - left.durationMs);
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
