/**
 * What each statement took, for `run --profile`. DuckDB writes its own profile of the last statement into a file; it is read
 * here after every one and handed on. Without a profile file nothing is measured and nothing costs.
 */
import { readFileSync, rmSync } from "node:fs";
import type { OperatorProfile, StatementProfile } from "../../model/profile.ts";
import { isNode, type TreeNode } from "./syntax-tree.ts";

export interface ProfileOptions {
  /** Where DuckDB leaves the profile of the last statement; has to be readable and writable behind the fence. */
  readonly file: string;
  readonly onStatement: (statement: StatementProfile) => void;
}

/** Wraps the running of one statement; `what` is its file, or the head of its SQL. */
export type Profiler = <T>(what: string, work: () => Promise<T>) => Promise<T>;

const unmeasured: Profiler = (_, work) => work();

export function profilerOf(options: ProfileOptions | undefined): Profiler {
  if (options === undefined) return unmeasured;
  const { file, onStatement } = options;
  return async (what, work) => {
    rmSync(file, { force: true });
    const started = performance.now();
    try {
      return await work();
    } finally {
      const durationMs = performance.now() - started;
      onStatement({ what, durationMs, ...readProfile(file) });
    }
  };
}

/** e.g. "INSERT INTO event_rows (file_id, event_key, … FROM read_csv('exports/2026-02-01.csv'" */
export function headOf(sql: string): string {
  const text = sql.trim().replace(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

const MOST_OPERATORS = 5;

/** No profile (a statement of DDL, or one that failed) is no fault: then only the clock says something. */
function readProfile(file: string): Omit<StatementProfile, "what" | "durationMs"> {
  const nothing = { cpuMs: null, peakBytes: null, operators: [] };
  let root: unknown;
  try {
    root = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return nothing;
  }
  if (!isNode(root)) return nothing;
  const operators = [...operatorsOf(root)].sort((left, right) => right.durationMs - left.durationMs);
  return {
    cpuMs: numberOf(root["cpu_time"]) * 1000,
    peakBytes: numberOf(root["system_peak_buffer_memory"]),
    operators: operators.slice(0, MOST_OPERATORS),
  };
}

function* operatorsOf(node: TreeNode): Generator<OperatorProfile> {
  if (typeof node["operator_name"] === "string") {
    const name = node["operator_name"].trim();
    yield {
      name,
      detail: detailOf(node["extra_info"]),
      durationMs: numberOf(node["operator_timing"]) * 1000,
      rows: numberOf(node["operator_cardinality"]),
    };
  }
  const { children } = node;
  if (!Array.isArray(children)) return;
  for (const child of children) if (isNode(child)) yield* operatorsOf(child);
}

/** What distinguishes one scan or join from the next: the table, the function, the condition. */
function detailOf(info: unknown): string {
  if (!isNode(info)) return "";
  const texts = ["Table", "Function", "CTE Name", "Conditions", "Groups"].flatMap((key) => info[key] ?? []);
  return texts.flat().map(String).join(", ").slice(0, 80);
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
