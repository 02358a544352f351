/** How long each stage took, in the order in which they ran. Only recorded, never decided on. */
export interface Stopwatch {
  readonly time: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly stages: () => readonly { readonly name: string; readonly durationMs: number }[];
}

export function stopwatch(): Stopwatch {
  const stages: { readonly name: string; readonly durationMs: number }[] = [];
  return {
    time: async (name, work) => {
      const started = performance.now();
      try {
        return await work();
      } finally {
        stages.push({ name, durationMs: performance.now() - started });
      }
    },
    stages: () => stages,
  };
}
