/** What most commands need first: where the workspace is, its config, limits of the engine. */
import { dirname, resolve } from "node:path";
import type { RunLimits } from "../../runs/night/load-night.ts";
import type { CommandContext } from "./command.ts";
import { parseDuration } from "./values.ts";

export interface WorkspacePaths {
  /** Absolute path of rollout.yaml. */
  readonly file: string;
  readonly root: string;
  readonly reports: string;
  readonly templateRoots: readonly string[];
}

export function workspacePaths(
  config: string,
  out: string | undefined,
  { cwd }: CommandContext,
): WorkspacePaths {
  const file = resolve(cwd, config);
  const root = dirname(file);
  return {
    file,
    root,
    reports: out === undefined ? resolve(root, "reports") : resolve(cwd, out),
    templateRoots: [resolve(root, "templates")],
  };
}

interface EngineLimits {
  readonly memoryLimit: string | undefined;
  readonly threads: number | undefined;
  readonly tempDir: string | undefined;
  readonly queryTimeout: string;
  readonly wait: string;
}

export function limitsOf(options: EngineLimits, { cwd }: CommandContext): RunLimits {
  return {
    memoryLimit: options.memoryLimit,
    threads: options.threads,
    temporaryDirectory: options.tempDir === undefined ? undefined : resolve(cwd, options.tempDir),
    timeoutMs: parseDuration(options.queryTimeout, "query-timeout"),
    waitMs: parseDuration(options.wait, "wait"),
  };
}
