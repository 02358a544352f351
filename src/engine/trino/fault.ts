/** What Trino says of a statement that failed → kinds of errors. Its error names and messages are read here and nowhere else. */
import type { EngineErrorKind } from "../engine-error.ts";
import type { Fault } from "./page.ts";

const kinds: ReadonlyMap<string, EngineErrorKind> = new Map([
  ["INVALID_CAST_ARGUMENT", "data"],
  ["INVALID_FUNCTION_ARGUMENT", "data"],
  ["NUMERIC_VALUE_OUT_OF_RANGE", "data"],
  ["DIVISION_BY_ZERO", "data"],
  ["PERMISSION_DENIED", "permission"],
  ["EXCEEDED_TIME_LIMIT", "timeout"],
  ["USER_CANCELED", "interrupted"],
  ["ADMINISTRATIVELY_KILLED", "interrupted"],
  ["ADMINISTRATIVELY_PREEMPTED", "unavailable"],
  ["EXCEEDED_GLOBAL_MEMORY_LIMIT", "memory"],
  ["EXCEEDED_LOCAL_MEMORY_LIMIT", "memory"],
  ["CLUSTER_OUT_OF_MEMORY", "memory"],
  ["OUT_OF_SPILL_SPACE", "disk_full"],
  // a worker died or was cut off, or the coordinator has only just started
  ["REMOTE_HOST_GONE", "unavailable"],
  ["REMOTE_TASK_ERROR", "unavailable"],
  ["REMOTE_TASK_MISMATCH", "unavailable"],
  ["REMOTE_TASK_FAILED", "unavailable"],
  ["NO_NODES_AVAILABLE", "unavailable"],
  ["TOO_MANY_REQUESTS_FAILED", "unavailable"],
  ["PAGE_TRANSPORT_ERROR", "unavailable"],
  ["PAGE_TRANSPORT_TIMEOUT", "unavailable"],
  ["WORKER_RESTARTED", "unavailable"],
  ["SERVER_SHUTTING_DOWN", "unavailable"],
  ["SERVER_STARTING_UP", "unavailable"],
  ["ABANDONED_QUERY", "unavailable"],
]);

const full = /No space left on device|Disk quota exceeded|ENOSPC/i;

export function faultKind({ errorName, errorType, message }: Fault): EngineErrorKind {
  if (full.test(message)) return "disk_full";
  const named = kinds.get(errorName);
  if (named !== undefined) return named;
  switch (errorType) {
    case "USER_ERROR":
      return "query";
    case "INSUFFICIENT_RESOURCES":
      return "memory";
    case "EXTERNAL":
      return "io";
    default:
      return "crashed";
  }
}

/** "line 1:8: Column 'x' cannot be resolved" → without the place, one line */
export function reasonOf({ message }: Fault): string {
  return (message.split("\n")[0] ?? "").replace(/^line \d+:\d+: /, "");
}
