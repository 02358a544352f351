/** What the outside world gives a run. Nothing in the rooms reads the clock, the environment or the terminal itself. */
export interface Context {
  readonly version: string;
  readonly nodeVersion: string;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: (step: ProgressStep) => void;
  /** Calls `stop` when the person or the machine ends the run, once; what it gives back takes that away. Not given: the run just dies. */
  readonly onStop?: ((stop: () => void) => () => void) | undefined;
}

/** One line of progress; `done` and `total` in the step's own unit (rows, files, queries) when they are known. */
export interface ProgressStep {
  readonly stage: "load" | "relations" | "measure" | "judge" | "publish" | "render" | "wait";
  readonly text: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
}
