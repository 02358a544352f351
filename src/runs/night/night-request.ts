/** What a program asks of a night, most of it by default, as the request that a night is run by. */
import { dirname, resolve } from "node:path";
import { isDay } from "../../model/calendar.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day, Phase } from "../../model/words.ts";
import type { Format } from "../../report/render.ts";
import type { RunRequest } from "./night.ts";

export interface NightOptions {
  /** Path of rollout.yaml (default: the one in the current folder). Its folder is the workspace. */
  readonly config?: string | undefined;
  /** Report date, "2026-02-07" (default: yesterday in the rollout's time zone). */
  readonly date?: Day | undefined;
  /** An ad-hoc window of whole days, both included: writes nothing to the ledger, and its report is never `latest/`. */
  readonly range?: { readonly from: Day; readonly to: Day } | undefined;
  /** Only tries the night: no row in the ledger, no event dropped, and its report never `latest/` (default: false). */
  readonly tries?: boolean | undefined;
  /** "first-24h": the first 24 hours of the active gate, hour by hour (default: "daily"). */
  readonly phase?: Phase | undefined;
  /** With "first-24h": up to this instant, ISO with its offset (default: now). */
  readonly asOf?: string | undefined;
  /** Folder of all reports (default: `reports/` beside rollout.yaml). */
  readonly out?: string | undefined;
  /** Formats of the report beside result.json, which is always written (default: those of rollout.yaml). */
  readonly formats?: readonly Format[] | undefined;
  /** Every row of every cell as CSV, in `cells/` beside the report (default: false). */
  readonly exportsCells?: boolean | undefined;
  /** Memory the night may use, e.g. "1GB" (default: 80% of the machine's). */
  readonly memoryLimit?: string | undefined;
  /** Threads that DuckDB may use (default: one for each core). */
  readonly threads?: number | undefined;
  /** Folder for temporary files (default: `.gatebook/tmp`). */
  readonly temporaryDirectory?: string | undefined;
  /** Longest time that one query may take, in ms (default: 300,000). */
  readonly timeoutMs?: number | undefined;
  /** How long to wait for another night to release the store, in ms (default: 600,000). */
  readonly waitMs?: number | undefined;
}

/** Throws GatebookError `usage`: a day that is none, or options of which one would be ignored. */
export function nightRequest(options: NightOptions, cwd: string): RunRequest {
  const { config = "rollout.yaml", date = null, range = null, phase = "daily", out } = options;
  refuseContradictions(options);
  const file = resolve(cwd, config);
  const root = dirname(file);
  return {
    config: file,
    date,
    range,
    phase,
    asOf: options.asOf === undefined ? null : instantOf(options.asOf),
    limits: limitsOf(options, cwd),
    report: {
      out: out === undefined ? resolve(root, "reports") : resolve(cwd, out),
      formats: options.formats ?? null,
      templateRoots: [resolve(root, "templates")],
    },
    tries: options.tries,
    exportsCells: options.exportsCells,
  };
}

function limitsOf(options: NightOptions, cwd: string): RunRequest["limits"] {
  const { memoryLimit, threads, temporaryDirectory: folder, timeoutMs = 300_000, waitMs = 600_000 } = options;
  const temporaryDirectory = folder === undefined ? undefined : resolve(cwd, folder);
  return { memoryLimit, threads, temporaryDirectory, timeoutMs, waitMs };
}

function refuseContradictions({ date, range, phase = "daily", asOf }: NightOptions): void {
  const days = { date, from: range?.from, to: range?.to };
  for (const [name, day] of Object.entries(days))
    if (day !== undefined && !isDay(day))
      throw usage(`${name} must be a day, not "${day}"`, "write a day as 2026-02-07");
  if (range !== undefined && range.to < range.from)
    throw usage(`range.to ${range.to} is before range.from ${range.from}`, "swap the two days");
  if (date !== undefined && range !== undefined)
    throw usage("date and range are two windows", "the report date of a range is its last day");
  if (phase === "daily" && asOf !== undefined)
    throw usage("asOf only works with the phase first-24h", "a night is judged as of the end of its date");
  if (phase === "first-24h" && (date !== undefined || range !== undefined))
    throw usage(
      "the phase first-24h takes neither date nor range",
      "its window runs from the opening of the gate to now, or to asOf",
    );
}

/** A text without an offset would be read in the zone of whatever machine this is. */
function instantOf(text: string): string {
  const instant = new Date(text);
  if (/(Z|[+-]\d\d:?\d\d)$/i.test(text) && !Number.isNaN(instant.getTime())) return instant.toISOString();
  throw usage(`asOf must be an instant, not "${text}"`, "write 2026-02-01T12:00:00Z, or with +01:00");
}

function usage(message: string, hint: string): GatebookError {
  return new GatebookError("usage", message, { hint });
}
