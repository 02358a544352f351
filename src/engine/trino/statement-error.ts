/** What went wrong with a statement → GatebookErrors: in an analyst's file at its place, in our own with its head and the query's id. */
import type { Place } from "../../model/error.ts";
import type { QueryFile } from "../engine.ts";
import { EngineError, type EngineErrorKind } from "../engine-error.ts";
import { StatementFault } from "./client.ts";
import { faultKind, reasonOf } from "./fault.ts";
import { type Pieces, placeInFile, textOf } from "./pieces.ts";

/** `ended`: all of the run, by whoever started it. */
type StopKind = "timeout" | "interrupted" | "ended";

/** Why we stopped a statement ourselves: the reason of its AbortSignal. */
export class Stopped extends Error {
  readonly kind: StopKind;

  constructor(kind: StopKind) {
    super(kind);
    this.kind = kind;
  }
}

export interface Failed {
  readonly pieces: Pieces;
  /** The analyst's file that is part of it. */
  readonly file?: Pick<QueryFile, "file" | "sql"> | undefined;
  readonly timeoutMs?: number | undefined;
  /** Where we write. */
  readonly scratch: string;
}

export function statementError(error: unknown, failed: Failed): unknown {
  if (error instanceof Stopped) return stoppedError(error, failed);
  if (!(error instanceof StatementFault)) return error;
  const { fault, queryId } = error;
  const kind = faultKind(fault);
  const reason = reasonOf(fault);
  const query = `query ${queryId}`;
  const details = { kind, reason, cause: error };
  const isOfFile = failed.file !== undefined && !["unavailable", "disk_full", "io"].includes(kind);
  if (isOfFile) {
    const advice = adviceOf(kind, failed.scratch);
    const hint = [advice, ...(fault.errorType === "USER_ERROR" ? [] : [query])].filter(Boolean).join("; ");
    const where = placeOf(error, failed);
    return new EngineError("query", reason, { ...details, where, hint: hint === "" ? undefined : hint });
  }
  const statement = textOf(failed.pieces).trim().replace(/\s+/g, " ").slice(0, 160);
  const hint = `${adviceOf(kind, failed.scratch) ?? `in: ${statement}`} (${query})`;
  return new EngineError("store", `${whatFailed(kind)}: ${reason}`, { ...details, hint });
}

function stoppedError({ kind }: Stopped, { file, timeoutMs = 0 }: Failed): EngineError {
  const where = file === undefined ? undefined : { file: file.file };
  if (kind === "ended") {
    const reason = "stopped before it was done";
    // no fault of a file: of a part of the data nothing is judged
    return new EngineError("store", reason, { kind: "interrupted", reason, hint: "nothing was judged" });
  }
  if (kind === "interrupted") {
    const reason = "the query was interrupted";
    return new EngineError("query", reason, { kind, reason, where });
  }
  const reason = `the query ran longer than ${timeoutMs / 1000} s and was stopped`;
  const hint = "read a relation instead of events, or give it longer with --query-timeout 5m";
  return new EngineError("query", reason, { kind, reason, where, hint });
}

function placeOf({ fault }: StatementFault, { pieces, file }: Failed): Place | undefined {
  if (file === undefined) return undefined;
  const at = fault.errorLocation;
  if (at === undefined) return { file: file.file };
  return placeInFile(pieces, file, { line: at.lineNumber, column: at.columnNumber });
}

function whatFailed(kind: EngineErrorKind): string {
  switch (kind) {
    case "unavailable":
      return "Trino lost the statement";
    case "disk_full":
      return "Trino has no room left";
    case "memory":
      return "Trino has too little memory for a statement";
    case "permission":
      return "Trino does not permit a statement";
    case "crashed":
      return "Trino internal error";
    default:
      return "Trino rejected a statement";
  }
}

function adviceOf(kind: EngineErrorKind, scratch: string): string | undefined {
  switch (kind) {
    case "unavailable":
      return "nothing was judged: run again when the cluster is whole";
    case "disk_full":
      return `free some room where ${scratch} is kept, and run again`;
    case "memory":
      return "give the cluster's queries more memory (query.max-memory), or read a relation instead of events";
    case "permission":
      return `engine.user needs SELECT on the sources, and to create, write and drop tables in ${scratch}; engine.read_user SELECT on both`;
    default:
      return undefined;
  }
}
