/** What most commands need first: where the workspace is, its config, the published warehouse, limits of a run. */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Engine, Engines } from "../../engine/engine.ts";
import type { Config } from "../../model/config.ts";
import type { ProgressStep } from "../../model/context.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import type { RunLimits } from "../../runs/night/load-night.ts";
import { storePaths } from "../../warehouse/paths.ts";
import type { CommandContext } from "./command.ts";
import { usageError } from "./errors.ts";
import { type Window, windowOf } from "./values.ts";

interface WorkspaceOptions {
  readonly config: string;
  readonly out?: string | undefined;
}

/** `file` is rollout.yaml; all paths are absolute. Throws a usage error when a file has the name of a folder of gatebook's. */
export function workspacePaths({ config, out }: WorkspaceOptions, { cwd }: Pick<CommandContext, "cwd">) {
  const file = resolve(cwd, config);
  const root = dirname(file);
  const reports = out === undefined ? resolve(root, "reports") : resolve(cwd, out);
  for (const folder of [storePaths(root).folder, reports]) refuseFile(folder);
  return { file, root, reports, templateRoots: [resolve(root, "templates")] };
}

function refuseFile(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return;
  throw usageError(`${folder} is a file, and gatebook keeps a folder there`, "move it away, and run again");
}

export async function readConfig(options: WorkspaceOptions, context: CommandContext): Promise<Config> {
  const { loadConfig } = await import("../../config/load-config.ts");
  return loadConfig(workspacePaths(options, context).file);
}

/** Opens the published warehouse for `read`, and closes it after. */
export async function withWarehouse<T>(root: string, read: (engine: Engine) => Promise<T>): Promise<T> {
  const { openWarehouse } = await import("../../warehouse/store.ts");
  const engine = await openWarehouse(root);
  try {
    return await read(engine);
  } finally {
    engine.close();
  }
}

/** The same, and the events: on a cluster, where the config names one. */
export async function withEvents<T>(
  config: Config,
  { env, onStop, progress }: CommandContext,
  read: (engines: Engines) => Promise<T>,
): Promise<T> {
  const { openEvents } = await import("../../runs/supply/open-events.ts");
  return await withWarehouse(config.root, async (books) => {
    const onProgress = (text: string): void => progress({ stage: "measure", text });
    const { engines, close } = await openEvents(books, config, { env, onStop, onProgress });
    try {
      return await read(engines);
    } finally {
      await close();
    }
  });
}

export interface OpenWorkspace {
  readonly engines: Engines;
  readonly config: Config;
  readonly catalog: Catalog;
  /** Asked once it is known that there are events. */
  readonly presentColumns: () => Promise<ReadonlySet<string>>;
}

/** The same with all that measuring needs: the config, the SQL files, the columns that the events have. */
export async function withMeasures<T>(
  options: WorkspaceOptions,
  context: CommandContext,
  measure: (open: OpenWorkspace) => Promise<T>,
): Promise<T> {
  const [{ readWorkspaceCatalog }, { presentColumns }] = await Promise.all([
    import("../../runs/check/catalog.ts"),
    import("../../load/records/present-columns.ts"),
  ]);
  const config = await readConfig(options, context);
  const catalog = readWorkspaceCatalog(config);
  return await withEvents(config, context, async (engines) =>
    measure({ engines, config, catalog, presentColumns: () => presentColumns(engines.books) }),
  );
}

/** The days that were asked for, or the gate so far: what the warehouse is about. */
export async function windowOrGate(
  engine: Engine,
  asked: { readonly from?: Day | undefined; readonly to?: Day | undefined },
): Promise<Window> {
  if (asked.from !== undefined || asked.to !== undefined) return windowOf(asked);
  const { warehouseWindow } = await import("../../runs/run-query-file.ts");
  const { from, to } = await warehouseWindow(engine);
  return { from, to };
}

interface Limits extends Pick<RunLimits, "memoryLimit" | "threads"> {
  readonly tempDir: string | undefined;
  readonly queryTimeout: number;
  readonly wait: number;
}

export function limitsOf(options: Limits, { cwd }: CommandContext): RunLimits {
  const { memoryLimit, threads, tempDir, queryTimeout: timeoutMs, wait: waitMs } = options;
  const temporaryDirectory = tempDir === undefined ? undefined : resolve(cwd, tempDir);
  return { memoryLimit, threads, temporaryDirectory, timeoutMs, waitMs };
}

/** How long to wait for the store, and where to say so. */
export function waiting(waitMs: number, { progress }: CommandContext) {
  return { waitMs, onWait: (text: string): void => progress({ stage: "wait", text } satisfies ProgressStep) };
}
